import assert from "node:assert/strict";
import { after, test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { FRAME_TYPE, MAX_BODY_BYTES } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import {
  type Body,
  bulkyFrame,
  frameOf,
  newChannel,
  post,
  publishFrames,
  publishJson,
  storedPoints,
} from "../../../support/publish.ts";

const A = "00000000000000aa";
const FRAME = { "Content-Type": FRAME_TYPE };
const GZIP = { "Content-Encoding": "gzip" };
const MIB = 1024 * 1024;
const edge = await startEdge();
after(() => edge.close());

/** Sends a body to a channel that holds one point: it must be refused so, and change nothing. */
function refused(
  rule: string,
  what: string,
  [status, code]: [number, string],
  body: Body,
  headers: Record<string, string> = {},
) {
  test(`[${rule}] [BAD1] ${what}: ${status} ${code}`, async () => {
    const channel = newChannel();
    const { seq } = await publishJson(edge, channel, { x: 1, y: 2 });
    await assertProblem(await post(edge, channel, body, headers), status, code);
    assert.deepEqual(await storedPoints(edge, channel), [{ series: "y", x: 1, y: 2 }]);
    assert.equal((await publishJson(edge, channel, 1)).seq, seq + 1);
  });
}

/** A frame with bytes changed. */
function changed(change: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(frameOf(A, 1, [0.1, 0.2, 0.4], 0.1));
  change(new DataView(bytes.buffer));
  return bytes;
}

refused("PT7c", "text that is not JSON", [400, "not-json"], "hello");
refused("PT7c", "a line that is not JSON", [400, "not-json"], '{"y":1}\nhello\n{"y":2}');
refused("PT7c", "JSON without a number", [400, "no-number"], '{"name":"motor"}');
refused("PT7c", "a number as text", [400, "no-number"], '{"y":"1"}');
refused("PT7f", "NaN and no number", [400, "no-number"], '{"y":NaN}');
refused("PT7c", "an infinity", [400, "not-finite"], '{"y":1e999}');
refused("PT7c", "columns without a time", [400, "time-not-a-number"], '{"x":["noon"],"y":[1]}');

for (const [what, body, points, leftOut] of [
  ["a line without a number", '{"y":1}\n{"name":"motor"}', 1, { text: 1 }],
  [
    "a hundred thousand points of which the last is none",
    `[${"1,".repeat(100_000)}"1"]`,
    100_000,
    { "quoted-number": 1 },
  ],
  ["columns of different length", '{"t":[1,2],"r":[1,2],"sig":{"a":[1]}}', 2, { "columns-differ": 1 }],
  ["a time that is text", '{"x":"noon","y":1}', 1, { "time-unreadable": 1 }],
] as const) {
  test(`[PT7b] [PT7f] [RT4k] of ${what} the rest is taken, and the answer says what is left out`, async () => {
    const answer = await post(edge, newChannel(), body);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { seq: points, points, viewers: 0, duplicates: 0, leftOut });
  });
}
refused("PT7c", "columns of different length", [400, "columns-differ"], '{"x":[1,2],"y":[1]}');
refused("PT7c", "nesting without end", [400, "too-deep"], `{"a":${"[".repeat(200_000)}1${"]".repeat(200_000)}}`);
refused("PT7c", "a name with a line break", [400, "series-name-invalid"], '{"a\\nb":1}');
refused("RT2d", "an empty body", [400, "body-empty"], "");
refused("RT2d", "an empty body of frames", [400, "body-empty"], "", FRAME);
refused("RT2d", "white space", [400, "body-empty"], " \r\n\t\n ");
refused("RT2d", "text that is not UTF-8", [400, "body-encoding"], new Uint8Array([0x22, 0xff, 0x22]));
refused("RT2c", "a type that is not served", [415, "content-type-unsupported"], '{"y":1}', {
  "Content-Type": "image/png",
});
refused("RT2c", "a form with parts", [415, "content-type-unsupported"], new FormData(), {
  "Content-Type": "multipart/form-data; boundary=b",
});

refused("FR4b", "bytes that are no frame", [400, "frame-magic"], new Uint8Array(100), FRAME);
refused("FR4b", "JSON said to be a frame", [400, "frame-truncated"], '{"y":1}', FRAME);
refused("FR4b", "a frame cut short", [400, "frame-truncated"], changed(() => {}).slice(0, -8), FRAME);
refused(
  "FR4b",
  "another version",
  [400, "frame-version"],
  changed((view) => view.setUint8(4, 9)),
  FRAME,
);
refused(
  "FR4b",
  "another length",
  [400, "frame-length"],
  changed((view) => view.setUint32(68, 1 << 20, true)),
  FRAME,
);
refused(
  "FR4b",
  "another count",
  [400, "frame-count"],
  changed((view) => view.setUint32(40, 4, true)),
  FRAME,
);
refused(
  "FR4b",
  "a column that is not aligned",
  [400, "frame-column"],
  changed((view) => view.setUint32(88, 60, true)),
  FRAME,
);
refused(
  "FR4b",
  "four billion rows in 16 bytes",
  [400, "frame-count"],
  changed((view) => view.setUint32(72, 2 ** 32 - 1, true)),
  FRAME,
);
refused(
  "FR4b",
  "a good frame before a bad one",
  [400, "frame-magic"],
  Buffer.concat([frameOf(A, 1, [1]), Buffer.alloc(200)]),
  FRAME,
);
refused(
  "CH4c",
  "two publishers in a body",
  [400, "frame-publishers-differ"],
  Buffer.concat([frameOf(A, 1, [1]), frameOf("00000000000000bb", 1, [1])]),
  FRAME,
);
refused(
  "FR4b",
  "a frame of more than 131,072 bytes",
  [400, "frame-length"],
  Buffer.concat([changed((view) => view.setUint32(44, 131_072, true)), Buffer.alloc(140_000)]),
  FRAME,
);

