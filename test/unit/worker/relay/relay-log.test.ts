/** A relay's log does what every log does, though most of it is asked of the channel; and what is its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cursor } from "../../../../protocol/cursor.ts";
import { numberFrame, readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { MemoryLog } from "../../../../worker/hub/log/memory-log.ts";
import { RelayLog } from "../../../../worker/relay/relay-log.ts";
import { frameLogSuite, type LogUnderTest } from "../../../support/frame-log-suite.ts";
import { frameOf } from "../../../support/publish.ts";

const A = "00000000000000aa";
const PLENTY = { bytes: 1e6, values: 1e6 };
const NOTHING_SAID = { series: [], scales: [], arrangement: "" };

/** A channel's log, and a relay's that it feeds; the relay keeps little. */
class Fed {
  readonly channel: MemoryLog;
  readonly relay: RelayLog;
  /** What the channel was asked. */
  readonly asked: string[] = [];

  constructor(channelBytes: number, ringBytes: number, epoch = 1) {
    this.channel = new MemoryLog({ epoch, seq: 0 }, { bytes: channelBytes, seconds: 1e9 });
    const asked = <T>(name: string, answer: Promise<T>): Promise<T> => {
      this.asked.push(name);
      return answer;
    };
    const { channel } = this;
    const older = {
      tailStart: (points: number, seconds: number) => asked("tailStart", channel.tailStart(points, seconds)),
      framesAfter: (cursor: Cursor, bounds: typeof PLENTY) => asked("framesAfter", channel.framesAfter(cursor, bounds)),
      framesBefore: (seq: number, bounds: typeof PLENTY) => asked("framesBefore", channel.framesBefore(seq, bounds)),
      takings: (after: number, through: number) => asked("takings", channel.takings(after, through)),
      takenSince: (ms: number) => asked("takenSince", channel.takenSince(ms)),
    };
    this.relay = new RelayLog(older, { epoch: 0, seq: 0 }, null, { bytes: ringBytes, seconds: 1e9 });
    this.relay.open(channel.position, NOTHING_SAID);
  }

  /** Takes frames into the channel's log. */
  take(frames: readonly Uint8Array[], takenAtMs = 1000, series: readonly string[] = []): Uint8Array[] {
    let { seq } = this.channel.position;
    for (const frame of frames) {
      seq += readHeader(frame).points;
      numberFrame(frame, this.channel.position.epoch, seq);
    }
    this.channel.append(frames, series, takenAtMs);
    return [...frames];
  }
}

frameLogSuite("relay", async (storeBytes) => {
  const fed = new Fed(storeBytes, storeBytes / 8);
  const under: LogUnderTest = {
    log: fed.relay,
    onFrames: () => undefined,
    append: async (frames, takenAtMs = 1000, series = []) => {
      const taken = fed.take(frames, takenAtMs, series);
      fed.relay.addSeries(series);
      under.onFrames(fed.relay.append(taken, takenAtMs));
      return taken;
    },
    resetEpoch: async () => {
      const at = { epoch: fed.channel.position.epoch + 1, seq: 0 };
      fed.channel.resetEpoch(at);
      fed.relay.resetEpoch(at);
    },
  };
  return under;
});

const one = (n: number): Uint8Array[] => [frameOf(A, n, [n])];

test("[RL1c] what is older than the ring is asked of the channel once, for all who want it", async () => {
  const fed = new Fed(1e6, 300);
  for (let n = 1; n <= 20; n++) fed.relay.append(fed.take(one(n), n), n);
  const { epoch } = fed.relay.position;
  const batches = await Promise.all(
    Array.from({ length: 100 }, () => fed.relay.framesAfter({ epoch, seq: 0 }, PLENTY)),
  );
  assert.deepEqual(
    batches.map((batch) => splitFrames(batch?.frames ?? new Uint8Array()).length),
    Array(100).fill(20),
  );
  await Promise.all(Array.from({ length: 100 }, () => fed.relay.tailStart(15, 0)));
  assert.deepEqual(fed.asked, ["framesAfter", "tailStart"]);
});

