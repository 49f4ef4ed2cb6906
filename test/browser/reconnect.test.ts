/** The Worker dies, the Channel is evicted, the network goes: the page says so, comes back, and misses nothing. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Route } from "playwright-core";
import { startEdge } from "../support/edge.ts";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { Source } from "./source.ts";
import { type ChannelUplink, counting, Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

const START = Math.floor(Date.now() / 1000);
const expectedErrors = NETWORK_ERROR;

/** Publishes the points from one number to another: the number is the y. */
async function sendSome({ send }: ChannelUplink, from: number, to: number): Promise<void> {
  for (let y = from; y < to; y++) await send({ x: START + y / 100, y });
}

/** What it said of its connection: not that nothing was published yet, nor for how long nothing came on a busy machine. */
async function saidOf(tab: ChannelTab): Promise<string[]> {
  const said = (await tab.said()).filter((words) => !/^(?:Nothing published yet|Stale since)/.test(words));
  return said.filter((words, i) => words !== said[i - 1]);
}

async function assertEveryPointOnce(tab: ChannelTab, count: number): Promise<void> {
  await tab.holds(count);
  const { x, y } = await tab.series();
  assert.deepEqual(y, counting(count));
  assert.deepEqual(
    x,
    counting(count).map((i) => START + i / 100),
  );
  assert.deepEqual(await tab.gaps(), []);
}

test("[PG3] [PG4] [BR6] the Worker is killed under an open page: it counts down in words, is live again, and has every point once", async (t) => {
  const channel = newChannel();
  const feed = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel, { expectedErrors });
  await sendSome(feed, 0, 100);
  await tab.holds(100);
  await tab.says("Live");
  await stage.edge.kill();
  await sendSome(feed, 100, 300);
  await tab.says(/^Reconnecting in \d+ s$/);
  assert.ok(await tab.page.locator("#retry").isVisible(), "there is a button to retry at once");
  assert.match(await tab.text("#retry"), /Retry now/);
  await stage.edge.restart();
  await tab.page
    .locator("#retry")
    .click({ timeout: 1000 })
    .catch(() => undefined);
  await tab.says("Live");
  await sendSome(feed, 300, 400);
  await assertEveryPointOnce(tab, 400);
  const said = (await saidOf(tab)).map((words) => words.replace(/\d+/, "N"));
  assert.deepEqual(said.slice(0, 3), ["Connecting…", "Live", "Reconnecting in N s"]);
  assert.equal(said.at(-1), "Live");
});

test("[PG4] [CH6] the Channel is evicted under an open page, which notices nothing", async (t) => {
  const channel = newChannel();
  const feed = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  await sendSome(feed, 0, 100);
  await tab.holds(100);
  for (const round of [1, 2]) {
    await stage.edge.evict(channel);
    await sendSome(feed, 100 * round, 100 * (round + 1));
    await assertEveryPointOnce(tab, 100 * (round + 1));
  }
  assert.deepEqual(await saidOf(tab), ["Connecting…", "Live"]);
});

test("[PG3] [PG4] [VW2] the page's own network goes: it says offline, and when it comes back has what it missed, once", async (t) => {
  const channel = newChannel();
  const feed = await stage.feed(t, channel);
  const relay = await TcpRelay.to(t, stage.edge.url);
  const [cutOff, other] = [
    await stage.openTab(t, channel, { at: relay.url, expectedErrors }),
    await stage.openTab(t, channel),
  ];
  await sendSome(feed, 0, 100);
  await Promise.all([cutOff.holds(100), other.holds(100)]);
  relay.cut();
  await cutOff.page.context().setOffline(true);
  await cutOff.says(/^Offline since/);
  await sendSome(feed, 100, 300);
  await assertEveryPointOnce(other, 300);
  assert.equal((await cutOff.series()).y.length, 100);
  await cutOff.says(/^Offline since/);
  assert.ok(await cutOff.page.locator("#retry").isVisible());
  relay.mend();
  await cutOff.page.context().setOffline(false);
  await cutOff.connected();
  // At once: without a wait of back-off before.
  const said = await cutOff.said();
  const since = said.slice(said.findLastIndex((words) => words.startsWith("Offline")) + 1);
  assert.ok(!since.some((words) => words.startsWith("Reconnecting in")), `${since}`);
  await sendSome(feed, 300, 400);
  await assertEveryPointOnce(cutOff, 400);
  await assertEveryPointOnce(other, 400);
  assert.deepEqual(await saidOf(other), ["Connecting…", "Live"]);
});

