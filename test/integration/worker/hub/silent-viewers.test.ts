/** Viewers of which nothing is heard for five minutes, by a Worker whose clock the test sets. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, newChannel, publishFrames, publishJson } from "../../../support/publish.ts";
import { openViewer, type Viewer } from "../../../support/sockets.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const edge = await startEdge({ main: new URL("clock-worker.js", import.meta.url).pathname });
after(() => edge.close());

const A = "00000000000000aa";
const GONE = { code: 4408, reason: "Nothing was heard of you for long." };
/** The Channel looks once a minute at most: the last look is at this time since the first. */
const LAST_LOOK = [
  { afterMs: 295_000, isGone: false },
  { afterMs: 301_000, isGone: true },
];

/** Puts the Worker's clock so far ahead, and publishes a point: then the Channel looks. @returns how many watch */
async function lookAt(aheadMs: number, channel: string): Promise<number> {
  await fetch(new URL(`/ahead/${aheadMs}`, edge.url));
  return (await publishJson(edge, channel, 1)).viewers;
}

async function open(channel: string): Promise<Viewer> {
  const viewer = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL });
  await viewer.nextMessage("live", (message) => String(message).includes('"live"'));
  return viewer;
}

for (const { afterMs, isGone } of LAST_LOOK) {
  test(`[VW9] [VW6b] a viewer whose pings ceased ${afterMs} ms ago is ${isGone ? "closed" : "kept"}; one that never pinged is kept`, async () => {
    const channel = newChannel();
    await lookAt(0, channel);
    const [pinging, quiet] = [await open(channel), await open(channel)];
    pinging.send("ping");
    await pinging.nextMessage("pong", (message) => message === "pong");
    assert.equal(await lookAt(200_000, channel), 2);
    await lookAt(afterMs, channel);
    assert.equal(await lookAt(afterMs, channel), isGone ? 1 : 2);
    if (isGone) assert.deepEqual(await withDeadline("its end", pinging.closed), GONE);
    await Promise.all([pinging, quiet].map((viewer) => viewer.cut()));
  });

  test(`[VW9] a viewer for which something waits, unread, for ${afterMs} ms is ${isGone ? "closed" : "kept"}; one that reads is kept`, async () => {
    const channel = newChannel();
    await lookAt(0, channel);
    const [stuck, reader] = [await open(channel), await open(channel)];
    stuck.pause();
    // More than the kernels' buffers take.
    let publisherSeq = 0;
    await waitFor("it is behind", async () => {
      await publishFrames(edge, channel, bulkyFrame(A, ++publisherSeq, 8000));
      return reader.messages.some((message) => typeof message === "string" && message.includes('"behind":1,'));
    });
    // It is counted from the first look that finds that something waits.
    assert.equal(await lookAt(100_000, channel), 2);
    assert.equal(await lookAt(300_000, channel), 2);
    await lookAt(100_000 + afterMs, channel);
    assert.equal(await lookAt(100_000 + afterMs, channel), isGone ? 1 : 2);
    await Promise.all([stuck, reader].map((viewer) => viewer.cut()));
  });
}

test("[VW9a] [VW9b] where nothing was ever published a viewer whose pings ceased is closed when another sends a message", async () => {
  const channel = newChannel();
  await fetch(new URL("/ahead/0", edge.url));
  const [pinging, other] = [await open(channel), await open(channel)];
  pinging.send("ping");
  await pinging.nextMessage("pong", (message) => message === "pong");
  await fetch(new URL("/ahead/301000", edge.url));
  other.send('{"type":"newer"}');
  await other.nextMessage("how many watch", (message) => String(message).includes('"status","viewers":1,'));
  await waitFor("a close frame", () => pinging.isClosing);
  await Promise.all([pinging, other].map((viewer) => viewer.cut()));
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual([...edge.logs], []));
