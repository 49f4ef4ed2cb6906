/** Slow and greedy viewers of text cost their channel no more alarms and rows than as many of frames. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { type Cost, costOf, startCounting } from "../../../cost/measure.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { openViewer, type Viewer } from "../../../support/sockets.ts";

const A = "00000000000000aa";
const [VIEWERS, POSTS, POST_EVERY_MS] = [20, 120, 50];
const edge = await startCounting();
after(() => edge.close());

/** A viewer that takes all it can; every second one reads for 100 ms, and then not for 400. */
async function greedyViewer(channel: string, format: "frames" | "json", isSlow: boolean): Promise<Viewer> {
  const url = new URL("?points=10000", edge.channelUrl(channel));
  const viewer = await openViewer(url, format === "frames" ? { subprotocol: SUBPROTOCOL } : {});
  void (async () => {
    for (let seen = 0; ; ) {
      if (isSlow) viewer.pause();
      if ((await Promise.race([viewer.closed, sleep(isSlow ? 400 : 10)])) !== undefined) return;
      viewer.resume();
      await sleep(isSlow ? 100 : 0);
      for (const message of viewer.messages.slice(seen)) {
        seen++;
        if (typeof message === "string" && message.startsWith('{"type":"behind"')) {
          viewer.send(message.replace("behind", "continue"));
        }
      }
    }
  })();
  return viewer;
}

async function crowdCost(format: "frames" | "json"): Promise<Cost & { seconds: number }> {
  const channel = newChannel();
  for (let n = 1; n <= 4; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  const beganAt = performance.now();
  const cost = await costOf(edge, async () => {
    const join = (_: unknown, i: number) => greedyViewer(channel, format, i % 2 === 1);
    const joining = Promise.all(Array.from({ length: VIEWERS }, join));
    for (let n = 0; n < POSTS; n++) {
      await publishFrames(edge, channel, frameOf(A, 5 + n, [n, n, n, n, n], n));
      await sleep(POST_EVERY_MS);
    }
    for (const viewer of await joining) viewer.cut();
  });
  return { ...cost, seconds: (performance.now() - beganAt) / 1000 };
}

test("[RD6] [VW4] twenty viewers of text beside a publisher make no more alarms and rows than twenty of frames", async (t) => {
  const frames = await crowdCost("frames");
  const text = await crowdCost("json");
  t.diagnostic(`frames ${JSON.stringify(frames)}, text ${JSON.stringify(text)}`);
  // An alarm a second is all right (RD6e), and one of the two may have had less of the machine.
  const longer = Math.max(0, text.seconds - frames.seconds);
  assert.ok(text.alarms <= 1.5 * frames.alarms + 3 + longer, `${text.alarms} alarms, ${frames.alarms} with frames`);
  assert.ok(
    text.alarmsSet <= 1.5 * frames.alarmsSet + 3 + longer,
    `${text.alarmsSet} set, ${frames.alarmsSet} with frames`,
  );
  assert.ok(
    text.rowsWritten <= 1.1 * frames.rowsWritten,
    `${text.rowsWritten} rows, ${frames.rowsWritten} with frames`,
  );
  assert.ok(text.rowsRead <= 1.5 * frames.rowsRead, `${text.rowsRead} read, ${frames.rowsRead} with frames`);
});
