/** Gaps that stood in frames which are trimmed: viewers that come back later are told of them all the same. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { FRAME_TYPE, MAX_TRIMMED_GAPS } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, numbersIn, publishFrames, read, rowOf } from "../../../support/publish.ts";
import { Watcher } from "../../../support/watcher.ts";

const [A, B] = ["00000000000000aa", "00000000000000bb"];
const persistDir = await mkdtemp(join(tmpdir(), "plotcast-gaps-"));
const edge = await startEdge({ vars: { STORE_BYTES: "8192" }, persistDir });
after(async () => {
  await edge.close();
  await rm(persistDir, { recursive: true, force: true });
});

/** A frame of one point, before which gaps are told. */
function gapFrame(publisherSeq: number, ...gaps: (number | null)[]): Uint8Array {
  const builder = new FrameBuilder();
  for (const points of gaps) {
    assert.ok(builder.addGap({ kind: "gap", reason: "bridge-full", points, fromX: null, toX: null, series: "" }));
  }
  assert.ok(builder.add(rowOf(publisherSeq, { y: 1 })));
  return builder.encode(A, publisherSeq);
}

let fillers = 0;

/** Publishes frames of which four fill the store; six, so that all that was there before is trimmed. */
async function fill(channel: string, count = 6): Promise<void> {
  for (let i = 0; i < count; i++) await publishFrames(edge, channel, bulkyFrame(B, ++fillers, 100));
}

async function kept(channel: string): Promise<{ epoch: number; from: number }> {
  return numbersIn(new Uint8Array(await (await read(edge, channel, FRAME_TYPE)).arrayBuffer()));
}

/** What a viewer is told as missing that comes back with a cursor: by reason; all of it goes on from the oldest point kept. */
async function toldTo(channel: string, seq: number): Promise<[reason: string, points: number | null][]> {
  const { epoch, from } = await kept(channel);
  const watcher = await (await Watcher.open(edge, channel, { query: `?epoch=${epoch}&seq=${seq}` })).live();
  await watcher.close();
  const gaps = watcher.told.filter((message) => message.type === "gap");
  for (const gap of gaps) assert.deepEqual([gap.epoch, gap.seq], [epoch, from]);
  assert.deepEqual(watcher.course, [...gaps.map(() => "gap"), "live"]);
  return gaps.map(({ reason, points }) => [reason, points]);
}

/** The same, without what was trimmed itself, which must be there. */
async function toldGaps(channel: string, seq: number): Promise<number | null | "none"> {
  const { from } = await kept(channel);
  const [trimmed, gaps, ...others] = await toldTo(channel, seq);
  assert.deepEqual([trimmed, others], [["trimmed", from - seq], []]);
  if (gaps === undefined) return "none";
  assert.equal(gaps[0], "gaps-trimmed");
  return gaps[1];
}

test("[VW2c] [CH5d] what trimmed frames told as lost is told as their sum, over those that are above the cursor", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, gapFrame(1, 5, 7), frameOf(A, 2, [1]), gapFrame(3, 11), gapFrame(4, 0));
  assert.deepEqual(await toldTo(channel, 0), [], "the frames themselves still tell it");
  await fill(channel);
  const { from } = await kept(channel);
  assert.deepEqual(await toldTo(channel, 0), [
    ["trimmed", from],
    ["gaps-trimmed", 23],
  ]);
  assert.deepEqual(await Promise.all([1, 2].map((seq) => toldGaps(channel, seq))), [11, 11]);
  assert.deepEqual(await Promise.all([3, 4, from - 1].map((seq) => toldGaps(channel, seq))), ["none", "none", "none"]);
  assert.deepEqual(await toldTo(channel, from), []);
});

test("[VW2c] a cursor within a frame that is trimmed is behind what stood before its point, and before what follows", async () => {
  const channel = newChannel();
  const builder = new FrameBuilder();
  const lost = { kind: "gap", reason: "frame-refused", fromX: null, toX: null, series: "y" } as const;
  builder.addGap({ ...lost, points: 9 });
  for (let x = 0; x < 2; x++) builder.add(rowOf(x, { y: x }));
  builder.addGap({ ...lost, points: 5 });
  for (let x = 2; x < 4; x++) builder.add(rowOf(x, { y: x }));
  await publishFrames(edge, channel, builder.encode(A, 1));
  await fill(channel);
  assert.deepEqual(await Promise.all([0, 1, 2, 3].map((seq) => toldGaps(channel, seq))), [14, 5, 5, "none"]);
});

test("[VW2c] what trims add up is told, and nothing of frames that are kept", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, gapFrame(1, 1));
  await fill(channel);
  await publishFrames(edge, channel, gapFrame(2, 10));
  const { from } = await kept(channel);
  assert.equal(await toldGaps(channel, 0), 1);
  await fill(channel, 2);
  assert.ok((await kept(channel)).from > from, "something was trimmed, but not the gap");
  assert.equal(await toldGaps(channel, 0), 1);
  await fill(channel);
  assert.equal(await toldGaps(channel, 0), 11);
  assert.equal(await toldGaps(channel, from), 10);
  await publishFrames(edge, channel, gapFrame(1, 1));
  await fill(channel);
  assert.equal(await toldGaps(channel, 0), 11, "a repeat tells nothing");
});

