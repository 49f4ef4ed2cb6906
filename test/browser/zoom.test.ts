/** Following what comes, and looking at a part of it with the mouse. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertDrawn, type ChannelTab } from "./channel-tab.ts";
import { Pointer, type Seen, xAt } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 301;
/** What is left of a float64 beside a time of today. */
const EXACT = 1e-6;
const wave = (i: number): number => Math.sin(i / 12) + i / 300;

interface Scene {
  source: Source;
  tab: ChannelTab;
  pointer: Pointer;
  /** The x of the first point; a point follows each second. */
  start: number;
  x: number[];
  y: number[];
}

/** A page with 301 points, one a second, and the last minute of them in view. */
async function scene(t: TestContext): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT;
  const x = counting(COUNT).map((i) => start + i);
  const y = counting(COUNT).map(wave);
  await source.publish(x.map((each, i) => rowOf(each, { y: y[i] ?? 0 })));
  const tab = await stage.openTab(t, channel);
  await tab.holds(COUNT);
  await tab.choose("1 m");
  return { source, tab, pointer: new Pointer(tab), start, x, y };
}

function assertSees(now: Seen, minX: number, maxX: number, what: string): void {
  const isThere = Math.abs(now.minX - minX) < EXACT && Math.abs(now.maxX - maxX) < EXACT;
  assert.ok(isThere, `${what}: ${now.minX} to ${now.maxX} is seen, and not ${minX} to ${maxX}`);
}

const pill = (tab: ChannelTab) => tab.page.locator("#go-live");

test("[PG14] the mouse draws over a part, in all panels, and exactly that is seen then, from left or from right", async (t) => {
  const { tab, pointer, start, x, y } = await scene(t);
  for (const [from, to] of [
    [0.2, 0.8],
    [0.9, 0.1],
  ] as const) {
    const before = await pointer.seen();
    const at = await pointer.to(from);
    await tab.page.mouse.down();
    await pointer.to((from + to) / 2);
    const end = await pointer.to(to);
    await tab.drawn();
    const [left, right] = [Math.min(at, end), Math.max(at, end)];
    const box = await pointer.box();
    const chosen = await tab.page.locator(".chosen-part").boundingBox();
    assert.ok(chosen, "what is drawn over is shown");
    assert.ok(Math.abs(chosen.x - box.left - left * box.width) < 1 && Math.abs(chosen.height - box.height) < 1);
    assert.ok(Math.abs(chosen.width - (right - left) * box.width) < 1, `${chosen.width} px are chosen`);
    assertSees(await pointer.seen(), before.minX, before.maxX, "while the button is down");
    await tab.page.mouse.up();
    assertSees(await pointer.seen(), xAt(before, left), xAt(before, right), "when it is let go");
    assert.equal(await tab.page.locator(".chosen-part").isVisible(), false);
  }
  const { minX, maxX, paused } = await tab.window();
  assert.ok(paused && minX !== null && maxX !== null);
  const seen = counting(COUNT).filter((i) => start + i > minX && start + i < maxX);
  const of = (column: number[]): number[] => seen.map((i) => column[i] ?? 0);
  assertDrawn(await tab.curve(), of(x), of(y), 6);
  assert.equal(await tab.page.locator("#windows [aria-pressed=true]").count(), 0, "no window is the chosen one");
});

test("[PG14] what trembles is no zoom, and Esc takes back what is being drawn over", async (t) => {
  const { tab, pointer } = await scene(t);
  await pointer.to(0.5);
  await tab.page.mouse.down();
  await pointer.to(0.502);
  await tab.page.mouse.up();
  await tab.drawn();
  assert.equal((await tab.window()).paused, false);
  await tab.page.keyboard.press("Escape");
  await pointer.to(0.3);
  await tab.page.mouse.down();
  await pointer.to(0.5);
  await tab.page.keyboard.press("Escape");
  await pointer.to(0.7);
  await tab.drawn();
  assert.equal(await tab.page.locator(".chosen-part").isVisible(), false);
  await tab.page.mouse.up();
  await tab.drawn();
  assert.equal((await tab.window()).paused, false);
});

