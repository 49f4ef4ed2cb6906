/** Anybody can be a viewer that is behind and asks on: many together must not keep a publisher waiting. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, newChannel, publishFrames, publishJson } from "../../../support/publish.ts";
import { withDeadline } from "../../../support/wait.ts";

const edge = await startEdge();
after(() => edge.close());

async function medianPostMs(channel: string): Promise<number> {
  const tookMs: number[] = [];
  for (let n = 1; n <= 30; n++) {
    const beganAt = performance.now();
    await publishJson(edge, channel, n);
    tookMs.push(performance.now() - beganAt);
  }
  return tookMs.toSorted((a, b) => a - b)[15] ?? 0;
}

test("[VW4a] publishes wait little for 200 viewers that come again and again and take 8 MiB each", async (t) => {
  const channel = newChannel();
  for (let n = 1; n <= 70; n++) await publishFrames(edge, channel, bulkyFrame("00000000000000aa", n, 8000));
  const beforeMs = await medianPostMs(channel);
  const url = new URL("?seconds=86400", edge.channelUrl(channel));
  const viewers = fork(new URL("greedy-viewers.ts", import.meta.url), ["200", url.href]);
  t.after(() => viewers.kill("SIGKILL"));
  await withDeadline("something for each viewer", once(viewers, "message"), 60_000);
  const besideMs = await medianPostMs(channel);
  viewers.kill("SIGKILL");
  // Once more: what else the machine does may have begun meanwhile.
  const aloneMs = Math.max(beforeMs, await medianPostMs(channel));
  t.diagnostic(`the middle POST: ${aloneMs.toFixed(1)} ms, ${besideMs.toFixed(1)} ms`);
  assert.ok(besideMs < 25 * aloneMs, `${besideMs} ms, and ${aloneMs} ms alone`);
});
