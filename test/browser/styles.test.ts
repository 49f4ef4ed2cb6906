/** How a person wants series and panels to look: names, colours, thickness, points and titles. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { Locator } from "playwright-core";
import { ARRANGEMENT_TYPE } from "../../protocol/limits.ts";
import { named } from "../support/named.ts";
import { newChannel, post, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import { type ChannelTab, columnOf } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { openSnapshot, saved } from "./saving.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 25;
const TEMP = "temp.motor [°C]";
const DRIVE = "temp.drive [°C]";

interface Scene {
  channel: string;
  tab: ChannelTab;
  arranger: Arranger;
  x: number[];
}

/** A page with a panel of two temperatures and one of a voltage without a unit; a point a second. */
async function scene(t: TestContext, hash = ""): Promise<Scene> {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - COUNT - 1;
  const x = counting(COUNT).map((i) => start + i);
  const values = (i: number) => ({ [TEMP]: 40 + (i % 5), [DRIVE]: 30 - (i % 3), y: 0.0004 + 0.0001 * (i % 2) });
  await new Source(stage.edge, channel).publish(x.map((each, i) => rowOf(each, values(i))));
  const tab = await open(t, channel + hash);
  return { channel, tab, arranger: new Arranger(tab), x };
}

async function open(t: TestContext, path: string): Promise<ChannelTab> {
  const tab = await stage.openTab(t, path);
  await tab.holds(COUNT, "y");
  await tab.drawn();
  return tab;
}

/** The settings of a panel, with how one series looks. */
async function style(arranger: Arranger, panel: number, name: string): Promise<Locator> {
  const dialog = await arranger.settings(panel);
  await dialog.getByRole("button", { name: `Style of ${name}` }).click();
  return dialog;
}

async function rename(arranger: Arranger, panel: number, name: string, label: string): Promise<void> {
  const dialog = await style(arranger, panel, name);
  await dialog.getByLabel("Name", { exact: true }).fill(label);
  await dialog.getByLabel("Name", { exact: true }).press("Tab");
  await arranger.close();
}

/** What the entry of a series reads. */
async function entryOf(tab: ChannelTab, name: string): Promise<{ name: string; unit: string; colour: string }> {
  return await tab.page.evaluate(`{
    const entry = document.querySelector(${JSON.stringify(`.legend [data-series=${JSON.stringify(name)}]`)});
    const text = (part) => entry.querySelector(part).textContent;
    ({ name: text(".name"), unit: text(".unit"), colour: getComputedStyle(entry.querySelector(".swatch")).color });
  }`);
}

/** How many CSS pixels high a line is where it is flat, without its ends. */
async function thickness(tab: ChannelTab, name: string): Promise<number> {
  const { columns, scale } = await tab.curve(name);
  const heights = columns.flatMap((column) => (column === null ? [] : [column[1] - column[0] + 1]));
  return (heights.sort((a, b) => a - b)[Math.floor(heights.length / 10)] ?? Number.NaN) / scale;
}

