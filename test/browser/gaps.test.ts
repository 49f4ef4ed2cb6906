/** Whatever is missing, and for whatever reason: the line breaks there, and nowhere else. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { FrameBuilder, type Row } from "../../protocol/frame/frame-builder.ts";
import { named } from "../support/named.ts";
import { newChannel, publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, isDrawnBetween, NETWORK_ERROR } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

/** A small store, so that something can be older than what is kept. */
const stage = await Stage.open({ vars: { STORE_BYTES: String(64 * 1024) } });
after(() => stage.close());

const newest = Math.floor(Date.now() / 1000);
const x = counting(21).map((i) => newest - 20 + i);
const y = counting(21).map((i) => Math.sin(i / 4));

/** From second 10 to 11 nothing is drawn, elsewhere the line goes through. */
async function assertBroken(tab: ChannelTab, name = "y"): Promise<void> {
  const curve = await tab.curve(name);
  const at = (i: number): number => x[i] ?? 0;
  assert.ok(isDrawnBetween(curve, at(0), at(1)) && isDrawnBetween(curve, at(9), at(10)), "drawn before");
  assert.ok(!isDrawnBetween(curve, at(10), at(11)), "nothing is drawn where something is missing");
  assert.ok(isDrawnBetween(curve, at(11), at(12)) && isDrawnBetween(curve, at(19), at(20)), "drawn after");
}

test("[PG5] [PT4c] a null in a column breaks its line, and no other", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  const half = newest - 9.5;
  const values = [...y.slice(0, 11), null, ...y.slice(11)];
  const whole = values.map((value) => 2 + (value ?? 0));
  await send({ x: [...x.slice(0, 11), half, ...x.slice(11)], broken: values, whole });
  await tab.holds(22, "whole");
  await assertBroken(tab, "broken");
  assert.ok(isDrawnBetween(await tab.curve("whole"), x[10] ?? 0, x[11] ?? 0));
});

test("[PG5] [PT4d] a row of nothing but nulls breaks every line of its message", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  const values = [...y.slice(0, 11), null, ...y.slice(11)];
  const higher = values.map((value) => (value === null ? null : value + 3));
  await send({ x: [...x.slice(0, 11), newest - 9.5, ...x.slice(11)], y: values, higher });
  await tab.holds(22, "higher");
  await assertBroken(tab);
  await assertBroken(tab, "higher");
});

test("[PG5] a gap in a frame breaks the line, and the page says how many points are missing", async (t) => {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel);
  const builder = new FrameBuilder();
  for (const i of counting(21)) {
    const gap = { reason: "bridge-full", points: 1234, fromX: x[10] ?? 0, toX: x[11] ?? 0, series: "" };
    if (i === 11) builder.addGap({ kind: "gap", ...gap });
    builder.add(rowOf(x[i] ?? 0, { y: y[i] ?? 0 }));
  }
  await publishFrames(stage.edge, channel, builder.encode("00000000000000aa", 1));
  await tab.holds(22);
  await assertBroken(tab);
  assert.deepEqual(await tab.gaps(), [{ reason: "bridge-full", points: 1234, series: "" }]);
  await waitFor("the page saying what is missing", async () =>
    /\b1\s234 points missing\b/.test(await tab.text("#figures")),
  );
});

test("[PG5] [VW2b] what was trimmed while the page was away breaks the line, and is counted exactly", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const relay = await TcpRelay.to(t, stage.edge.url);
  const tab = await stage.openTab(t, channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  await send({ x: x.slice(0, 11), y: y.slice(0, 11) });
  await tab.holds(11);
  relay.cut();
  // Its numbers fill the store, and its x lie far back, out of every window.
  const noise = counting(1000).map(() => Math.random());
  const rounds = 10;
  const witness = await stage.openTab(t, channel);
  for (const round of counting(rounds)) {
    await send({ x: noise.map((r, i) => newest - 5000 + round + i / 1000 + r / 1e5), y: noise }, "noise");
    // One frame each, so that there is something to trim.
    await witness.holds(1000 * (round + 1), "noise");
  }
  await send({ x: x.slice(11), y: y.slice(11) });
  relay.mend();
  await tab.holds(22);
  // It has nothing in view, and no panel.
  await tab.page.locator(".legend").getByText("noise", { exact: true }).waitFor({ state: "detached" });
  await assertBroken(tab);
  const gaps = await tab.gaps();
  assert.equal(gaps.length, 1);
  assert.equal(gaps[0]?.reason, "trimmed");
  const held = (await tab.held()).flatMap((series) => series.y).filter((value) => value !== null);
  assert.equal(held.length + (gaps[0]?.points ?? 0), 21 + 1000 * rounds, "held and missing are all that was sent");
});

test("[PG23b] a step is not drawn through an outage that a gap explains, live, after a reload and in the history", async (t) => {
  const source = new Source(stage.edge, newChannel());
  const other = new Source(stage.edge, source.channel);
  const at = (i: number): number => x[i] ?? 0;
  const run = (second: number): Row => named(at(second), { state: [1, "RUN"] });
  const tab = await stage.openTab(t, source.channel, { query: `#from=${at(0)}&to=${at(20)}` });
  await tab.says(/Live|Paused/);
  await source.publish([run(0), ...x.slice(1, 6).map((each) => rowOf(each, { temp: 20 }))]);
  // Another publisher goes on: so far, the state may have held.
  await other.publish(x.map((each) => rowOf(each, { flow: 1 })));
  await tab.holds(21, "flow");
  await tab.holds(5, "temp");
  const isHeld = async (): Promise<boolean[]> => {
    const curve = await tab.curve("state");
    return [2, 4, 6, 8, 12, 14, 17, 19].map((i) => isDrawnBetween(curve, at(i), at(i + 1)));
  };
  await waitFor("the state, as far as anything came", async () => (await isHeld()).every(Boolean));
  // It comes back, and says nothing of the state.
  await source.publish(
    x.slice(10, 14).map((each) => rowOf(each, { temp: 21 })),
    { lost: 5 },
  );
  await tab.holds(10, "temp");
  const broken = [true, true, false, false, false, false, false, false];
  assert.deepEqual(await isHeld(), broken, "up to where it was heard last");
  const { left, width, top, height } = await new Pointer(tab).box();
  await tab.page.mouse.move(left + width * 0.45, top + height / 2);
  await waitFor("nothing being read there", async () => (await tab.legend()).state === "–");
  await source.publish([run(16)]);
  await tab.holds(2, "state");
  const mended = [...broken.slice(0, 6), true, true];
  assert.deepEqual(await isHeld(), mended);
  await tab.page.reload();
  await waitFor("the same after a reload", async () => {
    await tab.holds(3, "state");
    return (await isHeld()).join() === mended.join();
  });
});
