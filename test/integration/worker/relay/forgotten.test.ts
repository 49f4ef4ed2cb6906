/** A channel is deleted while relays of it have viewers; and who may not watch any more, or not at all. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { frameOf, publishFrames } from "../../../support/publish.ts";
import { closeAll, crowd, resetObject, startRelayedEdge } from "../../../support/relayed-crowd.ts";
import { UpgradeRefused } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const DAY_MS = 24 * 60 * 60 * 1000;

for (const isReset of [false, true]) {
  test(`[RL4a] viewers of relays learn that a channel is deleted, and see what is published next${isReset ? ", though it was reset between" : ""}`, async () => {
    const edge = await startRelayedEdge({ STORE_SECONDS: "1", FORGET_AFTER_DAYS: String(6000 / DAY_MS) });
    after(() => edge.close());
    const { channel, watchers } = await crowd(edge, 2);
    const [, watcher = assert.fail()] = watchers;
    const gap = await watcher.tells("gap");
    assert.deepEqual(gap, { type: "gap", reason: "epoch", points: null, epoch: 0, seq: 0 });
    if (isReset) await resetObject(edge, "CHANNEL", channel);
    await publishFrames(edge, channel, frameOf(A, 1, [7]));
    await watcher.sees("the first point of the new channel", () => watcher.ys.at(-1) === 7);
    await closeAll(watchers);
  });
}

test("[RL4c] as many watch by one address as may, in all hubs together, an eviction of the relay or not", async () => {
  const edge = await startRelayedEdge({ QUOTA_ADDRESS: "viewers=3" });
  after(() => edge.close());
  const { channel, watchers } = await crowd(edge, 3);
  const names = [`${channel}#enam-1`];
  for (const watcher of watchers) {
    await watcher.sees("three viewers", () => watcher.told.findLast((each) => each.type === "status")?.viewers === 3);
  }
  const isRefused = async (): Promise<true | undefined> => {
    try {
      await (await Watcher.open(edge, channel)).close();
      return undefined;
    } catch (error) {
      assert.ok(error instanceof UpgradeRefused && error.status === 429, String(error));
      return true;
    }
  };
  await waitFor("the fourth is refused", isRefused);
  for (const name of names) await edge.evictObject("RELAY", name);
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  for (const watcher of watchers) await watcher.reaches(2);
  await waitFor("the fourth is refused after an eviction", isRefused);
  await closeAll(watchers);
});
