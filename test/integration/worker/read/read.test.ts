import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { isObject } from "../../../../protocol/json/json.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import {
  bulkyFrame,
  frameOf,
  frameOfRows,
  newChannel,
  publishFrames,
  publishHeaders,
  publishJson,
  read,
  rowOf,
  storedPoints,
} from "../../../support/publish.ts";

const A = "00000000000000aa";
const NDJSON = "application/x-ndjson";
const edge = await startEdge();
/** A channel of three frames: y at x 0 to 4, a and b at 5 and 6, y at 7 to 9. Every value is ten times its x. */
const few = newChannel();
/** A channel of 6 MB, read in several batches: y at x 0 to 399,999 (every value its x), in 50 frames. */
const many = newChannel();
const MANY = 400_000;

before(async () => {
  await publishFrames(edge, few, frameOf(A, 1, [0, 10, 20, 30, 40]));
  await publishFrames(edge, few, frameOfRows(A, 2, [rowOf(5, { a: 50, b: 50 }), rowOf(6, { a: 60, b: 60 })]));
  await publishFrames(edge, few, frameOf(A, 3, [70, 80, 90], 7));
  const frames = Array.from({ length: 50 }, (_, i) => {
    const xs = Array.from({ length: 8000 }, (_, j) => 8000 * i + j);
    // A tenth of every sixth x is no integer and no float32, so that neither column is narrowed.
    return frameOfRows(
      A,
      i + 1,
      xs.map((x) => rowOf(x % 6 === 0 ? x + 0.1 : x, { y: x % 7 === 0 ? x + 0.1 : x })),
    );
  });
  for (let i = 0; i < frames.length; i += 5) await publishFrames(edge, many, ...frames.slice(i, i + 5));
});
after(() => edge.close());

async function lines(channel: string, query = ""): Promise<unknown[]> {
  const response = await read(edge, channel, NDJSON, query);
  assert.equal(response.status, 200);
  return (await response.text())
    .split("\n")
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}

const Y: { series?: string; x: number; y: number }[] = [0, 1, 2, 3, 4, 7, 8, 9].map((x) => ({ x, y: 10 * x }));
const ALL = [
  ...Y.slice(0, 5),
  ...[5, 6].flatMap((x) => ["a", "b"].map((series) => ({ series, x, y: 10 * x }))),
  ...Y.slice(5),
];

test("[RT5a] [RT5b] points are read as lines of JSON, in the order of their numbers", async () => {
  assert.deepEqual(await lines(few), ALL);
});

test("[RT5b] points are read as one JSON array", async () => {
  const response = await read(edge, few, "application/json");
  assert.equal(response.headers.get("Content-Type"), "application/json");
  assert.deepEqual(await response.json(), ALL);
});

test("[RT5d] points are read as CSV", async () => {
  const response = await read(edge, few, "text/csv", "?from=4&to=5");
  assert.equal(response.headers.get("Content-Type"), "text/csv");
  assert.equal(await response.text(), "x,series,y\r\n4,y,40\r\n5,a,50\r\n5,b,50\r\n");
});

test("[RT5e] [RT5f] names with commas and quotes are quoted in CSV, and none is a formula", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, { x: 1, 'a,"b"': 2, "=c;d": -0.5, "ü€": 1e21 });
  const text = await (await read(edge, channel, "text/csv")).text();
  assert.equal(text, `x,series,y\r\n1,"a,""b""",2\r\n1,"'=c;d",-0.5\r\n1,ü€,1e+21\r\n`);
});

for (const [accept, text] of [
  [NDJSON, ""],
  ["application/json", "[]\n"],
  ["text/csv", "x,series,y\r\n"],
  [FRAME_TYPE, ""],
] as const) {
  test(`[RT5] an empty channel as ${accept}`, async () => {
    const response = await read(edge, newChannel(), accept);
    assert.equal(response.headers.get("Content-Type"), accept);
    assert.equal(await response.text(), text);
  });
  test(`[RT3a] [RD5] ${accept} varies by Accept, and HEAD says the same without a body and an epoch`, async () => {
    const response = await fetch(edge.channelUrl(few), { method: "HEAD", headers: { Accept: accept } });
    assert.equal(response.headers.get("Vary"), "Accept, Origin");
    assert.equal(response.headers.get("Content-Type"), accept);
    assert.equal(response.headers.get("Cache-Control"), "no-store");
    assert.equal(response.headers.get("Plotcast-Epoch"), null);
    assert.equal(await response.text(), "");
  });
}