test("[PG90a] [PG90f] a series that is renamed is called so everywhere, keeps its unit, and is so in the URL and at the next visit", async (t) => {
  const { channel, tab, arranger } = await scene(t);
  await rename(arranger, 0, TEMP, "Engine <b>");
  await waitFor("the name in the legend", async () => (await entryOf(tab, TEMP)).name === "Engine <b>");
  assert.deepEqual({ ...(await entryOf(tab, TEMP)), colour: "" }, { name: "Engine <b>", unit: "°C", colour: "" });
  const hash = await tab.fragment(/style=temp\.motor/);
  assert.match(hash, /&?style=temp\.motor%20%5B%C2%B0C%5D:label=Engine%20%3Cb%3E$/);
  assert.doesNotMatch(hash, /panel=/, "the panels are no person's own for that");
  const label = () => tab.page.locator(".panel").first().getAttribute("aria-label");
  await waitFor("the panel's name", async () => (await label()) === `Engine <b> [°C] (${TEMP}), ${DRIVE}`);

  await tab.page.keyboard.press("c");
  await tab.page.locator(".readout").waitFor();
  assert.match(await tab.text(".readout"), /Engine <b>/);
  await tab.page.keyboard.press("Escape");
  await tab.page.keyboard.press("t");
  await tab.page.locator("table .lazy-name", { hasText: "Engine <b>" }).waitFor();
  await tab.page.keyboard.press("t");
  const { bytes } = await saved(tab, "CSV");
  assert.match(bytes.toString(), /temp\.motor \[°C\]/, "a file has the names that were published");

  await tab.page.goto(stage.edge.channelUrl(channel).href);
  await tab.holds(COUNT, "y");
  await waitFor("the name at the next visit", async () => (await entryOf(tab, TEMP)).name === "Engine <b>");
  const other = await stage.openTab(t, channel + hash);
  await other.holds(COUNT, "y");
  await waitFor("the name in who opens the link", async () => (await entryOf(other, TEMP)).name === "Engine <b>");
});

test("[PG90a] a filter finds a renamed series by either name", async (t) => {
  const { tab, arranger } = await scene(t);
  await rename(arranger, 0, TEMP, "Engine");
  await tab.page.keyboard.press("/");
  const isSeen = (name: string): Promise<boolean> =>
    tab.page.locator(`.legend [data-series=${JSON.stringify(name)}]`).isVisible();
  for (const text of ["engi", "motor"]) {
    await tab.page.getByRole("searchbox").fill(text);
    await waitFor(`only it for ${text}`, async () => {
      const seen = [await isSeen(TEMP), await isSeen(DRIVE), await isSeen("y")];
      return seen.join() === "true,false,false";
    });
    assert.equal(await tab.text(".lazy-filter output"), "1 of 3 series");
  }
});

test("[PG90e] a unit that a name brings counts: values and axis have its prefix", async (t) => {
  const { tab, arranger } = await scene(t);
  await rename(arranger, 1, "y", "Supply [V]");
  await waitFor("microvolts", async () => (await entryOf(tab, "y")).unit === "µV");
  await waitFor("the axis' unit", async () => (await tab.labelsOn(1)).some(({ text }) => text === "µV"));
});

test("[PG90b] a series has another colour: one of the page's, any other, and its own again", async (t) => {
  const { tab, arranger } = await scene(t);
  await tab.page.emulateMedia({ colorScheme: "light" });
  const colourIs = (colour: string): Promise<boolean> =>
    waitFor(colour, async () => (await entryOf(tab, "y")).colour === colour);
  const before = await entryOf(tab, "y");
  const dialog = await style(arranger, 1, "y");
  const group = dialog.getByRole("radiogroup", { name: "Colour of y" });
  await group.getByRole("radio", { name: "Colour 2 of 8" }).check();
  await tab.page.emulateMedia({ colorScheme: "dark" });
  // It is for light and dark. A legend follows what is drawn a moment later.
  await colourIs("rgb(230, 159, 0)");
  await tab.page.emulateMedia({ colorScheme: "light" });
  await colourIs("rgb(213, 94, 0)");

  await group.getByLabel("Any other colour").fill("#ffee00");
  await dialog.getByText("This colour is hard to see on a light background.").waitFor();
  await group.getByLabel("Any other colour").fill("#c000c0");
  await dialog.getByText("This colour is hard to see").waitFor({ state: "detached" });
  await tab.fragment(/style=y:colour=c000c0/);
  await colourIs("rgb(192, 0, 192)");
  // The curve is found by the colour of its entry.
  assert.ok(
    (await tab.curve("y")).columns.some((column) => column !== null),
    "the line has it",
  );
  await dialog.getByRole("button", { name: "Reset how y looks" }).click();
  await waitFor("its own again", async () => {
    assert.deepEqual(await entryOf(tab, "y"), before);
    return true;
  });
  await waitFor("nothing in the URL", () => !new URL(tab.page.url()).hash.includes("style"));
});

