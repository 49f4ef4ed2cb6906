/** Every shortcut does what its sentence says, and only when it is meant. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { type Command, SHORTCUTS } from "../../page/input/shortcuts.ts";
import { SHORTCUT_WORDS } from "../../page/lazy/dialogs/shortcut-words.ts";
import { FrameBuilder } from "../../protocol/frame/frame-builder.ts";
import { newChannel, publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Pointer, type Seen, xAt } from "./pointer.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 301;
/** Before these points something is missing. */
const GAPS = [250, 280];

interface Scene {
  tab: ChannelTab;
  pointer: Pointer;
  start: number;
  press(key: string): Promise<void>;
}

/** A page with 301 points, one a second, the last minute of them in view, and two gaps there. */
async function scene(t: TestContext): Promise<Scene> {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - COUNT;
  const builder = new FrameBuilder();
  for (const i of counting(COUNT)) {
    const x = start + i;
    if (GAPS.includes(i)) {
      builder.addGap({ kind: "gap", reason: "bridge-full", points: 5, fromX: x - 1, toX: x, series: "" });
    }
    builder.add(rowOf(x, { y: Math.sin(i / 12) }));
  }
  await publishFrames(stage.edge, channel, builder.encode("00000000000000aa", 1));
  const tab = await stage.openTab(t, channel);
  await tab.holds(COUNT);
  await tab.choose("1 m");
  // A press on a button leaves the focus there.
  await tab.page.evaluate("document.activeElement.blur()");
  const press = (key: string): Promise<void> => tab.page.keyboard.press(key);
  return { tab, pointer: new Pointer(tab), start, press };
}

const isPaused = async (tab: ChannelTab): Promise<boolean> => (await tab.window()).paused;
const readingX = (tab: ChannelTab): Promise<number | null> => tab.page.evaluate(() => plotcast.reading()?.x ?? null);
const dialogs = (tab: ChannelTab): Promise<string[]> => tab.page.locator("dialog[open] h2").allInnerTexts();

function assertSees(now: Seen, minX: number, maxX: number, what: string): void {
  const isThere = Math.abs(now.minX - minX) < 1e-6 && Math.abs(now.maxX - maxX) < 1e-6;
  assert.ok(isThere, `${what}: ${now.minX} to ${now.maxX} is seen, and not ${minX} to ${maxX}`);
}

function opens(title: string): (scene: Scene, key: string) => Promise<void> {
  return async ({ tab, press }, key) => {
    await press(key);
    await waitFor(`the dialog ${title}`, async () => (await dialogs(tab)).join() === title);
    await press("Escape");
    await waitFor("the dialog closing", async () => (await dialogs(tab)).length === 0);
  };
}

function zooms(factor: number): (scene: Scene, key: string) => Promise<void> {
  return async ({ pointer, press }, key) => {
    const before = await pointer.seen();
    await press(key);
    const span = 60 * factor;
    const middle = xAt(before, 0.5);
    assertSees(await pointer.seen(), middle - span / 2, middle + span / 2, key);
  };
}

function pans(direction: -1 | 1): (scene: Scene, key: string) => Promise<void> {
  return async ({ tab, pointer, press }, key) => {
    await press("Shift+ArrowLeft");
    const { minX, maxX } = await pointer.seen();
    assert.ok(maxX < (await newestX(tab)), "Shift goes a whole width");
    await press(key);
    assertSees(await pointer.seen(), minX + direction * 6, maxX + direction * 6, key);
    await press("c");
    const before = (await readingX(tab)) ?? 0;
    await press(key);
    const step = ((await readingX(tab)) ?? 0) - before;
    assert.ok(Math.abs(step - (direction * 60) / 200) < 1e-6, `${key} moves the cursor by ${step}`);
  };
}

const leftAxis = async (tab: ChannelTab): Promise<{ min: number; max: number }> => {
  await tab.drawn();
  return (await tab.panels())[0]?.left ?? { min: 0, max: 0 };
};

async function heightOf(tab: ChannelTab): Promise<number> {
  const { min, max } = await leftAxis(tab);
  return max - min;
}

const newestX = async (tab: ChannelTab): Promise<number> => (await tab.series()).x.at(-1) ?? Number.NaN;