test("[VW2c] where a trimmed frame did not know how many were lost, nobody knows", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, gapFrame(1, 5), gapFrame(2, 3, null), gapFrame(3, 7));
  await fill(channel);
  assert.deepEqual(await Promise.all([0, 1, 2, 3].map((seq) => toldGaps(channel, seq))), [null, null, 7, "none"]);
});

test("[VW2c] where so many were told as lost that no number is exact, nobody knows", async () => {
  const channel = newChannel();
  const most = Number.MAX_SAFE_INTEGER;
  await publishFrames(edge, channel, gapFrame(1, 1), gapFrame(2, most - 10), gapFrame(3, 10));
  await fill(channel);
  assert.deepEqual(await Promise.all([0, 1, 2].map((seq) => toldGaps(channel, seq))), [null, most, 10]);
});

test("[CH5e] of more frames than are remembered, the oldest are merged: their sum stays, what is within is not known", async () => {
  const channel = newChannel();
  const frames = (from: number, count: number, gap: number) =>
    Array.from({ length: count }, (_, i) => gapFrame(from + i, gap));
  await publishFrames(edge, channel, ...frames(1, 1500, 2));
  const { from } = await kept(channel);
  assert.ok(from > MAX_TRIMMED_GAPS + 100 && from < 1500, `${from}`);
  // Each frame has one point, so frames are numbered as they are told; the oldest of those remembered is the merged one.
  let merged = from - MAX_TRIMMED_GAPS + 1;
  const around = () => Promise.all([0, 1, merged - 1, merged, from - 1].map((seq) => toldGaps(channel, seq)));
  assert.deepEqual(await around(), [2 * from, null, null, 2 * (from - merged), 2]);

  await publishFrames(edge, channel, ...frames(1501, 200, 3));
  await fill(channel);
  const total = 2 * 1500 + 3 * 200;
  merged = 1700 - MAX_TRIMMED_GAPS + 1;
  assert.deepEqual(await Promise.all([0, 1, merged - 1, merged, 1699].map((seq) => toldGaps(channel, seq))), [
    total,
    null,
    null,
    total - 2 * merged,
    3,
  ]);

  const unknown = await publishFrames(edge, channel, gapFrame(1701, null));
  await publishFrames(edge, channel, ...frames(1702, MAX_TRIMMED_GAPS, 1));
  await fill(channel);
  const atEnd = [0, unknown.seq, unknown.seq + 1, unknown.seq + MAX_TRIMMED_GAPS - 1, unknown.seq + MAX_TRIMMED_GAPS];
  assert.deepEqual(await Promise.all(atEnd.map((seq) => toldGaps(channel, seq))), [
    null,
    null,
    MAX_TRIMMED_GAPS - 1,
    1,
    "none",
  ]);
});

test("[CH6] what trimmed frames told outlives eviction and a crash", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, gapFrame(1, 5), gapFrame(2, 6));
  await fill(channel);
  for (const lose of [() => edge.evict(channel), () => edge.kill().then(() => edge.restart())]) {
    await lose();
    assert.deepEqual(await Promise.all([0, 1, 2].map((seq) => toldGaps(channel, seq))), [11, 6, "none"]);
  }
  await publishFrames(edge, channel, gapFrame(3, 7));
  await edge.evict(channel);
  await fill(channel);
  assert.equal(await toldGaps(channel, 0), 18);
});

test("[CH8a] DELETE forgets what trimmed frames told", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, gapFrame(1, 5));
  await fill(channel);
  await publishFrames(edge, channel, gapFrame(2, 6));
  const headers = { Authorization: `Bearer ${edge.token}` };
  assert.equal((await fetch(edge.channelUrl(channel), { method: "DELETE", headers })).status, 204);
  await fill(channel);
  assert.equal(await toldGaps(channel, 0), "none");
  await publishFrames(edge, channel, gapFrame(3, 7));
  await fill(channel);
  assert.equal(await toldGaps(channel, 0), 7);
});

test("[CH6] storage of a version that did not remember it is gone on with, and what its frames told is told", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, gapFrame(1, 5));
  await edge.kill();
  const files = await readdir(persistDir, { recursive: true });
  let dropped = 0;
  for (const file of files.filter((name) => name.endsWith(".sqlite"))) {
    const database = new DatabaseSync(join(persistDir, file));
    const [told] = database.prepare("SELECT name FROM sqlite_master WHERE name = 'told'").all();
    if (told !== undefined) {
      database.exec("DROP TABLE told");
      dropped++;
    }
    database.close();
  }
  assert.ok(dropped > 0, "no storage was found");
  await edge.restart();
  await fill(channel);
  assert.equal(await toldGaps(channel, 0), 5);
});

test("[BAD1] the Worker logged no error of its own all the while", () => {
  // What the runtime says of alarms after a crash is explained in channel.test.ts.
  assert.deepEqual(
    edge.logs.filter((line) => !line.startsWith("NOSENTRY SQLite alarm")),
    [],
  );
});