refused("GD4", "a body of one byte over 1 MiB", [413, "body-too-large"], `"${" ".repeat(MAX_BODY_BYTES - 1)}"`);
refused("GD4", "gzip that becomes 100 MiB", [413, "body-too-large"], gzipSync(Buffer.alloc(100 * MIB, " ")), GZIP);
refused(
  "GD4",
  "gzip that becomes a byte over 1 MiB",
  [413, "body-too-large"],
  gzipSync(Buffer.alloc(MIB + 1, " ")),
  GZIP,
);
refused("GD4", "what is said to be gzip and is not", [400, "body-encoding"], '{"y":1}', GZIP);
refused("GD4", "gzip cut short", [400, "body-encoding"], gzipSync('{"y":123456789}').subarray(0, -9), GZIP);
refused(
  "GD4",
  "gzip with something behind it",
  [400, "body-encoding"],
  Buffer.concat([gzipSync("1"), Buffer.from("more")]),
  GZIP,
);
refused("GD4", "gzip of white space", [400, "body-empty"], gzipSync("   "), GZIP);
refused("GD4", "an encoding that is not served", [415, "content-encoding-unsupported"], "1", {
  "Content-Encoding": "br",
});
refused("GD4", "gzip in gzip", [415, "content-encoding-unsupported"], gzipSync(gzipSync("1")), {
  "Content-Encoding": "gzip, gzip",
});

/** What looks like bad input and is none. */
function taken(rule: string, what: string, body: Body, points: number, headers: Record<string, string> = {}): void {
  test(`[${rule}] ${what} is taken`, async () => {
    const channel = newChannel();
    const response = await post(edge, channel, body, headers);
    assert.deepEqual(await response.json(), { seq: points, points, viewers: 0, duplicates: 0 });
    assert.equal((await storedPoints(edge, channel)).length, points);
  });
}

taken("GD4", "gzip", gzipSync("[1,2,3]"), 3, GZIP);
taken("GD4", "GZIP in capitals", gzipSync("[1,2,3]"), 3, { "Content-Encoding": "GZIP" });
taken("GD4", "deflate", deflateSync('{"y":1}'), 1, { "Content-Encoding": "deflate" });
taken("GD4", "gzip of frames", gzipSync(Buffer.concat([frameOf(A, 1, [1, 2]), frameOf(A, 2, [3])])), 3, {
  ...FRAME,
  ...GZIP,
});
taken("GD4", "a body of just 1 MiB", `[1]${" ".repeat(MAX_BODY_BYTES - 3)}`, 1);
taken("RT2", "what curl sends by itself", '{"y":1}', 1, { "Content-Type": "application/x-www-form-urlencoded" });
taken("RT2", "a type of JSON's family", '{"y":1}', 1, { "Content-Type": "application/senml+json" });
taken("RT2", "JSON with a charset and a byte order mark", '\ufeff{"y":1}', 1, {
  "Content-Type": "Application/JSON; charset=utf-8",
});
taken("PT3", "lines that end in CR LF, with empty ones between", '{"y":1}\r\n\r\n{"y":2}\r\n', 2);
taken("PT3", "JSON over several lines", '{\n  "x": 1,\n  "y": 2\n}\n', 1);
taken("PT2", "a row of Python's with NaN", '{"t":1,"good":1,"flaky":NaN}', 1);
taken("PT3", "JSON over several lines with NaN", '[{"t":1,"a":1,"b":NaN},\n{"t":2,"a":-Infinity,"b":2}]\n', 2);
taken("PT3", "lines with NaN", '{"t":1,"a":1,"b":NaN}\n{"t":2,"a":Infinity,"b":2}\n', 2);
taken("PT4", "nested columns", '{"t":[1,2,3],"sig":{"a":[1,2,3],"b":[4,5,6]},"r":[7,8,9]}', 9);
taken("PT4", "a column that begins and ends with null", '{"x":[1,2,3],"y":[null,5,null]}', 1);
taken(
  "PT4",
  "a row of nulls that fills more than a frame",
  JSON.stringify({
    x: [1, 2],
    ...Object.fromEntries(Array.from({ length: 1024 }, (_, i) => [String(i).padEnd(256, "n"), [null, i]])),
  }),
  1024,
);
taken(
  "PT7",
  "a row of 256 series whose names have 256 bytes",
  JSON.stringify(Object.fromEntries(Array.from({ length: 256 }, (_, i) => [String(i).padEnd(256, "n"), i]))),
  256,
);

test("[GD4a] a full body of frames is taken", async () => {
  const frames = Array.from({ length: 8 }, (_, i) => bulkyFrame(A, i + 1, 8150));
  assert.equal((await publishFrames(edge, newChannel(), ...frames)).points, 8 * 8150);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
