/** Zooming in y: by drawing over a part, on the axis, by key and by finger. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Pointer, xAt } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 121;
/** A pixel of a low panel, as part of its height. */
const PIXEL = 0.012;
const valuesAt = (i: number): Record<string, number> => ({
  "one.a [V]": Math.sin(i / 9),
  "two.b [V]": 3 * Math.cos(i / 9),
  "three.c [A]": 100 + i,
});

interface Span {
  min: number;
  max: number;
}

interface Scene {
  channel: string;
  source: Source;
  tab: ChannelTab;
  pointer: Pointer;
  start: number;
}

/** A page with three panels of points, one a second, and the last minute in view. */
async function scene(t: TestContext, options: TabOptions = {}): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - COUNT;
  await source.publish(counting(COUNT).map((i) => rowOf(start + i, valuesAt(i))));
  const tab = await stage.openTab(t, channel, options);
  await tab.holds(COUNT, "three.c [A]");
  await tab.choose("1 m");
  const pointer = new Pointer(tab);
  if (options.phone !== true) {
    // What a pointer needs is loaded when one comes.
    await pointer.point([0.5, 0.5]);
    await tab.page.locator(".readout").waitFor();
    await tab.page.mouse.move(2, 2);
  }
  return { channel, source, tab, pointer, start };
}

async function left(tab: ChannelTab, panel = 0): Promise<Span> {
  await tab.drawn();
  const axis = (await tab.panels())[panel]?.left;
  assert.ok(axis);
  return axis;
}

/** The value at a part of an axis, from the top. */
const yAt = ({ min, max }: Span, part: number): number => max - part * (max - min);

function assertSpan(now: Span, min: number, max: number, tolerance: number, what: string): void {
  const isThere = Math.abs(now.min - min) <= tolerance && Math.abs(now.max - max) <= tolerance;
  assert.ok(isThere, `${what}: ${now.min} to ${now.max} is seen, and not ${min} to ${max}`);
}

test("[PG76a] [PG76d] a drag up or down zooms to that part of y, of its panel alone, and live goes on", async (t) => {
  const { source, tab, pointer, start } = await scene(t);
  const [before, second, x] = [await left(tab), await left(tab, 1), await pointer.seen()];
  await pointer.draw([0.5, 0.25], [0.505, 0.75]);
  assertSpan(await left(tab), yAt(before, 0.75), yAt(before, 0.25), PIXEL * 2, "drawn downwards");
  assert.deepEqual([await left(tab, 1), await pointer.seen()], [second, x], "the other panel, and x");
  assert.equal((await tab.window()).paused, false);
  assert.ok((await tab.panels()).length === 3, "panels are as they were");
  await source.publish([rowOf(start + COUNT, { ...valuesAt(COUNT), "one.a [V]": 40 })]);
  await tab.holds(COUNT + 1, "one.a [V]");
  assertSpan(await left(tab), yAt(before, 0.75), yAt(before, 0.25), PIXEL * 2, "what comes does not widen it");
  await pointer.draw([0.5, 0.8], [0.49, 0.3]);
  const again = await left(tab);
  assert.ok(again.max - again.min < 0.3 * (before.max - before.min), "a part of the part");
});

test("[PG76a] a drag aslant zooms to a box: its panel shows it, the others their part of x", async (t) => {
  const { tab, pointer } = await scene(t);
  const [before, second, x] = [await left(tab), await left(tab, 1), await pointer.seen()];
  await pointer.point([0.25, 0.2]);
  await tab.page.mouse.down();
  await pointer.point([0.5, 0.5]);
  await pointer.point([0.75, 0.6]);
  await tab.drawn();
  const box = await tab.page.locator(".chosen-box").boundingBox();
  const { left: edge, top, width, height } = await pointer.box();
  assert.ok(box && Math.abs(box.x - edge - 0.25 * width) < 2 && Math.abs(box.y - top - 0.2 * height) < 2);
  assert.ok(Math.abs(box.width - 0.5 * width) < 3 && Math.abs(box.height - 0.4 * height) < 3, JSON.stringify(box));
  assert.equal(await tab.page.locator(".chosen-part").filter({ visible: true }).count(), 2);
  assert.ok(await tab.page.locator(".readout").isHidden(), "nothing lies over what is drawn");
  await tab.page.mouse.up();
  await tab.drawn();
  assertSpan(await left(tab), yAt(before, 0.6), yAt(before, 0.2), PIXEL * 2, "y");
  const now = await pointer.seen();
  const pixel = 60 / width;
  assert.ok(Math.abs(now.minX - xAt(x, 0.25)) <= pixel && Math.abs(now.maxX - xAt(x, 0.75)) <= pixel, "x");
  assert.equal(await tab.page.locator(".chosen-box").count(), 0);
  const other = await left(tab, 1);
  assert.ok(other.max - other.min > 0.5 * (second.max - second.min), "the other panel's y fits its points");
});

