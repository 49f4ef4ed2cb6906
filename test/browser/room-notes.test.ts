/** Notes in the page, and what a channel writes itself among the series. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, publishJson, read } from "../support/publish.ts";
import { Guest } from "../support/room.ts";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { assertTargets } from "./fits.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open({ vars: { PUBLIC_RIGHTS: "**=control+note+presence" } });
after(() => stage.close());

const PROGRAM = "00000000000000aa";

/** A channel with a minute of points, and two browsers that see it. */
async function scene(t: TestContext): Promise<{ channel: string; tab: ChannelTab; other: ChannelTab }> {
  const channel = newChannel();
  const now = Date.now() / 1000;
  await publishJson(
    stage.edge,
    channel,
    Array.from({ length: 60 }, (_, i) => ({ x: now - 30 + i / 2, y: Math.sin(i / 5) })),
  );
  const tab = await stage.openTab(t, channel);
  const other = await stage.openTab(t, channel);
  for (const each of [tab, other]) {
    await each.holds(60);
    await each.page.locator("#room-button").waitFor();
  }
  return { channel, tab, other };
}

const note = (tab: ChannelTab, text: string): Promise<void> => {
  const shown = tab.page.locator('.legend [data-series="plotcast.notes"] .value');
  return shown.filter({ hasText: text }).waitFor();
};

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** What a legend has of a series, where it is. */
interface Entry {
  box: Box;
  legend: Box;
  name: Box;
  value: Box;
  text: string;
  isWhole: boolean;
}

async function type(tab: ChannelTab, text: string): Promise<void> {
  const field = tab.page.getByRole("dialog").getByLabel("Text");
  await field.fill(text);
  await field.press("Enter");
  await tab.page.getByRole("dialog").waitFor({ state: "detached" });
}

test("[PG96a] [PG96b] [PG96c] a note is left at the cursor line, and edited and deleted at its mark, live in another browser", async (t) => {
  const { channel, tab, other } = await scene(t);
  const { page } = tab;
  await page.keyboard.press(" ");
  await tab.says(/^Paused/);
  await page.keyboard.press("c");
  // Away from the button that goes live.
  for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowLeft");
  const reading = await page.evaluate(() => plotcast.reading());
  assert.ok(reading !== null);
  await page.keyboard.press("a");
  await page.getByRole("dialog", { name: /^Note at / }).waitFor();
  await type(tab, "valve opened");
  for (const each of [tab, other]) await note(each, "valve opened");
  const { x, y } = await other.series("plotcast.notes");
  assert.deepEqual(x, [reading.x]);
  assert.equal(y.length, 1);
  // The mark is where the cursor is.
  await page.keyboard.press("Escape");
  const place = await markOf(tab, reading.x);
  await page.mouse.click(place.x, place.y);
  await page.getByRole("dialog", { name: /^Note at / }).waitFor();
  assert.equal(await page.getByRole("dialog").getByLabel("Text").inputValue(), "valve opened");
  await type(tab, "valve closed");
  for (const each of [tab, other]) await note(each, "valve closed");
  // It was no press on the plot: nothing is measured from there.
  assert.equal((await page.evaluate(() => plotcast.reading()))?.mark ?? null, null);
  // Another browser may not change it.
  const theirs = await markOf(other, reading.x);
  await other.page.mouse.click(theirs.x, theirs.y);
  await other.drawn();
  assert.equal(await other.page.getByRole("dialog").count(), 0);
  await page.mouse.click(place.x, place.y);
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await waitFor("the mark being gone from both", async () => {
    const seen = await Promise.all([tab, other].map((each) => each.series("plotcast.notes")));
    return seen.every(({ y }) => y.every((value) => value === null));
  });
  // Who comes later does not see it either.
  const later = await stage.openTab(t, channel);
  await later.holds(60);
  await later.page.locator("#room-button").waitFor();
  await waitFor("no mark", async () => (await later.series("plotcast.notes")).y.every((value) => value === null));
});

/** Where the mark of the row of notes is on the screen. */
async function markOf(tab: ChannelTab, x: number): Promise<{ x: number; y: number }> {
  // The row is lower than other panels, which take their sizes with the frame after.
  await tab.drawn();
  return await tab.page.evaluate<{ x: number; y: number }>(
    `((x) => {
      const panel = document.querySelector('.legend [data-series="plotcast.notes"]').closest(".panel");
      const { left, top, width, height } = panel.querySelector(".over").getBoundingClientRect();
      const { minX, maxX } = plotcast.window();
      return { x: left + (width * (x - minX)) / (maxX - minX) + 3, y: top + height / 2 };
    })(${x})`,
  );
}

test("[PG96b] notes are listed, and one is left now and edited from there, by keys", async (t) => {
  const { tab, other } = await scene(t);
  const { page } = tab;
  await page.locator("#room-button").press("Enter");
  const panel = page.getByRole("complementary", { name: "Notes" });
  await panel.getByRole("button", { name: "Leave a note" }).press("Enter");
  await page.getByRole("dialog", { name: "Note, now" }).waitFor();
  await type(tab, "now");
  await panel.getByRole("button", { name: "Edit: now" }).press("Enter");
  await type(tab, "then");
  await panel.getByRole("listitem").filter({ hasText: "then · somebody" }).waitFor();
  await other.page.locator("#room-button").click();
  const theirs = other.page.getByRole("complementary").getByRole("listitem").filter({ hasText: "then" });
  await theirs.getByRole("button", { name: /^Go to .*then$/ }).waitFor();
  assert.equal(await theirs.getByRole("button").count(), 1);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(tab, colorScheme);
  }
});

