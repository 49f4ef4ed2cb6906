/** What viewers send. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Cursor } from "../../../../protocol/cursor.ts";
import { CloseCode } from "../../../../protocol/limits.ts";
import { cursorKind } from "../../../../worker/hub/session-state.ts";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, newChannel, publishFrames, publishJson } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { withDeadline } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const edge = await startEdge();
after(() => edge.close());

const losses = [
  ["at once", async () => {}],
  ["after eviction", (channel: string) => edge.evict(channel)],
] as const;

for (const [what, message] of [
  ["text", "hello"],
  ["bytes", new Uint8Array([1, 2, 3])],
  ["JSON of no type", "{}"],
  ["JSON of a type that is no text", '{"type":1}'],
  ["a continue without its number", '{"type":"continue","epoch":1}'],
  ["a long message", `{"type":"continue","epoch":1,"seq":1,"more":"${"x".repeat(1100)}"}`],
] as const) {
  for (const query of ["frames", "text"]) {
    test(`[VW7a] a viewer of ${query} that sends ${what} is closed with 4400`, async () => {
      const url = edge.channelUrl(newChannel());
      const viewer = await openViewer(url, query === "frames" ? { subprotocol: "plotcast.v1" } : {});
      viewer.send(message);
      assert.equal((await withDeadline("a close", viewer.closed)).code, CloseCode.badMessage);
    });
  }
}

test("[VW7g] a viewer of either kind that sends a message of a newer page stays, and gets what is published", async () => {
  const channel = newChannel();
  const viewers = await Promise.all([
    openViewer(edge.channelUrl(channel), { subprotocol: "plotcast.v1" }),
    openViewer(edge.channelUrl(channel)),
  ]);
  for (const viewer of viewers) viewer.send('{"type":"note","x":1,"text":"of a newer page"}');
  for (const viewer of viewers) viewer.send("ping");
  for (const viewer of viewers) await viewer.nextMessage("pong", (message) => message === "pong");
  assert.equal((await publishJson(edge, channel, 1)).viewers, 2);
  await Promise.all(viewers.map((viewer) => viewer.close()));
});

/** A viewer that is live at number 3, or behind somewhere before number 24,000. */
const watchers: Record<string, (channel: string) => Promise<{ watcher: Watcher; epoch: number; seq: number }>> = {
  live: async (channel) => {
    await publishJson(edge, channel, [1, 2, 3]);
    const watcher = await Watcher.open(edge, channel);
    return { watcher, ...(await watcher.tells("live")) };
  },
  behind: async (channel) => {
    for (let n = 1; n <= 3; n++) await publishFrames(edge, channel, bulkyFrame("00000000000000aa", n, 8000));
    const watcher = await Watcher.open(edge, channel, { asks: false });
    return { watcher, ...(await watcher.tells("behind")), seq: 24_000 };
  },
};

for (const [state, watch] of Object.entries(watchers)) {
  for (const [what, cursorOf] of [
    ["beyond what was taken", ({ epoch, seq }: Cursor) => ({ epoch, seq: seq + 1 })],
    ["of a later epoch", ({ epoch, seq }: Cursor) => ({ epoch: epoch + 1, seq })],
    ["of an epoch before it came", ({ epoch, seq }: Cursor) => ({ epoch: epoch - 1, seq })],
    ["of epoch 0", () => ({ epoch: 0, seq: 0 })],
  ] as const) {
    for (const [when, lose] of losses) {
      test(`[VW7c] a viewer that is ${state} and asks on ${what} is closed with 4400, ${when}`, async () => {
        const channel = newChannel();
        const { watcher, epoch, seq } = await watch(channel);
        await lose(channel);
        watcher.ask(cursorOf({ epoch, seq }));
        assert.equal((await withDeadline("a close", watcher.viewer.closed)).code, CloseCode.badMessage);
      });
    }
  }
}

test("[VW7f] what a viewer that is live asks on from where it is, or was, changes nothing", async () => {
  const channel = newChannel();
  const { watcher, epoch, seq } = (await watchers.live?.(channel)) ?? assert.fail();
  watcher.ask({ epoch, seq });
  watcher.ask({ epoch, seq: 0 });
  await publishJson(edge, channel, 4);
  await watcher.reaches(4);
  assert.deepEqual(watcher.ys, [1, 2, 3, 4]);
  await watcher.close();
});

