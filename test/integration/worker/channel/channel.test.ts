import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames, publishJson, storedPoints } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { until, Watcher } from "../../../support/watcher.ts";

const [A, B] = ["00000000000000aa", "00000000000000bb"];
const edge = await startEdge();
after(() => edge.close());

/** What memory may be lost by: nothing, the object's eviction, the whole process's death. */
const losses: Record<string, (channel: string) => Promise<void>> = {
  "at once": async () => {},
  "after eviction": (channel) => edge.evict(channel),
  "after a crash": async () => {
    await edge.kill();
    await edge.restart();
  },
};

async function ys(channel: string): Promise<number[]> {
  return (await storedPoints(edge, channel)).map(({ y }) => y);
}

async function hello(channel: string) {
  const viewer = await Watcher.open(edge, channel);
  const message = await viewer.tells("hello");
  await viewer.close();
  return message;
}

for (const [when, lose] of Object.entries(losses)) {
  test(`[CH2] [CH6] [FR11a] numbers go on ${when}`, async () => {
    const channel = newChannel();
    assert.equal((await publishJson(edge, channel, [1, 2, 3])).seq, 3);
    await lose(channel);
    assert.equal((await publishJson(edge, channel, 4)).seq, 4);
    assert.deepEqual(await ys(channel), [1, 2, 3, 4]);
  });

  test(`[CH3a] [CH3b] a frame sent twice is stored once and answered as the first time, ${when}`, async () => {
    const channel = newChannel();
    const first = await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
    await lose(channel);
    assert.deepEqual(await publishFrames(edge, channel, frameOf(A, 1, [1, 2])), {
      ...first,
      duplicates: 2,
      repeats: { last: 1, frames: "s" },
    });
    assert.deepEqual(await ys(channel), [1, 2]);
  });

  test(`[CH3b] an older frame sent again is answered as the first time, ${when}`, async () => {
    const channel = newChannel();
    const first = await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
    await publishFrames(edge, channel, frameOf(A, 2, [3]));
    await publishJson(edge, channel, 4);
    await lose(channel);
    assert.deepEqual(await publishFrames(edge, channel, frameOf(A, 1, [1, 2])), {
      ...first,
      duplicates: 2,
      repeats: { last: 2, frames: "s" },
    });
    assert.deepEqual(await ys(channel), [1, 2, 3, 4]);
  });

  test(`[CH4b] repeats at the beginning of a body are passed over, ${when}`, async () => {
    const channel = newChannel();
    const frames = [1, 2, 3, 4].map((n) => frameOf(A, n, [n]));
    await publishFrames(edge, channel, ...frames.slice(0, 2));
    await lose(channel);
    assert.deepEqual(await publishFrames(edge, channel, ...frames), {
      seq: 4,
      points: 4,
      viewers: 0,
      duplicates: 2,
      repeats: { last: 2, frames: "ss" },
    });
    assert.deepEqual(await ys(channel), [1, 2, 3, 4]);
  });

  test(`[CH4b] a body of nothing but repeats is answered with its last point's number, ${when}`, async () => {
    const channel = newChannel();
    const frames = [1, 2, 3].map((n) => frameOf(A, n, [n]));
    await publishFrames(edge, channel, ...frames);
    await publishFrames(edge, channel, frameOf(B, 1, [9]));
    await lose(channel);
    assert.deepEqual(await publishFrames(edge, channel, ...frames.slice(0, 2)), {
      seq: 2,
      points: 2,
      viewers: 0,
      duplicates: 2,
      repeats: { last: 3, frames: "ss" },
    });
    assert.deepEqual(await ys(channel), [1, 2, 3, 9]);
  });

  test(`[CH3] publishers that interleave have each their own numbers, ${when}`, async () => {
    const channel = newChannel();
    await publishFrames(edge, channel, frameOf(A, 10, [1]));
    await publishFrames(edge, channel, frameOf(B, 1, [2]));
    await lose(channel);
    await publishFrames(edge, channel, frameOf(B, 2, [3]));
    await publishFrames(edge, channel, frameOf(A, 10, [1]));
    await publishFrames(edge, channel, frameOf(A, 11, [4]));
    await publishFrames(edge, channel, frameOf(B, 2, [3]));
    assert.deepEqual(await ys(channel), [1, 2, 3, 4]);
  });

  test(`[CH7] the epoch is the same ${when}`, async () => {
    const channel = newChannel();
    await publishJson(edge, channel, 1);
    const { epoch } = await hello(channel);
    await lose(channel);
    assert.equal((await hello(channel)).epoch, epoch);
  });

  test(`[CH6] a channel greets as before ${when}`, async () => {
    const channel = newChannel();
    await publishJson(edge, channel, { z: 1, a: 2, m: 3 });
    await publishJson(edge, channel, { b: 1, a: 2 });
    const greeted = async () => {
      const { viewer: _, nowMs, takenForMs, ...rest } = await hello(channel);
      // The time goes on; when the last frame was taken stays.
      return { ...rest, takenAtMs: nowMs - (takenForMs ?? Number.NaN) };
    };
    const before = await greeted();
    assert.deepEqual(before.series, ["z", "a", "m", "b"]);
    await lose(channel);
    assert.deepEqual(await greeted(), before);
  });

  test(`[CH6] [VW17b] a hello lists 64 KiB of series' names, however many there are, ${when}`, async () => {
    const channel = newChannel();
    const fields = Array.from({ length: 5000 }, (_, i) => [`s${String(i).padStart(4, "0")}`, i] as const);
    await publishJson(edge, channel, Object.fromEntries(fields));
    await lose(channel);
    assert.deepEqual(
      (await hello(channel)).series,
      fields.slice(0, Math.floor((64 * 1024) / (6 * 5))).map(([name]) => name),
    );
    assert.equal((await storedPoints(edge, channel)).length, 5000);
  });
}