test("[PG97a] [PG97b] what was set is a mark called Controls in a strip, in table and legend, and no sign of life of a publisher", async (t) => {
  const { channel, tab } = await scene(t);
  const program = await Guest.in(t, stage.edge.channelUrl(channel), {
    token: stage.edge.token ?? "",
    publisher: PROGRAM,
  });
  program.say({ type: "declare", controls: { gain: { value: 1, min: 0, max: 10 } } });
  const field = tab.page.locator('[data-control="gain"]').getByRole("textbox");
  await tab.says(/^Stale since/);
  await field.fill("5");
  await field.press("Enter");
  const { id } = await program.hears("deliver");
  program.say({ type: "outcome", id, outcome: "confirmed", value: 5 });
  const entry = tab.page.locator('.legend [data-series="plotcast.controls"]');
  await entry
    .locator(".name")
    .filter({ hasText: /^Controls$/ })
    .waitFor();
  await entry.locator(".value").filter({ hasText: "gain" }).waitFor();
  // The page goes on saying that nothing came from its publisher.
  await tab.drawn();
  await tab.says(/^Stale since/);
  const shapes = await tab.page.evaluate<string[]>(
    `[...document.querySelectorAll(".panel")].map(({ dataset }) => dataset.shape ?? "")`,
  );
  assert.deepEqual([...shapes].sort(), ["", "strip"]);
  await tab.page.locator("#state").click();
  await tab.page.keyboard.press("t");
  await tab.page
    .locator("table .lazy-name")
    .filter({ hasText: /^Controls$/ })
    .waitFor();
  assert.match(await (await read(stage.edge, channel, "text/csv")).text(), /plotcast\.controls/);
});

test("[PG97b] where x is no time the picture stays with the points when something is set", async (t) => {
  const channel = newChannel();
  await publishJson(
    stage.edge,
    channel,
    Array.from({ length: 50 }, (_, i) => ({ x: i, y: i })),
  );
  const program = await Guest.in(t, stage.edge.channelUrl(channel), {
    token: stage.edge.token ?? "",
    publisher: PROGRAM,
  });
  program.say({ type: "declare", controls: { gain: { value: 1, min: 0, max: 10 } } });
  const tab = await stage.openTab(t, channel);
  await tab.holds(50);
  const field = tab.page.locator('[data-control="gain"]').getByRole("textbox");
  await field.fill("5");
  await field.press("Enter");
  const { id } = await program.hears("deliver");
  program.say({ type: "outcome", id, outcome: "confirmed", value: 5 });
  await tab.holds(1, "plotcast.controls");
  await tab.drawn();
  const { maxX } = await tab.window();
  assert.ok(maxX !== null && maxX < 100, `the picture ends at ${maxX}`);
  // A note of now is at the newest point.
  await tab.page.locator("#state").click();
  await tab.page.keyboard.press("a");
  await type(tab, "here");
  await tab.holds(1, "plotcast.notes");
  assert.deepEqual((await tab.series("plotcast.notes")).x, [49]);
});

for (const width of [360, 390]) {
  test(`[PG97b] at ${width} px what was set and what was noted each have room under the plots, with their names`, async (t) => {
    const channel = newChannel();
    const now = Date.now() / 1000;
    await publishJson(
      stage.edge,
      channel,
      Array.from({ length: 60 }, (_, i) => ({ x: now - 30 + i / 2, y: Math.sin(i / 5) })),
    );
    const url = stage.edge.channelUrl(channel);
    const program = await Guest.in(t, url, { token: stage.edge.token ?? "", publisher: PROGRAM });
    program.say({ type: "declare", controls: { heat: { label: "Set point", value: 100, max: 250, unit: "°C" } } });
    const guest = await Guest.in(t, url);
    guest.say({ type: "name", name: "Eve the second" });
    guest.say({ type: "set", id: "set1", control: "heat", value: 111 });
    const { id } = await program.hears("deliver");
    program.say({ type: "outcome", id, outcome: "confirmed", value: 111 });
    guest.say({ type: "note", id: "note1", text: "valve opened by hand, and closed again" });
    const tab = await stage.openTab(t, channel, { phone: true, width });
    await tab.holds(60);
    await note(tab, "valve opened");
    await tab.settled();
    const entries = await tab.page.evaluate<Entry[]>(
      `[...document.querySelectorAll("[data-shape=strip] .legend button")].map((button) => {
        const box = (element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          return { left, right, top, bottom };
        };
        const name = button.querySelector(".name");
        return {
          box: box(button), legend: box(button.closest(".legend")), name: box(name), value: box(button.querySelector(".value")),
          text: name.innerText, isWhole: name.scrollWidth <= name.clientWidth && name.querySelector(".cut") === null,
        };
      })`,
    );
    assert.deepEqual(entries.map(({ text, isWhole }) => [text, isWhole]).sort(), [
      ["Controls", true],
      ["Notes", true],
    ]);
    for (const { box, legend, name, value } of entries) {
      assert.ok(name.left >= box.left && name.right <= value.left, "the name stands before the value");
      assert.ok(value.right <= box.right + 0.5 && value.right <= legend.right + 0.5, "the value ends in its entry");
      assert.ok(value.right - value.left > 150, "of the value enough is seen");
    }
    await assertTargets(tab, 44);
  });
}
