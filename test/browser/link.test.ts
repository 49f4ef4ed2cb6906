/** What is seen is in the page's URL: who opens it sees the same. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertDrawn, type ChannelTab } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 301;
const wave = (i: number): number => Math.sin(i / 12) + i / 300;

interface Scene {
  channel: string;
  source: Source;
  tab: ChannelTab;
  /** A point follows each second. */
  x: number[];
}

async function scene(t: TestContext): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT;
  const x = counting(COUNT).map((i) => start + i);
  await source.publish(x.map((each, i) => rowOf(each, { y: wave(i) })));
  const tab = await stage.openTab(t, channel);
  await tab.holds(COUNT);
  await tab.drawn();
  return { channel, source, tab, x };
}

const hashOf = (tab: ChannelTab): string => new URL(tab.page.url()).hash;

async function hashIs(tab: ChannelTab, what: RegExp): Promise<string> {
  return await waitFor(`${what} in the URL`, () => {
    assert.match(hashOf(tab), what);
    return hashOf(tab);
  });
}

async function sees(tab: ChannelTab, minX: number, maxX: number): Promise<void> {
  await waitFor(`${minX} to ${maxX} being seen`, async () => {
    const now = await tab.window();
    const isThere = Math.abs((now.minX ?? 0) - minX) < 2e-6 && Math.abs((now.maxX ?? 0) - maxX) < 2e-6;
    assert.ok(isThere, JSON.stringify(now));
    return true;
  });
}

/** Another browser at the same fragment. */
async function another(t: TestContext, channel: string, hash: string): Promise<ChannelTab> {
  const tab = await stage.openTab(t, `${channel}${hash}`);
  await tab.holds(COUNT);
  await tab.drawn();
  return tab;
}