test("[RT4d] [RT4e] [RT4f] [RT4j] repeats: what the store has under the number of each, and where their publisher stood", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 4, [1]), frameOf(A, 5, [2, 3], 10), frameOf(A, 9, [4], 20));
  const repeats = async (...body: Uint8Array[]) => (await publishFrames(edge, channel, ...body)).repeats;
  assert.equal(await repeats(frameOf(A, 10, [5])), undefined, "nothing was a repeat");
  assert.deepEqual(await repeats(frameOf(A, 4, [1]), frameOf(A, 5, [2, 3], 10)), { last: 10, frames: "ss" });
  assert.deepEqual(await repeats(frameOf(A, 5, [2], 10)), { last: 10, frames: "s" }, "sent on with fewer points");
  const more = frameOf(A, 5, [2, 3, 4], 10);
  assert.deepEqual(await repeats(more), { last: 10, frames: "d" }, "with more, it is another's");
  assert.deepEqual(await repeats(frameOf(A, 5, [2, 3], 11)), { last: 10, frames: "d" }, "at another x, too");
  assert.deepEqual(await repeats(frameOf(A, 5, [2, 4], 10)), { last: 10, frames: "d" }, "with another value, too");
  assert.deepEqual(await repeats(frameOf(A, 5, [3], 10)), { last: 10, frames: "d" }, "and fewer points");
  assert.deepEqual(await repeats(frameOf(A, 3, [7]), frameOf(A, 9, [4], 20)), { last: 10, frames: "-s" });
  assert.deepEqual(
    await repeats(frameOf(A, 6, [7]), frameOf(A, 9, [4], 20)),
    { last: 10, frames: "ds" },
    "never taken",
  );
  assert.deepEqual(await repeats(frameOf(A, 3, [7]), frameOf(A, 11, [8])), { last: 10, frames: "-" });
  assert.equal(await repeats(frameOf(B, 3, [7])), undefined);
});

test("[RT4i] of one body 16 frames are looked at for whether the store has them with more points, and any number that are the same", async () => {
  const channel = newChannel();
  const numbers = Array.from({ length: 40 }, (_, i) => i + 1);
  const framesOf = (ys: readonly number[]) => numbers.map((n) => frameOf(A, n, ys, n));
  await publishFrames(edge, channel, ...framesOf([1.5, 2.5]));
  const letters = async (...body: Uint8Array[]) => (await publishFrames(edge, channel, ...body)).repeats?.frames;
  const fewer = framesOf([1.5]);
  assert.equal(await letters(...fewer.slice(0, 16)), "s".repeat(16));
  assert.equal(await letters(...fewer.slice(0, 17)), `${"s".repeat(16)}d`);
  assert.equal(
    await letters(...fewer.slice(0, 17), ...framesOf([1.5, 2.5]).slice(17)),
    `${"s".repeat(16)}d${"s".repeat(23)}`,
  );
});

