/** What stands at the cursor: a dot on each curve, and a tip beside the pointer. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { named } from "../support/named.ts";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { type Coloured, contrast, READ_COLOURS } from "./colours.ts";
import { Pointer } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 61;

interface Scene {
  channel: string;
  source: Source;
  tab: ChannelTab;
  pointer: Pointer;
  start: number;
}

/** Two panels of points, one a second, and 30 s of them in view. */
const TWO = (i: number): Record<string, number> => ({
  "left.up [V]": 3 * i,
  "left.down [V]": 300 - 3 * i,
  right: i * i,
});

async function scene(t: TestContext, valuesAt = TWO, options: TabOptions = {}): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT;
  await source.publish(counting(COUNT).map((i) => rowOf(start + i, valuesAt(i))));
  const tab = await stage.openTab(t, channel, options);
  await tab.holds(COUNT, Object.keys(valuesAt(0)).at(-1));
  await tab.choose("30 s");
  return { channel, source, tab, pointer: new Pointer(tab), start };
}

interface Tip {
  left: number;
  top: number;
  right: number;
  bottom: number;
  head: string;
  rows: { name: string; value: string; unit: string; colour: string; nearest: boolean }[];
  more: string;
}

/** The tip as it is seen. */
async function tip({ page }: ChannelTab): Promise<Tip> {
  await page.locator(".readout").waitFor();
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  return page.evaluate<Tip>(`{
    const tip = document.querySelector(".readout");
    const { left, top, right, bottom } = tip.getBoundingClientRect();
    const text = (within, part) => within.querySelector(part).textContent;
    const more = tip.querySelector(".readout-more");
    ({ left, top, right, bottom, head: text(tip, ".readout-head"), more: more.checkVisibility() ? more.textContent : "",
      rows: [...tip.querySelectorAll(".readout-row")].filter((row) => !row.hidden).map((row) => ({
        name: text(row, ".readout-name"), value: text(row, ".readout-value"), unit: text(row, ".readout-unit"),
        colour: getComputedStyle(row.querySelector(".swatch")).color, nearest: row.classList.contains("nearest") })) });
  }`);
}

/** The middle of each dot that is seen, by its series, on the screen. */
function dots({ page }: ChannelTab): Promise<Record<string, [x: number, y: number]>> {
  return page.evaluate<Record<string, [number, number]>>(`Object.fromEntries(
    [...document.querySelectorAll(".marker")].filter((dot) => dot.checkVisibility()).map((dot) => {
      const { left, top, width, height } = dot.getBoundingClientRect();
      return [dot.dataset.marks, [left + width / 2, top + height / 2]];
    }))`);
}

const entry = (tab: ChannelTab, name: string, part: string) =>
  tab.page.locator(`.legend button[title=${JSON.stringify(name)}] ${part}`);

test("[PG77a] every curve of every panel has a dot at the point that is read, wherever the cursor is", async (t) => {
  const { tab, pointer, start } = await scene(t);
  for (const part of [0.2, 0.55, 0.93]) {
    await pointer.point([part, 0.5]);
    await tip(tab);
    const { minX, maxX } = await pointer.seen();
    const axes = (await tab.panels()).map(({ left }) => left);
    const found = await dots(tab);
    assert.deepEqual(Object.keys(found).sort(), ["left.down [V]", "left.up [V]", "right"]);
    const values = await tab.page.evaluate(() => plotcast.reading()?.values ?? {});
    for (const [name, panel] of [
      ["left.up [V]", 0],
      ["left.down [V]", 0],
      ["right", 1],
    ] as const) {
      const { left, top, width, height } = await pointer.box(panel);
      const axis = axes[panel];
      const at = Math.round(minX + part * (maxX - minX) - start);
      const value = values[name] ?? Number.NaN;
      assert.ok(axis && Math.abs(value - (TWO(at)[name] ?? 0)) < 1e-9);
      const x = left + ((start + at - minX) / (maxX - minX)) * width;
      const y = top + ((axis.max - value) / (axis.max - axis.min)) * height;
      const [dotX = 0, dotY = 0] = found[name] ?? [];
      assert.ok(Math.abs(dotX - x) < 1.5 && Math.abs(dotY - y) < 1.5, `${name}: ${dotX}, ${dotY}, not ${x}, ${y}`);
    }
  }
  await tab.page.mouse.move(2, 2);
  await waitFor("no dots", async () => Object.keys(await dots(tab)).length === 0);
  assert.ok(await tab.page.locator(".readout").isHidden());
});

