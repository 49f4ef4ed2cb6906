/** What an axis could leave out: the largest numbers, what is not above 0, and what came before a clock was set. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { columnOf } from "./channel-tab.ts";
import { saved } from "./saving.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const NOW = Math.floor(Date.now() / 1000);

test("[PG25d] peaks of ±1.7e308 are drawn whole, where the axis has them", async (t) => {
  const source = new Source(stage.edge);
  const start = NOW - 30;
  const peak = (i: number): number => (i === 10 ? 1.7e308 : i === 20 ? -1.7e308 : 0);
  await source.publish(counting(31).map((i) => rowOf(start + i, { y: peak(i) })));
  const tab = await stage.openTab(t, source.channel, { query: `#from=${start}&to=${start + 30}` });
  await tab.holds(31);
  await tab.drawn();
  const [panel] = await tab.panels();
  assert.ok(panel && panel.left.max >= 1.7e308 && panel.left.min <= -1.7e308, JSON.stringify(panel));
  const curve = await tab.curve();
  const rowOfY = (y: number): number =>
    ((panel.left.max / 2 - y / 2) / (panel.left.max / 2 - panel.left.min / 2)) * curve.height;
  const rows = [-1, 0, 1].flatMap((aside) => curve.columns[columnOf(curve, start + 10) + aside] ?? []);
  assert.ok(Math.abs(Math.min(...rows) - rowOfY(1.7e308)) <= 4, `the peak is at ${rows}`);
  const low = [-1, 0, 1].flatMap((aside) => curve.columns[columnOf(curve, start + 20) + aside] ?? []);
  assert.ok(Math.abs(Math.max(...low) - rowOfY(-1.7e308)) <= 4, `the low is at ${low}`);
  const labels = (await tab.labelsOn(0)).map(({ text }) => text);
  assert.ok(labels.includes("1e308") && labels.includes("-1e308"), `${labels}`);
});

for (const [width, colorScheme] of [
  [390, "light"],
  [1280, "dark"],
] as const) {
  test(`[PG12f] at ${width} px a logarithmic axis says how many values it leaves out, and where`, async (t) => {
    const source = new Source(stage.edge);
    const start = NOW - 30;
    const value = (i: number): number => (i === 12 ? 0 : i >= 20 && i < 24 ? -5 : 10 ** (i % 4));
    await source.publish(counting(31).map((i) => rowOf(start + i, { y: value(i), z: 7 })));
    const query = `#from=${start}&to=${start + 30}&panel=y,z;log`;
    const tab = await stage.openTab(t, source.channel, { width, colorScheme, query });
    await tab.holds(31);
    const note = tab.page.locator(".log-note:not([hidden])");
    await waitFor("the note", async () =>
      /^y: 5 values of 0 or below not drawn on the logarithmic axis, \d\d:\d\d:\d\d.* – /.test(
        (await note.allTextContents()).join(),
      ),
    );
    await tab.drawn();
    // A curve that it lies over does not go through its words.
    const ground = "getComputedStyle(document.querySelector('.log-note')).backgroundColor";
    assert.match(await tab.page.evaluate<string>(ground), /^rgb\(\d+, \d+, \d+\)$/);
    // At the bottom of the plot are marks in the colour of the series, where nothing else is drawn.
    const curve = await tab.curve();
    const isMarked = (i: number): boolean =>
      [-1, 0, 1].some((aside) => (curve.columns[columnOf(curve, start + i) + aside]?.[1] ?? 0) > curve.height - 6);
    assert.deepEqual([5, 12, 16, 20, 21, 23, 27].map(isMarked), [false, true, false, true, true, true, false]);
    const { bytes } = await saved(tab, "PNG");
    assert.ok(bytes.length > 1000);
    await tab.follow(`#from=${start}&to=${start + 10}&panel=y,z;log`);
    await waitFor("no note where all is drawn", async () => (await note.count()) === 0);
    await tab.follow(`#from=${start + 5}&to=${start + 15}&panel=y,z;log`);
    await waitFor("one value, and its place", async () =>
      /^y: 1 value of 0 or below .*, at \d\d:\d\d:\d\d/.test((await note.allTextContents()).join()),
    );
  });
}

test("[PG28d] points from before a clock was set widen no axis of times; they are said, and can be shown", async (t) => {
  const source = new Source(stage.edge);
  await source.publish(counting(5).map((i) => rowOf(i, { y: 100 + i, z: 1 })));
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(5);
  await tab.drawn();
  assert.ok(((await tab.window()).maxX ?? 1e9) < 100, "so far x is a number");
  const start = NOW - 30;
  await source.publish(counting(31).map((i) => rowOf(start + i, { y: i % 7, z: 1 })));
  await tab.holds(36);
  for (const window of ["All", "100 pts", "30 s"]) {
    await tab.choose(window);
    const { minX } = await tab.window();
    assert.ok((minX ?? 0) > start - 60, `${window} begins at ${minX}`);
    const [panel] = await tab.panels();
    assert.ok((panel?.left.max ?? 99) < 20, `${window}: ${JSON.stringify(panel)}`);
  }
  const notice = tab.page.locator("#notice");
  await notice
    .getByText("y (and 1 more series) has 5 points whose x is no time (0 to 4): from before a clock was set?")
    .waitFor();
  await notice.getByRole("button", { name: "Show" }).click();
  await tab.drawn();
  const { minX, maxX } = await tab.window();
  assert.ok(minX !== null && maxX !== null && minX <= 0 && maxX >= 4 && maxX < 10, `${minX} to ${maxX}`);
  const seen = (await tab.page.evaluate(() => plotcast.seen())).find(({ name }) => name === "y");
  assert.deepEqual(seen?.y, [100, 101, 102, 103, 104]);
  await tab.page.getByRole("button", { name: /Go live/ }).click();
  await tab.drawn();
  assert.ok(((await tab.window()).minX ?? 0) > 1e9);
  // Who comes later, and fetches them, sees the same.
  const later = await stage.openTab(t, source.channel, { query: "#window=All" });
  await later.holds(31);
  await waitFor("everything being fetched", async () => (await later.counters()).past === "idle");
  await later.drawn();
  assert.ok(((await later.window()).minX ?? 0) > start - 60);
});
