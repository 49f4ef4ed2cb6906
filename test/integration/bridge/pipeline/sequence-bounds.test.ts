/** How much is remembered of publishers' numbers, however many topics and channels they name. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { NumbersRoom } from "../../../../bridge/batch/sequence/numbers-room.ts";
import { SequenceTracker } from "../../../../bridge/batch/sequence/sequence.ts";
import { openSpool } from "../../../../bridge/batch/spool/open-spool.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { ChannelUplinks } from "../../../../bridge/uplink/channel-uplinks.ts";
import { startFakeWorker } from "../../../support/fake-worker.ts";

const TO = new URL("http://127.0.0.1:1/c/main");

function observe(tracker: SequenceTracker, topic: string, number = 1): string {
  return tracker.observe({ topic, number, crc: number, x: number }).kind;
}

function see(tracker: SequenceTracker, from: number, upTo: number): void {
  for (let i = from; i < upTo; i++) observe(tracker, `t${i}`);
}

function namesKept(tracker: SequenceTracker) {
  const { topics, changed, forgotten } = tracker.kept;
  return { topics, changed, forgotten };
}

function spoolOf(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), "plotcast-sequence-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const log = createLog("text", "silent");
  return () => openSpool({ file: join(directory, "spool.db"), maxBytes: 2 ** 24 }, TO, log);
}

describe("ever new topics", () => {
  it("[BR16i] are forgotten past 4,096 though nothing is ever saved, and so are the names of those", () => {
    const tracker = new SequenceTracker();
    see(tracker, 0, 8192);
    assert.deepEqual(namesKept(tracker), { topics: 4096, changed: 4096, forgotten: 4096 });
    assert.equal(tracker.changes.gone?.length, 4096);
    see(tracker, 8192, 8193);
    assert.deepEqual(namesKept(tracker), { topics: 4096, changed: 4096, forgotten: 0 });
    assert.equal(tracker.changes.gone, null, "whatever the spool has is replaced");
    see(tracker, 8193, 100_000);
    assert.deepEqual(namesKept(tracker), { topics: 4096, changed: 4096, forgotten: 0 });
    assert.equal(tracker.changes.numbers.length, 4096);
    tracker.saved();
    assert.equal(tracker.isChanged, false);
    assert.deepEqual(tracker.changes, { numbers: [], gone: [] });
  });

  it("[BR16] leave a spool that can be written again after all with those that are known, and no other", (t) => {
    const open = spoolOf(t);
    const first = open();
    const tracker = new SequenceTracker([], 3);
    const save = (): void => {
      const { numbers, gone } = tracker.changes;
      const nothing = { frames: [], losses: [], gone: [], goneUpTo: 0, sentSeq: 0, unreported: undefined };
      const { publisher, base, nextSeq } = first.state;
      first.spool?.write({ ...nothing, identity: { publisher, base }, nextSeq, numbers, numbersGone: gone });
      tracker.saved();
    };
    see(tracker, 0, 3);
    save();
    see(tracker, 2, 3);
    see(tracker, 3, 20);
    observe(tracker, "t18", 2);
    assert.equal(tracker.changes.gone, null);
    save();
    first.spool?.close(first.state.nextSeq);
    const again = open();
    t.after(() => again.spool?.close());
    assert.deepEqual(
      again.state.numbers.map(({ topic, number }) => [topic, number]),
      [
        ["t17", 1],
        ["t18", 2],
        ["t19", 1],
      ],
    );
  });
});

describe("numbers of many channels", () => {
  /** By the first of two connections, so that it can be a repeat. */
  const arrivalPath = { path: 1, newest: 2, second: () => 2 };
  const other = { ...arrivalPath, path: 2 };

  function send(tracker: SequenceTracker, topic: string, from: number, upTo: number): void {
    for (let n = from; n < upTo; n++) tracker.observe({ topic, number: n, crc: n, x: n }, arrivalPath);
  }

  function totals(trackers: readonly SequenceTracker[]) {
    const kept = trackers.map((tracker) => tracker.kept);
    const sum = (pick: (each: SequenceTracker["kept"]) => number): number => kept.reduce((all, k) => all + pick(k), 0);
    return { topics: sum(({ topics }) => topics), messages: sum(({ messages }) => messages) };
  }

  function channels(count: number, room: NumbersRoom): SequenceTracker[] {
    return Array.from({ length: count }, () => new SequenceTracker([], undefined, () => 0, room));
  }

  it("[BR16i] are of 16,384 topics in all: 4,096 of each of four channels, 256 of each of 64", () => {
    const room = new NumbersRoom();
    const four = channels(4, room);
    for (const tracker of four) see(tracker, 0, 4096);
    assert.deepEqual(totals(four).topics, 16_384);
    for (const tracker of four) see(tracker, 4096, 4097);
    assert.deepEqual(totals(four).topics, 16_384, "the oldest of each is forgotten");
    const all = [...four, ...channels(60, room)];
    assert.deepEqual(totals(all).topics, 4 * 256, "what a channel has too much is forgotten when others begin");
    for (const tracker of all) see(tracker, 5000, 6000);
    assert.deepEqual(totals(all).topics, 16_384);
    assert.equal(observe(all[0] ?? new SequenceTracker(), "t5999", 5), "jump", "the last are known");
  });

  it("[BR16f] are 131,072 messages in all, whichever way the topics and channels come", () => {
    const room = new NumbersRoom();
    const all: SequenceTracker[] = [];
    for (let c = 0; c < 64; c++) {
      const [tracker] = channels(1, room);
      if (tracker === undefined) return;
      all.push(tracker);
      for (let t = 0; t < 20; t++) send(tracker, `t${t}`, 0, 1024);
      assert.ok(totals(all).messages <= 131_072, `${totals(all).messages} with ${c + 1} channels`);
    }
    for (const tracker of all) see(tracker, 100, 600);
    assert.deepEqual(totals(all), { topics: 16_384, messages: 131_072 });
  });

  it("[BR16f] are 131,072 messages of one channel, too, of which the last of each topic are known", () => {
    const tracker = new SequenceTracker([], undefined, () => 0);
    for (let t = 0; t < 128; t++) send(tracker, `t${t}`, 0, 1024);
    assert.equal(totals([tracker]).messages, 131_072);
    for (let t = 128; t < 1000; t++) {
      send(tracker, `t${t}`, 0, 200);
      assert.ok(totals([tracker]).messages <= 131_072, `${totals([tracker]).messages} of ${t + 1} topics`);
    }
    const again = (number: number): string =>
      tracker.observe({ topic: "t0", number, crc: number, x: number }, other).kind;
    assert.equal(again(1023), "repeat");
    assert.equal(again(1023 - 127), "repeat", "128 of each of 1,000");
    assert.equal(again(1023 - 128), "restart");
  });

  it("[BR34a] of a channel that begins are counted with the others", () => {
    const room = new NumbersRoom();
    const [uplink] = channels(64, room);
    const waiting = new SequenceTracker([], 64, () => 0);
    for (let t = 0; t < 64; t++) send(waiting, `t${t}`, 0, 1024);
    assert.equal(totals([waiting]).messages, 65_536);
    uplink?.adopt(waiting);
    assert.deepEqual(uplink === undefined ? undefined : totals([uplink]), { topics: 64, messages: 2048 });
  });

  it("[BR16i] share the room in a bridge: five channels have 3,276 topics each", async (t) => {
    const worker = await startFakeWorker();
    const uplinks = new ChannelUplinks({
      to: worker.url,
      token: "t",
      log: createLog("text", "silent"),
      bufferBytes: 2 ** 20,
      publisher: undefined,
      isNumbered: true,
      spoolFile: null,
      spoolMaxBytes: 0,
    });
    t.after(async () => {
      await Promise.all(uplinks.all.map((uplink) => uplink.close(0)));
      await worker.close();
    });
    const [first] = ["a", "b", "c", "d", "e"].map((channel) => uplinks.of(channel));
    const observed = (topic: string, number: number) =>
      first?.observe({ topic, number, crc: number, x: number }, undefined).kind;
    for (let i = 0; i < 3276; i++) observed(`t${i}`, 1);
    assert.equal(observed("t0", 5), "jump", "known");
    observed("new", 1);
    assert.equal(observed("t1", 5), "next", "forgotten");
  });
});
