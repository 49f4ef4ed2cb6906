/** What only an alarm brings about. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { costOf, startCounting } from "../../../cost/measure.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { until } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startCounting();
after(() => edge.close());

test("[VW4d] [VW5b] a viewer of text that one publish left behind gets the rest by an alarm, though nothing happens any more", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const viewer = await openViewer(edge.channelUrl(channel));
  await until(viewer, "the stored point", () => viewer.messages.length === 1 || undefined);
  // Nothing is due for it: the next alarm is minutes away.
  const { alarms } = await costOf(edge, async () => {});
  assert.equal(alarms, 0);
  await publishFrames(edge, channel, bulkyFrame(A, 2, 3000));
  await until(viewer, "every point", () => viewer.messages.length >= 3001 || undefined, 60_000);
  await viewer.close();
});
