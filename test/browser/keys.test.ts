/** Every shortcut does what its sentence says, and only when it is meant. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { type Command, SHORTCUTS } from "../../page/input/shortcuts.ts";
import { SHORTCUT_WORDS } from "../../page/lazy/dialogs/shortcut-words.ts";
import { FrameBuilder } from "../../protocol/frame/frame-builder.ts";
import { newChannel, publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Hand, type Seen, xAt } from "./hand.ts";
import type { Look } from "./look.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 301;
/** Before these points something is missing. */
const GAPS = [250, 280];

interface Scene {
  look: Look;
  hand: Hand;
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
  const look = await stage.look(t, channel);
  await look.holds(COUNT);
  await look.choose("1 m");
  // A press on a button leaves the focus there.
  await look.page.evaluate("document.activeElement.blur()");
  const press = (key: string): Promise<void> => look.page.keyboard.press(key);
  return { look, hand: new Hand(look), start, press };
}

const isPaused = async (look: Look): Promise<boolean> => (await look.window()).paused;
const readingX = (look: Look): Promise<number | null> => look.page.evaluate(() => plotcast.reading()?.x ?? null);
const dialogs = (look: Look): Promise<string[]> => look.page.locator("dialog[open] h2").allInnerTexts();

function assertSees(now: Seen, minX: number, maxX: number, what: string): void {
  const isThere = Math.abs(now.minX - minX) < 1e-6 && Math.abs(now.maxX - maxX) < 1e-6;
  assert.ok(isThere, `${what}: ${now.minX} to ${now.maxX} is seen, and not ${minX} to ${maxX}`);
}

function opens(title: string): (scene: Scene, key: string) => Promise<void> {
  return async ({ look, press }, key) => {
    await press(key);
    await waitFor(`the dialog ${title}`, async () => (await dialogs(look)).join() === title);
    await press("Escape");
    await waitFor("the dialog closing", async () => (await dialogs(look)).length === 0);
  };
}

function zooms(factor: number): (scene: Scene, key: string) => Promise<void> {
  return async ({ hand, press }, key) => {
    const before = await hand.seen();
    await press(key);
    const span = 60 * factor;
    const middle = xAt(before, 0.5);
    assertSees(await hand.seen(), middle - span / 2, middle + span / 2, key);
  };
}

function pans(direction: -1 | 1): (scene: Scene, key: string) => Promise<void> {
  return async ({ look, hand, press }, key) => {
    await press("Shift+ArrowLeft");
    const { minX, maxX } = await hand.seen();
    assert.ok(maxX < (await newestX(look)), "Shift goes a whole width");
    await press(key);
    assertSees(await hand.seen(), minX + direction * 6, maxX + direction * 6, key);
    await press("c");
    const before = (await readingX(look)) ?? 0;
    await press(key);
    const step = ((await readingX(look)) ?? 0) - before;
    assert.ok(Math.abs(step - (direction * 60) / 200) < 1e-6, `${key} moves the cursor by ${step}`);
  };
}

const newestX = async (look: Look): Promise<number> => (await look.series()).x.at(-1) ?? Number.NaN;

/** What each command is seen by. */
const EFFECTS: Record<Command, (scene: Scene, key: string) => Promise<void>> = {
  async pause({ look, press }, key) {
    await press(key);
    assert.equal(await isPaused(look), true);
    await press(key);
    assert.equal(await isPaused(look), false);
    await look.page.keyboard.down(key);
    await look.page.keyboard.down(key);
    await look.page.keyboard.up(key);
    assert.equal(await isPaused(look), true, "held down it is pressed once");
  },
  async live({ look, press }, key) {
    await press("-");
    assert.equal(await isPaused(look), true);
    await press(key);
    assert.equal(await isPaused(look), false);
  },
  async window({ look, press }, key) {
    const names = ["100 pts", "10 s", "30 s", "1 m", "5 m", "All"];
    await press(key === "4" ? "3" : "4");
    await press(key);
    assert.equal((await look.window()).name, names[Number(key) - 1]);
  },
  "zoom-in": zooms(1 / 1.5),
  "zoom-out": zooms(1.5),
  left: pans(-1),
  right: pans(1),
  async cursor({ look, hand, press }, key) {
    await press(key);
    assert.ok(Math.abs(((await readingX(look)) ?? 0) - xAt(await hand.seen(), 0.5)) < 1e-6);
    await press(key);
    assert.equal(await readingX(look), null);
  },
  async mark({ look, press }, key) {
    const mark = (): Promise<number | null> => look.page.evaluate(() => plotcast.reading()?.mark ?? null);
    await press("c");
    await press(key);
    assert.equal(await mark(), await readingX(look));
    await press("ArrowRight");
    assert.notEqual(await mark(), await readingX(look));
    await press("ArrowLeft");
    await press(key);
    assert.equal(await mark(), null, "again at the same place, it goes");
  },
  async gap({ look, start, press }, key) {
    const back = `Shift+${key.toUpperCase()}`;
    for (const [keys, gap] of [
      [key, 280],
      [key, 250],
      [back, 280],
    ] as const) {
      await press(keys);
      await waitFor(`${keys} going to the gap before point ${gap}`, async () => {
        const x = await readingX(look);
        return x !== null && x >= start + gap - 1 && x <= start + gap;
      });
      assert.equal(await isPaused(look), true);
    }
    await press(back);
    await waitFor("the notice", async () => (await look.text("#notice")).startsWith("No later gap."));
    await press("Escape");
    assert.equal(await look.page.locator("#notice").isVisible(), false, "the next key takes it away");
  },
  async dismiss({ look, press }, key) {
    await press("m");
    await press(key);
    assert.deepEqual(await look.page.evaluate(() => plotcast.reading()?.mark), null);
    await press(key);
    assert.equal(await readingX(look), null);
  },
  async table({ look, press }, key) {
    await press(key);
    await waitFor("the table in place of the plots", () => look.page.locator("#table table").isVisible());
    assert.equal(await look.page.locator("#board").isVisible(), false);
    await press(key);
    await waitFor("the plots in place of the table", () => look.page.locator("#board").isVisible());
  },
  share: opens("Share"),
  menu: opens("Menu"),
  async "full-screen"({ look, press }, key) {
    const isFull = (): Promise<boolean> => look.page.evaluate<boolean>("document.fullscreenElement !== null");
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
      await on.look.page.keyboard.press("l");
      await on.look.choose("1 m");
      await on.look.page.evaluate("document.activeElement.blur()");
    }
  });
}

test("[PG19] with caps lock letters are the same keys", async (t) => {
  const { look, press } = await scene(t);
  await press("C");
  assert.notEqual(await readingX(look), null);
  await press("-");
  await press("L");
  assert.equal(await isPaused(look), false);
});

test("[PG19a] ? lists every shortcut, with the keys as they are written", async (t) => {
  const { look, press } = await scene(t);
  await press("?");
  await look.page.locator("dialog[open] section").first().waitFor();
  const listed = await look.page.evaluate<[string, string][]>(
    `[...document.querySelector("dialog[open] section").querySelectorAll("dt")].map((term) =>
      [[...term.querySelectorAll(".lazy-way")].map((way) => way.textContent).join("|"), term.nextElementSibling.textContent])`,
  );
  assert.deepEqual(
    listed,
    SHORTCUTS.map(({ command }) => [SHORTCUT_WORDS[command].written.join("|"), SHORTCUT_WORDS[command].what]),
  );
});