test("[RT5g] [RT5h] [RT5i] every combination of from, to, series and points is what a filter would leave", async () => {
  const bounds = ["", "-1", "4.5", "5", "9", "100"];
  const queries = bounds.flatMap((from) =>
    bounds.flatMap((to) =>
      [[], ["y"], ["b", "y"], ["none"]].flatMap((series) =>
        ["", "0", "1", "3", "100"].map((points) => ({ from, to, series, points })),
      ),
    ),
  );
  for (const { from, to, series, points } of queries) {
    if (from !== "" && to !== "" && Number(from) > Number(to)) continue;
    const query = new URLSearchParams();
    for (const name of series) query.append("series", name);
    for (const [key, value] of Object.entries({ from, to, points })) if (value !== "") query.set(key, value);
    const chosen = ALL.filter(
      (point) =>
        (from === "" || point.x >= Number(from)) &&
        (to === "" || point.x <= Number(to)) &&
        (series.length === 0 || series.includes(point.series ?? "y")),
    );
    const expected = points === "" ? chosen : chosen.slice(Math.max(0, chosen.length - Number(points)));
    assert.deepEqual(await lines(few, `?${query}`), expected, String(query));
  }
});

test("[RT5j] frames come whole, those that hold any of the last points or reach into the range", async () => {
  const count = async (query: string): Promise<number> => {
    const bytes = new Uint8Array(await (await read(edge, few, FRAME_TYPE, query)).arrayBuffer());
    return splitFrames(bytes).length;
  };
  assert.deepEqual(
    await Promise.all(["", "?points=0", "?points=3", "?points=4", "?points=8"].map(count)),
    [3, 0, 1, 2, 3],
  );
  assert.deepEqual(
    await Promise.all(["?from=7", "?to=4", "?from=4&to=5", "?from=4.5&to=4.6"].map(count)),
    [1, 1, 2, 0],
  );
});

test("[RT5m] after and through bound the numbers, with every other key, whatever is read", async () => {
  const numbered = ALL.map((point, i) => ({ point, seq: i + 1 }));
  for (const after of ["", "0", "2", "5", "12", "40"]) {
    for (const through of ["", "0", "3", "6", "12", "40"]) {
      for (const [rest, isChosen] of [
        ["", () => true],
        ["series=y", ({ series = "y" }) => series === "y"],
        ["from=3&to=7", ({ x }) => x >= 3 && x <= 7],
      ] as const satisfies [string, (point: { series?: string; x: number }) => boolean][]) {
        for (const points of ["", "0", "2", "100"]) {
          const query = new URLSearchParams(rest);
          for (const [key, value] of Object.entries({ after, through, points }))
            if (value !== "") query.set(key, value);
          const chosen = numbered
            .filter(({ seq }) => seq > Number(after) && (through === "" || seq <= Number(through)))
            .map(({ point }) => point)
            .filter(isChosen);
          const expected = points === "" ? chosen : chosen.slice(Math.max(0, chosen.length - Number(points)));
          assert.deepEqual(await lines(few, `?${query}`), expected, String(query));
        }
      }
    }
  }
});

test("[RT5m] frames between two numbers come whole, and two reads that touch have each of them once", async () => {
  const seqs = async (query: string): Promise<number[]> => {
    const bytes = new Uint8Array(await (await read(edge, many, FRAME_TYPE, query)).arrayBuffer());
    return splitFrames(bytes).map((frame) => readHeader(frame).seq);
  };
  const all = Array.from({ length: 50 }, (_, i) => 8000 * (i + 1));
  const [later, earlier] = [await seqs("?after=184000&through=400000"), await seqs("?after=0&through=184000")];
  assert.deepEqual([...earlier, ...later], all);
  assert.deepEqual(await seqs("?after=183999&through=184001"), [184_000, 192_000]);
  assert.deepEqual(await seqs("?through=184000&points=1"), [184_000]);
  assert.deepEqual(await seqs("?after=400000"), []);
});

test("[RT5] a large store is read whole, over several batches", async () => {
  const points = await storedPoints(edge, many);
  assert.equal(points.length, MANY);
  assert.ok(points.every(({ x, y }, i) => Math.trunc(x) === i && Math.trunc(y) === i));
});

test("[RT5] a large store is read whole as JSON", async () => {
  const points: unknown = await (await read(edge, many, "application/json")).json();
  assert.ok(Array.isArray(points) && points.length === MANY);
});