test("[PG76a] Esc takes a box back", async (t) => {
  const { tab, pointer } = await scene(t);
  const before = await left(tab);
  await pointer.point([0.25, 0.2]);
  await tab.page.mouse.down();
  await pointer.point([0.75, 0.7]);
  await tab.page.locator(".chosen-box").waitFor();
  await tab.page.keyboard.press("Escape");
  assert.equal(await tab.page.locator(".chosen-box").count(), 0);
  await tab.page.mouse.up();
  assert.deepEqual([await left(tab), (await tab.window()).paused], [before, false]);
});

test("[PG76b] the wheel on an axis stops where the view is some 1,000 times the points, and goes back in from there", async (t) => {
  const { tab, pointer } = await scene(t);
  const { mouse } = tab.page;
  const before = await left(tab);
  await pointer.point([-0.5, 0.5]);
  for (const _ of counting(12)) await mouse.wheel(0, 1000);
  const wide = await waitFor("the wheel stopping", async () => {
    const [was, is] = [await left(tab), await left(tab)];
    return is.max > 100 && was.max === is.max && is;
  });
  const times = (wide.max - wide.min) / (before.max - before.min);
  assert.ok(times > 200 && times <= 1000, `${times}`);
  await pointer.draw([-0.5, 0.5], [-0.5, 0.6]);
  const moved = await left(tab);
  assert.ok(moved.max > wide.max && Math.abs(moved.max - moved.min - (wide.max - wide.min)) < 1e-6, "it can be moved");
  await mouse.wheel(0, -300);
  await waitFor("zooming in", async () => (await left(tab)).max - (await left(tab)).min < wide.max - wide.min);
});

test("[PG76b] on the axis a drag moves it, and the wheel zooms around the pointer, also where panels scroll", async (t) => {
  const { tab, pointer } = await scene(t, { height: 360 });
  const scrolled = (): Promise<number> => tab.page.evaluate<number>("document.getElementById('board').scrollTop");
  assert.ok(await tab.page.evaluate<boolean>("board.scrollHeight > board.clientHeight + 10"), "panels scroll");
  const before = await left(tab);
  const span = before.max - before.min;
  await pointer.draw([-0.5, 0.3], [-0.5, 0.6]);
  assertSpan(await left(tab), before.min + 0.3 * span, before.max + 0.3 * span, 0.03 * span, "moved down");
  const moved = await left(tab);
  await pointer.point([-0.5, 0.25]);
  await tab.page.mouse.wheel(0, -300);
  const zoomed = await waitFor("the wheel zooming", async () => {
    const now = await left(tab);
    return now.max - now.min < 0.8 * span ? now : undefined;
  });
  assert.ok(Math.abs(yAt(moved, 0.25) - yAt(zoomed, 0.25)) < 0.03 * span, "what is under the pointer stays");
  assert.equal(await scrolled(), 0);
  assert.equal((await tab.window()).paused, false);
});