/** What each command is seen by. */
const EFFECTS: Record<Command, (scene: Scene, key: string) => Promise<void>> = {
  async pause({ tab, press }, key) {
    await press(key);
    assert.equal(await isPaused(tab), true);
    await press(key);
    assert.equal(await isPaused(tab), false);
    await tab.page.keyboard.down(key);
    await tab.page.keyboard.down(key);
    await tab.page.keyboard.up(key);
    assert.equal(await isPaused(tab), true, "held down it is pressed once");
  },
  async live({ tab, press }, key) {
    await press("-");
    assert.equal(await isPaused(tab), true);
    await press(key);
    assert.equal(await isPaused(tab), false);
  },
  async window({ tab, press }, key) {
    const names = ["100 pts", "10 s", "30 s", "1 m", "5 m", "15 m", "1 h", "6 h", "All"];
    await press(key === "4" ? "3" : "4");
    await press(key);
    assert.equal((await tab.window()).name, names[Number(key) - 1]);
  },
  lengths: opens("Window"),
  "zoom-in": zooms(1 / 1.5),
  "zoom-out": zooms(1.5),
  left: pans(-1),
  right: pans(1),
  async "zoom-y"({ tab, press }, key) {
    const before = await leftAxis(tab);
    await press(key);
    await waitFor("y being zoomed", async () => (await heightOf(tab)) < 0.7 * (before.max - before.min));
    await press(`Shift+${key.toUpperCase()}`);
    await waitFor("y being as before", async () => Math.abs((await heightOf(tab)) - (before.max - before.min)) < 1e-9);
    assert.equal(await isPaused(tab), false);
    await press("r");
  },
  async "reset-y"({ tab, press }, key) {
    const before = await leftAxis(tab);
    await press("y");
    await waitFor("y being zoomed", async () => (await heightOf(tab)) < 0.7 * (before.max - before.min));
    await press(key);
    await waitFor("all of y", async () => (await heightOf(tab)) === before.max - before.min);
  },
  async panel({ tab, press }, key) {
    await press(key);
    await waitFor("the cursor in a panel", () => tab.page.locator(".readout").isVisible());
    await press("Escape");
  },
  async cursor({ tab, pointer, press }, key) {
    await press(key);
    assert.ok(Math.abs(((await readingX(tab)) ?? 0) - xAt(await pointer.seen(), 0.5)) < 1e-6);
    await press(key);
    assert.equal(await readingX(tab), null);
  },
  async mark({ tab, press }, key) {
    const mark = (): Promise<number | null> => tab.page.evaluate(() => plotcast.reading()?.mark ?? null);
    await press("c");
    await press(key);
    assert.equal(await mark(), await readingX(tab));
    await press("ArrowRight");
    assert.notEqual(await mark(), await readingX(tab));
    await press("ArrowLeft");
    await press(key);
    assert.equal(await mark(), null, "again at the same place, it goes");
  },
  async gap({ tab, start, press }, key) {
    const back = `Shift+${key.toUpperCase()}`;
    for (const [keys, gap] of [
      [key, 280],
      [key, 250],
      [back, 280],
    ] as const) {
      await press(keys);
      await waitFor(`${keys} going to the gap before point ${gap}`, async () => {
        const x = await readingX(tab);
        return x !== null && x >= start + gap - 1 && x <= start + gap;
      });
      assert.equal(await isPaused(tab), true);
    }
    await press(back);
    await waitFor("the notice", async () => (await tab.text("#notice")).startsWith("No later gap."));
    await press("Escape");
    assert.equal(await tab.page.locator("#notice").isVisible(), false, "the next key takes it away");
  },
  async dismiss({ tab, press }, key) {
    await press("m");
    await press(key);
    assert.deepEqual(await tab.page.evaluate(() => plotcast.reading()?.mark), null);
    await press(key);
    assert.equal(await readingX(tab), null);
  },
  async table({ tab, press }, key) {
    await press(key);
    await waitFor("the table", () => tab.page.locator("#table table").isVisible());
    assert.equal(await tab.page.locator("#board").isVisible(), true);
    await press(key);
    await waitFor("no table", async () => (await tab.page.locator("#table table").count()) === 0);
  },
  async filter({ tab, press }, key) {
    await press(key);
    const field = tab.page.getByRole("searchbox", { name: "Filter" });
    await field.waitFor();
    await press("z");
    await waitFor("no entry", () => tab.page.locator(".legend button").isHidden());
    assert.equal(await isPaused(tab), false, "what is typed there is no shortcut");
    await press("Escape");
    await waitFor("all entries", () => tab.page.locator(".legend button").isVisible());
    assert.ok(await field.isHidden());
  },
  share: opens("Share"),
  menu: opens("Menu"),
  async "full-screen"({ tab, press }, key) {
    const isFull = (): Promise<boolean> => tab.page.evaluate<boolean>("document.fullscreenElement !== null");
    await press(key);
    await waitFor("the page filling the screen", isFull);
    await press(key);
    await waitFor("the page leaving full screen", async () => !(await isFull()));
  },
  help: opens("Keys and gestures"),
};

for (const { command, keys } of SHORTCUTS) {
  const { what } = SHORTCUT_WORDS[command];
  test(`[PG19] ${keys.join(" ").trim() || "Space"}: ${what}`, async (t) => {
    const on = await scene(t);
    for (const key of keys) {
      await EFFECTS[command](on, key);
      await on.tab.page.keyboard.press("l");
      await on.tab.choose("1 m");
      await on.tab.page.evaluate("document.activeElement.blur()");
    }
  });
}

test("[PG19] with caps lock letters are the same keys", async (t) => {
  const { tab, press } = await scene(t);
  await press("C");
  assert.notEqual(await readingX(tab), null);
  await press("-");
  await press("L");
  assert.equal(await isPaused(tab), false);
});

test("[PG19a] ? lists every shortcut, with the keys as they are written", async (t) => {
  const { tab, press } = await scene(t);
  await press("?");
  await tab.page.locator("dialog[open] section").first().waitFor();
  const listed = await tab.page.evaluate<[string, string][]>(
    `[...document.querySelector("dialog[open] section").querySelectorAll("dt")].map((term) =>
      [[...term.querySelectorAll(".lazy-way")].map((way) => way.textContent).join("|"), term.nextElementSibling.textContent])`,
  );
  assert.deepEqual(
    listed,
    SHORTCUTS.map(({ command }) => [SHORTCUT_WORDS[command].written.join("|"), SHORTCUT_WORDS[command].what]),
  );
});
