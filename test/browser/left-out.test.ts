/** Series that have nothing in view, are hidden or removed: their panels go with them, and it is said where they are. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import { Arranger } from "./arranger.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { assertFits, assertTargets } from "./fits.ts";
import { Source, type Values } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const DEAD = [..."abcdefghijk"].map((run) => `run-${run}.y`);
const LIVE: Values = (i) => ({ "vib.x": Math.sin(i / 9), "temp.motor": 40 + Math.sin(i / 30) });

/** Eleven series of runs that ended a while ago, and two that go on. */
async function scene(t: Parameters<Stage["openTab"]>[0], options: TabOptions = {}) {
  const channel = newChannel();
  const now = Date.now() / 1000;
  const ended = new Source(stage.edge, channel);
  await ended.publish(
    counting(40).map((i) => rowOf(now - 200 + i / 4, Object.fromEntries(DEAD.map((name, k) => [name, k + i / 40])))),
  );
  const source = new Source(stage.edge, channel);
  await source.past(LIVE, 150, 0.2);
  const tab = await stage.openTab(t, channel, options);
  const end = source.goOn(t, LIVE);
  await tab.says("Live");
  await tab.holds(120, "temp.motor");
  return { channel, ended, source, end, tab, arranger: new Arranger(tab) };
}

const strip = ({ page }: ChannelTab) => page.locator(".left-out");

test("[PG61a] [PG61c] eleven dead series take no room, it is said how many they are, and one that goes on comes back to its place", async (t) => {
  const { ended, tab, arranger } = await scene(t);
  await arranger.shows(["vib.x", "temp.motor"]);
  await waitFor("the count", async () => (await tab.text(".left-out")) === "Not shown: 11 with nothing in view");
  await ended.publish([rowOf(Date.now() / 1000, { "run-c.y": 5 })]);
  await arranger.shows(["run-c.y", "vib.x", "temp.motor"]);
  await waitFor("the count", async () => (await tab.text(".left-out")) === "Not shown: 10 with nothing in view");
});

test("[PG61a] a panel goes while one looks on, once its series has left the window", async (t) => {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  await source.past((i) => ({ "old.y": i, "on.y": 2 }), 40, 0.1);
  const tab = await stage.openTab(t, channel);
  const arranger = new Arranger(tab);
  await arranger.shows(["old.y", "on.y"]);
  await tab.choose("10 s");
  source.goOn(t, () => ({ "on.y": 3 }));
  await arranger.shows(["on.y"]);
  assert.ok((await tab.series("old.y")).x.at(-1) ?? 0 < ((await tab.window()).minX ?? 0), "it is out of view");
});

test("[PG61c] [PG61e] the list says why, Show goes there, nothing goes away meanwhile, and live it is as before", async (t) => {
  const { tab, arranger } = await scene(t);
  await arranger.shows(["vib.x", "temp.motor"]);
  await strip(tab).focus();
  await tab.page.keyboard.press("Enter");
  const dialog = tab.page.getByRole("dialog", { name: "Series not shown" });
  await dialog.getByText(/run-a\.y has no new data since \d/).waitFor();
  assert.equal(await dialog.locator("li").count(), 11);
  await dialog.getByRole("button", { name: "Show run-g.y" }).click();
  await arranger.shows([...DEAD, "vib.x", "temp.motor"]);
  assert.ok((await tab.series("run-g.y")).x.length > 0);
  await tab.page.keyboard.press("l");
  await arranger.shows(["vib.x", "temp.motor"]);
});

test("[PG61b] [PG61c] a hidden series takes its panel with it, and the list below the panels shows it again", async (t) => {
  const source = new Source(stage.edge);
  await source.past(LIVE);
  const tab = await stage.openTab(t, source.channel);
  const arranger = new Arranger(tab);
  await arranger.shows(["vib.x", "temp.motor"]);
  const { length } = (await tab.curve("temp.motor")).columns;
  await arranger.toggle("vib.x");
  await arranger.shows(["temp.motor"]);
  await waitFor("the count", async () => (await tab.text(".left-out")) === "Not shown: 1 hidden");
  await arranger.toggle("temp.motor");
  await arranger.shows([]);
  await waitFor("the count", async () => (await tab.text(".left-out")) === "Not shown: 2 hidden");
  await strip(tab).click();
  const dialog = tab.page.getByRole("dialog", { name: "Series not shown" });
  await dialog.getByRole("button", { name: "Show temp.motor" }).click();
  await arranger.shows(["temp.motor"]);
  await dialog.getByRole("button", { name: "Show vib.x" }).click();
  await dialog.waitFor({ state: "detached" });
  await arranger.shows(["vib.x", "temp.motor"]);
  assert.ok(await strip(tab).isHidden());
  assert.equal((await tab.curve("temp.motor")).columns.length, length);
});

