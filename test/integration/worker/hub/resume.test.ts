/** Viewers that go on from where they were. What is trimmed meanwhile is in store.test.ts. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

test("[VW2a] a viewer that comes back gets exactly what it missed", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 20; n++) await publishFrames(edge, channel, frameOf(A, n, [n, n]));
  const { position } = await (await Watcher.open(edge, channel)).live();
  for (const seq of [0, 2, 20, 38, 40]) {
    const query = `?epoch=${position?.epoch}&seq=${seq}`;
    const watcher = await (await Watcher.open(edge, channel, { query })).live();
    assert.deepEqual(
      watcher.ys,
      Array.from({ length: 40 - seq }, (_, i) => 1 + Math.floor((seq + i) / 2)),
    );
    assert.deepEqual(watcher.course, ["live"]);
    await watcher.close();
  }
});

for (const [what, epochOff, seqOff] of [
  ["of another epoch", 1, 0],
  ["ahead of the channel", 0, 1],
  ["of both", -1, 1e9],
] as const) {
  test(`[VW2d] a viewer ${what} is told that nobody knows what it missed, and gets the tail`, async () => {
    const channel = newChannel();
    await publishFrames(edge, channel, frameOf(A, 1, [1, 2, 3]));
    const { epoch = 0, seq = 0 } = (await (await Watcher.open(edge, channel)).live()).position ?? {};
    const query = `?epoch=${epoch + epochOff}&seq=${seq + seqOff}`;
    const watcher = await (await Watcher.open(edge, channel, { query })).live();
    assert.deepEqual(watcher.told[1], { type: "gap", reason: "epoch", points: null, epoch, seq: 0 });
    assert.deepEqual(
      [watcher.ys, watcher.course],
      [
        [1, 2, 3],
        ["gap", "live"],
      ],
    );
    await watcher.close();
  });
}

test("[VW3c] [VW3d] a viewer that is behind gets nothing until it asks on, then all, a step each time", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 3; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  const watcher = await Watcher.open(edge, channel, { asks: false });
  const { epoch } = await watcher.tells("behind");
  await publishFrames(edge, channel, bulkyFrame(A, 4, 8000));
  for (const seq of [8000, 16_000, 24_000]) {
    await watcher.reaches(seq);
    assert.equal(watcher.position?.seq, seq);
    assert.equal(watcher.isLive, false);
    watcher.ask({ epoch, seq });
  }
  await watcher.live();
  assert.deepEqual([watcher.position?.seq, watcher.course], [32_000, ["behind", "behind", "behind", "live"]]);
  await watcher.close();
});

test("[VW2e] a cursor inside a frame brings all of that frame as a frame, and as text the points after it", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1, 2, 3]), frameOf(A, 2, [4, 5]));
  const { epoch } = (await (await Watcher.open(edge, channel)).live()).position ?? assert.fail();
  const url = edge.channelUrl(channel);
  url.search = `epoch=${epoch}&seq=1`;
  const viewer = await openViewer(url, { subprotocol: "plotcast.v1" });
  await viewer.nextMessage("live", (message) => String(message).includes('"live"'));
  const frames = viewer.messages.flatMap((message) => (message instanceof Uint8Array ? splitFrames(message) : []));
  assert.deepEqual(
    frames.map((frame) => readHeader(frame).seq),
    [3, 5],
  );
  await viewer.close();
  const text = await openViewer(url);
  await text.nextMessage("the last point", (message) => String(message).includes('"y":5}'));
  assert.deepEqual(
    text.messages.map((message) => /"y":(\d+)/.exec(String(message))?.[1]),
    ["2", "3", "4", "5"],
  );
  await text.close();
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
