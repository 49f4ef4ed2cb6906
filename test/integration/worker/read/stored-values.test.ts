/**
 * Frames that were stored before [FR8]: 224 bytes, one point, 16,382 values to decode. What is still in a store must cost no more
 * at once than other frames.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { valuesIn } from "../../../../protocol/frame/frame.ts";
import { numberFrame, splitFrames } from "../../../../protocol/frame/header.ts";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { costOf } from "../../../cost/measure.ts";
import { toOlderStore } from "../../../support/older-store.ts";
import { blankFrame, frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { isBinary, openViewer } from "../../../support/sockets.ts";
import { startStoredEdge } from "../../../support/stored-edge.ts";
import { waitFor } from "../../../support/wait.ts";

const A = "00000000000000aa";
const BLANKS = 584;
const ALL = Array.from({ length: BLANKS + 1 }, (_, i) => i + 1);
const main = fileURLToPath(new URL("../../../cost/counting-worker.js", import.meta.url));
const { edge, whileStopped, ...stored } = await startStoredEdge({ main, vars: { STORE_SECONDS: "86400" } });
after(() => stored[Symbol.asyncDispose]());
const channel = newChannel();

before(async () => {
  await publishFrames(edge, channel, frameOf(A, 1, [1], 0, "a"));
  await whileStopped((database) => {
    toOlderStore(database);
    const first = database.prepare("SELECT taken_at_ms FROM frames").get();
    const { epoch } = database.prepare("SELECT epoch FROM numbering").get() ?? {};
    const insert = database.prepare("INSERT INTO frames VALUES (?, 1, ?, 0, 0, ?, ?, ?)");
    for (const n of ALL.slice(1)) {
      const frame = blankFrame(A, n, 8190);
      assert.deepEqual([frame.length, valuesIn(frame)], [224, 16_382]);
      numberFrame(frame, Number(epoch), n);
      insert.run(n, first?.taken_at_ms ?? null, A, n, frame);
    }
  });
});

async function valuesRead(query: string): Promise<number[]> {
  const text = await (await fetch(new URL(query, edge.channelUrl(channel)))).text();
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).y);
}

test("[FR8d] [RD3b] a read decodes two of these frames at once, and leaves none out", async () => {
  const { requests } = await costOf(edge, async () => assert.deepEqual(await valuesRead(""), ALL));
  // 32,768 values a slice: two of these, the frame with one point beside the first. By bytes all had room in one.
  assert.equal(requests, 292);
});

test("[FR8d] [RD3a] [RD3b] one that looks for the last of them does, too", async () => {
  const { requests } = await costOf(edge, async () =>
    assert.deepEqual(await valuesRead("?points=5&series=a"), ALL.slice(-5)),
  );
  // Two slices back, of two frames each, and a third; then forward from the fifth.
  assert.equal(requests, 6);
});

test("[FR8d] a viewer of frames gets 262,144 values of the store in a message at most", async () => {
  const viewer = await openViewer(new URL("?points=1000", edge.channelUrl(channel)), { subprotocol: SUBPROTOCOL });
  const messages: number[] = [];
  for (let seen = 0, seq = 0; seq < ALL.length; ) {
    await waitFor("what follows", () => viewer.messages.length > seen);
    const message = viewer.messages[seen++];
    if (message === undefined) break;
    if (isBinary(message)) {
      const frames = splitFrames(new Uint8Array(message));
      messages.push(frames.reduce((sum, frame) => sum + valuesIn(frame), 0));
      seq += frames.length;
    } else if (/"behind"/.test(String(message))) {
      viewer.send(String(message).replace("behind", "continue"));
    }
  }
  await viewer.close();
  // 16 frames each, but for the first, with its frame of two values, and the last.
  assert.ok(Math.max(...messages) <= 262_144 && messages.length === 37, messages.join());
});

test("[FR8d] [VW4b] what is decoded for a viewer of text counts: a hundred of these frames are not sent when it joins", async () => {
  const { alarms } = await costOf(edge, async () => {
    const viewer = await openViewer(new URL("?points=100", edge.channelUrl(channel)));
    await waitFor("100 points", () => viewer.messages.length === 100);
    assert.deepEqual(
      viewer.messages.map((message) => JSON.parse(String(message)).y),
      ALL.slice(-100),
    );
    viewer.cut();
  });
  // A frame is 16 units for its values, and 1 for its text: were it 1, all of them would be sent at once.
  assert.ok(alarms >= 1, `${alarms} alarms`);
});
