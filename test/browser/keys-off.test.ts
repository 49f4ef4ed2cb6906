/** When keys are not meant for the panels, and how those of one character are switched off. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { Look } from "./look.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 61;

interface Scene {
  look: Look;
  press(key: string): Promise<void>;
}

/** A page with 61 points, one a second, the last minute of them in view. */
async function scene(t: TestContext): Promise<Scene> {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - COUNT;
  const rows = counting(COUNT).map((i) => rowOf(start + i, { y: Math.sin(i / 12) }));
  await new Source(stage.edge, channel).publish(rows);
  const look = await stage.look(t, channel);
  await look.holds(COUNT);
  await look.choose("1 m");
  // A press on a button leaves the focus there.
  await look.page.evaluate("document.activeElement.blur()");
  return { look, press: (key) => look.page.keyboard.press(key) };
}

const isPaused = async (look: Look): Promise<boolean> => (await look.window()).paused;
const readingX = (look: Look): Promise<number | null> => look.page.evaluate(() => plotcast.reading()?.x ?? null);
const dialogs = (look: Look): Promise<string[]> => look.page.locator("dialog[open] h2").allInnerTexts();

test("[PG19b] keys do nothing while somebody types, or a dialog is open", async (t) => {
  const { look, press } = await scene(t);
  const all = ["l", "1", "c", " ", "t", "-", "ArrowLeft", "?"];
  const nothing = async (where: string): Promise<void> => {
    for (const key of all) await press(key);
    assert.deepEqual([(await look.window()).name, await isPaused(look)], ["1 m", false], where);
    assert.equal(await readingX(look), null, where);
    assert.equal(await look.page.locator("#board").isVisible(), true, where);
  };
  await look.page.evaluate(
    `{ const input = document.createElement("input"); input.id = "typed"; document.querySelector("header").append(input); input.focus(); }`,
  );
  await nothing("in an input");
  assert.equal(await look.page.locator("#typed").inputValue(), "l1c t?-");
  await look.page.evaluate("document.getElementById('typed').remove()");
  await press("s");
  await look.page.locator("dialog[open] input[readonly]").waitFor();
  await nothing("in the link that is shared");
  await look.page.locator("dialog[open] h2").click();
  await nothing("in a dialog, where nothing has the focus");
  assert.deepEqual(await dialogs(look), ["Share"]);
});

test("[PG19b] space presses the button that has the focus, and does not pause as well", async (t) => {
  const { look, press } = await scene(t);
  await look.page.locator("#windows button").first().focus();
  await press("Space");
  assert.deepEqual([(await look.window()).name, await isPaused(look)], ["100 pts", false]);
  await look.page.locator(".legend button").focus();
  await press("Space");
  const shown = look.page.locator(".legend button");
  await waitFor("the series being hidden", async () => (await shown.getAttribute("aria-pressed")) === "false");
  assert.equal(await isPaused(look), false);
  await look.page.locator("#pause").click();
  assert.equal(await isPaused(look), true);
  await press("Space");
  assert.equal(await isPaused(look), false, "pressed once, not twice");
});

const single = (look: Look) => look.page.getByLabel(/single keys/i);

/** Nothing that one character asks for happens; other keys do what they do. */
async function assertSingleKeysAreOff({ look, press }: Scene): Promise<void> {
  const { name } = await look.window();
  // The mouse pressed in the dialog, which lies over the panels.
  await look.page.mouse.move(0, 0);
  for (const key of ["1", "c", " ", "t", "-", "m", "?"]) await press(key);
  assert.deepEqual([(await look.window()).name, await isPaused(look)], [name, false]);
  assert.equal(await readingX(look), null);
  assert.deepEqual(await dialogs(look), []);
  await press("ArrowLeft");
  assert.equal(await isPaused(look), true);
  await press("End");
  assert.equal(await isPaused(look), false);
}

test("[PG19c] single keys can be switched off, which this browser remembers, and on again", async (t) => {
  const on = await scene(t);
  const { look, press } = on;
  await press("?");
  assert.equal(await single(look).isChecked(), true);
  await single(look).uncheck();
  await press("Escape");
  await assertSingleKeysAreOff(on);
  await look.page.reload();
  await look.holds(COUNT);
  await assertSingleKeysAreOff(on);
  await look.page.locator("#menu").click();
  await look.page.locator("dialog[open]").getByText("Keys and gestures").click();
  assert.equal(await single(look).isChecked(), false);
  await single(look).check();
  await press("Escape");
  await press("-");
  assert.equal(await isPaused(look), true);
  await look.page.reload();
  await look.holds(COUNT);
  await look.drawn();
  await press("c");
  assert.notEqual(await readingX(look), null);
});

test("[PG19] a browser that remembers nothing switches single keys off all the same", async (t) => {
  const on = await scene(t);
  const { look, press } = on;
  await look.page.addInitScript(
    `Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } })`,
  );
  await look.page.reload();
  await look.holds(COUNT);
  await press("?");
  await single(look).uncheck();
  await press("Escape");
  await assertSingleKeysAreOff(on);
});