for (const [when, lose] of losses) {
  test(`[VW7f] a viewer that is behind and asks on from before what it was sent gets nothing twice, ${when}`, async () => {
    const channel = newChannel();
    for (let n = 1; n <= 3; n++) await publishFrames(edge, channel, bulkyFrame("00000000000000aa", n, 8000));
    const watcher = await Watcher.open(edge, channel, { asks: false });
    for (let step = 1; step <= 2; step++) {
      const seq = 8000 * step;
      const isBehind = () => watcher.told.some((told) => told.type === "behind" && told.seq === seq);
      await watcher.sees(`that it is behind at ${seq}`, isBehind);
      const { epoch } = await watcher.tells("behind");
      await lose(channel);
      for (const before of [0, seq - 8000, seq - 1]) watcher.ask({ epoch, seq: before });
      watcher.ask({ epoch, seq });
      // It has asked already.
      watcher.ask({ epoch, seq });
      await watcher.reaches(seq + 8000);
    }
    await watcher.tells("live");
    assert.equal(watcher.points.length, 24_000);
    await watcher.close();
  });

  test(`[VW7e] [CH8] a viewer that asks on just as DELETE ends the epoch goes on in the next, ${when}`, async () => {
    const channel = newChannel();
    const { watcher, epoch } = (await watchers.behind?.(channel)) ?? assert.fail();
    const cursor = { epoch, seq: 8000 };
    for (let times = 1; times <= 2; times++) {
      const headers = { Authorization: `Bearer ${edge.token}` };
      assert.equal((await fetch(edge.channelUrl(channel), { method: "DELETE", headers })).status, 204);
      await lose(channel);
      // It may be on its way when the gap comes, and even when the next does.
      watcher.ask(cursor);
      await publishJson(edge, channel, times);
      await watcher.sees(`point ${times} of the new epoch`, () => watcher.ys.at(-1) === times);
    }
    assert.ok((watcher.position?.epoch ?? 0) > epoch);
    // Whoever comes only now cannot have that cursor.
    const late = await Watcher.open(edge, channel);
    await late.tells("live");
    late.ask(cursor);
    assert.equal((await withDeadline("a close", late.viewer.closed)).code, CloseCode.badMessage);
    await watcher.close();
  });
}

test("[VW7c] [VW7e] a cursor is this channel's, or of an epoch that ended while the viewer was connected, or wrong", () => {
  const position = { epoch: 50, seq: 10 };
  for (const [epoch, seq, sinceEpoch, kind] of [
    [50, 0, 50, "ours"],
    [50, 10, 50, "ours"],
    [50, 11, 50, "wrong"],
    [51, 0, 50, "wrong"],
    [49, 0, 50, "wrong"],
    [49, 0, 49, "outdated"],
    [49, 99, 40, "outdated"],
    [40, 99, 40, "outdated"],
    [39, 0, 40, "wrong"],
    [0, 0, 0, "outdated"],
  ] as const) {
    assert.equal(cursorKind({ epoch, seq }, position, sinceEpoch), kind, `${epoch} ${seq} since ${sinceEpoch}`);
  }
  const deleted = { epoch: 0, seq: 0 };
  assert.equal(cursorKind({ epoch: 50, seq: 7 }, deleted, 40), "outdated", "of a channel that is deleted since");
  assert.equal(cursorKind({ epoch: 39, seq: 7 }, deleted, 40), "wrong");
});

test("[VW7d] a viewer that sends more than 200 messages a second is closed with 4429, one of 200 is not", async () => {
  const channel = newChannel();
  const [rude, polite] = [await Watcher.open(edge, channel), await Watcher.open(edge, channel)];
  const { epoch } = await polite.tells("live");
  for (let i = 0; i < 200; i++) polite.ask({ epoch, seq: 0 });
  for (let i = 0; i < 300; i++) rude.ask({ epoch, seq: 0 });
  assert.equal((await withDeadline("a close", rude.viewer.closed)).code, CloseCode.tooManyMessages);
  await publishJson(edge, channel, 1);
  await polite.reaches(1);
  await polite.close();
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
