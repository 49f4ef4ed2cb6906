/** Small bodies that stand for much: what they cost the Worker in memory. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { viewOf } from "../../../../protocol/frame/header.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { frameOfRows, newChannel, post, publishJson, rowOf, storedPoints } from "../../../support/publish.ts";

const MIB = 1024 * 1024;
const edge = await startEdge();
after(() => edge.close());

/** The most memory that workerd had since {@link resetPeak}, in bytes (proc(5): VmHWM, clear_refs). */
async function peakBytes(name = "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${edge.pid}/status`, "utf8");
  return 1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1]);
}

async function resetPeak(): Promise<number> {
  await writeFile(`/proc/${edge.pid}/clear_refs`, "5");
  return await peakBytes("VmRSS");
}

/** A frame and its copies, numbered on, in a body of 1 MiB. */
function fullBody(frame: Uint8Array): Uint8Array {
  return Buffer.concat(
    Array.from({ length: Math.floor(MIB / frame.length) }, (_, i) => {
      const copy = frame.slice();
      viewOf(copy).setUint32(16, i + 1, true);
      return copy;
    }),
  );
}

const constant = frameOfRows(
  "00000000000000aa",
  1,
  Array.from({ length: 8000 }, (_, x) => rowOf(x, { y: 0 })),
);
/** The same, whose header says one point. */
const lying = constant.slice();
viewOf(lying).setUint32(40, 1, true);
const deep = "k".repeat(248);

/** Each as large as a body may be, or as gzip far smaller. */
const bombs: [what: string, body: string | Uint8Array, headers: Record<string, string>, status: number][] = [
  ["6,898 frames that hold 55 million points", fullBody(constant), { "Content-Type": FRAME_TYPE }, 413],
  ["the same, whose headers say one point", fullBody(lying), { "Content-Type": FRAME_TYPE }, 400],
  ["524,000 values under a long name", `{"${deep}":[${"0,".repeat(524_000)}0]}`, {}, 413],
  ["524,000 values, one a line", "0\n".repeat(524_000), {}, 413],
  ["174,000 pairs as gzip", gzipSync(`[${"[1,0],".repeat(174_000)}[1,0]]`), { "Content-Encoding": "gzip" }, 413],
  ["a GiB of blanks as gzip", gzipSync(Buffer.alloc(1024 * MIB, " ")), { "Content-Encoding": "gzip" }, 413],
];

for (const [what, body, headers, status] of bombs) {
  test(`[CH14d] [GD4] ${what} are refused, and cost less than 128 MiB of memory`, async () => {
    const channel = newChannel();
    await publishJson(edge, channel, { x: 1, y: 2 });
    const before = await resetPeak();
    const code = status === 413 ? "body-too-large" : "frame-count";
    await assertProblem(await post(edge, channel, body, headers), status, code);
    const grown = (await peakBytes()) - before;
    assert.ok(grown < 128 * MIB, `${Math.round(grown / MIB)} MiB`);
    assert.deepEqual(await storedPoints(edge, channel), [{ series: "y", x: 1, y: 2 }]);
  });
}

test("[GD4b] 100 bodies at once that become a GiB each cost less than 256 MiB together", async () => {
  const bomb = gzipSync(Buffer.alloc(1024 * MIB, " "));
  const before = await resetPeak();
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => post(edge, newChannel(), bomb, { "Content-Encoding": "gzip" })),
  );
  // GD11b: those that are too many at once.
  for (const { status } of answers) assert.ok(status === 413 || status === 429, String(status));
  const grown = (await peakBytes()) - before;
  assert.ok(grown < 256 * MIB, `${Math.round(grown / MIB)} MiB`);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
