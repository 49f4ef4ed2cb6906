/** What viewers send. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CloseCode } from "../../worker/protocol/limits.ts";
import { startEdge } from "../support/edge.ts";
import { bulkyFrame, newChannel, publishFrames, publishJson } from "../support/publish.ts";
import { openViewer } from "../support/sockets.ts";
import { withDeadline } from "../support/wait.ts";
import { Watcher } from "../support/watcher.ts";

const edge = await startEdge();
after(() => edge.close());

for (const [what, message] of [
  ["text", "hello"],
  ["bytes", new Uint8Array([1, 2, 3])],
  ["JSON of no type", "{}"],
  ["a message of another type", '{"type":"hello"}'],
  ["a long message", `{"type":"continue","epoch":1,"seq":1,"more":"${"x".repeat(1100)}"}`],
] as const) {
  for (const query of ["frames", "text"]) {
    test(`[VW7] a viewer of ${query} that sends ${what} is closed with 4400`, async () => {
      const url = edge.channelUrl(newChannel());
      const viewer = await openViewer(url, query === "frames" ? { subprotocol: "plotcast.v1" } : {});
      viewer.send(message);
      assert.equal((await withDeadline("a close", viewer.closed)).code, CloseCode.badMessage);
    });
  }
}

test("[VW7] a viewer that asks on from where it cannot be is closed with 4400", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 3; n++) await publishFrames(edge, channel, bulkyFrame("00000000000000aa", n, 8000));
  const watcher = await Watcher.open(edge, channel, { asks: false });
  const { epoch } = await watcher.tells("behind");
  watcher.ask({ epoch: epoch + 1, seq: 1 });
  assert.equal((await withDeadline("a close", watcher.viewer.closed)).code, CloseCode.badMessage);
});

test("[VW7] a viewer that sends more than 200 messages a second is closed with 4429, one of 200 is not", async () => {
  const channel = newChannel();
  const [rude, polite] = [await Watcher.open(edge, channel), await Watcher.open(edge, channel)];
  for (let i = 0; i < 200; i++) polite.ask({ epoch: 1, seq: 0 });
  for (let i = 0; i < 300; i++) rude.ask({ epoch: 1, seq: 0 });
  assert.equal((await withDeadline("a close", rude.viewer.closed)).code, CloseCode.tooManyMessages);
  await publishJson(edge, channel, 1);
  await polite.reaches(1);
  await polite.close();
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