test("[RT5i] the last points of a large store begin in the middle of a frame", async () => {
  const points = await lines(many, "?points=123457");
  assert.equal(points.length, 123_457);
  assert.deepEqual(points[1], { x: MANY - 123_457 + 1, y: MANY - 123_457 + 1 });
});

test("[RT5i] the last points of a range of a large store are found over several batches", async () => {
  const points = await lines(many, "?from=1000&to=300000.5&points=100000&series=y");
  assert.equal(points.length, 100_000);
  assert.deepEqual(points[0], { x: 200_001, y: 200_001 });
});

for (const [query, first, last] of [
  ["", 0, 159_999],
  ["?points=150000", 10_000, 159_999],
  ["?from=1000", 1000, 159_999],
  ["?from=1000&points=150000", 10_000, 159_999],
] as const) {
  test(`[RD1a] [RT5a] what is published during a read with "${query}" is not read, and what is read is in order`, async () => {
    const channel = newChannel();
    const publish = async (frame: number): Promise<void> => {
      const xs = Array.from({ length: 8000 }, (_, i) => 8000 * (frame - 1) + i);
      await publishFrames(
        edge,
        channel,
        frameOfRows(
          A,
          frame,
          xs.map((x) => rowOf(x, { y: x + (x % 2 ? 0.1 : 0) })),
        ),
      );
    };
    for (let frame = 1; frame <= 20; frame++) await publish(frame);
    const response = await read(edge, channel, NDJSON, query);
    // The answer has begun, and most of it is not read yet: 8 MB of text do not fit what stands between.
    for (let frame = 21; frame <= 24; frame++) await publish(frame);
    const xs = (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => Number(JSON.parse(line).x));
    assert.deepEqual([xs.length, xs[0], xs.at(-1)], [last - first + 1, first, last]);
    assert.ok(xs.every((x, i) => x === first + i));
  });
}

