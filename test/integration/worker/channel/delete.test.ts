import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { frameOf, newChannel, publishFrames, storedPoints } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { until, Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
let edge: Edge;
before(async () => {
  edge = await startEdge();
});
after(() => edge.close());

async function clear(channel: string, token = edge.token): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}` };
  return await fetch(edge.channelUrl(channel), { method: "DELETE", headers });
}

for (const [when, lose] of [
  ["at once", async () => {}],
  ["after eviction", (channel: string) => edge.evict(channel)],
  ["after a crash", () => edge.kill().then(() => edge.restart())],
] as const) {
  test(`[CH8a] [CH8b] [CH8d] DELETE forgets every point and begins a larger epoch; a repeat stays one, ${when}`, async () => {
    const channel = newChannel();
    await publishFrames(edge, channel, frameOf(A, 1, [1, 2, 3]));
    const watcher = await (await Watcher.open(edge, channel)).live();
    const { epoch } = watcher.position ?? { epoch: Number.NaN };
    await watcher.close();
    assert.equal((await clear(channel)).status, 204);
    await lose(channel);
    assert.deepEqual(await storedPoints(edge, channel), []);
    assert.deepEqual(await publishFrames(edge, channel, frameOf(A, 1, [1, 2, 3])), {
      seq: 0,
      points: 3,
      viewers: 0,
      duplicates: 3,
      repeats: { last: 1, frames: "-" },
    });
    assert.deepEqual(await publishFrames(edge, channel, frameOf(A, 2, [4])), {
      seq: 1,
      points: 1,
      viewers: 0,
      duplicates: 0,
    });
    const again = await (await Watcher.open(edge, channel)).live();
    assert.ok((again.position?.epoch ?? 0) > epoch);
    assert.deepEqual(again.ys, [4]);
    await again.close();
  });
}

test("[CH8c] viewers of either kind are told, and go on with what comes after", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
  const frames = await openViewer(edge.channelUrl(channel), { subprotocol: "plotcast.v1" });
  const texts = await openViewer(edge.channelUrl(channel));
  await until(texts, "two points", () => texts.messages.length >= 2 || undefined);
  await clear(channel);
  await publishFrames(edge, channel, frameOf(A, 2, [3]));
  await until(texts, "the third point", () => texts.messages.length >= 3 || undefined);
  assert.equal(texts.messages[2], '{"x":0,"y":3}');
  const told = frames.messages.flatMap((message) => (typeof message === "string" ? [JSON.parse(message)] : []));
  const gap: { epoch: number } = told.find(({ type }) => type === "gap");
  assert.deepEqual(gap, { type: "gap", reason: "epoch", points: null, epoch: gap.epoch, seq: 0 });
  assert.ok(gap.epoch > told[0].epoch);
  await Promise.all([frames.close(), texts.close()]);
});

test("[CH8] [GD1a] DELETE needs the token", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const refused = await clear(channel, "wrong");
  assert.equal(refused.status, 401);
  assert.equal((await storedPoints(edge, channel)).length, 1);
});