test("[PG90c] a line is as thick as it is wanted", async (t) => {
  const { tab, arranger } = await scene(t);
  const before = await thickness(tab, DRIVE);
  const dialog = await style(arranger, 0, DRIVE);
  await dialog.getByLabel("Thickness").selectOption({ label: "6 px" });
  await arranger.close();
  const wide = await thickness(tab, DRIVE);
  assert.ok(before < 3 && wide >= 5 && wide <= 9, `${before} px, then ${wide} px`);
  await tab.fragment(/style=temp\.drive[^&]*:width=6/);
});

test("[PG90d] a series is drawn as points, or as both", async (t) => {
  const { tab, arranger, x } = await scene(t);
  const dialog = await style(arranger, 0, TEMP);
  const isDrawnBetween = async (): Promise<boolean> => {
    const curve = await tab.curve(TEMP);
    const [from, to] = [columnOf(curve, (x[10] ?? 0) + 0.3), columnOf(curve, (x[10] ?? 0) + 0.7)];
    return curve.columns.slice(from, to).some((column) => column !== null);
  };
  const isDrawnAt = async (): Promise<boolean> => {
    const curve = await tab.curve(TEMP);
    return x.slice(1, -1).every((each) => curve.columns[columnOf(curve, each)] != null);
  };
  assert.deepEqual([await isDrawnBetween(), await isDrawnAt()], [true, true]);
  await dialog.getByLabel("Drawn as").selectOption("Points");
  assert.deepEqual([await isDrawnBetween(), await isDrawnAt()], [false, true]);
  await dialog.getByLabel("Drawn as").selectOption("Line and points");
  assert.deepEqual([await isDrawnBetween(), await isDrawnAt()], [true, true]);
  await tab.fragment(/style=temp\.motor[^&]*:points=too/);
});

test("[PG90d] an event has a name and a colour, and no line that could be thick", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 10;
  await new Source(stage.edge, channel).publish(
    counting(9).map((i) => named(start + i, { log: [i, `line ${i}`] }, "event")),
  );
  const tab = await stage.openTab(t, channel);
  await tab.holds(9, "log");
  await tab.page.locator('[data-shape="strip"]').waitFor();
  const dialog = await style(new Arranger(tab), 0, "log");
  await dialog.getByLabel("Name", { exact: true }).fill("Journal");
  await dialog.getByRole("radio", { name: "Colour 1 of 8" }).check();
  assert.equal(await dialog.getByLabel("Thickness").count(), 0);
  await waitFor("the name", async () => (await entryOf(tab, "log")).name === "Journal");
});

test("[PG90g] a panel has a title: in the page, in the URL, and for screen readers, and none again", async (t) => {
  const { tab, arranger, channel } = await scene(t);
  let dialog = await arranger.settings(0);
  await dialog.getByLabel("Title").fill("Drive train");
  await dialog.getByLabel("Title").press("Tab");
  await arranger.close();
  assert.equal(await tab.text(".panel-title"), "Drive train");
  const hash = await tab.fragment(/title=Drive%20train/);
  assert.equal(await tab.page.locator(".panel").first().getAttribute("aria-label"), `Drive train: ${TEMP}, ${DRIVE}`);
  const other = await stage.openTab(t, channel + hash, { phone: true });
  await other.page.getByRole("heading", { name: "Drive train" }).waitFor();
  dialog = await arranger.settings(0);
  await dialog.getByLabel("Title").fill("");
  await dialog.getByLabel("Title").press("Tab");
  await arranger.close();
  assert.equal(await tab.page.locator(".panel-title").isVisible(), false);
  assert.equal(await tab.page.locator(".panel").first().getAttribute("aria-label"), `${TEMP}, ${DRIVE}`);
});

