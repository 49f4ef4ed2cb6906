/** Looking further back than the page holds: what is stored is fetched, and is seen as if it had never been away. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newChannel, publishHeaders, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertDrawn, type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

/** Ten points a second, for ten minutes. */
const COUNT = 6000;
const TAIL = 300;
/** No two of its values are the same. */
const wave = (i: number): number => Math.sin(i / 150) + i / 6000;

/** A first connection gets the last {@link TAIL} points, and not what 5 minutes and 8 MiB are of a slow feed. */
const SMALL_TAIL = `globalThis.WebSocket = class extends WebSocket {
  constructor(url, protocols) {
    const asked = new URL(url);
    if (!asked.searchParams.has("seq")) asked.search = "points=${TAIL}";
    super(asked, protocols);
  }
}`;

interface Scene {
  channel: string;
  tab: ChannelTab;
  pointer: Pointer;
  start: number;
  /** Publishes the next points. */
  send(count: number): Promise<void>;
}

/** A page that holds the last half minute of ten minutes that are stored. */
async function scene(t: TestContext, options: TabOptions = {}): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT / 10;
  let sent = 0;
  const send = async (count: number): Promise<void> => {
    const rows = counting(count, sent).map((i) => rowOf(start + i / 10, { y: wave(i) }));
    sent += count;
    await source.publish(rows);
  };
  await send(COUNT);
  const tab = await stage.openTab(t, channel, options);
  await tab.page.addInitScript(SMALL_TAIL);
  await tab.page.reload();
  await tab.holds(TAIL);
  await tab.drawn();
  const { x } = await tab.series();
  assert.ok(x.length < 2 * TAIL, `it holds ${x.length} points of ${COUNT}`);
  return { channel, tab, pointer: new Pointer(tab), start, send };
}

/** Goes on publishing, ten points at a time, until the test ends. */
function streams(t: TestContext, { send }: Scene): void {
  let isOver = false;
  const streaming = (async () => {
    while (!isOver) {
      await send(10);
      await sleep(100);
    }
  })();
  t.after(async () => {
    isOver = true;
    await streaming;
  });
}

interface Moment {
  window: { minX: number; maxX: number };
  seen: { x: number[]; y: (number | null)[] };
  newestX: number;
  past: string;
}

function moment(tab: ChannelTab): Promise<Moment> {
  return tab.page.evaluate<Moment>(
    `({ window: plotcast.window(), seen: plotcast.seen()[0], newestX: plotcast.series()[0].x.at(-1), past: plotcast.counters().past })`,
  );
}

/** Resolves once every point of what is looked at is seen: each once, in order, and nothing between them. */
async function seesEverything({ tab, start }: Scene, what: string): Promise<Moment> {
  return await waitFor(what, async () => {
    const now = await moment(tab);
    const { minX, maxX } = now.window;
    const [from, to] = [
      Math.max(0, Math.ceil((minX - start) * 10)),
      Math.floor((Math.min(maxX, now.newestX) - start) * 10 + 1e-4),
    ];
    const expected = counting(to - from + 1, from);
    const inView = now.seen.x
      .map((x, at) => [x, now.seen.y[at]])
      .filter(([x = 0]) => (x ?? 0) >= minX && (x ?? 0) <= maxX);
    assert.equal(inView.length, expected.length);
    assert.deepEqual(
      inView,
      expected.map((i) => [start + i / 10, wave(i)]),
    );
    return now;
  });
}

/** Goes back by whole widths until the left edge is at or before an x, as far as what is fetched lets it. */
async function goesBackTo({ tab }: Scene, x: number): Promise<void> {
  await waitFor(
    "getting so far back",
    async () => {
      const { window, past } = await moment(tab);
      if (window.minX <= x) return true;
      if (past === "idle") await tab.page.keyboard.press("Shift+ArrowLeft");
      await tab.drawn();
      return false;
    },
    { deadlineMs: 30_000 },
  );
}

const notice = (tab: ChannelTab): Promise<string> => tab.text("#notice");
const chooseByKey = (tab: ChannelTab, key: string): Promise<void> => tab.page.keyboard.press(key);

test("[PG14c] back where the page holds nothing, the stored points are seen, each once, while others go on coming", async (t) => {
  const on = await scene(t);
  const { tab, start } = on;
  streams(t, on);
  await chooseByKey(tab, "4");
  await seesEverything(on, "the last minute, half of which was not sent");
  await goesBackTo(on, start + 200);
  const { window } = await seesEverything(on, "what was there minutes ago");
  const shown = counting(COUNT).filter((i) => start + i / 10 > window.minX + 1 && start + i / 10 < window.maxX - 1);
  assert.ok(shown.length > 500);
  assertDrawn(
    await tab.curve(),
    shown.map((i) => start + i / 10),
    shown.map(wave),
  );
  assert.deepEqual((await moment(tab)).window, window, "it does not move while points come");
  await tab.page.keyboard.press("l");
  await seesEverything(on, "the last minute again");
});