test("[PG77b] the tip has the x, and of its panel every name, value and unit as the legend reads them, in the curves' colours", async (t) => {
  const { tab, pointer } = await scene(t);
  await pointer.point([0.4, 0.5]);
  const { head, rows, more } = await tip(tab);
  // All points are at whole seconds, and the pointer is between two.
  assert.match(head, /^\d\d:\d\d:\d\d\.00$/);
  assert.notEqual(await tab.text(".cursor-chip"), head);
  assert.equal(more, "");
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["left.up", "left.down"],
  );
  for (const [i, name] of ["left.up [V]", "left.down [V]"].entries()) {
    assert.equal(rows[i]?.value, await entry(tab, name, ".value").textContent());
    assert.equal(rows[i]?.unit, "V");
    const colour = await tab.page.evaluate<string>(
      `getComputedStyle(document.querySelector('.legend [title="${name}"] .swatch')).color`,
    );
    assert.equal(rows[i]?.colour, colour);
  }
  await pointer.point([0.4, 0.5], 1);
  assert.deepEqual(
    (await tip(tab)).rows.map(({ name }) => name),
    ["right"],
  );
  await tab.page.mouse.down();
  await tab.page.mouse.up();
  await pointer.point([0.6, 0.5], 1);
  const [measured] = (await tip(tab)).rows;
  assert.match(measured?.value ?? "", /^Δ\+\d+$/, "from the mark on it says what the legend measures");
});

test("[PG77b] [PG77c] what is pointed at first is read, while the tip is still being loaded, too", async (t) => {
  const { tab, pointer } = await scene(t);
  const pointed = Promise.withResolvers<void>();
  await tab.page.route("**/assets/lazy-*", async (route) => {
    await pointed.promise;
    await route.continue();
  });
  await tab.page.reload();
  await tab.hasRows(COUNT, "right");
  await tab.drawn();
  assert.equal(await tab.page.locator(".readout").count(), 0, "there is no tip yet");
  await pointer.point([0.4, 0.95], 1);
  pointed.resolve();
  const { rows, top, bottom } = await tip(tab);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["right"],
  );
  const box = await pointer.box(1);
  const middle = (top + bottom) / 2;
  const isBelow = middle > box.top + 0.8 * box.height;
  assert.ok(isBelow || bottom > 740, `the tip is beside the pointer, not at ${middle}`);
});

test("[PG77e] where points are of several x, the tip has the cursor's, and says of a point elsewhere when it was", async (t) => {
  const fast = new Source(stage.edge);
  const slow = new Source(stage.edge, fast.channel);
  const start = Math.floor(Date.now() / 1000) - COUNT;
  await fast.publish(counting(4 * COUNT).map((i) => rowOf(start + i / 4 + 0.01, { "own.fast [V]": 3 + (i % 2) })));
  await slow.publish(counting(7).map((i) => rowOf(start + 10 * i, { "own.slow [V]": i })));
  const tab = await stage.openTab(t, fast.channel);
  await tab.holds(4 * COUNT, "own.fast [V]");
  await tab.holds(7, "own.slow [V]");
  await tab.choose("30 s");
  const pointer = new Pointer(tab);
  await pointer.point([0.45, 0.5]);
  const { head, rows } = await tip(tab);
  assert.equal(head, await tab.text(".cursor-chip"), "the cursor's");
  assert.deepEqual(
    rows.map(({ name, unit }) => [name, unit.replace(/\d\d:\d\d:\d\d\.00$/, "TIME")]),
    [
      ["own.fast", "V"],
      ["own.slow", "V at TIME"],
    ],
  );
  // Left of the first point in view, the one that is read may lie out of it.
  await pointer.point([0.02, 0.5]);
  const [, outside] = (await tip(tab)).rows;
  const { minX } = await pointer.seen();
  const nearest = Math.round((minX + 0.02 * 30 - start) / 10) * 10 + start;
  const [text = ""] = new Date(nearest * 1000).toTimeString().split(" ");
  assert.equal(outside?.unit, `V at ${text}.00`);
});

