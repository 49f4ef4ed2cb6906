/** The panels under fingers. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Pointer, xAt } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 301;

/** A phone with so many panels of 301 points, one a second, of which it sees the last minute. */
async function scene(t: TestContext, panels = 1): Promise<{ tab: ChannelTab; pointer: Pointer; start: number }> {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - COUNT;
  const names = [..."abcdef"].slice(0, panels).map((part) => `${part}.y`);
  const valuesAt = (i: number) => Object.fromEntries(names.map((name) => [name, i]));
  await new Source(stage.edge, channel).publish(counting(COUNT).map((i) => rowOf(start + i, valuesAt(i))));
  const tab = await stage.openTab(t, channel, { phone: true });
  await tab.holds(COUNT, names.at(-1));
  await tab.choose("1 m");
  return { tab, pointer: new Pointer(tab), start };
}

/** From one place to another, in a straight line. */
const path = (from: readonly [number, number], to: readonly [number, number], steps = 12): [number, number][] =>
  counting(steps + 1).map((i) => [
    from[0] + ((to[0] - from[0]) * i) / steps,
    from[1] + ((to[1] - from[1]) * i) / steps,
  ]);

test("[PG14] one finger takes the picture along: what was under it is under it", async (t) => {
  const { tab, pointer } = await scene(t);
  const before = await pointer.seen();
  await pointer.touch(path([0.2, 0.5], [0.8, 0.5]));
  const now = await pointer.seen();
  const { width } = await pointer.box();
  // A finger is on whole pixels.
  const pixel = 60 / width;
  assert.ok(Math.abs(xAt(before, 0.2) - xAt(now, 0.8)) <= pixel, `${xAt(now, 0.8) - xAt(before, 0.2)} s aside`);
  assert.ok(Math.abs(now.maxX - now.minX - 60) < 1e-6, "it is not zoomed");
  assert.ok((await tab.window()).paused && (await tab.page.locator("#go-live").isVisible()));
});

test("[PG14] two fingers zoom: what is under each stays under it", async (t) => {
  const { tab, pointer } = await scene(t);
  const before = await pointer.seen();
  await pointer.touch(path([0.4, 0.4], [0.2, 0.4]), path([0.6, 0.6], [0.7, 0.6]));
  const now = await pointer.seen();
  const { width } = await pointer.box();
  const pixel = 60 / width;
  assert.ok(Math.abs(xAt(before, 0.4) - xAt(now, 0.2)) <= pixel, `${xAt(now, 0.2) - xAt(before, 0.4)} s aside`);
  assert.ok(Math.abs(xAt(before, 0.6) - xAt(now, 0.7)) <= pixel, `${xAt(now, 0.7) - xAt(before, 0.6)} s aside`);
  assert.equal((await tab.window()).paused, true);
  assert.equal(await tab.page.evaluate("visualViewport.scale"), 1, "the page itself is not zoomed");
  assert.equal(await tab.page.evaluate(() => plotcast.reading()), null, "nor was anything tapped");
});

test("[PG14] [PG18] a tap brings the cursor, which stays there; a double tap goes live", async (t) => {
  const { tab, pointer, start } = await scene(t);
  await pointer.touch(path([0.3, 0.5], [0.7, 0.5]));
  assert.equal((await tab.window()).paused, true);
  await pointer.touch([[0.5, 0.5]]);
  const seen = await pointer.seen();
  const reading = await tab.page.evaluate(() => plotcast.reading());
  const { width } = await pointer.box();
  assert.ok(reading && Math.abs(reading.x - xAt(seen, 0.5)) <= 60 / width);
  assert.equal(reading.values["a.y"], Math.round(reading.x - start));
  assert.equal((await tab.window()).paused, true, "one tap is none of that");
  await pointer.outlastDoubleTap();
  await pointer.touch([[0.51, 0.5]]);
  assert.equal(await tab.page.evaluate(() => plotcast.reading()), null, "there again, it takes the cursor away");
  await pointer.outlastDoubleTap();
  await pointer.doubleTap(0.2, 0.5);
  await waitFor("a double tap going live", async () => !(await tab.window()).paused);
  assert.equal(await tab.page.evaluate(() => plotcast.reading()), null, "and that it does, too");
});

test("[PG14] a finger up or down scrolls the panels, and moves nothing else", async (t) => {
  const { tab, pointer } = await scene(t, 6);
  const scrolled = (): Promise<number> => tab.page.evaluate<number>("document.getElementById('board').scrollTop");
  const before = await pointer.seen();
  await pointer.touch(path([0.5, 0.9], [0.5, -0.9]));
  await waitFor("the panels scrolling", async () => (await scrolled()) > 50);
  assert.deepEqual(await pointer.seen(), before);
  assert.equal((await tab.window()).paused, false);
});
