/** A page joins at the newest points, is live at once, and reads what is older behind them. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { Route } from "playwright-core";
import { newChannel, publishHeaders, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertDrawn, type ChannelTab } from "./channel-tab.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

/** 50 points a second, for five minutes; a point is missing between 250 s and 200 s ago. */
const COUNT = 15_000;
const LOST_BEFORE = 5_000;
const wave = (i: number): number => Math.sin(i / 500) + i / COUNT;

interface Scene {
  tab: ChannelTab;
  source: Source;
  channel: string;
  start: number;
  /** Lets the reads of older points go on, that were held back. */
  letGo(): void;
}

/** A page that has joined, with its reads held back. */
async function scene(t: TestContext, options: TabOptions = {}): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT / 50;
  const rows = (from: number, to: number) =>
    counting(to - from, from).map((i) => rowOf(start + i / 50, { y: wave(i) }));
  await source.publish(rows(0, LOST_BEFORE));
  await source.publish(rows(LOST_BEFORE, COUNT), { lost: 7 });
  const tab = await stage.openTab(t, newChannel(), options);
  const held: Route[] = [];
  let isHeld = true;
  await tab.page.route("**/c/**after=**", async (route) => {
    if (isHeld) held.push(route);
    else await route.continue();
  });
  await tab.page.goto(stage.edge.channelUrl(channel).href);
  return {
    tab,
    source,
    channel,
    start,
    letGo() {
      isHeld = false;
      for (const route of held) void route.continue();
    },
  };
}

async function settles(tab: ChannelTab): Promise<void> {
  await waitFor("the history being loaded", async () => (await tab.counters()).past === "idle");
}

test("[PG70a] it is live with the newest points before anything older is read, and says that it loads history until that is here", async (t) => {
  const { tab, letGo } = await scene(t);
  await tab.connected();
  const early = await tab.series();
  assert.ok(early.x.length >= 600 && early.x.length < 700, `${early.x.length} points came by themselves`);
  assert.equal(early.y.at(-1), wave(COUNT - 1));
  assert.deepEqual(await tab.gaps(), []);
  await waitFor("it saying so", async () => /^Loading history …/.test(await tab.text("#notice")));
  letGo();
  await settles(tab);
  await waitFor("that being over", () => tab.page.locator("#notice").isHidden());
  await tab.connected();
});

test("[PG85a] “Loading history”, and what else is said, lies over no legend, nor over Go live", async (t) => {
  for (const phone of [false, true]) {
    const { tab, letGo } = await scene(t, { phone });
    await tab.connected();
    await waitFor("it saying so", async () => /^Loading history …/.test(await tab.text("#notice")));
    await tab.page.keyboard.press(" ");
    const covered = await tab.page.evaluate<string[]>(`(() => {
      const over = document.getElementById("notice").getBoundingClientRect();
      return [...document.querySelectorAll(".panel-head, #go-live, .x-axis")].filter((part) => {
        const { left, right, top, bottom } = part.getBoundingClientRect();
        return left < over.right && over.left < right && top < over.bottom && over.top < bottom;
      }).map((part) => part.id || part.className);
    })()`);
    assert.deepEqual(covered, [], phone ? "on a phone" : "");
    letGo();
  }
});