test("[PG90h] a right click on a legend, and its key, opens how that series looks", async (t) => {
  const { tab, arranger } = await scene(t);
  const dialog = tab.page.getByRole("dialog", { name: "Panel" });
  const isFocused = (): Promise<boolean> =>
    tab.page.evaluate<boolean>(`document.activeElement?.dataset.key === ${JSON.stringify(`label ${DRIVE}`)}`);
  await arranger.entry(DRIVE).hover();
  await tab.lazyPart();
  await arranger.entry(DRIVE).click({ button: "right" });
  await dialog.waitFor();
  assert.ok(await isFocused(), "its name can be typed");
  await arranger.close();
  assert.equal(await arranger.entry(DRIVE).getAttribute("aria-pressed"), "true", "it is not hidden by that");
  await tab.page.keyboard.press("Shift+F10");
  await dialog.waitFor();
  assert.ok(await isFocused());
});

test("[PG90f] what the owner stored is how everybody sees it, until they want it otherwise", async (t) => {
  const { tab, arranger, channel } = await scene(t);
  const stored = "style=y:label=Ours;colour=00ff7f&panel=y;title=Owned";
  const answer = await post(stage.edge, channel, stored, { "Content-Type": ARRANGEMENT_TYPE });
  assert.equal(answer.status, 204);
  await waitFor("the owner's name", async () => (await entryOf(tab, "y")).name === "Ours");
  assert.equal((await entryOf(tab, "y")).colour, "rgb(0, 255, 127)");
  assert.equal(await tab.text(".panel-title"), "Owned");
  assert.doesNotMatch(new URL(tab.page.url()).hash, /style|title/);
  const dialog = await style(arranger, 0, "Ours");
  await dialog.getByLabel("Name", { exact: true }).fill("Mine");
  await waitFor("my name", async () => (await entryOf(tab, "y")).name === "Mine");
  await dialog.getByLabel("Name", { exact: true }).fill("");
  await waitFor("the name that was published", async () => (await entryOf(tab, "y")).name === "y");
  await tab.fragment(/style=y:colour=00ff7f$/);
  await dialog.getByRole("button", { name: "Reset how y looks" }).click();
  await waitFor("the owner's name again", async () => (await entryOf(tab, "y")).name === "Ours");
  assert.equal(await dialog.getByLabel("Name", { exact: true }).inputValue(), "Ours");
});

test("[PG90f] a snapshot has names, colours and titles as they were, and not those of the channel that it is opened in", async (t) => {
  const { tab } = await scene(t, "#style=y:label=Supply;colour=c000c0;points=only&panel=y;title=Power");
  await waitFor("the style", async () => (await entryOf(tab, "y")).name === "Supply");
  const { path } = await saved(tab, "Snapshot");
  const channel = newChannel();
  await new Source(stage.edge, channel).publish([rowOf(Math.floor(Date.now() / 1000), { [TEMP]: 1, y: 2 })]);
  await post(stage.edge, channel, `style=${encodeURIComponent(TEMP)}:label=Other&hide=y`, {
    "Content-Type": ARRANGEMENT_TYPE,
  });
  const other = await stage.openTab(t, channel);
  await other.holds(1, TEMP);
  await openSnapshot(other, path);
  await other.says("Snapshot");
  await other.holds(COUNT, "y");
  await waitFor("the style in the snapshot", async () => (await entryOf(other, "y")).name === "Supply");
  assert.equal((await entryOf(other, "y")).colour, "rgb(192, 0, 192)");
  assert.equal((await entryOf(other, TEMP)).name, "temp.motor");
  assert.equal(await other.text(".panel-title"), "Power");
});