test("[PG14] where a zoom is begun goes on with the points while they come", async (t) => {
  const { source, tab, pointer, start } = await scene(t);
  const before = await pointer.seen();
  const from = await pointer.to(0.5);
  await tab.page.mouse.down();
  await pointer.to(0.6);
  await source.publish([rowOf(start + COUNT + 9, { y: 1 })]);
  await tab.holds(COUNT + 1);
  const to = await pointer.to(0.75);
  const now = await pointer.seen();
  assert.ok(now.maxX > before.maxX + 5, "it follows while the button is down");
  await tab.page.mouse.up();
  assertSees(await pointer.seen(), xAt(before, from), xAt(now, to), "from where it began, to where the hand is");
});

test("[PG14] with Shift the picture is taken along, and the wheel sideways moves it as far as it is turned", async (t) => {
  const { tab, pointer } = await scene(t);
  const before = await pointer.seen();
  const [from, to] = await pointer.drag(0.3, 0.7, true);
  const moved = await pointer.seen();
  const by = (to - from) * 60;
  assertSees(moved, before.minX - by, before.maxX - by, "what was under the hand is under it");
  assert.equal((await tab.window()).paused, true);
  const { width } = await pointer.box();
  const after = await pointer.wheel(-200, 0);
  assertSees(after, moved.minX - (200 / width) * 60, moved.maxX - (200 / width) * 60, "the wheel sideways");
});

test("[PG14a] the wheel zooms around the pointer: what is under it stays there", async (t) => {
  const { tab, pointer } = await scene(t);
  for (const [part, turn] of [
    [0.25, -300],
    [0.8, -200],
    [0.4, 250],
  ] as const) {
    const at = await pointer.to(part);
    const before = await pointer.seen();
    const now = await pointer.wheel(0, turn);
    assert.ok(Math.abs(xAt(before, at) - xAt(now, at)) < EXACT, `${xAt(now, at)} is under the pointer`);
    const factor = (now.maxX - now.minX) / (before.maxX - before.minX);
    assert.ok(turn < 0 ? factor < 0.8 && factor > 0.4 : factor > 1.2 && factor < 2.5, `zoomed by ${factor}`);
  }
  assert.equal((await tab.window()).paused, true);
});

test("[PG14] where panels scroll, the wheel scrolls them, and zooms with Ctrl", async (t) => {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - 60;
  const names = [..."abcdefgh"].map((part) => `${part}.value`);
  const values = (i: number) => Object.fromEntries(names.map((name, n) => [name, Math.sin(i / 5 + n)]));
  await source.publish(counting(61).map((i) => rowOf(start + i, values(i))));
  const tab = await stage.openTab(t, channel);
  await tab.holds(61, names.at(-1));
  const pointer = new Pointer(tab);
  await tab.drawn();
  await pointer.to(0.5);
  const before = await pointer.seen();
  const scrolled = (): Promise<number> => tab.page.evaluate<number>("document.getElementById('board').scrollTop");
  assert.equal(await scrolled(), 0);
  await tab.page.mouse.wheel(0, 200);
  // The browser may scroll for some frames.
  const top = await waitFor("the panels having scrolled", async () => {
    const was = await scrolled();
    await tab.drawn();
    return was >= 150 && was === (await scrolled()) && was;
  });
  assertSees(await pointer.seen(), before.minX, before.maxX, "the plain wheel");
  assert.equal((await tab.window()).paused, false);
  await pointer.to(0.5, 2);
  await tab.page.keyboard.down("Control");
  const now = await pointer.wheel(0, -60);
  await tab.page.keyboard.up("Control");
  assert.ok(now.maxX - now.minX < 0.9 * (before.maxX - before.minX), "Ctrl and the wheel zoom");
  assert.equal(await scrolled(), top);
});