test("[PG70b] then every point is there once, with the break and the gap, as in a page that was sent all, while others come", async (t) => {
  const { tab, source, channel, start, letGo } = await scene(t);
  await tab.connected();
  source.goOn(t, () => ({ y: 3 }), 20);
  const live = await waitFor("points coming live", async () => {
    const { x } = await tab.series();
    return x.at(-1) !== start + (COUNT - 1) / 50 && x.length;
  });
  letGo();
  await settles(tab);
  const { x, y } = await tab.series();
  assert.ok(x.length > COUNT + live - 2000);
  const values = counting(COUNT).map((i): (number | null)[] => [start + i / 50, wave(i)]);
  const expected = values.toSpliced(LOST_BEFORE, 0, [start + LOST_BEFORE / 50, null]);
  const held = x.map((each, i) => [each, y[i] ?? null]);
  assert.deepEqual(held.slice(0, COUNT + 1), expected);
  assert.ok(
    held.every(([at], i) => i === 0 || (at ?? 0) >= (held[i - 1]?.[0] ?? 0)),
    "in order",
  );
  assert.deepEqual(await tab.gaps(), [{ reason: "bridge-full", points: 7, series: "" }]);
  // One that is sent all of it holds the same.
  const other = await stage.openTab(t, channel, {
    before: `globalThis.WebSocket = class extends WebSocket {
      constructor(url, protocols) { super(String(url).replace(/&?newest=[0-9]+/, ""), protocols); }
    }`,
  });
  await other.connected();
  const whole = await other.series();
  const end = Math.min(whole.x.length, x.length);
  assert.deepEqual([whole.x.slice(0, end), whole.y.slice(0, end)], [x.slice(0, end), y.slice(0, end)]);
  assert.deepEqual(await other.gaps(), await tab.gaps());
  await tab.choose("All");
  const shown = counting(COUNT).filter((i) => i % 500 === 250);
  assertDrawn(
    await tab.curve(),
    shown.map((i) => start + i / 50),
    shown.map(wave),
  );
});

test("[PG70c] a channel that is emptied meanwhile has no history", async (t) => {
  const { tab, channel, letGo } = await scene(t);
  await tab.connected();
  const { x } = await tab.series();
  const headers = publishHeaders(stage.edge, "application/json");
  assert.ok((await fetch(stage.edge.channelUrl(channel), { method: "DELETE", headers })).ok);
  await waitFor("the gap", async () => (await tab.gaps()).some(({ reason }) => reason === "epoch"));
  letGo();
  await settles(tab);
  assert.deepEqual((await tab.series()).x, x);
});

test("[PG70d] where the file that reads history cannot be loaded, that is said, and it is read once it can be", async (t) => {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT / 50;
  await source.publish(counting(COUNT).map((i) => rowOf(start + i / 50, { y: wave(i) })));
  const tab = await stage.openTab(t, channel, {
    blocked: "**/assets/lazy-*",
    expectedErrors: /lazy-.*|Failed to load/,
  });
  await tab.connected();
  await tab.page.getByText("History cannot be loaded now. Trying again.").waitFor();
  await tab.page.unroute("**/assets/lazy-*");
  await waitFor("all of the window being seen", async () => {
    const seen = await tab.page.evaluate(() => ({ window: plotcast.window(), x: plotcast.seen()[0]?.x ?? [] }));
    const { minX, maxX } = seen.window;
    const isSeen = (x: number): boolean => x >= (minX ?? 0) && x <= (maxX ?? 0);
    const expected = counting(COUNT).filter((i) => isSeen(start + i / 50)).length;
    return expected > 1000 && seen.x.filter(isSeen).length === expected;
  });
});

test("[PG70e] whichever series comes first when a page joins, all pages have them in the channel's order", async (t) => {
  const channel = newChannel();
  const names = [..."abcdef"].map((part) => `${part}.value`);
  const sources = names.map(() => new Source(stage.edge, channel));
  for (const [n, source] of sources.entries()) await source.now(() => ({ [names[n] ?? ""]: n }));
  const orders: string[][] = [];
  for (const turn of [2, 4]) {
    // So much of one that the newest points are its alone; then one of another.
    const of = (n: number) => ({ [names[n] ?? ""]: n });
    await sources[turn]?.publish(counting(1000).map((i) => rowOf(Date.now() / 1000 - 10 + i / 100, of(turn))));
    await sources[0]?.now(() => of(0));
    const tab = await stage.openTab(t, channel);
    await tab.connected();
    await settles(tab);
    orders.push((await tab.held()).map(({ name }) => name));
    await waitFor("a panel for each", async () => (await tab.panels()).length === names.length);
    assert.deepEqual(
      (await tab.panels()).flatMap(({ names }) => names),
      names,
    );
  }
  assert.deepEqual(orders, [names, names]);
});