test("[PG90c] the dots at the cursor, and the picture that is saved, have the colour that was chosen", async (t) => {
  const { tab } = await scene(t, "#style=y:label=Supply;colour=c000c0");
  await waitFor("the style", async () => (await entryOf(tab, "y")).name === "Supply");
  await new Pointer(tab).to(0.5, 1);
  await tab.page.locator('.marker[data-marks="y"]').waitFor();
  const colour = await tab.page.evaluate<string>(
    `getComputedStyle(document.querySelector('.marker[data-marks="y"]')).backgroundColor`,
  );
  assert.equal(colour, "rgb(192, 0, 192)");
  await tab.page.keyboard.press("t");
  await tab.page.locator('table tr[data-series="y"]').waitFor();
  const swatch = await tab.page.evaluate<string>(
    `getComputedStyle(document.querySelector('table tr[data-series="y"] .lazy-swatch')).backgroundColor`,
  );
  assert.equal(swatch, "rgb(192, 0, 192)");
});

test("[PG90a] two series of one name are said to be, and what cannot be seen is not in a name", async (t) => {
  const { tab, arranger } = await scene(t);
  const dialog = await style(arranger, 0, TEMP);
  const field = dialog.getByLabel("Name", { exact: true });
  await field.fill("temp.drive");
  await dialog.getByText("Another series has this name.").waitFor();
  await field.fill("En\u200bgi\u202ene");
  await waitFor("the name without them", async () => (await entryOf(tab, TEMP)).name === "Engine");
  await tab.fragment(/label=Engine/);
  await dialog.getByLabel("Title", { exact: true }).fill("Dr\u00adive");
  await waitFor("the title without them", async () => (await tab.text(".panel-title")) === "Drive");
});

test("[PG90h] a frame of another page has no settings", async (t) => {
  const { channel } = await scene(t);
  const tab = await open(t, `${channel}?embed=1`);
  const entry = new Arranger(tab).entry(TEMP);
  await entry.hover();
  await tab.lazyPart();
  await entry.click({ button: "right" });
  await tab.drawn();
  assert.equal(await tab.page.locator("dialog").count(), 0);
});

test("[PG15c] a snapshot has the colours that were seen, though other series are not in it", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  // Beside the others of its panel it has another colour than by itself.
  const names = ["a", "b", "c", "d", "e", "f"];
  const rows = counting(COUNT).map((i) =>
    rowOf(start + i, Object.fromEntries(names.map((name, at) => [name, at + i]))),
  );
  await new Source(stage.edge, channel).publish(rows);
  const tab = await stage.openTab(t, `${channel}#hide=a,b,d`);
  await tab.holds(COUNT, "f");
  await tab.drawn();
  const shown = ["c", "e", "f"];
  const colours = async (of: ChannelTab) =>
    await Promise.all(shown.map(async (name) => (await entryOf(of, name)).colour));
  const before = await colours(tab);
  const { path } = await saved(tab, "Snapshot");
  const other = await stage.openTab(t, newChannel());
  await other.joined();
  await openSnapshot(other, path);
  await other.says("Snapshot");
  await other.holds(COUNT, "f");
  await waitFor("the colours", async () => {
    assert.deepEqual(await colours(other), before);
    return true;
  });
});

test("[PG90a] a drawing leaves the names of panels alone that stay the same", async (t) => {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const values = () => ({ [TEMP]: 40, y: 1 });
  await source.past(values);
  const tab = await stage.openTab(t, `${channel}#style=y:label=Supply&panel=y;title=Power`);
  await tab.page.locator(".panel-title").waitFor();
  await tab.page.evaluate(`{
    globalThis.changes = 0;
    new MutationObserver((all) => { changes += all.length; }).observe(document.getElementById("board"), {
      attributes: true, attributeFilter: ["aria-label"], subtree: true,
    });
  }`);
  const { draws } = await tab.counters();
  source.goOn(t, values, 20);
  await waitFor("ten drawings", async () => (await tab.counters()).draws >= draws + 10);
  assert.equal(await tab.page.evaluate<number>("changes"), 0);
});