test("[PG77b] of many series those nearest to the pointer, and how many more there are", async (t) => {
  const names = counting(40).map((k) => `many.s${k}`);
  const { tab, pointer } = await scene(t, () => Object.fromEntries(names.map((name, k) => [name, 100 + k])));
  await pointer.point([0.5, 0.5]);
  const { rows, more } = await tip(tab);
  assert.equal(rows.length, 10);
  assert.equal(more, "and 30 more");
  const { top, height } = await pointer.box();
  const found = await dots(tab);
  assert.equal(Object.keys(found).length, 40, "each curve has its dot");
  const pointerY = Math.round(top + 0.5 * height);
  const nearest = names
    .map((name) => ({ name, away: Math.abs((found[name]?.[1] ?? Number.NaN) - pointerY) }))
    .sort((a, b) => a.away - b.away)
    .slice(0, 10);
  assert.deepEqual(new Set(rows.map(({ name }) => name)), new Set(nearest.map(({ name }) => name)));
  assert.deepEqual(
    rows.map(({ nearest }) => nearest),
    rows.map((_, i) => i === 0),
  );
});

for (const [width, height, phone] of [
  [1280, 760, false],
  [390, 800, true],
  [844, 390, true],
  [320, 256, false],
] as const) {
  test(`[PG77c] at ${width} × ${height} the tip is inside of the window and never where is pointed, long names too`, async (t) => {
    const names = ["a.very.long.name.of.a.place.that.nobody.can.read.torque [mN·m]", "b", "c.d", "e.f"];
    const values = (i: number) => Object.fromEntries(names.map((name, k) => [name, 1e5 * Math.sin(i / 9 + k)]));
    const { tab, pointer } = await scene(t, values, { width, height, phone });
    // A finger near a button presses that.
    const heights = phone ? [0.4, 0.6] : [0.05, 0.5, 0.95];
    const places = heights.flatMap((y) => [0.01, 0.3, 0.99, 0.5, 0.7].map((x) => [x, y] as const));
    for (const [x, y] of places) {
      // A tap where the last one was would take the cursor away.
      if (phone) await pointer.touch([[x, y]]);
      else await pointer.point([x, y]);
      const { left, top, right, bottom } = await tip(tab);
      const box = await pointer.box();
      const [atX, atY] = [box.left + x * box.width, box.top + y * box.height];
      const what = `the tip at ${left},${top} to ${right},${bottom}, for ${atX},${atY}`;
      assert.ok(left >= 0 && top >= 0 && right <= width && bottom <= height, `${what} is inside`);
      assert.ok(atX < left - 3 || atX > right + 3 || atY < top - 3 || atY > bottom + 3, `${what} is aside`);
      if (phone) await pointer.outlastDoubleTap();
    }
  });
}