test("[PG76c] Reset y, R, and a double click on the axis show all of y; one on the panel goes live, too", async (t) => {
  const { tab, pointer } = await scene(t);
  const { page } = tab;
  const before = await left(tab);
  const reset = page.getByRole("button", { name: "Reset y" });
  const doubleClick = async (at: [number, number]): Promise<void> => {
    await pointer.point(at);
    for (const clickCount of [1, 2]) {
      await page.mouse.down({ clickCount });
      await page.mouse.up({ clickCount });
    }
  };
  const ways: [what: string, paused: boolean, run: () => Promise<void>][] = [
    ["Reset y", true, () => reset.click()],
    ["R", true, () => page.keyboard.press("r")],
    ["a double click on the axis", true, () => doubleClick([-0.5, 0.5])],
    ["a double click on the panel", false, () => doubleClick([0.5, 0.5])],
  ];
  for (const [what, paused, run] of ways) {
    assert.equal(await reset.count(), 0, `before ${what}`);
    await pointer.draw([0.2, 0.3], [0.8, 0.8]);
    await reset.waitFor();
    assert.notDeepEqual(await left(tab), before);
    assert.equal((await tab.window()).paused, true);
    await run();
    await reset.waitFor({ state: "hidden" });
    const now = await left(tab);
    assert.ok(now.max - now.min > 0.9 * (before.max - before.min), `${what}: ${now.min} to ${now.max}`);
    assert.equal((await tab.window()).paused, paused, what);
    await page.keyboard.press("l");
    await page.keyboard.press("Escape");
    await tab.choose("1 m");
    await page.mouse.move(2, 2);
    await tab.drawn();
  }
  assert.deepEqual(await left(tab), before);
});

test("[PG76c] by key: N goes to a panel, Y zooms around what the cursor reads there, Shift+Y out", async (t) => {
  const { tab } = await scene(t);
  const { keyboard } = tab.page;
  await keyboard.press("c");
  await keyboard.press("n");
  await keyboard.press("n");
  const [first, before] = [await left(tab), await left(tab, 2)];
  const read = await tab.page.evaluate(() => plotcast.reading()?.values["three.c [A]"] ?? Number.NaN);
  await keyboard.press("y");
  const now = await left(tab, 2);
  const part = (span: Span): number => (read - span.min) / (span.max - span.min);
  assert.ok(Math.abs((now.max - now.min) * 1.5 - (before.max - before.min)) < 1e-6, `${now.min} to ${now.max}`);
  assert.ok(Math.abs(part(now) - part(before)) < 1e-6, "what is read stays where it is");
  assert.deepEqual(await left(tab), first, "the first panel");
  await keyboard.press("Shift+Y");
  assertSpan(await left(tab, 2), before.min, before.max, 1e-6, "out again");
  await keyboard.press("r");
  await keyboard.press("Shift+N");
  await keyboard.press("y");
  assert.notDeepEqual(await left(tab, 1), before);
  assert.deepEqual(await left(tab, 2), before);
});

test("[PG76d] what is seen of y is in the URL and remembered, on a right axis too, and panels stay automatic", async (t) => {
  const { channel, source, tab, pointer, start } = await scene(t);
  const { page } = tab;
  await pointer.draw([0.5, 0.25], [0.5, 0.75], 1);
  const zoomed = await left(tab, 1);
  const hash = await waitFor("the zoom in the URL", () => {
    const { hash } = new URL(page.url());
    return hash.includes("zoom=two.b%20%5BV%5D:") && hash;
  });
  assert.doesNotMatch(hash, /panel=|from=/);
  const zoomedAs = (one: ChannelTab): Promise<true> =>
    waitFor("the same part of y", async () => {
      assert.deepEqual(await left(one, 1), zoomed);
      return true as const;
    });
  const far = await stage.openTab(t, `${channel}${hash}`);
  await far.holds(COUNT, "three.c [A]");
  await zoomedAs(far);
  await far.page.getByRole("button", { name: "Reset y" }).waitFor();
  await page.goto(stage.edge.channelUrl(channel).href);
  await tab.holds(COUNT, "three.c [A]");
  await zoomedAs(tab);
  // Its series goes to the first panel's right axis, and takes the zoom along.
  await new Arranger(tab).drag("two.b [V]", 0, "right edge");
  const right = await waitFor("a right axis", async () => (await tab.panels())[0]?.right ?? undefined);
  assertSpan(right, zoomed.min, zoomed.max, 1e-9, "on the right axis");
  await source.publish([rowOf(start + COUNT, valuesAt(COUNT))]);
});

