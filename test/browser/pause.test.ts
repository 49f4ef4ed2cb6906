/** Holding the picture while points go on coming. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertDrawn, type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const wave = (i: number): number => Math.sin(i / 30) + i / 500;

interface Scene {
  tab: ChannelTab;
  start: number;
  /** Publishes the points up to the `to`th, ten a second, and waits for them. */
  sendUpTo(to: number): Promise<void>;
}

async function scene(t: TestContext, expectedErrors?: RegExp): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - 30;
  const tab = await stage.openTab(t, channel, expectedErrors === undefined ? {} : { expectedErrors });
  let sent = 0;
  const sendUpTo = async (to: number): Promise<void> => {
    const rows = counting(to - sent, sent).map((i) => rowOf(start + i / 10, { y: wave(i), "other.z": -wave(i) }));
    sent = to;
    await source.publish(rows);
    await tab.holds(to, "other.z");
  };
  await sendUpTo(100);
  return { tab, start, sendUpTo };
}

test("[PG6a] [PG6b] pause holds every panel, pixel by pixel, while points come; resumed, nothing of them is missing", async (t) => {
  const { tab, start, sendUpTo } = await scene(t);
  await tab.page.locator("#pause").click();
  await tab.page.mouse.move(5, 5);
  await tab.page.evaluate("document.activeElement.blur()");
  await tab.drawn();
  const [picture, window] = [await tab.picture(), await tab.window()];
  assert.equal(window.paused, true);
  await tab.says(/^Paused/);
  assert.equal(await tab.text("#pause span"), "Resume");
  for (const to of [120, 140, 200, 250]) {
    await sendUpTo(to);
    await tab.drawn();
    assert.equal(await tab.picture(), picture, `the picture changed, with ${to} points`);
  }
  await waitFor("the pill counting them", async () => (await tab.text("#go-live")) === "Go live · +300");
  // To be drawn anew is not to change either: the mouse has it drawn.
  const { draws } = await tab.counters();
  await tab.page.mouse.move(600, 300);
  await tab.page.mouse.move(5, 5);
  await waitFor("another drawing", async () => (await tab.counters()).draws > draws);
  await tab.drawn();
  assert.equal(await tab.picture(), picture, "drawn anew it is the same");
  assert.deepEqual(await tab.window(), window);
  assert.deepEqual(Object.keys(await tab.legend()), ["y", "other.z"]);

  await tab.page.locator("#pause").click();
  await sendUpTo(280);
  const x = counting(280).map((i) => start + i / 10);
  assert.deepEqual(await tab.held(), [
    { name: "y", x, y: counting(280).map(wave) },
    { name: "other.z", x, y: counting(280).map((i) => -wave(i)) },
  ]);
  await tab.choose("30 s");
  assert.equal((await tab.window()).paused, false);
  assertDrawn(await tab.curve(), x.slice(0, -1), counting(279).map(wave));
});

test("[PG6] while it is paused another window can be looked at, of what was there", async (t) => {
  const { tab, start, sendUpTo } = await scene(t);
  await sendUpTo(300);
  await tab.page.locator("#pause").click();
  await sendUpTo(600);
  for (const [name, span] of [
    ["10 s", 10],
    ["1 m", 60],
  ] as const) {
    await tab.choose(name);
    const { minX, maxX, paused } = await tab.window();
    const newest = start + 29.9;
    assert.ok(paused && maxX !== null && minX !== null && maxX >= newest && maxX < newest + 0.1, `${minX} to ${maxX}`);
    assert.ok(Math.abs(maxX - minX - span) < 1e-6);
    const [seen] = await tab.page.evaluate(() => plotcast.seen());
    assert.deepEqual(seen?.x.at(-1), newest, "nothing that came since");
  }
});

test("[PG6] it says that it is paused only as long as it is connected, and holds the picture all the same", async (t) => {
  const { tab, sendUpTo } = await scene(t, NETWORK_ERROR);
  await tab.page.locator("#pause").click();
  // Without a network it could not be loaded, which would be said above the picture.
  await tab.lazyPart();
  await tab.page.mouse.move(5, 5);
  await tab.drawn();
  const picture = await tab.picture();
  await tab.page.context().setOffline(true);
  await tab.page.evaluate("dispatchEvent(new Event('offline'))");
  await tab.says(/^Offline since/);
  assert.equal(await tab.picture(), picture);
  await tab.page.context().setOffline(false);
  await tab.says(/^Paused/);
  await sendUpTo(150);
  await tab.drawn();
  assert.equal(await tab.picture(), picture);
});