test("[PG77b] [PG77d] by key it stands at the cursor line, N takes it to the next panel, and C away; nobody hears it", async (t) => {
  const { tab, pointer } = await scene(t);
  const { keyboard } = tab.page;
  await keyboard.press("c");
  const first = await tip(tab);
  assert.equal(first.rows.length, 2);
  const { left, width } = await pointer.box();
  assert.ok(Math.abs(first.left - left - width / 2) < 30, "beside the line");
  await keyboard.press("n");
  await waitFor("the next panel's values", async () => (await tip(tab)).rows[0]?.name === "right");
  await keyboard.press("ArrowRight");
  assert.equal((await tip(tab)).rows[0]?.name, "right", "the arrows leave it there");
  assert.equal(await tab.page.locator(".readout").getAttribute("aria-hidden"), "true");
  assert.equal(await tab.page.locator(".readout [tabindex], .readout button").count(), 0);
  await keyboard.press("c");
  await waitFor("no tip", () => tab.page.locator(".readout").isHidden());
});

test("[PG77a] [PG77b] a step has its dot where the line is, on an axis of names too; what is hidden has none", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const codes = [0, 0, 1, 1, 2, 0];
  const states = codes.map((code, i) =>
    named(start + 5 * i, { mode: [code, ["idle", "run", "COOLDOWN"][code] ?? ""] }),
  );
  const source = new Source(stage.edge, channel);
  await source.publish(states);
  await source.publish(codes.map((_, i) => rowOf(start + 5 * i, { other: i })));
  const tab = await stage.openTab(t, channel);
  await tab.holds(6, "mode");
  await tab.holds(6, "other");
  const pointer = new Pointer(tab);
  await tab.page.locator(".panel[data-shape=lanes]").waitFor();
  const panel = (await tab.panels()).findIndex(({ names }) => names.includes("mode"));
  const { minX, maxX } = await pointer.seen();
  const part = (start + 12.5 - minX) / (maxX - minX);
  await pointer.point([part, 0.5], panel);
  const { rows } = await tip(tab);
  assert.deepEqual(
    rows.map(({ name, value }) => [name, value]),
    [["mode", "run"]],
  );
  const { left, width } = await pointer.box(panel);
  const [x = 0, y = 0] = (await dots(tab)).mode ?? [];
  assert.ok(Math.abs(x - left - part * width) < 2, `at the cursor: ${x}`);
  const label = (await tab.labelsOn(panel)).find(({ text }) => text === "run");
  const canvas = await tab.page.locator(".panel canvas").nth(panel).boundingBox();
  assert.ok(label && canvas && Math.abs(canvas.y + label.y - y) < 2, `${y} is beside “run”`);
  await tab.page.locator('.legend button[title="other"]').click();
  await pointer.point([part, 0.5], panel);
  await tip(tab);
  await waitFor("no dot of what is hidden", async () => Object.keys(await dots(tab)).join() === "mode");
});

for (const colorScheme of ["dark", "light"] as const) {
  test(`[PG77b] [PG16d] the tip is readable in ${colorScheme}`, async (t) => {
    const { tab, pointer } = await scene(t, TWO, { colorScheme });
    await pointer.point([0.4, 0.5]);
    await tip(tab);
    const { texts } = await tab.page.evaluate<{ texts: Coloured[] }>(READ_COLOURS);
    const own = texts.filter(({ what }) => what.startsWith("readout"));
    assert.ok(own.length >= 5, "the tip has words");
    for (const each of own) assert.ok(contrast(each) >= 4.5, `${each.what}: ${contrast(each)}`);
  });
}

test("[PG77b] where panels scroll under a pointer that rests, the tip has what is under it then", async (t) => {
  const many = (i: number) => Object.fromEntries([..."abcdefghi"].map((part, n) => [`${part}.value`, 100 * n + i]));
  const { tab, pointer } = await scene(t, many);
  await pointer.to(0.5, 1);
  assert.deepEqual(
    (await tip(tab)).rows.map(({ name }) => name),
    ["b.value"],
  );
  // By the height of a panel.
  await tab.page.evaluate(`board.scrollBy(0, document.querySelector(".panel").offsetHeight)`);
  await waitFor("the tip of the next panel", async () => (await tip(tab)).rows[0]?.name === "c.value");
});
