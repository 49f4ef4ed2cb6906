/** Following what comes, and looking at a part of it with the mouse. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Hand, type Seen, xAt } from "./hand.ts";
import { assertDrawn, type Look } from "./look.ts";
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
  look: Look;
  hand: Hand;
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
  const look = await stage.look(t, channel);
  await look.holds(COUNT);
  await look.choose("1 m");
  return { source, look, hand: new Hand(look), start, x, y };
}

function assertSees(now: Seen, minX: number, maxX: number, what: string): void {
  const isThere = Math.abs(now.minX - minX) < EXACT && Math.abs(now.maxX - maxX) < EXACT;
  assert.ok(isThere, `${what}: ${now.minX} to ${now.maxX} is seen, and not ${minX} to ${maxX}`);
}

const pill = (look: Look) => look.page.locator("#go-live");

test("[PG14] the mouse draws over a part, in all panels, and exactly that is seen then, from left or from right", async (t) => {
  const { look, hand, start, x, y } = await scene(t);
  for (const [from, to] of [
    [0.2, 0.8],
    [0.9, 0.1],
  ] as const) {
    const before = await hand.seen();
    const at = await hand.to(from);
    await look.page.mouse.down();
    await hand.to((from + to) / 2);
    const end = await hand.to(to);
    await look.drawn();
    const [left, right] = [Math.min(at, end), Math.max(at, end)];
    const box = await hand.box();
    const chosen = await look.page.locator(".chosen-part").boundingBox();
    assert.ok(chosen, "what is drawn over is shown");
    assert.ok(Math.abs(chosen.x - box.left - left * box.width) < 1 && Math.abs(chosen.height - box.height) < 1);
    assert.ok(Math.abs(chosen.width - (right - left) * box.width) < 1, `${chosen.width} px are chosen`);
    assertSees(await hand.seen(), before.minX, before.maxX, "while the button is down");
    await look.page.mouse.up();
    assertSees(await hand.seen(), xAt(before, left), xAt(before, right), "when it is let go");
    assert.equal(await look.page.locator(".chosen-part").isVisible(), false);
  }
  const { minX, maxX, paused } = await look.window();
  assert.ok(paused && minX !== null && maxX !== null);
  const seen = counting(COUNT).filter((i) => start + i > minX && start + i < maxX);
  const of = (column: number[]): number[] => seen.map((i) => column[i] ?? 0);
  assertDrawn(await look.curve(), of(x), of(y), 6);
  assert.equal(await look.page.locator("#windows [aria-pressed=true]").count(), 0, "no window is the chosen one");
});

test("[PG14] what trembles is no zoom, and Esc takes back what is being drawn over", async (t) => {
  const { look, hand } = await scene(t);
  await hand.to(0.5);
  await look.page.mouse.down();
  await hand.to(0.502);
  await look.page.mouse.up();
  await look.drawn();
  assert.equal((await look.window()).paused, false);
  await look.page.keyboard.press("Escape");
  await hand.to(0.3);
  await look.page.mouse.down();
  await hand.to(0.5);
  await look.page.keyboard.press("Escape");
  await hand.to(0.7);
  await look.drawn();
  assert.equal(await look.page.locator(".chosen-part").isVisible(), false);
  await look.page.mouse.up();
  await look.drawn();
  assert.equal((await look.window()).paused, false);
});

test("[PG14] where a zoom is begun goes on with the points while they come", async (t) => {
  const { source, look, hand, start } = await scene(t);
  const before = await hand.seen();
  const from = await hand.to(0.5);
  await look.page.mouse.down();
  await hand.to(0.6);
  await source.publish([rowOf(start + COUNT + 9, { y: 1 })]);
  await look.holds(COUNT + 1);
  const to = await hand.to(0.75);
  const now = await hand.seen();
  assert.ok(now.maxX > before.maxX + 5, "it follows while the button is down");
  await look.page.mouse.up();
  assertSees(await hand.seen(), xAt(before, from), xAt(now, to), "from where it began, to where the hand is");
});

test("[PG14] with Shift the picture is taken along, and the wheel sideways moves it as far as it is turned", async (t) => {
  const { look, hand } = await scene(t);
  const before = await hand.seen();
  const [from, to] = await hand.drag(0.3, 0.7, true);
  const moved = await hand.seen();
  const by = (to - from) * 60;
  assertSees(moved, before.minX - by, before.maxX - by, "what was under the hand is under it");
  assert.equal((await look.window()).paused, true);
  const { width } = await hand.box();
  const after = await hand.wheel(-200, 0);
  assertSees(after, moved.minX - (200 / width) * 60, moved.maxX - (200 / width) * 60, "the wheel sideways");
});

test("[PG14a] the wheel zooms around the pointer: what is under it stays there", async (t) => {
  const { look, hand } = await scene(t);
  for (const [part, turn] of [
    [0.25, -300],
    [0.8, -200],
    [0.4, 250],
  ] as const) {
    const at = await hand.to(part);
    const before = await hand.seen();
    const now = await hand.wheel(0, turn);
    assert.ok(Math.abs(xAt(before, at) - xAt(now, at)) < EXACT, `${xAt(now, at)} is under the pointer`);
    const factor = (now.maxX - now.minX) / (before.maxX - before.minX);
    assert.ok(turn < 0 ? factor < 0.8 && factor > 0.4 : factor > 1.2 && factor < 2.5, `zoomed by ${factor}`);
  }
  assert.equal((await look.window()).paused, true);
});

test("[PG14] where panels scroll, the wheel scrolls them, and zooms with Ctrl", async (t) => {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - 60;
  const names = counting(8).map((i) => `part${i}.value`);
  const values = (i: number) => Object.fromEntries(names.map((name, n) => [name, Math.sin(i / 5 + n)]));
  await source.publish(counting(61).map((i) => rowOf(start + i, values(i))));
  const look = await stage.look(t, channel);
  await look.holds(61, names.at(-1));
  const hand = new Hand(look);
  await look.drawn();
  await hand.to(0.5);
  const before = await hand.seen();
  const scrolled = (): Promise<number> => look.page.evaluate<number>("document.getElementById('board').scrollTop");
  assert.equal(await scrolled(), 0);
  await look.page.mouse.wheel(0, 200);
  await waitFor("the panels scrolling", async () => (await scrolled()) >= 150);
  assertSees(await hand.seen(), before.minX, before.maxX, "the plain wheel");
  assert.equal((await look.window()).paused, false);
  const top = await scrolled();
  await hand.to(0.5, 2);
  await look.page.keyboard.down("Control");
  const now = await hand.wheel(0, -60);
  await look.page.keyboard.up("Control");
  assert.ok(now.maxX - now.minX < 0.9 * (before.maxX - before.minX), "Ctrl and the wheel zoom");
  assert.equal(await scrolled(), top);
});

test("[PG14a] [PG14b] who zooms or pans is no longer live at once; the pill counts what came since, and leads back", async (t) => {
  const { source, look, hand, start } = await scene(t);
  let newest = COUNT;
  const send = async (count: number): Promise<void> => {
    await source.publish(counting(count, newest).map((i) => rowOf(start + i, { y: wave(i) })));
    newest += count;
    await look.holds(newest);
  };
  const centre = async (): Promise<[number, number]> => {
    const { left, top, width, height } = await hand.box();
    return [left + width / 2, top + height / 2];
  };
  const ways: [what: string, back: () => Promise<void>][] = [
    ["a press on the pill", () => pill(look).click()],
    ["a double click", async () => look.page.mouse.dblclick(...(await centre()))],
    ["the key L", () => look.page.keyboard.press("l")],
  ];
  for (const [what, back] of ways) {
    assert.equal(await pill(look).isVisible(), false, `before ${what}`);
    await hand.to(0.5);
    const held = await hand.wheel(0, -300);
    assert.ok((await look.window()).paused && (await pill(look).isVisible()), `held before ${what}`);
    assert.equal(await look.text("#go-live"), "Go live");
    await send(7);
    await waitFor("the pill counting 7", async () => (await look.text("#go-live")) === "Go live · +7");
    await send(1227);
    await waitFor("the pill counting on", async () => (await look.text("#go-live")) === "Go live · +1\u202f234");
    assertSees(await hand.seen(), held.minX, held.maxX, "what is looked at stays");
    await back();
    await waitFor(`${what} going live`, async () => !(await look.window()).paused);
    const { minX, maxX } = await hand.seen();
    assert.ok(maxX >= start + newest - 1 && maxX < start + newest && Math.abs(maxX - minX - 60) < EXACT, what);
  }
});

test("[PG14] in a window that is wider than all there is, zooming and panning do not jump", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 10;
  await new Source(stage.edge, channel).publish(counting(11).map((i) => rowOf(start + i, { y: i })));
  const look = await stage.look(t, channel);
  await look.holds(11);
  await look.choose("5 m");
  const hand = new Hand(look);
  const before = await hand.seen();
  assert.ok(before.minX < start - 280);
  const at = await hand.to(0.4);
  const now = await hand.wheel(0, -100);
  assert.ok(Math.abs(xAt(before, at) - xAt(now, at)) < EXACT, "what was under the pointer is under it");
  await hand.drag(0.4, 0.8, true);
  const { minX, maxX } = await hand.seen();
  assertSees({ minX, maxX }, now.minX, now.maxX, "further back there is nothing");
  const [from, to] = await hand.drag(0.8, 0.6, true);
  const by = (from - to) * (now.maxX - now.minX);
  assertSees(await hand.seen(), now.minX + by, now.maxX + by, "but there is forward");
});

test("[PG14] points that come where one looks are drawn as they come", async (t) => {
  const { source, look, hand, start } = await scene(t);
  await hand.drag(0.9, 0.6, true);
  const { maxX } = await hand.seen();
  assert.ok(maxX > start + COUNT + 10, "there is room right of the newest");
  const later = counting(10, COUNT);
  await source.publish(later.map((i) => rowOf(start + i, { y: wave(i) })));
  await look.holds(COUNT + 10);
  const x = counting(20, COUNT - 10);
  assertDrawn(
    await look.curve(),
    x.slice(0, -1).map((i) => start + i),
    x.slice(0, -1).map(wave),
    6,
  );
});

test("[PG14] zooming out ends where all there is has room around it, and zooming in says each time once", async (t) => {
  const { look } = await scene(t);
  for (const _ of counting(40)) await look.page.keyboard.press("-");
  await look.drawn();
  const wide = await look.window();
  const span = (wide.maxX ?? 0) - (wide.minX ?? 0);
  assert.ok(span > COUNT && span <= 4.01 * COUNT, `${span} s are seen`);
  await look.page.keyboard.press("l");
  for (const _ of counting(25)) await look.page.keyboard.press("+");
  await look.drawn();
  const times = (await look.labels()).filter((label) => label.includes(":"));
  assert.ok(times.length >= 4 && new Set(times).size === times.length, `${times}`);
});
