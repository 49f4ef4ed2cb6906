/** Whose repeats a channel knows: those of the last 1,000 publishers, by the last of their new frames. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../../../support/publish.ts";

const edge = await startEdge();
after(() => edge.close());

const idOf = (n: number) => n.toString(16).padStart(16, "0");

/** The first frame of publishers, one after the other: twenty at once, so that only tens are in order. */
async function publishFirst(channel: string, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 20) {
    const some = Array.from({ length: Math.min(20, to + 1 - n) }, (_, i) => n + i);
    await Promise.all(some.map((id) => publishFrames(edge, channel, frameOf(idOf(id), 1, [id]))));
  }
}

for (const evicted of [false, true]) {
  test(`[CH3e] [CH6] a publisher is known until 1,000 others sent new frames since its last, ${evicted ? "evicted" : "in memory"}`, async () => {
    const channel = newChannel();
    const isRepeat = async (id: number, publisherSeq = 1): Promise<boolean> => {
      if (evicted) await edge.evict(channel);
      return (await publishFrames(edge, channel, frameOf(idOf(id), publisherSeq, [id]))).duplicates === 1;
    };
    for (const id of [1, 2, 3]) await publishFirst(channel, id, id);
    // A repeat is no new frame.
    assert.ok(await isRepeat(1));
    await publishFirst(channel, 4, 1000);
    assert.ok(await isRepeat(1), "999 others");
    await publishFrames(edge, channel, frameOf(idOf(2), 2, [2]));
    await publishFirst(channel, 1001, 1001);
    assert.ok(!(await isRepeat(1)), "1,000 others: it is taken again");
    assert.ok(!(await isRepeat(3)), "the one that came next is forgotten for the one that came again");
    assert.ok(await isRepeat(2, 2), "this one sent again");
  });
}
