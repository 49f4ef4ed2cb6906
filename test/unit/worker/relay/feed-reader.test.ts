/** What becomes of what a channel says to a relay: its log, and what viewers are told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberFrame, readHeader } from "../../../../protocol/frame/header.ts";
import { encodeFeedFrames, type FeedMessage, type FeedStatus } from "../../../../worker/relay/feed-message.ts";
import { FeedReader } from "../../../../worker/relay/feed-reader.ts";
import { FeedWait } from "../../../../worker/relay/feed-wait.ts";
import { RelayLog } from "../../../../worker/relay/relay-log.ts";
import { frameOf } from "../../../support/publish.ts";

const STATUS: FeedStatus = { elsewhere: { viewers: 2, behind: 0 }, goneAtMs: null, aheadMs: 0, fullShares: [] };
const OPEN: Extract<FeedMessage, { type: "open" }> = {
  type: "open",
  epoch: 1,
  seq: 0,
  throughSeq: 0,
  rewrites: 0,
  series: [],
  scales: [],
  arrangement: "",
  ...STATUS,
};

/** A relay's reader, and what it did. */
class Reading {
  readonly did: unknown[] = [];
  readonly wait = new FeedWait();
  readonly log: RelayLog;
  readonly reader: FeedReader;
  kept: FeedStatus | undefined;

  constructor() {
    const none = async (): Promise<never> => await Promise.reject(new Error("the channel is not asked"));
    const older = { tailStart: none, framesAfter: none, framesBefore: none, takings: none, takenSince: none };
    this.log = new RelayLog(older, { epoch: 0, seq: 0 }, null, { bytes: 1e6, seconds: 1e6 });
    this.reader = new FeedReader({
      log: this.log,
      wait: this.wait,
      hub: {
        broadcast: (frames) => this.did.push(["broadcast", ...frames.map((frame) => readHeader(frame).seq)]),
        flushPending: async () => undefined,
        rewritten: () => this.did.push("rewritten"),
        tellLayout: (decided) => this.did.push(["layout", ...decided.keys(), this.log.arrangement]),
        beginFirst: (_, { epoch }) => this.did.push(["first", epoch]),
        resetEpoch: () => this.did.push(["reset", this.log.position.epoch]),
        skippedAfter: (seq) => this.did.push(["skipped", seq]),
      },
      passed: () => undefined,
      nowMs: () => 0,
      wallMs: () => 0,
      keep: (status) => {
        this.kept = status ?? this.kept;
      },
    });
  }

  async tell(message: FeedMessage): Promise<string> {
    return await this.reader.read(JSON.stringify(message));
  }

  async take(seq: number): Promise<string> {
    const frames = frameOf("00000000000000aa", seq, [seq]);
    numberFrame(frames, 1, seq);
    return await this.reader.read(encodeFeedFrames({ kind: "taken", atMs: 5, frames }).slice().buffer);
  }

  /** What it did since this was asked last. */
  get next(): unknown[] {
    return this.did.splice(0);
  }
}

test("[RL1a] frames reach the log, and in the same turn viewers; a first feed begins a numbering", async () => {
  const reading = new Reading();
  assert.equal(await reading.tell({ ...OPEN, throughSeq: 2 }), "opened");
  await reading.take(1);
  assert.equal(reading.wait.isWhole, false);
  await reading.take(2);
  assert.deepEqual(reading.next, [
    ["first", 1],
    ["broadcast", 1],
    ["broadcast", 2],
  ]);
  assert.deepEqual([reading.wait.isWhole, reading.reader.isWhole, reading.log.position.seq], [true, true, 2]);
});

test("[RL1d] a hole, or what is no message, is not passed on", async () => {
  const reading = new Reading();
  await reading.tell(OPEN);
  await reading.take(1);
  assert.equal(await reading.take(3), "broken");
  assert.equal(await reading.reader.read("nothing"), "broken");
  assert.equal(await reading.reader.read(new ArrayBuffer(3)), "broken");
  assert.equal(reading.log.position.seq, 1);
});

test("[RL1d] a feed that begins further on leaves viewers where they are, and another numbering is told", async () => {
  const reading = new Reading();
  await reading.tell(OPEN);
  await reading.take(1);
  await reading.tell({ ...OPEN, seq: 5 });
  await reading.tell({ ...OPEN, epoch: 2 });
  await reading.tell({ type: "epoch", epoch: 0, seq: 0, isFirst: false });
  await reading.tell({ type: "epoch", epoch: 3, seq: 0, isFirst: true });
  assert.deepEqual(reading.next.slice(2), [
    ["skipped", 1],
    ["reset", 2],
    ["reset", 0],
    ["first", 3],
  ]);
});

test("[RL1e] what was decided and arranged while there was no feed is told to viewers, once", async () => {
  const reading = new Reading();
  await reading.tell({ ...OPEN, series: ["a", "b"], scales: [1, null] });
  assert.deepEqual(reading.next, [["first", 1]]);
  const changed = { ...OPEN, series: ["a", "b"], scales: [1, 2], arrangement: "panels" };
  await reading.tell(changed);
  assert.deepEqual(reading.next, [["layout", "b", "panels"]]);
  await reading.tell(changed);
  assert.deepEqual(reading.next, []);
  await reading.tell({ type: "layout", series: ["c"], scales: [3], arrangement: "" });
  assert.deepEqual(reading.next, [["layout", "c", ""]]);
  assert.deepEqual(
    [reading.log.series, reading.log.scales],
    [
      ["a", "b", "c"],
      [1, 2, 3],
    ],
  );
});

test("[RL1c] how many frames were rewritten is known, so that it can be said to the next feed", async () => {
  const reading = new Reading();
  await reading.tell({ ...OPEN, rewrites: 4 });
  const frames = frameOf("00000000000000aa", 1, [9]);
  numberFrame(frames, 1, 1);
  await reading.take(1);
  await reading.reader.read(encodeFeedFrames({ kind: "rewritten", rewrites: 5, frames }).slice().buffer);
  assert.deepEqual([reading.reader.rewrites, reading.next.at(-1)], [5, "rewritten"]);
});

test("[RL4b] of a status only what is one is kept", async () => {
  const reading = new Reading();
  await reading.tell({ ...OPEN, series: Array(250).fill("x".repeat(200)) });
  assert.deepEqual(reading.kept, STATUS);
  const status = { ...STATUS, elsewhere: { viewers: 3, behind: 1 } };
  await reading.tell({ type: "status", ...status });
  assert.deepEqual(reading.kept, status);
});