test("[PG14] at the seam nothing is missing and nothing twice, in data and in pixels, also as it moves on", async (t) => {
  const on = await scene(t);
  const { tab, pointer, start } = on;
  const [seam = 0] = (await tab.series()).x;
  await chooseByKey(tab, "4");
  await pointer.drag(0.3, 0.55, true);
  const { minX, maxX } = await pointer.seen();
  assert.ok(minX < seam - 10 && maxX > seam + 10, "the seam is in view");
  streams(t, on);
  await seesEverything(on, "both sides of the seam");
  const shown = counting(COUNT).filter((i) => start + i / 10 > minX + 1 && start + i / 10 < maxX - 1);
  assertDrawn(
    await tab.curve(),
    shown.map((i) => start + i / 10),
    shown.map(wave),
  );
  await tab.page.keyboard.press("l");
  for (const round of counting(5)) {
    await tab.drawn();
    await seesEverything(on, `round ${round} of following with the seam in view`);
  }
});

test("[PG14] the window All shows everything that is stored, and what comes", async (t) => {
  const on = await scene(t);
  const { tab, start, send } = on;
  await chooseByKey(tab, "9");
  await waitFor("the first point being in view", async () => (await moment(tab)).window.minX === start);
  const { window, seen } = await seesEverything(on, "all that is stored");
  assert.deepEqual([window.minX, seen.x.length], [start, COUNT]);
  await send(25);
  await tab.holds((await tab.series()).x.length);
  await waitFor("what came since being seen, too", async () => (await moment(tab)).seen.x.length === COUNT + 25);
  await seesEverything(on, "all and what came");
});

test("[PG14] the oldest point is where going back ends", async (t) => {
  const on = await scene(t);
  const { tab, start } = on;
  await chooseByKey(tab, "5");
  // 5 min, of which half may be empty.
  await goesBackTo(on, start - 149.999);
  for (const _ of counting(3)) await tab.page.keyboard.press("Shift+ArrowLeft");
  await tab.drawn();
  const { window } = await seesEverything(on, "the oldest points");
  assert.ok(Math.abs(window.minX - (start - 150)) < 1e-6, `it begins at ${window.minX - start}`);
});

test("[PG14d] it says that it fetches, and that it cannot, tries again by itself, and then all is there", async (t) => {
  const relay = await TcpRelay.to(t, stage.edge.url);
  const on = await scene(t, { at: relay.url, expectedErrors: NETWORK_ERROR });
  const { tab } = on;
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await tab.page.route("**/c/**", async (route) => {
    await held;
    await route.continue();
  });
  await chooseByKey(tab, "4");
  await waitFor("the page saying that it fetches", async () => /^Loading history …/.test(await notice(tab)));
  letGo();
  await seesEverything(on, "what was fetched");
  await waitFor("that being over", async () => !(await tab.page.locator("#notice").isVisible()));
  await tab.page.unrouteAll({ behavior: "wait" });

  relay.cut();
  await chooseByKey(tab, "9");
  await waitFor("the page saying that it cannot", async () =>
    /^History cannot be loaded now\. Trying again\./.test(await notice(tab)),
  );
  relay.mend();
  await waitFor("what could not be had", async () => (await moment(tab)).seen.x.length === COUNT, {
    deadlineMs: 30_000,
  });
  await seesEverything(on, "everything");
  await waitFor("that being over", async () => !(await tab.page.locator("#notice").isVisible()));
});

test("[PG14e] what is stored and not here yet is not said to be missing; before all that is stored nothing is", async (t) => {
  const { tab, start } = await scene(t);
  const { page } = tab;
  await page.evaluate(`{
    globalThis.told = [];
    const line = document.querySelector("#notice");
    new MutationObserver(() => told.push(line.textContent)).observe(line, { childList: true, subtree: true });
  }`);
  await page.evaluate(`location.hash = "from=${start + 10}&to=${start + 40}"`);
  await waitFor("these points", async () => (await moment(tab)).seen.x.length >= 300);
  await tab.drawn();
  const told = await page.evaluate<string[]>("told");
  assert.deepEqual(
    told.filter((text) => text.startsWith("Nothing")),
    [],
  );
  await page.evaluate(`location.hash = "from=${start - 900}&to=${start - 870}"`);
  // What the page does not hold may be older than what it found: the oldest is not known.
  await waitFor("the notice", async () => /^Nothing is stored of [^;]+\.Go live/.test(await tab.text("#notice")));
});

test("[PG14] [CH8a] a channel that is deleted has no past", async (t) => {
  const on = await scene(t);
  const { channel, tab, start } = on;
  await chooseByKey(tab, "9");
  await waitFor("all that is stored", async () => (await moment(tab)).seen.x.length === COUNT);
  const url = stage.edge.channelUrl(channel);
  const headers = publishHeaders(stage.edge, "application/json");
  assert.ok((await fetch(url, { method: "DELETE", headers })).ok);
  const [seam = 0] = (await tab.series()).x;
  await waitFor("the past being forgotten", async () => (await moment(tab)).seen.x[0] === seam);
  await waitFor("a picture without it", async () => (await moment(tab)).window.minX === seam);
  assert.ok(seam > start);
});