test("[PG76e] on request all panels of a unit have the range that all need, and are zoomed and reset together", async (t) => {
  const { channel, tab, pointer } = await scene(t);
  const [a, b, c] = [await left(tab), await left(tab, 1), await left(tab, 2)];
  const dialog = await new Arranger(tab).settings(0);
  const box = dialog.getByLabel("The same range for all panels in V");
  await box.check();
  await new Arranger(tab).close();
  const union = { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
  const both = async (what: string): Promise<Span> => {
    const [one, other] = [await left(tab), await left(tab, 1)];
    assert.deepEqual([one.min, one.max], [other.min, other.max], what);
    return one;
  };
  assertSpan(await both("shared"), union.min, union.max, 1e-9, "what both need");
  assert.deepEqual(await left(tab, 2), c, "another unit");
  await pointer.draw([0.5, 0.25], [0.5, 0.5], 1);
  const zoomed = await both("zoomed together");
  assertSpan(zoomed, yAt(union, 0.5), yAt(union, 0.25), 2 * PIXEL * (union.max - union.min), "zoomed");
  await waitFor("both in the URL", () => /zoom=.*share=V/.test(new URL(tab.page.url()).hash));
  await tab.page.keyboard.press("r");
  assertSpan(await both("reset together"), union.min, union.max, 1e-9, "all of it");
  const shared = await waitFor("no zoom in the URL", () => {
    const { hash } = new URL(tab.page.url());
    return !hash.includes("zoom=") && hash;
  });
  assert.equal(shared, "#window=1m&share=V");
  const far = await stage.openTab(t, channel + shared);
  await far.holds(COUNT, "three.c [A]");
  await waitFor("the same range there", async () => {
    const [one, other] = [await left(far), await left(far, 1)];
    return one.min === other.min && one.max === union.max;
  });
  await new Arranger(tab).settings(1);
  await tab.page.getByLabel("The same range for all panels in V").uncheck();
  await new Arranger(tab).close();
  assert.deepEqual([await left(tab), await left(tab, 1)], [a, b]);
});

test("[PG76b] [PG76c] on a phone: on the axis a finger moves it, two zoom, and a double tap shows all of it", async (t) => {
  const { tab, pointer } = await scene(t, { phone: true });
  // What is loaded with the first touch.
  await pointer.touch([[0.5, 0.5]]);
  await tab.page.locator(".readout").waitFor();
  await pointer.outlastDoubleTap();
  await pointer.touch([[0.5, 0.5]]);
  const before = await left(tab);
  const span = before.max - before.min;
  const seen = await pointer.seen();
  const { left: axisPx, width, height } = await pointer.box();
  // The middle of the axis' labels, in parts of the panel's width.
  const axis = -axisPx / 2 / width;
  const path = (from: number, to: number): [number, number][] =>
    counting(9).map((i) => [axis, from + ((to - from) * i) / 8]);
  const pixel = (2 * span) / height;
  await pointer.touch(path(0.3, 0.7));
  const moved = await left(tab);
  assert.ok(Math.abs(yAt(before, 0.3) - yAt(moved, 0.7)) <= pixel, "what was under the finger is under it");
  assertSpan({ min: 0, max: moved.max - moved.min }, 0, span, 1e-9, "not zoomed");
  await pointer.touch(path(0.4, 0.2), path(0.6, 0.8));
  const zoomed = await left(tab);
  assert.ok(Math.abs(yAt(moved, 0.4) - yAt(zoomed, 0.2)) <= pixel, "under the one finger");
  assert.ok(Math.abs(yAt(moved, 0.6) - yAt(zoomed, 0.8)) <= pixel, "under the other");
  assert.deepEqual(await pointer.seen(), seen, "x is as it was");
  assert.equal((await tab.window()).paused, false);
  await pointer.outlastDoubleTap();
  await pointer.doubleTap(axis, 0.5);
  assert.deepEqual(await left(tab), before);
});