test("[RT4c] duplicates are the points of the frames that were passed over, anonymous ones never", async () => {
  const channel = newChannel();
  const frames = [frameOf(A, 1, [1, 2, 3]), frameOf(A, 2, [4, 5]), frameOf(A, 4, [6])];
  const duplicates = async (...body: Uint8Array[]) => (await publishFrames(edge, channel, ...body)).duplicates;
  assert.equal(await duplicates(...frames.slice(0, 1)), 0);
  assert.equal(await duplicates(...frames.slice(0, 2)), 3);
  assert.equal(await duplicates(...frames), 5);
  assert.equal(await duplicates(...frames), 6);
  // A number that was left out and comes late is as good as taken.
  assert.equal(await duplicates(frameOf(A, 3, [7, 8])), 2);
  const anonymous = frameOf("0000000000000000", 0, [9]);
  assert.deepEqual([await duplicates(anonymous), await duplicates(anonymous, anonymous)], [0, 0]);
  assert.equal((await publishJson(edge, channel, [1, 2, 3])).duplicates, 0);
});

test("[CH3d] anonymous frames are never repeats", async () => {
  const channel = newChannel();
  const frame = frameOf("0000000000000000", 1, [5]);
  const answers = [await publishFrames(edge, channel, frame), await publishFrames(edge, channel, frame, frame)];
  assert.deepEqual(
    answers.map(({ seq }) => seq),
    [1, 3],
  );
  assert.deepEqual(await ys(channel), [5, 5, 5]);
});

test("[CH3a] numbers may be left out, but not gone back to", async () => {
  const channel = newChannel();
  const numbers = [5, 1000, 999, 2 ** 49, 2 ** 49 - 1];
  for (const n of numbers) await publishFrames(edge, channel, frameOf(A, n, [n]));
  assert.deepEqual(await ys(channel), [5, 1000, 2 ** 49]);
});

test("[CH3a] the same frame sent many times at once is stored once", async () => {
  const channel = newChannel();
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => publishFrames(edge, channel, frameOf(A, 1, [1, 2]))),
  );
  assert.deepEqual(new Set(answers.map(({ seq }) => seq)), new Set([2]));
  assert.deepEqual(await ys(channel), [1, 2]);
});

test("[CH6] channels know nothing of each other", async () => {
  const [one, two] = [newChannel(), newChannel()];
  await publishFrames(edge, one, frameOf(A, 1, [1]));
  assert.equal((await publishFrames(edge, two, frameOf(A, 1, [2]))).seq, 1);
  assert.deepEqual([await ys(one), await ys(two)], [[1], [2]]);
});

test("[CH1] what was acknowledged is there after a crash in the middle of publishing, and what a viewer saw", async () => {
  for (let round = 0; round < 5; round++) {
    const channel = newChannel();
    const viewer = await openViewer(edge.channelUrl(channel));
    const acknowledged: number[] = [];
    // Three publishers send as fast as they are answered, until the edge is gone.
    const publishing = [1, 2, 3].map(async (publisher) => {
      for (let n = 1; ; n++) {
        const frame =
          n % 5 === 0
            ? bulkyFrame(A, n, 4000)
            : frameOf(String(publisher).padStart(16, "0"), n, [10_000 * publisher + n]);
        try {
          await publishFrames(edge, channel, frame);
        } catch {
          return;
        }
        if (n % 5 !== 0) acknowledged.push(10_000 * publisher + n);
      }
    });
    await until(viewer, "sixty points", () => (viewer.messages.length > 60 ? true : undefined));
    await edge.kill();
    await Promise.all(publishing);
    await viewer.closed;
    await edge.restart();
    const stored = new Set(await ys(channel));
    assert.ok(acknowledged.length > 10);
    assert.deepEqual(
      acknowledged.filter((y) => !stored.has(y)),
      [],
      "acknowledged and gone",
    );
    const seen = viewer.messages.map((message): unknown => JSON.parse(String(message)));
    const lost = seen.filter(
      (point) =>
        typeof point === "object" &&
        point !== null &&
        "y" in point &&
        typeof point.y === "number" &&
        !stored.has(point.y),
    );
    assert.deepEqual(lost, [], "seen and gone");
  }
});

test("[BAD1] the Worker logged no error of its own all the while", () => {
  // A crash can leave the runtime's list of alarms behind the object's storage, or before it. The runtime mends that when
  // the alarm is due, and says so: "alarm handler canceled" or "alarm overdue, running despite mismatch" (workerd,
  // actor-sqlite.c++).
  assert.deepEqual(
    edge.logs.filter((line) => !line.startsWith("NOSENTRY SQLite alarm")),
    [],
  );
});
