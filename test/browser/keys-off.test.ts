/** When keys are not meant for the panels, and how those of one character are switched off. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 61;

interface Scene {
  tab: ChannelTab;
  press(key: string): Promise<void>;
}

/** A page with 61 points, one a second, the last minute of them in view. */
async function scene(t: TestContext): Promise<Scene> {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - COUNT;
  const rows = counting(COUNT).map((i) => rowOf(start + i, { y: Math.sin(i / 12), z: Math.cos(i / 12) }));
  await new Source(stage.edge, channel).publish(rows);
  const tab = await stage.openTab(t, channel);
  await tab.holds(COUNT);
  await tab.choose("1 m");
  // A press on a button leaves the focus there.
  await tab.page.evaluate("document.activeElement.blur()");
  return { tab, press: (key) => tab.page.keyboard.press(key) };
}

const isPaused = async (tab: ChannelTab): Promise<boolean> => (await tab.window()).paused;
const readingX = (tab: ChannelTab): Promise<number | null> => tab.page.evaluate(() => plotcast.reading()?.x ?? null);
const dialogs = (tab: ChannelTab): Promise<string[]> => tab.page.locator("dialog[open] h2").allInnerTexts();

test("[PG19b] keys do nothing while somebody types, or a dialog is open", async (t) => {
  const { tab, press } = await scene(t);
  const all = ["l", "1", "c", " ", "t", "-", "ArrowLeft", "?"];
  const nothing = async (where: string): Promise<void> => {
    for (const key of all) await press(key);
    assert.deepEqual([(await tab.window()).name, await isPaused(tab)], ["1 m", false], where);
    assert.equal(await readingX(tab), null, where);
    assert.equal(await tab.page.locator("#board").isVisible(), true, where);
  };
  await tab.page.evaluate(
    `{ const input = document.createElement("input"); input.id = "typed"; document.querySelector("header").append(input); input.focus(); }`,
  );
  await nothing("in an input");
  assert.equal(await tab.page.locator("#typed").inputValue(), "l1c t?-");
  await tab.page.evaluate("document.getElementById('typed').remove()");
  await press("s");
  await tab.page.locator("dialog[open] input[readonly]").waitFor();
  await nothing("in the link that is shared");
  await tab.page.locator("dialog[open] h2").click();
  await nothing("in a dialog, where nothing has the focus");
  assert.deepEqual(await dialogs(tab), ["Share"]);
});

test("[PG19b] space presses the button that has the focus, and does not pause as well", async (t) => {
  const { tab, press } = await scene(t);
  await tab.page.locator("#windows button").first().focus();
  await press("Space");
  assert.deepEqual([(await tab.window()).name, await isPaused(tab)], ["100 pts", false]);
  const shown = tab.page.locator(".legend button").first();
  await shown.focus();
  await press("Space");
  await waitFor("the series being hidden", async () => (await shown.getAttribute("aria-pressed")) === "false");
  assert.equal(await isPaused(tab), false);
  await tab.page.locator("#pause").click();
  assert.equal(await isPaused(tab), true);
  await press("Space");
  assert.equal(await isPaused(tab), false, "pressed once, not twice");
});

test("[PG19b] Space pauses whatever was clicked last, also when a dialog gave the focus back; gone to by key, the button is pressed", async (t) => {
  const { tab, press } = await scene(t);
  const { page } = tab;
  const toggles = async (what: string): Promise<void> => {
    const { name } = await tab.window();
    for (const paused of [true, false]) {
      await press("Space");
      await tab.drawn();
      assert.deepEqual([await isPaused(tab), (await tab.window()).name], [paused, name], `after a click on ${what}`);
      assert.deepEqual(await dialogs(tab), [], `after a click on ${what}`);
    }
  };
  for (const [what, button] of [
    ["a window", page.locator("#windows button").nth(2)],
    ["Pause", page.locator("#pause")],
    ["a legend entry", page.locator(".legend button").last()],
  ] as const) {
    await button.click();
    if (await isPaused(tab)) await button.click();
    await toggles(what);
  }
  assert.equal(await page.locator(".legend button").last().getAttribute("aria-pressed"), "false", "clicked once");
  for (const opener of ["#menu", ".panel-menu"]) {
    await page.locator(opener).first().click();
    await page.locator("dialog[open]").waitFor();
    await press("Tab");
    await press("Escape");
    await waitFor("the dialog closing", async () => (await dialogs(tab)).length === 0);
    await toggles(opener);
  }
  // From the panel's menu back to the legend, and there again.
  await press("Shift+Tab");
  await press("Space");
  const entry = page.locator(".legend button").last();
  await waitFor("the series being shown again", async () => (await entry.getAttribute("aria-pressed")) === "true");
  assert.equal(await isPaused(tab), false);
});

const single = (tab: ChannelTab) => tab.page.getByLabel(/single keys/i);

/** Nothing that one character asks for happens; other keys do what they do. */
async function assertSingleKeysAreOff({ tab, press }: Scene): Promise<void> {
  const { name } = await tab.window();
  // The mouse pressed in the dialog, which lies over the panels.
  await tab.page.mouse.move(0, 0);
  for (const key of ["1", "c", " ", "t", "-", "m", "?"]) await press(key);
  assert.deepEqual([(await tab.window()).name, await isPaused(tab)], [name, false]);
  assert.equal(await readingX(tab), null);
  assert.deepEqual(await dialogs(tab), []);
  await press("ArrowLeft");
  assert.equal(await isPaused(tab), true);
  await press("End");
  assert.equal(await isPaused(tab), false);
  // The URL follows a moment later, and a page that is loaded again begins with what it says.
  await waitFor("no range in the URL", () => !/from=/.test(tab.page.url()));
}

test("[PG19c] single keys can be switched off, which this browser remembers, and on again", async (t) => {
  const on = await scene(t);
  const { tab, press } = on;
  await press("?");
  assert.equal(await single(tab).isChecked(), true);
  await single(tab).uncheck();
  await press("Escape");
  await assertSingleKeysAreOff(on);
  await tab.page.reload();
  await tab.holds(COUNT);
  await tab.drawn();
  await assertSingleKeysAreOff(on);
  await tab.page.locator("#menu").click();
  await tab.page.locator("dialog[open]").getByText("Keys and gestures").click();
  assert.equal(await single(tab).isChecked(), false);
  await single(tab).check();
  await press("Escape");
  await press("-");
  assert.equal(await isPaused(tab), true);
  await tab.page.reload();
  await tab.holds(COUNT);
  await tab.drawn();
  await press("c");
  assert.notEqual(await readingX(tab), null);
});

test("[PG19] a browser that remembers nothing switches single keys off all the same", async (t) => {
  const on = await scene(t);
  const { tab, press } = on;
  await tab.page.addInitScript(
    `Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } })`,
  );
  await tab.page.reload();
  await tab.holds(COUNT);
  await tab.drawn();
  await press("?");
  await single(tab).uncheck();
  await press("Escape");
  await assertSingleKeysAreOff(on);
});