test("[PG4b] [VW2a] only the connection is cut, again and again, while points flow: every point is there once, in order", async (t) => {
  const channel = newChannel();
  const feed = await stage.feed(t, channel);
  const relay = await TcpRelay.to(t, stage.edge.url);
  const tab = await stage.openTab(t, channel, { at: relay.url, expectedErrors });
  for (const round of counting(5)) {
    await sendSome(feed, 200 * round, 200 * round + 100);
    relay.cut();
    await sendSome(feed, 200 * round + 100, 200 * (round + 1));
    relay.mend();
  }
  await assertEveryPointOnce(tab, 1000);
  await tab.connected();
});

test("[PG4c] [PG70c] away for thousands of points, it is live with the newest at once, and fills the hole behind them: nothing is lost, and no gap is said", async (t) => {
  const channel = newChannel();
  const relay = await TcpRelay.to(t, stage.edge.url);
  const source = new Source(stage.edge, channel);
  const start = Date.now() / 1000 - 400;
  const wave = (i: number): number => Math.sin(i / 500);
  const publish = (from: number, to: number): Promise<void> =>
    source.publish(counting(to - from, from).map((i) => rowOf(start + i / 50, { y: wave(i) })));
  await publish(0, 2000);
  const tab = await stage.openTab(t, channel, { at: relay.url, expectedErrors });
  await tab.connected();
  await waitFor("its own history", async () => (await tab.counters()).past === "idle");
  await tab.holds(2000);
  relay.cut();
  await tab.page.context().setOffline(true);
  await tab.says(/^Offline since/);
  await publish(2000, 20_000);
  const held: Route[] = [];
  let isHeld = true;
  await tab.page.route("**/c/**after=**", async (route) => {
    if (isHeld) held.push(route);
    else await route.continue();
  });
  relay.mend();
  await tab.page.context().setOffline(false);
  await tab.connected();
  const { x, y } = await tab.series();
  assert.equal(x.at(-1), start + 19_999 / 50, "the newest point is there");
  assert.ok(x.length > 2600 && x.length < 2800, `${x.length} points`);
  const broken = y.indexOf(null);
  assert.equal(x[broken - 1], start + 1999 / 50, "what it had is still there, and the line is broken behind it");
  assert.deepEqual(await tab.gaps(), []);
  assert.doesNotMatch(await tab.text("#figures"), /missing/);
  await waitFor("it saying so", async () => /^Loading history …/.test(await tab.text("#notice")));
  isHeld = false;
  for (const route of held) void route.continue();
  await waitFor("the hole being filled", async () => (await tab.counters()).past === "idle");
  const whole = await tab.series();
  assert.deepEqual(whole.y, counting(20_000).map(wave));
  assert.deepEqual(await tab.gaps(), []);
  await source.publish([rowOf(start + 401, { y: 7 })]);
  await tab.holds(20_001);
  assert.deepEqual((await tab.said()).filter((words) => !/^(?:Stale|Offline|Reconnecting)/.test(words)).slice(0, 2), [
    "Connecting…",
    "Live",
  ]);
});

test("[PG4] [PG5] [CH7] the Worker comes back without its storage: the page says that points are missing, breaks the line and goes on", async (t) => {
  const channel = newChannel();
  const first = await startEdge();
  t.after(() => first.close());
  const feed = await stage.feed(t, channel, { to: first.channelUrl(channel) });
  const tab = await stage.openTab(t, channel, { at: first.url, expectedErrors });
  await sendSome(feed, 0, 100);
  await tab.holds(100);
  // What no answer has confirmed would be sent again to the second, which knows nothing of the first.
  await waitFor("the bridge knowing that", () => feed.bridge.ledger.delivered === 100);
  await first.close();
  const second = await startEdge({ port: Number(first.url.port) });
  t.after(() => second.close());
  await tab.says("Nothing published yet");
  await sendSome(feed, 100, 200);
  await tab.holds(201);
  assert.deepEqual((await tab.series()).y, [...counting(100), null, ...counting(100, 100)]);
  assert.deepEqual(await tab.gaps(), [{ reason: "epoch", points: null, series: "" }]);
  await waitFor("the page saying so", async () => /\bdata may be missing\b/.test(await tab.text("#figures")));
});
