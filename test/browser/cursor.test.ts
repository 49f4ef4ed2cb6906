/** The cursor across all panels, and what the legends read at it. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Pointer, type Seen, xAt } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 61;
/** Whole numbers, so that the legend writes them whole; no two of a series are the same. */
const valuesAt = (i: number): Record<string, number> => ({
  "left.up": 3 * i,
  "left.down": 500 - 7 * i,
  "right.square": i * i,
});

interface Scene {
  source: Source;
  tab: ChannelTab;
  pointer: Pointer;
  start: number;
}

/** A page with two panels of points, one a second, and 30 s of them in view. */
async function scene(t: TestContext, rows = counting(COUNT)): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT;
  await source.publish(rows.map((i) => rowOf(start + i, valuesAt(i))));
  const tab = await stage.openTab(t, channel);
  await tab.holds(rows.length, "right.square");
  await tab.choose("30 s");
  return { source, tab, pointer: new Pointer(tab), start };
}

interface Reading {
  x: number;
  mark: number | null;
  values: Record<string, number | null>;
}

/** What the handle reads, what the legends say, and the lines: all of one moment. */
interface Moment {
  reading: Reading | null;
  seen: Seen;
  legend: Record<string, string>;
  chip: string;
  /** Where each panel's lines are, in CSS pixels of the screen. */
  cursors: number[];
  marks: number[];
}

function moment(tab: ChannelTab): Promise<Moment> {
  return tab.page.evaluate<Moment>(`{
    const lines = (of) => [...document.querySelectorAll(of)].filter((line) => line.checkVisibility()).map((line) => line.getBoundingClientRect().left);
    ({
      reading: plotcast.reading(),
      seen: plotcast.window(),
      legend: Object.fromEntries([...document.querySelectorAll(".legend button")].map((button) =>
        [button.title, button.querySelector(".value").textContent])),
      chip: [...document.querySelectorAll(".cursor-chip")].filter((chip) => chip.checkVisibility()).map((chip) => chip.textContent).join(),
      cursors: lines(".cursor-line"),
      marks: lines(".mark-line"),
    });
  }`);
}

async function settled(tab: ChannelTab): Promise<Moment> {
  await tab.drawn();
  return await moment(tab);
}