for (const phone of [false, true]) {
  const where = phone ? "on a phone" : "at a desk";
  test(`[PG61b] ${where} the panel of a series that is hidden stays under the hand: a second press shows it again, and hides no other`, async (t) => {
    const source = new Source(stage.edge);
    await source.past(() => ({ "a.v": 1, "b.v": 2, "c.v": 3 }));
    const tab = await stage.openTab(t, source.channel, { phone });
    const arranger = new Arranger(tab);
    await arranger.shows(["a.v", "b.v", "c.v"]);
    const box = (await arranger.entry("a.v").boundingBox()) ?? assert.fail();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const devtools = await tab.page.context().newCDPSession(tab.page);
    const tap = async (x: number, y: number): Promise<void> => {
      await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
      await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    const press = async (): Promise<void> => {
      if (phone) await tap(x, y);
      else await tab.page.mouse.click(x, y);
    };
    const pressed = () =>
      tab.page.locator(".legend [data-series]").evaluateAll((all) => all.map(({ ariaPressed }) => ariaPressed));
    for (const state of ["false", "true", "false"]) {
      await press();
      // A tap becomes a press a moment later.
      await waitFor("the first being so, and no other", async () => (await pressed()).join() === `${state},true,true`);
    }
    if (phone) await tap(x, y + 90);
    else await tab.page.mouse.move(x, y + 90);
    await arranger.shows(["b.v", "c.v"]);
    assert.deepEqual(await pressed(), ["true", "true"]);
    // By key, too: the focus stays where it is.
    await arranger.entry("b.v").focus();
    for (const state of ["false", "true", "false"]) {
      await tab.page.keyboard.press("Enter");
      await waitFor("it being so", async () => (await pressed())[0] === state);
    }
    await tab.page.keyboard.press("Shift+Tab");
    await arranger.shows(["c.v"]);
  });
}

test("[PG61d] Remove forgets a series for good, also what comes later and when the page is opened again; it can be brought back", async (t) => {
  const { channel, ended, tab, arranger } = await scene(t);
  await arranger.shows(["vib.x", "temp.motor"]);
  await strip(tab).click();
  const dialog = tab.page.getByRole("dialog", { name: "Series not shown" });
  await dialog.getByRole("button", { name: "Remove run-a.y" }).press("Enter");
  await dialog.getByText("run-a.y is removed").waitFor();
  assert.ok(await tab.page.evaluate<boolean>("document.querySelector('dialog').contains(document.activeElement)"));
  await tab.page.keyboard.press("Escape");
  await waitFor("the count", async () => (await tab.text(".left-out")) === "Not shown: 10 with nothing in view");
  await waitFor("it in the URL", () => new URL(tab.page.url()).hash.includes("remove=run-a.y"));
  await ended.publish([rowOf(Date.now() / 1000, { "run-a.y": 5, "run-b.y": 5 })]);
  await arranger.shows(["run-b.y", "vib.x", "temp.motor"]);
  await tab.page.goto(stage.edge.channelUrl(channel).href);
  await arranger.shows(["run-b.y", "vib.x", "temp.motor"]);
  await tab.page.keyboard.press(".");
  await tab.page.getByRole("button", { name: "Bring back removed series" }).click();
  await arranger.shows(["run-a.y", "run-b.y", "vib.x", "temp.motor"]);
});

test("[PG61f] one press removes all that are not shown, one brings them back, and one shows them all", async (t) => {
  const { tab, arranger } = await scene(t);
  await arranger.shows(["vib.x", "temp.motor"]);
  await arranger.toggle("vib.x");
  await arranger.shows(["temp.motor"]);
  await strip(tab).click();
  const dialog = tab.page.getByRole("dialog", { name: "Series not shown" });
  await dialog.getByRole("button", { name: "Remove all" }).click();
  await waitFor("twelve that are removed", async () => (await dialog.getByText("is removed").count()) === 12);
  // The dialog says it at once, the page with its next drawing.
  await strip(tab).waitFor({ state: "hidden" });
  await dialog.getByRole("button", { name: "Bring back all" }).click();
  await waitFor("none that is removed", async () => (await dialog.getByText("is removed").count()) === 0);
  await tab.page.keyboard.press("Escape");
  await arranger.shows(["vib.x", "temp.motor"]);
  await waitFor("the count", async () => (await tab.text(".left-out")) === "Not shown: 11 with nothing in view");
  await arranger.toggle("vib.x");
  await arranger.shows(["temp.motor"]);
  await strip(tab).click();
  await dialog.getByRole("button", { name: "Show all" }).click();
  await dialog.waitFor({ state: "detached" });
  await arranger.shows([...DEAD, "vib.x", "temp.motor"]);
  assert.ok((await tab.series("run-g.y")).x.length > 0);
});

for (const phone of [false, true]) {
  const where = phone ? "on a phone" : "at a desk";
  test(`[PG61g] ${where} it is said that no series is shown, without an axis, and one press shows them again`, async (t) => {
    const source = new Source(stage.edge);
    await source.past(LIVE);
    const tab = await stage.openTab(t, source.channel, { phone });
    const arranger = new Arranger(tab);
    await arranger.shows(["vib.x", "temp.motor"]);
    const said = tab.page.getByText("No series is shown.");
    assert.equal(await said.count(), 0);
    for (const name of ["vib.x", "temp.motor"]) await arranger.toggle(name);
    await said.waitFor();
    assert.ok(await tab.page.locator(".x-axis").isHidden());
    await assertFits(tab, where);
    await assertTargets(tab, phone ? 44 : 24);
    await assertAccessible(tab, where);
    await tab.page.getByRole("button", { name: "Show all" }).click();
    await arranger.shows(["vib.x", "temp.motor"]);
    assert.ok((await said.isHidden()) && (await tab.page.locator(".x-axis").isVisible()));

    await tab.page.keyboard.press("/");
    await tab.page.keyboard.type("nosuch");
    await said.waitFor();
    assert.equal(await tab.page.getByRole("button", { name: "Show all", exact: true }).count(), 0);
    await tab.page.getByRole("button", { name: "Clear filter" }).click();
    await arranger.shows(["vib.x", "temp.motor"]);
    assert.ok(await said.isHidden());
  });
}

test("[PG61g] where all are removed, too, one press brings them back", async (t) => {
  const source = new Source(stage.edge);
  await source.past(LIVE);
  const tab = await stage.openTab(t, source.channel, { query: "#remove=vib.x,temp.motor" });
  await tab.page.getByText("No series is shown.").waitFor();
  await tab.page.getByRole("button", { name: "Bring back removed series" }).click();
  await new Arranger(tab).shows(["vib.x", "temp.motor"]);
});

for (const [what, options] of [
  ["a phone", { phone: true }],
  ["a phone on its side", { phone: true, width: 844, height: 390 }],
  ["a large screen", { width: 1920, height: 1080 }],
] as const) {
  test(`[PG7b] [PG16d] [PG61c] on ${what} the line below the panels and its list fit, and can be pressed`, async (t) => {
    const { tab, arranger } = await scene(t, options);
    await arranger.shows(["vib.x", "temp.motor"]);
    await strip(tab).waitFor();
    await strip(tab).scrollIntoViewIfNeeded();
    await assertFits(tab, what);
    await assertTargets(tab, "phone" in options ? 44 : 24);
    await strip(tab).click();
    await tab.page.getByRole("dialog", { name: "Series not shown" }).waitFor();
    await assertFits(tab, `${what}, the list`);
    await assertTargets(tab, "phone" in options ? 44 : 24);
  });
}

test("[PG20e] [PG61a] with ?embed=1 there is no such line", async (t) => {
  const { tab, arranger } = await scene(t, { query: "?embed=1" });
  await arranger.shows(["vib.x", "temp.motor"]);
  await strip(tab).waitFor({ state: "attached" });
  assert.equal(await strip(tab).isVisible(), false);
});