test("[RD1a] [RT5a] of what is published during a read no frame is read, and none is missing", async () => {
  const channel = newChannel();
  for (let i = 1; i <= 20; i++) await publishFrames(edge, channel, bulkyFrame(A, i, 8000));
  const response = await read(edge, channel, FRAME_TYPE);
  for (let i = 21; i <= 30; i++) await publishFrames(edge, channel, bulkyFrame(A, i, 8000));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const numbers = splitFrames(bytes).map((frame) => readHeader(frame).publisherSeq);
  assert.deepEqual(
    numbers,
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
});

test("[RT5] a reader that goes away in the middle harms nobody", async () => {
  const response = await read(edge, many, NDJSON);
  await response.body?.cancel();
  assert.equal((await lines(many, "?points=3")).length, 3);
});

test("[RD3f] a series is found though it is one of more than are listed, and none of before the channel was emptied", async () => {
  const channel = newChannel();
  for (let n = 0; n < 16; n++) {
    const names = Array.from({ length: 256 }, (_, i) => `s${256 * n + i}`);
    await publishFrames(
      edge,
      channel,
      frameOfRows(A, n + 1, [rowOf(n, Object.fromEntries(names.map((name) => [name, 1])))]),
    );
  }
  const found = async (series: string) =>
    await (await read(edge, channel, "application/json", `?points=9&series=${series}`)).json();
  assert.deepEqual(await found("s4095"), [{ series: "s4095", x: 15, y: 1 }]);
  assert.deepEqual(await found("s4096"), []);
  await publishFrames(edge, channel, frameOf(A, 17, [7], 16, "s4096"));
  assert.deepEqual(await found("s4096"), [{ series: "s4096", x: 16, y: 7 }]);
  const headers = publishHeaders(edge, "application/json");
  assert.equal((await fetch(edge.channelUrl(channel), { method: "DELETE", headers })).status, 204);
  await publishFrames(edge, channel, frameOf(A, 18, [8], 17, "s1"));
  assert.deepEqual(await found("s4096"), []);
  assert.deepEqual(await found("s1"), [{ series: "s1", x: 17, y: 8 }]);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));

test("[RT5k] a key that means nothing is refused with the nearest that does, whatever is read, and by HEAD too", async () => {
  for (const [query, said] of [
    [
      "?point=100",
      '"point" is not known; did you mean points? Known are from, to, after, through, series, points, text; and live follow, wait.',
    ],
    ["?Points=1", '"Points" is not known; did you mean points?'],
    ["?serie=y", '"serie" is not known; did you mean series?'],
    ["?form=1", '"form" is not known; did you mean from?'],
    ["?points=1&limit=5", '"limit" is not known. Known are from'],
    ["?seconds=60", "seconds is for what comes live (a WebSocket, events, follow=1, wait=), and this is a read."],
    [`?${"x".repeat(5000)}=1`, `"${"x".repeat(40)}" is not known.`],
  ] as const) {
    for (const type of [NDJSON, "application/json", "text/csv", FRAME_TYPE]) {
      const response = await read(edge, few, type, query);
      assert.equal(response.status, 400, query);
      const { code, detail } = JSON.parse(await response.text());
      assert.equal(code, "query-invalid");
      assert.ok(detail.startsWith(`In the query, ${said}`), detail);
    }
  }
  const head = await fetch(new URL("?point=1", edge.channelUrl(few)), { method: "HEAD" });
  assert.equal(head.status, 400);
  assert.equal((await read(edge, few, NDJSON, "?embed=1&points=1")).status, 200);
});

test("[RT5n] [RT5o] [RT5p] from and to are times in any form, and x of frames as it is", async () => {
  const channel = newChannel();
  const nowS = Math.floor(Date.now() / 1000);
  for (const x of [nowS - 7200, nowS - 1800, nowS - 60]) await publishJson(edge, channel, { t: x, y: nowS - x });
  const ys = async (query: string): Promise<unknown[]> =>
    (await lines(channel, query)).map((point) => (isObject(point) ? point.y : point));
  const at = new Date((nowS - 1800) * 1000).toISOString();
  for (const query of [
    "?from=-1h",
    "?from=-60m&to=now",
    `?from=${nowS - 1800}`,
    `?from=${nowS - 1800}000`,
    `?from=${nowS - 1800}000000`,
    `?from=${nowS - 1800}000000000`,
    `?from=${at}`,
    `?from=${at.slice(0, -1)}`,
    `?from=${at.replace("Z", "+00:00")}`,
  ]) {
    assert.deepEqual(await ys(query), [1800, 60], query);
  }
  assert.deepEqual(await ys("?to=-1h"), [7200]);
  const frames = async (query: string): Promise<number> =>
    (await (await read(edge, channel, FRAME_TYPE, query)).arrayBuffer()).byteLength;
  assert.equal(await frames(`?from=${nowS - 1800}000`), 0);
  assert.notEqual(await frames("?from=-1h"), 0);
});

test("[RT5q] from beyond to is refused, and so is what is no time", async () => {
  for (const [query, said] of [
    ["?from=5&to=4", "In the query, from is beyond to (5 and 4): exchange them."],
    ["?from=now&to=-1h", "In the query, from is beyond to"],
    ["?to=tomorrow", "In the query, to must be a time: unix seconds"],
  ] as const) {
    const response = await read(edge, few, NDJSON, query);
    const { detail } = await assertProblem(response, 400, "query-invalid");
    assert.ok(detail.startsWith(said), detail);
  }
});

test("[RT5r] [RD3f] [RD3g] a star in series stands for any characters", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, { x: 1, "lab.a": 1, "lab.b": 2, other: 3 });
  await publishJson(edge, channel, { x: 2, other: 4 });
  await publishJson(edge, channel, { x: 3, "lab.a": 5 });
  const ys = async (query: string): Promise<unknown[]> =>
    (await lines(channel, query)).map((point) => (isObject(point) ? point.y : point));
  for (const [query, expected] of [
    ["?series=lab.*", [1, 2, 5]],
    ["?series=*.b&series=other", [2, 3, 4]],
    ["?series=*", [1, 2, 3, 4, 5]],
    ["?series=l*b*a", [1, 5]],
    ["?series=lab*&points=2", [2, 5]],
    ["?series=lab.*&from=2", [5]],
    ["?series=LAB.*", []],
  ] as const) {
    assert.deepEqual(await ys(query), expected, query);
  }
  const few = Array.from({ length: 16 }, (_, i) => `series=*${i}`).join("&");
  assert.deepEqual(await ys(`?${few}`), []);
  const { detail } = await assertProblem(
    await read(edge, channel, NDJSON, `?${few}&series=lab.*`),
    400,
    "query-invalid",
  );
  assert.equal(detail, "In the query, series may have * in 16 names at most: ask in several requests.");
});