test("[RL1c] what the channel has and the feed has not brought yet is not given before it", async () => {
  const fed = new Fed(1e6, 300);
  for (let n = 1; n <= 10; n++) fed.relay.append(fed.take(one(n), n), n);
  for (let n = 11; n <= 15; n++) fed.take(one(n), n);
  const { epoch } = fed.relay.position;
  assert.equal((await fed.relay.framesAfter({ epoch, seq: 2 }, PLENTY))?.seq, 10);
  assert.deepEqual(await fed.relay.tailStart(0, 0), { epoch, seq: 10 });
  assert.equal(await fed.relay.framesAfter({ epoch, seq: 12 }, PLENTY), undefined);
});

test("[RL1c] a frame that was put in the place of another is the one that viewers get, from the ring and from the channel", async () => {
  const fed = new Fed(1e6, 1e6);
  fed.relay.append(fed.take(one(1)), 1000);
  const { epoch } = fed.relay.position;
  const other = frameOf(A, 1, [9]);
  numberFrame(other, epoch, 1);
  fed.relay.replace(other);
  assert.deepEqual((await fed.relay.framesAfter({ epoch, seq: 0 }, PLENTY))?.frames, other);
});

test("[RL1d] a feed that begins further back fills the ring, and gives viewers only what is new", async () => {
  const fed = new Fed(1e6, 1e6);
  const taken = Array.from({ length: 6 }, (_, i) => fed.take(one(i + 1), i + 1));
  for (const [i, frames] of taken.slice(0, 4).entries()) fed.relay.append(frames, i + 1);
  const { epoch } = fed.relay.position;
  assert.deepEqual(fed.relay.open({ epoch, seq: 1 }, NOTHING_SAID), { kind: "continued" });
  const fresh = taken.slice(1).flatMap((frames, i) => fed.relay.append(frames, i + 2));
  assert.deepEqual(fresh, taken.slice(4).flat());
  assert.deepEqual(fed.relay.position, { epoch, seq: 6 });
  fed.asked.length = 0;
  assert.equal((await fed.relay.framesAfter({ epoch, seq: 1 }, PLENTY))?.seq, 6);
  assert.deepEqual(fed.asked, []);
});

test("[RL1d] how far a feed has filled the ring is known: until then it has frames that may have been rewritten", () => {
  const fed = new Fed(1e6, 1e6);
  const taken = Array.from({ length: 4 }, (_, i) => fed.take(one(i + 1), i + 1));
  for (const [i, frames] of taken.entries()) fed.relay.append(frames, i + 1);
  const { epoch } = fed.relay.position;
  fed.relay.open({ epoch, seq: 2 }, NOTHING_SAID);
  assert.deepEqual([fed.relay.position.seq, fed.relay.filledTo.seq], [4, 2]);
  fed.relay.append(taken[2] ?? [], 3);
  assert.equal(fed.relay.filledTo.seq, 3);
  fed.relay.append(taken[3] ?? [], 4);
  assert.equal(fed.relay.filledTo.seq, 4);
});

test("[RL1d] a feed that begins further on, or in another numbering, says what that is to viewers", () => {
  const fed = new Fed(1e6, 1e6);
  fed.relay.append(fed.take(one(1)), 1000);
  const { epoch } = fed.relay.position;
  assert.deepEqual(fed.relay.open({ epoch, seq: 5 }, NOTHING_SAID), { kind: "skipped", after: 1 });
  assert.deepEqual(fed.relay.open({ epoch: epoch + 1, seq: 0 }, NOTHING_SAID), { kind: "epoch", isFirst: false });
  const fresh = new Fed(1e6, 1e6, 0);
  assert.deepEqual(fresh.relay.open({ epoch: 7, seq: 0 }, NOTHING_SAID), { kind: "epoch", isFirst: true });
});

test("[RL1d] a frame that is not the next is not taken: a hole would be silent", () => {
  const fed = new Fed(1e6, 1e6);
  fed.take(one(1));
  assert.throws(() => fed.relay.append(fed.take(one(2)), 1000), RangeError);
});

test("[RL1e] series have the scales that were decided, in the order in which they came", () => {
  const { relay } = new Fed(1e6, 1e6);
  relay.open({ epoch: 1, seq: 0 }, { series: ["a", "b"], scales: [null, 2], arrangement: "" });
  relay.addSeries(["c", "a"]);
  relay.decide(["a", "unknown"], [5, 1]);
  assert.deepEqual(
    [relay.series, relay.scales],
    [
      ["a", "b", "c"],
      [5, 2, null],
    ],
  );
});