test("[PG14a] [PG14b] who zooms or pans is no longer live at once; the pill counts what came since, and leads back", async (t) => {
  const { source, tab, pointer, start } = await scene(t);
  let newest = COUNT;
  const send = async (count: number): Promise<void> => {
    await source.publish(counting(count, newest).map((i) => rowOf(start + i, { y: wave(i) })));
    newest += count;
    await tab.holds(newest);
  };
  const centre = async (): Promise<[number, number]> => {
    const { left, top, width, height } = await pointer.box();
    return [left + width / 2, top + height / 2];
  };
  const ways: [what: string, back: () => Promise<void>][] = [
    ["a press on the pill", () => pill(tab).click()],
    ["a double click", async () => tab.page.mouse.dblclick(...(await centre()))],
    ["the key L", () => tab.page.keyboard.press("l")],
  ];
  for (const [what, back] of ways) {
    assert.equal(await pill(tab).isVisible(), false, `before ${what}`);
    await pointer.to(0.5);
    const held = await pointer.wheel(0, -300);
    assert.ok((await tab.window()).paused && (await pill(tab).isVisible()), `held before ${what}`);
    assert.equal(await tab.text("#go-live"), "Go live");
    await send(7);
    await waitFor("the pill counting 7", async () => (await tab.text("#go-live")) === "Go live · +7");
    await send(1227);
    await waitFor("the pill counting on", async () => (await tab.text("#go-live")) === "Go live · +1\u202f234");
    assertSees(await pointer.seen(), held.minX, held.maxX, "what is looked at stays");
    await back();
    await waitFor(`${what} going live`, async () => !(await tab.window()).paused);
    const { minX, maxX } = await pointer.seen();
    assert.ok(maxX >= start + newest - 1 && maxX < start + newest && Math.abs(maxX - minX - 60) < EXACT, what);
  }
});

test("[PG14] in a window that is wider than all there is, zooming and panning do not jump", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 10;
  await new Source(stage.edge, channel).publish(counting(11).map((i) => rowOf(start + i, { y: i })));
  const tab = await stage.openTab(t, channel);
  await tab.holds(11);
  await tab.choose("5 m");
  const pointer = new Pointer(tab);
  const before = await pointer.seen();
  assert.ok(before.minX < start - 280);
  const at = await pointer.to(0.4);
  const now = await pointer.wheel(0, -100);
  assert.ok(Math.abs(xAt(before, at) - xAt(now, at)) < EXACT, "what was under the pointer is under it");
  await pointer.drag(0.4, 0.8, true);
  const { minX, maxX } = await pointer.seen();
  assertSees({ minX, maxX }, now.minX, now.maxX, "further back there is nothing");
  const [from, to] = await pointer.drag(0.8, 0.6, true);
  const by = (from - to) * (now.maxX - now.minX);
  assertSees(await pointer.seen(), now.minX + by, now.maxX + by, "but there is forward");
});

test("[PG14] points that come where one looks are drawn as they come", async (t) => {
  const { source, tab, pointer, start } = await scene(t);
  await pointer.drag(0.9, 0.6, true);
  const { maxX } = await pointer.seen();
  assert.ok(maxX > start + COUNT + 10, "there is room right of the newest");
  const later = counting(10, COUNT);
  await source.publish(later.map((i) => rowOf(start + i, { y: wave(i) })));
  await tab.holds(COUNT + 10);
  const x = counting(20, COUNT - 10);
  assertDrawn(
    await tab.curve(),
    x.slice(0, -1).map((i) => start + i),
    x.slice(0, -1).map(wave),
    6,
  );
});

test("[PG14] zooming out ends where all there is has room around it, and zooming in says each time once", async (t) => {
  const { tab } = await scene(t);
  for (const _ of counting(40)) await tab.page.keyboard.press("-");
  await tab.drawn();
  const wide = await tab.window();
  const span = (wide.maxX ?? 0) - (wide.minX ?? 0);
  assert.ok(span > COUNT && span <= 4.01 * COUNT, `${span} s are seen`);
  await tab.page.keyboard.press("l");
  for (const _ of counting(25)) await tab.page.keyboard.press("+");
  await tab.drawn();
  const times = (await tab.labels()).filter((label) => label.includes(":"));
  assert.ok(times.length >= 4 && new Set(times).size === times.length, `${times}`);
});