const written = (values: Record<string, number>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

/** Seconds since local midnight of a time such as `17:22:35.04`. */
function secondsOf(clock: string): number {
  const [hours = "", minutes = "", seconds = ""] = /^(\d\d):(\d\d):(\d\d(?:\.\d+)?)/.exec(clock)?.slice(1) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function secondsOfDay(x: number): number {
  const date = new Date(x * 1000);
  return date.getHours() * 3600 + date.getMinutes() * 60 + date.getSeconds() + (x % 1);
}

test("[PG18a] [PG18b] one line across all panels; every legend reads the nearest point of its series, exactly, and the chip the time", async (t) => {
  const { tab, pointer, start } = await scene(t);
  assert.deepEqual((await settled(tab)).legend, written(valuesAt(COUNT - 1)), "without a cursor it is the last value");
  for (const [part, panel] of [
    [0.13, 0],
    [0.52, 1],
    [0.97, 0],
  ] as const) {
    const at = await pointer.to(part, panel);
    const { reading, seen, legend, chip, cursors, marks } = await settled(tab);
    const x = xAt(seen, at);
    assert.ok(reading && Math.abs(reading.x - x) < 1e-6 && reading.mark === null);
    const nearest = Math.round(x - start);
    assert.deepEqual(reading.values, valuesAt(nearest), `nearest to ${x - start}`);
    assert.deepEqual(legend, written(valuesAt(nearest)));
    const { left, width } = await pointer.box();
    assert.equal(cursors.length, 2, "a line in each panel");
    for (const line of cursors) assert.ok(Math.abs(line - left - at * width) < 1, `${line}, not ${left + at * width}`);
    assert.ok(Math.abs(secondsOf(chip) - secondsOfDay(x)) < 0.03, `${chip} at ${secondsOfDay(x)}`);
    assert.deepEqual(marks, []);
  }
  await tab.page.mouse.move(5, 5);
  const { reading, legend, chip, cursors } = await settled(tab);
  assert.deepEqual([reading, chip, cursors], [null, "", []], "the mouse has gone");
  await waitFor("the last values being read again", async () => {
    assert.deepEqual((await moment(tab)).legend, written(valuesAt(COUNT - 1)));
    return true;
  });
  assert.ok(legend["left.up"]);
});

test("[PG18] while points stream the line stays where the hand is, and the values are always those under it", async (t) => {
  const { source, tab, pointer, start } = await scene(t);
  const at = await pointer.to(0.4);
  const first = await settled(tab);
  const read = new Set<unknown>();
  for (const i of counting(40)) {
    // Four points a second, of values that need no wider axis.
    await source.publish([rowOf(start + COUNT + i / 4, { "left.up": i, "left.down": -i, "right.square": 2000 + i })]);
    await tab.holds(COUNT + i + 1, "right.square");
    const { reading, seen, legend, cursors } = await settled(tab);
    assert.deepEqual(cursors, first.cursors, "the line has moved");
    assert.ok(reading && Math.abs(reading.x - xAt(seen, at)) < 1e-6);
    const held = await tab.series("right.square");
    const distances = held.x.map((x) => Math.abs(x - reading.x));
    const nearest = Math.min(...distances);
    const value = reading.values["right.square"] ?? null;
    const candidates = held.y.filter((_, n) => (distances[n] ?? 1) < nearest + 1e-6);
    assert.ok(candidates.includes(value), `${value} is read, and ${candidates} is nearest`);
    assert.equal(legend["right.square"], String(value));
    read.add(value);
  }
  assert.ok(read.size >= 8, `${read.size} values went by`);
});

test("[PG18] the line stays where the hand is, too, when an axis needs more room", async (t) => {
  const { source, tab, pointer, start } = await scene(t);
  await pointer.to(0.3);
  const [before] = (await settled(tab)).cursors;
  const { left } = await pointer.box();
  await source.publish([rowOf(start + COUNT, { "right.square": 999_000 })]);
  await tab.holds(COUNT + 1, "right.square");
  await waitFor("the panels becoming narrower", async () => (await pointer.box()).left > left + 10);
  const { cursors } = await settled(tab);
  assert.ok(Math.abs((cursors[0] ?? 0) - (before ?? 0)) < 1, `the line is at ${cursors[0]}, and was at ${before}`);
});

test("[PG18b] nothing is read in a gap, and it says so; beside it, the point that is there", async (t) => {
  const missing = counting(6, 42);
  const rows = counting(COUNT).filter((i) => !missing.includes(i));
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT;
  const column = (of: (i: number) => number): (number | null)[] => {
    const values: (number | null)[] = rows.map(of);
    values.splice(rows.indexOf(41) + 1, 0, null);
    return values;
  };
  const x = column((i) => start + i).map((each) => each ?? start + 44.5);
  await send({ x, torn: column((i) => i), whole: column((i) => 2 * i).map((each) => each ?? 7) });
  const tab = await stage.openTab(t, channel);
  await tab.holds(rows.length + 1, "whole");
  await tab.choose("30 s");
  const pointer = new Pointer(tab);
  const seen = await pointer.seen();
  const partOf = (i: number): number => (start + i - seen.minX) / (seen.maxX - seen.minX);
  await pointer.to(partOf(44.5));
  const inside = await settled(tab);
  assert.deepEqual(inside.reading?.values, { torn: null, whole: 7 });
  assert.deepEqual(inside.legend, { torn: "–", whole: "7" });
  await pointer.to(partOf(41.1));
  assert.deepEqual((await settled(tab)).reading?.values, { torn: 41, whole: 82 }, "so near it is meant");
  await pointer.to(partOf(48.3));
  assert.deepEqual((await settled(tab)).reading?.values, { torn: 48, whole: 96 });
});

test("[PG18a] by key: C brings the cursor, arrows move it, with Shift further, C takes it away", async (t) => {
  const { tab } = await scene(t);
  const { keyboard } = tab.page;
  // It brings the line of the cursor.
  await tab.lazyPart();
  await keyboard.press("c");
  const middle = await settled(tab);
  assert.ok(middle.reading && Math.abs(middle.reading.x - xAt(middle.seen, 0.5)) < 1e-6);
  assert.equal(middle.cursors.length, 2);
  let x = middle.reading.x;
  for (const [key, steps] of [
    ["ArrowRight", 1],
    ["ArrowLeft", -1],
    ["Shift+ArrowLeft", -10],
    ["Shift+ArrowRight", 10],
    ["ArrowRight", 1],
  ] as const) {
    await keyboard.press(key);
    x += (steps * 30) / 200;
    const now = await settled(tab);
    assert.ok(now.reading && Math.abs(now.reading.x - x) < 1e-6, `${key}: ${now.reading?.x}, not ${x}`);
    assert.deepEqual(now.seen, middle.seen, "the picture stays");
  }
  await keyboard.press("m");
  await keyboard.press("c");
  const { reading, cursors, marks } = await settled(tab);
  assert.deepEqual([reading, cursors, marks], [null, [], []]);
});

for (const way of ["a click", "M"] as const) {
  test(`[PG18c] ${way} marks a place; from there Δx, its frequency, and every series' Δy are measured, until Esc`, async (t) => {
    const { tab, pointer, start } = await scene(t);
    const { keyboard, mouse } = tab.page;
    const at = await pointer.to(0.25);
    if (way === "M") await keyboard.press("m");
    else await mouse.click(...(await whereIs(pointer, at)));
    const marked = await settled(tab);
    const markX = xAt(marked.seen, at);
    assert.ok(marked.reading && Math.abs((marked.reading.mark ?? 0) - markX) < 1e-6);
    assert.equal(marked.marks.length, 2, "a line in each panel");
    const to = await pointer.to(0.75);
    const { reading, legend, chip, seen } = await settled(tab);
    const [from, until] = [Math.round(markX - start), Math.round(xAt(seen, to) - start)];
    assert.ok(until > from + 10);
    const [before, now] = [valuesAt(from), valuesAt(until)];
    const differences = Object.fromEntries(
      Object.keys(now).map((name) => [name, (now[name] ?? 0) - (before[name] ?? 0)]),
    );
    assert.deepEqual(reading?.values, differences);
    const signed = Object.entries(differences).map(([name, by]) => [name, `Δ${by > 0 ? "+" : ""}${by}`]);
    assert.deepEqual(legend, Object.fromEntries(signed));
    const [, seconds, hertz] = / · Δ (\d+\.\d+) s · (\d+(?:\.\d+)?) Hz$/.exec(chip) ?? [];
    const deltaX = xAt(seen, to) - markX;
    assert.ok(Math.abs(Number(seconds) - deltaX) < 0.02, `${chip}, and it is ${deltaX}`);
    assert.equal(Number(hertz), Number((1 / deltaX).toPrecision(3)));

    await keyboard.press("Escape");
    const unmarked = await settled(tab);
    assert.deepEqual(unmarked.marks, []);
    assert.deepEqual(unmarked.reading?.values, now, "the cursor is left");
    assert.equal(unmarked.cursors.length, 2);
    await keyboard.press("Escape");
    const { cursors, reading: none } = await settled(tab);
    assert.deepEqual([cursors, none], [[], null]);
  });
}

test("[PG18d] the mark goes with the points, the cursor stays on the screen", async (t) => {
  const { source, tab, pointer, start } = await scene(t);
  const at = await pointer.to(0.8);
  await tab.page.mouse.click(...(await whereIs(pointer, at)));
  const before = await settled(tab);
  await source.publish(counting(12, COUNT).map((i) => rowOf(start + i, valuesAt(i))));
  await tab.holds(COUNT + 12, "right.square");
  const now = await settled(tab);
  assert.equal(now.reading?.mark, before.reading?.mark);
  assert.deepEqual(now.cursors, before.cursors);
  const { width } = await pointer.box();
  const moved = (before.marks[0] ?? 0) - (now.marks[0] ?? 0);
  assert.ok(Math.abs(moved - (12 / 30) * width) <= 2, `the mark moved by ${moved} px of ${width}`);
  assert.equal(now.legend["left.up"], `Δ+${3 * 12}`);
});

async function whereIs(pointer: Pointer, part: number): Promise<[number, number]> {
  const { left, top, width, height } = await pointer.box();
  return [Math.round(left + part * width), top + height / 2];
}

test("[PG77f] no label of the x axis is half under the time of the cursor", async (t) => {
  const source = new Source(stage.edge);
  await source.past((i) => ({ y: i }));
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(120);
  await tab.page.keyboard.press(" ");
  const box = (await tab.page.locator(".over").boundingBox()) ?? assert.fail();
  for (const part of [0.2, 0.23, 0.26, 0.29]) {
    await tab.page.mouse.move(box.x + part * box.width, box.y + 50);
    await tab.page.locator(".cursor-chip").waitFor();
    await tab.drawn();
    const { labels, cover, chip } = await tab.page.evaluate<{
      labels: [number, number][];
      cover: [number, number];
      chip: [number, number];
    }>(`(() => {
      const foot = document.querySelector(".x-axis");
      const context = foot.querySelector("canvas").getContext("2d");
      const at = (element) => {
        const { left, right } = element.getBoundingClientRect();
        return [left, right];
      };
      return {
        labels: recorded.labelsOn(foot.querySelector("canvas")).map(({ text, x }) => {
          const half = context.measureText(text).width / 2;
          return [x - half, x + half];
        }),
        cover: at(foot.querySelector(".cursor-cover")),
        chip: at(foot.querySelector(".cursor-chip")),
      };
    })()`);
    assert.ok(labels.length > 3, `${labels.length} labels`);
    assert.ok(cover[0] <= chip[0] + 1 && cover[1] >= chip[1] - 1, `${cover} and ${chip}`);
    for (const [left, right] of labels) {
      const isOutside = right <= cover[0] || left >= cover[1];
      const isCovered = left >= cover[0] && right <= cover[1];
      assert.ok(isOutside || isCovered, `at ${part}: ${[left, right]} in ${cover}`);
    }
  }
});
