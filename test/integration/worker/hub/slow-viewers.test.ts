/** Viewers that do not read, and what that costs: themselves their place, the others nothing, the Channel 256 KiB. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames, publishJson } from "../../../support/publish.ts";
import { openViewer, type Viewer } from "../../../support/sockets.ts";
import { until, Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
/** Frames of 8,000 points in 125 KiB, seven to a body. */
const [POINTS, A_BODY, BODIES] = [8000, 7, 28];
const TOTAL = POINTS * A_BODY * BODIES;
const KIB = 1024;
const MIB = 1024 * KIB;
const edge = await startEdge({ vars: { STORE_BYTES: String(64 * MIB) } });
/** The same, but with a store of 2 MiB. */
const forgetful = await startEdge({ vars: { STORE_BYTES: String(2 * MIB) } });
after(async () => {
  await edge.close();
  await forgetful.close();
});

/** Publishes 24 MB in 28 bodies. */
async function publishMuch(channel: string, to = edge): Promise<void> {
  const frame = bulkyFrame(A, 1, POINTS);
  for (let n = 0; n < BODIES; n++) {
    const frames = Array.from({ length: A_BODY }, (_, i) => {
      const next = frame.slice();
      new DataView(next.buffer).setUint32(16, n * A_BODY + i + 1, true);
      return next;
    });
    await publishFrames(to, channel, ...frames);
  }
}