test("[PG13a] [PG13b] a window that is chosen is in the URL, and is the one that another browser begins with, live", async (t) => {
  const { channel, tab } = await scene(t);
  assert.equal(hashOf(tab), "");
  const steps = await tab.page.evaluate<number>("history.length");
  await tab.choose("5 m");
  const hash = await hashIs(tab, /^#window=5m$/);
  const far = await another(t, channel, hash);
  assert.deepEqual(await far.window(), await tab.window());
  assert.equal((await far.window()).name, "5 m");
  assert.equal((await far.window()).paused, false);
  await tab.choose("10 s");
  await hashIs(tab, /^#window=10s$/);
  assert.equal(await tab.page.evaluate("history.length"), steps, "Back still leads out of the page");
});

test("[PG13a] [PG13b] a range that is held is in the URL: another browser sees the same of it, held, and the same line", async (t) => {
  const { channel, tab, x, source } = await scene(t);
  await tab.choose("5 m");
  await new Pointer(tab).drag(0.4, 0.6);
  const hash = await hashIs(tab, /^#window=5m&from=[\d.]+&to=[\d.]+$/);
  const { minX, maxX } = await tab.window();
  assert.ok(minX !== null && maxX !== null);
  // It stays what it is, whatever comes.
  await source.publish([rowOf((x.at(-1) ?? 0) + 1, { y: 0 })]);
  const far = await another(t, channel, hash);
  await sees(far, minX, maxX);
  assert.equal((await far.window()).paused, true);
  await far.says(/^Paused/);
  const inside = counting(COUNT).filter((i) => (x[i] ?? 0) > minX + 0.5 && (x[i] ?? 0) < maxX - 0.5);
  assert.ok(inside.length > 30);
  const points = [inside.map((i) => x[i] ?? 0), inside.map(wave)] as const;
  assertDrawn(await tab.curve(), ...points, 6);
  assertDrawn(await far.curve(), ...points, 6);
  assert.deepEqual((await far.curve()).columns.length, (await tab.curve()).columns.length);
});

test("[PG13] paused, the range that is seen is in the URL; live again, it is not, nor for who goes live elsewhere", async (t) => {
  const { channel, tab } = await scene(t);
  await tab.page.keyboard.press("Space");
  const held = await tab.window();
  assert.equal(held.paused, true);
  const hash = await hashIs(tab, /from=[\d.]+&to=[\d.]+/);
  const far = await another(t, channel, hash);
  await sees(far, held.minX ?? 0, held.maxX ?? 0);
  for (const one of [tab, far]) {
    await one.page.locator("#go-live").click();
    await waitFor("no range in the URL", () => !/from|to=/.test(hashOf(one)));
    assert.equal((await one.window()).paused, false);
    assert.match(hashOf(one), /^#window=30s$/);
  }
});

test("[PG13] a range in the URL stays there until its channel has a first point", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 100;
  const [from, to] = [start + 10, start + 40];
  const range = `from=${from}&to=${to}`;
  const tab = await stage.openTab(t, `${channel}#window=1m&${range}`);
  await tab.says(/^Paused · /i);
  // What is written there by itself, with whatever there is to be said.
  const written = await tab.page.evaluate<string>(
    `new Promise((done) => {
      const { replaceState } = history;
      history.replaceState = (...rest) => { replaceState.apply(history, rest); done(location.hash); };
      location.hash = "#window=5m&${range}";
    })`,
  );
  assert.equal(written, `#window=5m&${range}`);
  await new Source(stage.edge, channel).publish(counting(101).map((i) => rowOf(start + i, { y: wave(i) })));
  await tab.holds(101);
  await sees(tab, from, to);
});

/** What is hidden has no panel, if nothing else is in it. */
async function isCurveDrawn(tab: ChannelTab): Promise<boolean> {
  const hasPanel = (await tab.page.locator('.legend [data-series="y"]').count()) > 0;
  return hasPanel && (await tab.curve()).columns.some((column) => column !== null);
}

test("[PG13b] the fragment changed by hand, or by a link in the page's own tab, changes what is seen", async (t) => {
  const { tab, x } = await scene(t);
  const [from, to] = [x[50] ?? 0, x[90] ?? 0];
  await tab.follow(`#from=${from}&to=${to}`);
  await sees(tab, from, to);
  assert.equal((await tab.window()).paused, true);
  await tab.follow("#window=1m&hide=y");
  await waitFor("the minute, live", async () => {
    const { name, paused } = await tab.window();
    return name === "1 m" && !paused;
  });
  const isDrawn = (): Promise<boolean> => isCurveDrawn(tab);
  await waitFor("nothing drawn of what is hidden", async () => !(await isDrawn()));
  await tab.follow("#window=1m&panel=y;y=-7..7");
  await waitFor("an axis from -7 to 7", async () => (await tab.panels())[0]?.left.max === 7);
  await waitFor("it is drawn again", isDrawn);
  // What makes no sense is passed over.
  await tab.follow("#window=century&from=9&to=1&panel=%%%&panel=y&hide=%E0%A4%A");
  await waitFor("all by itself again", async () => (await tab.panels())[0]?.left.max !== 7);
  assert.equal((await tab.window()).paused, false);
});

test("[PG13c] what a fragment brings is not remembered", async (t) => {
  const { channel, tab } = await scene(t);
  const isDrawn = (): Promise<boolean> => isCurveDrawn(tab);
  await tab.follow("#window=1m&hide=y");
  await waitFor("nothing drawn", async () => !(await isDrawn()));
  // The page writes what it shows to its URL, and what is to be remembered with it.
  await tab.choose("30 s");
  await hashIs(tab, /window=30s/);
  await tab.page.goto(stage.edge.channelUrl(channel).href);
  await waitFor("it is drawn again", isDrawn);
});

test("[PG13] a fragment that comes just before the page writes its own is followed", async (t) => {
  const { tab } = await scene(t);
  await tab.choose("5 m");
  await hashIs(tab, /window=5m/);
  await tab.page.evaluate(`{
    const { setTimeout } = window;
    window.setTimeout = (write, ms) => {
      if (ms !== 400) return setTimeout(write, ms);
      window.setTimeout = setTimeout;
      return setTimeout(() => { location.hash = "#window=1m"; write(); });
    };
  }`);
  await tab.choose("10 s");
  await waitFor("a minute", async () => (await tab.window()).name === "1 m");
});

test("[PG13] [PG14] who opens a link to what was is told of no points since, until some come", async (t) => {
  const { channel, source, x } = await scene(t);
  const tab = await another(t, channel, `#from=${x[100]}&to=${x[200]}`);
  await waitFor("the way back to live", () => tab.page.locator("#go-live").isVisible());
  assert.equal(await tab.text("#go-live"), "Go live");
  await source.publish([rowOf((x.at(-1) ?? 0) + 1, { y: 0 })]);
  await waitFor("the point that came since", async () => (await tab.text("#go-live")) === "Go live · +1");
});

const notice = (tab: ChannelTab): Promise<string> => tab.text("#notice");

/** Whether y axes, and values in the legend, are seen. */
const areShown = ({ page }: ChannelTab): Promise<boolean[]> =>
  page.evaluate<boolean[]>(
    `[".plot canvas", ".legend .value"].map((of) => document.querySelector(of).checkVisibility({ visibilityProperty: true }))`,
  );

test("[PG14e] of a range of which nothing is stored it says so, with the oldest, and shows no axis of other points", async (t) => {
  const { channel, x } = await scene(t);
  const [from = 0] = x;
  const ago = from - 86_400;
  const tab = await another(t, channel, `#from=${ago}&to=${ago + 30}`);
  // Before that it may say that it loads history.
  const said = await waitFor("the notice", async () => {
    const text = await notice(tab);
    return text.startsWith("Nothing is stored") && text;
  });
  const [oldest] = new Date(from * 1000).toTimeString().split(" ");
  assert.match(said, /^Nothing is stored of [A-Z]\w+ \d+ \d\d:\d\d:\d\d\.\d+ – \d\d:\d\d:\d\d\.\d+; the oldest is /);
  assert.ok(said.includes(`the oldest is ${oldest}.`), said);
  assert.deepEqual(await areShown(tab), [false, false]);
  await tab.page.locator("#notice").getByText("Go live").click();
  await waitFor("it being live", async () => !(await tab.window()).paused);
  await tab.drawn();
  assert.deepEqual(await areShown(tab), [true, true]);
  assert.ok(await tab.page.locator("#notice").isHidden());
});

test("[PG14e] a range of other numbers, and one that is yet to come, have nothing either", async (t) => {
  const { channel, source, x } = await scene(t);
  const last = x.at(-1) ?? 0;
  for (const [range, what] of [
    ["#from=-1&to=1", /^Nothing is stored of -1\.\d+ – 1\.\d+\./],
    ["#from=1e300&to=1.5e300", /^Nothing is stored of 1\S*e\+?300 – 1\.5\S*e\+?300\./],
  ] as const) {
    const tab = await another(t, channel, range);
    await waitFor(`nothing of ${range}`, async () => {
      assert.match(await notice(tab), what);
      return true;
    });
    assert.deepEqual(await areShown(tab), [false, false]);
  }
  const tab = await another(t, channel, `#from=${last + 1}&to=${last + 31}`);
  await waitFor("nothing yet", async () => (await notice(tab)).startsWith("Nothing is stored of "));
  await source.publish([rowOf(last + 2, { y: 1 })]);
  await waitFor("a point of it", async () => await tab.page.locator("#notice").isHidden());
  assert.deepEqual(await areShown(tab), [true, true]);
});
