import assert from "node:assert/strict";
import { after, test } from "node:test";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import {
  bulkyFrame,
  frameOf,
  newChannel,
  numbersIn,
  publishFrames,
  read,
  storedPoints,
} from "../../../support/publish.ts";
import { startStoredEdge } from "../../../support/stored-edge.ts";
import { Watcher } from "../../../support/watcher.ts";

const [A, B] = ["00000000000000aa", "00000000000000bb"];
const STORE_BYTES = 64 * 1024;
/** The frames of these tests: 100 points in 1,720 bytes, so that 38 of them are in the store, and 35 after it was trimmed. */
const POINTS = 100;
const edge = await startEdge({ vars: { STORE_BYTES: String(STORE_BYTES) } });
after(() => edge.close());

async function publishMany(channel: string, from: number, to: number, publisher = A): Promise<void> {
  for (let n = from; n <= to; n++) await publishFrames(edge, channel, bulkyFrame(publisher, n, POINTS));
}

async function stored(channel: string): Promise<Uint8Array> {
  return new Uint8Array(await (await read(edge, channel, FRAME_TYPE)).arrayBuffer());
}

test("[CH5a] [CH5b] the store keeps the last STORE_BYTES, the oldest frames go first, a sixteenth at a time", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 120; n++) {
    await publishMany(channel, n, n);
    const frames = await stored(channel);
    assert.ok(frames.length <= STORE_BYTES);
    assert.ok(n < 38 || frames.length >= (STORE_BYTES * 15) / 16 - 2000, `${frames.length} after ${n}`);
    assert.equal(numbersIn(frames).to, n * POINTS);
  }
});

test("[CH5c] the newest frame stays, were it larger than the store", async () => {
  const channel = newChannel();
  await publishMany(channel, 1, 3);
  await publishFrames(edge, channel, bulkyFrame(A, 4, 8000));
  assert.deepEqual(await storedPoints(edge, channel), await storedPoints(edge, channel, "?points=8000"));
  const { from, to } = numbersIn(await stored(channel));
  assert.deepEqual({ from, to }, { from: 300, to: 8300 });
});

test("[CH5a] [CH5b] the store keeps the last STORE_SECONDS before its newest frame", async () => {
  await using aged = await startStoredEdge({ vars: { STORE_SECONDS: "600" } });
  const { edge: brief, whileStopped } = aged;
  const channel = newChannel();
  for (let n = 1; n <= 3; n++) await publishFrames(brief, channel, frameOf(A, n, [n]));
  await whileStopped((database) => {
    database.exec("UPDATE segments SET taken_at_ms = taken_at_ms - 700000 WHERE publisher_seq <= 2");
    database.exec("UPDATE segments SET taken_at_ms = taken_at_ms - 300000 WHERE publisher_seq = 3");
  });
  assert.equal((await storedPoints(brief, channel)).length, 3, "nothing goes while nothing comes");
  await publishFrames(brief, channel, frameOf(A, 3, [3]));
  assert.equal((await storedPoints(brief, channel)).length, 3, "a repeat is nothing that comes");
  await publishFrames(brief, channel, frameOf(A, 4, [4]));
  assert.deepEqual(
    (await storedPoints(brief, channel)).map(({ y }) => y),
    [3, 4],
  );
  assert.deepEqual(brief.logs, []);
});

test("[CH3b] a publisher's last frame is answered as the first time when it is trimmed, and evicted", async () => {
  const channel = newChannel();
  const first = await publishFrames(edge, channel, frameOf(B, 7, [1, 2]));
  await publishMany(channel, 1, 60);
  const again = { ...first, duplicates: 2, repeats: { last: 7, frames: "-" } };
  assert.deepEqual(await publishFrames(edge, channel, frameOf(B, 7, [1, 2])), again);
  await edge.evict(channel);
  assert.deepEqual(await publishFrames(edge, channel, frameOf(B, 7, [1, 2])), again);
  const next = await publishFrames(edge, channel, frameOf(B, 8, [3]));
  await publishMany(channel, 61, 120);
  await edge.evict(channel);
  assert.deepEqual(await publishFrames(edge, channel, frameOf(B, 8, [3])), {
    ...next,
    duplicates: 1,
    repeats: { last: 8, frames: "-" },
  });
  assert.equal(numbersIn(await stored(channel)).to, 120 * POINTS + 3);
});

test("[CH6] a trimmed store is as it was after eviction and after a crash", async () => {
  const channel = newChannel();
  await publishMany(channel, 1, 50);
  const before = await stored(channel);
  await edge.evict(channel);
  assert.deepEqual(await stored(channel), before);
  await edge.restart();
  assert.deepEqual(await stored(channel), before);
  await publishMany(channel, 51, 90);
  assert.ok((await stored(channel)).length <= STORE_BYTES);
  assert.equal(numbersIn(await stored(channel)).to, 90 * POINTS);
});

test("[VW2b] a viewer whose next points are trimmed is told how many, and gets the rest", async () => {
  const channel = newChannel();
  await publishMany(channel, 1, 60);
  const { epoch, from: kept } = numbersIn(await stored(channel));
  for (const seq of [0, 1, 150, kept - 1]) {
    const viewer = await (await Watcher.open(edge, channel, { query: `?epoch=${epoch}&seq=${seq}` })).live();
    assert.deepEqual(viewer.told[1], { type: "gap", reason: "trimmed", points: kept - seq, epoch, seq: kept });
    assert.deepEqual([viewer.start, viewer.position?.seq], [kept, 60 * POINTS]);
    await viewer.close();
  }
});

test("[VW2a] a viewer whose next point is the oldest kept is told of no gap", async () => {
  const channel = newChannel();
  await publishMany(channel, 1, 60);
  const { epoch, from: kept } = numbersIn(await stored(channel));
  const viewer = await (await Watcher.open(edge, channel, { query: `?epoch=${epoch}&seq=${kept}` })).live();
  assert.deepEqual(viewer.course, ["live"]);
  assert.equal(viewer.start, kept);
  await viewer.close();
});

test("[VW1a] a viewer that asks for more than is kept gets what is kept, and no gap", async () => {
  const channel = newChannel();
  await publishMany(channel, 1, 60);
  const viewer = await (await Watcher.open(edge, channel, { query: "?points=1000000&seconds=1000000" })).live();
  assert.deepEqual(viewer.course, ["live"]);
  const { from: kept, to: newest } = numbersIn(await stored(channel));
  assert.deepEqual([viewer.start, viewer.position?.seq], [kept, newest]);
  await viewer.close();
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