async function residentBytes(of: Edge): Promise<number> {
  const status = await readFile(`/proc/${of.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * KIB;
}

/** Viewers that are there, and now read no more. */
async function pausedViewers(
  channel: string,
  count: number,
  options: { subprotocol?: string },
  at = edge,
): Promise<Viewer[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const viewer = await openViewer(at.channelUrl(channel), options);
      if (options.subprotocol !== undefined)
        await until(viewer, "a hello", () => viewer.messages.length > 0 || undefined);
      viewer.pause();
      return viewer;
    }),
  );
}

/** Fails if workerd holds this much more than before: what waits for viewers, and garbage, of some 50 MiB at most. */
async function assertGrownBy(maxMiB: number, before: number): Promise<void> {
  const grownMiB = ((await residentBytes(edge)) - before) / MIB;
  assert.ok(grownMiB < maxMiB, `workerd grew by ${grownMiB.toFixed(1)} MiB`);
}

test("[VW3a] [VW4a] twenty viewers that do not read cost little memory, and those that read get all in order", async () => {
  const rounds: { readers: Watcher[]; slow: Viewer[] }[] = [];
  let before = 0;
  // The first round is what the others cost: as much is published, and nobody is slow.
  for (const slowViewers of [0, 20]) {
    const channel = newChannel();
    const readers = await Promise.all([1, 2, 3].map(() => Watcher.open(edge, channel)));
    const slow = await pausedViewers(channel, slowViewers, { subprotocol: "plotcast.v1" });
    rounds.push({ readers, slow });
    if (slowViewers > 0) before = await residentBytes(edge);
    const publishing = publishMuch(channel);
    await Promise.all(readers.map((reader) => reader.reaches(TOTAL, 60_000)));
    await publishing;
  }
  // Not skipped, 24 MB for each would be 460 MiB.
  await assertGrownBy(100, before);
  for (const { readers, slow } of rounds) {
    assert.deepEqual(
      readers.map(({ start }) => start),
      [0, 0, 0],
    );
    await Promise.all(readers.map((reader) => reader.close()));
    for (const viewer of slow) viewer.cut();
  }
});

test("[VW2a] [VW3b] a viewer that did not read is caught up exactly, from the store", async () => {
  const channel = newChannel();
  const watcher = await (await Watcher.open(edge, channel)).live();
  watcher.viewer.pause();
  await publishMuch(channel);
  watcher.viewer.resume();
  await watcher.reaches(TOTAL, 60_000);
  await watcher.live();
  await publishJson(edge, channel, 5);
  await watcher.reaches(TOTAL + 1);
  assert.equal(watcher.start, 0);
  assert.ok(watcher.course.includes("behind"));
  assert.equal(watcher.ys.length, TOTAL + 1);
  await watcher.close();
});

test("[VW2b] [VW3b] a viewer that did not read is told how many points are gone, and gets the rest", async () => {
  const channel = newChannel();
  const watcher = await (await Watcher.open(forgetful, channel)).live();
  watcher.viewer.pause();
  await publishMuch(channel, forgetful);
  watcher.viewer.resume();
  await watcher.reaches(TOTAL, 60_000);
  const gaps = watcher.told.filter((message) => message.type === "gap");
  assert.equal(gaps.length, 1);
  assert.equal(watcher.ys.length + (gaps[0]?.points ?? 0), TOTAL);
  await watcher.close();
});

test("[VW3a] viewers that ask on without reading are sent no more than may wait", async () => {
  const channel = newChannel();
  await publishMuch(channel);
  const options = { query: "?points=100000000", asks: false };
  const watchers = await Promise.all([1, 2, 3, 4, 5].map(() => Watcher.open(edge, channel, options)));
  const before = await residentBytes(edge);
  for (const watcher of watchers) {
    const { epoch, seq } = await watcher.tells("behind");
    watcher.viewer.pause();
    for (let i = 0; i < 150; i++) watcher.ask({ epoch, seq: seq + POINTS * i });
  }
  // Once the Channel has answered somebody who came later, it has had all that they asked.
  const other = await (await Watcher.open(edge, channel)).live(60_000);
  await publishFrames(edge, channel, frameOf("00000000000000bb", 1, [1]));
  await other.reaches(TOTAL + 1);
  // All that they asked for would be 90 MiB.
  await assertGrownBy(50, before);
  for (const watcher of watchers) watcher.viewer.cut();
  await other.close();
});

/** The y of a viewer of text's points, in order. */
function ysOf(viewer: Viewer): number[] {
  return viewer.messages.map((message) => Number(/"y":([^}]+)}/.exec(String(message))?.[1]));
}

test("[VW3b] [VW5b] a viewer of text that did not read is caught up exactly, from the store", async () => {
  const channel = newChannel();
  const [[slow], reader] = [await pausedViewers(channel, 1, {}), await openViewer(edge.channelUrl(channel))];
  assert.ok(slow);
  // Some 5 MB of text: more than the kernel takes for a reader that does not read.
  const [frames, each, series] = [2, 8000, "s".repeat(250)];
  for (let n = 0; n < frames; n++) {
    const ys = Array.from({ length: each }, (_, i) => n * each + i + 0.123);
    await publishFrames(edge, channel, frameOf(A, n + 1, ys, 1_700_000_000, series));
  }
  slow.resume();
  for (const viewer of [reader, slow]) {
    await until(viewer, "every point", () => viewer.messages.length >= frames * each || undefined, 60_000);
    assert.deepEqual(
      ysOf(viewer),
      Array.from({ length: frames * each }, (_, i) => i + 0.123),
    );
    await viewer.close();
  }
});

test("[VW3a] [VW5] viewers of text that do not read cost little memory", async () => {
  const channel = newChannel();
  const slow = await pausedViewers(channel, 10, {});
  const before = await residentBytes(edge);
  await publishMuch(channel);
  // The runtime takes about 1 KiB for a message of 40 bytes; 256 KiB of text alone would be 7 to 12 MiB of memory each.
  await assertGrownBy(60, before);
  for (const viewer of slow) viewer.cut();
});

for (const how of ["closes", "is cut off"] as const) {
  test(`[VW4a] a viewer that did not read and ${how} leaves the others and the Channel as they are`, async () => {
    const channel = newChannel();
    const reader = await (await Watcher.open(edge, channel)).live();
    const slow = await pausedViewers(channel, 5, { subprotocol: "plotcast.v1" });
    const publishing = publishMuch(channel);
    await reader.reaches(TOTAL / 2, 60_000);
    await Promise.all(slow.map(async (viewer) => (how === "closes" ? await viewer.close() : viewer.cut())));
    await publishing;
    await reader.reaches(TOTAL, 60_000);
    await until(
      reader.viewer,
      "one watches",
      () =>
        reader.viewer.messages
          .findLast((message) => String(message).startsWith('{"type":"status"'))
          ?.toString()
          .startsWith('{"type":"status","viewers":1,') || undefined,
    );
    assert.equal((await publishJson(edge, channel, 1)).viewers, 1);
    await reader.reaches(TOTAL + 1);
    await reader.close();
  });
}

test("[BAD1] the Worker logged no error of its own all the while", () => {
  assert.deepEqual([...edge.logs, ...forgetful.logs], []);
});
