/** Series that a person has calculated from others. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { Locator } from "playwright-core";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { pressed } from "./press.ts";
import { saved } from "./saving.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 121;
const U = "u.bus [V]";
const P = "p.total [W]";
const u = (i: number): number => 100 + (i % 7);
const p = (i: number): number => u(i) * 2 * i + 1;
const EXPRESSION = `"${U}" * i.x + 1`;

async function scene(t: TestContext, options: TabOptions = {}) {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - 30;
  await source.publish(counting(COUNT).map((i) => rowOf(start + i / 4, { [U]: u(i), "i.x": 2 * i })));
  const tab = await stage.openTab(t, channel, options);
  await tab.holds(COUNT, "i.x");
  return { channel, source, start, tab, arranger: new Arranger(tab) };
}

async function openDialog({ page }: ChannelTab): Promise<Locator> {
  await page.keyboard.press(".");
  await page.getByRole("button", { name: "Add a derived series…" }).click();
  const dialog = page.getByRole("dialog", { name: "Derived series" });
  await dialog.waitFor();
  return dialog;
}

async function add(tab: ChannelTab, name: string, expression: string): Promise<void> {
  const dialog = await openDialog(tab);
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Expression", { exact: true }).fill(expression);
  await tab.page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await tab.drawn();
}

/** Resolves once its legend has this value. */
async function reads(tab: ChannelTab, value: number): Promise<void> {
  await waitFor(`${value} in the legend`, async () => {
    assert.equal((await tab.legend())["p.total"], String(value));
    return true;
  });
}

async function seen(tab: ChannelTab, name: string) {
  await tab.drawn();
  return (await tab.page.evaluate(() => plotcast.seen())).find((series) => series.name === name);
}

const hashOf = (tab: ChannelTab): string => new URL(tab.page.url()).hash;

test("[PG22b] a derived series is one among the others: drawn, in the legend, at the cursor, in the table and the CSV, with exact values", async (t) => {
  const { tab, arranger, source, start } = await scene(t);
  await add(tab, P, EXPRESSION);
  await arranger.shows([U, "i.x", P]);
  const rows = await seen(tab, P);
  assert.deepEqual(rows?.y, counting(COUNT).map(p));
  assert.deepEqual(
    rows?.x,
    counting(COUNT).map((i) => start + i / 4),
  );
  const curve = await tab.curve(P);
  assert.ok(curve.columns.filter((column) => column !== null).length > curve.columns.length * 0.9, "it is drawn");
  const pointer = new Pointer(tab);
  await pointer.to(0.4, 2);
  await tab.drawn();
  const reading = await tab.page.evaluate(() => plotcast.reading());
  const nearest = Math.round(((reading?.x ?? 0) - start) * 4);
  assert.equal(reading?.values[P], p(nearest));
  await reads(tab, p(nearest));
  await tab.page.mouse.move(2, 2);
  await reads(tab, p(COUNT - 1));
  await source.publish([rowOf(start + COUNT / 4, { [U]: 50, "i.x": 3 })]);
  await reads(tab, 151);
  const csv = (await saved(tab, "CSV")).bytes.toString();
  const { minX } = await tab.window();
  const lines = csv.split("\r\n").filter((line) => line.includes(P));
  const inView = counting(COUNT).filter((i) => start + i / 4 >= (minX ?? 0));
  assert.deepEqual(
    lines.map((line) => line.split(",").slice(1).join()),
    [...inView.map((i) => `${start + i / 4},${P},${p(i)}`), `${start + COUNT / 4},${P},151`],
  );
  await tab.page.keyboard.press("t");
  const row = tab.page.getByRole("row").filter({ hasText: "p.total" });
  await waitFor("the table", async () => (await row.getByRole("cell").first().textContent()) === "151");
  const cells = await row.getByRole("cell").allTextContents();
  const values = [...inView.map(p), 151];
  assert.equal(cells[1], "W");
  assert.deepEqual([Number(cells[3]), Number(cells[4])], [Math.min(...values), Math.max(...values)]);
});

test("[PG22f] it is there when the page is opened again, another browser has it by the link, and it can be taken away", async (t) => {
  const { channel, tab, arranger } = await scene(t);
  await add(tab, P, EXPRESSION);
  await add(tab, "i.mean", "avg(i.x, 1)");
  const shown = [U, "i.x, i.mean", P];
  await arranger.shows(shown);
  const hash = await waitFor("both in the URL", () => hashOf(tab).includes("&calc=i.mean:") && hashOf(tab));
  assert.match(hash, /calc=p\.total%20%5BW%5D:%22u\.bus%20%5BV%5D%22%20%2A%20i\.x%20%2B%201/);
  const reopened = async (page: ChannelTab): Promise<void> => {
    await page.holds(COUNT, "i.x");
    await new Arranger(page).shows(shown);
    assert.deepEqual((await seen(page, P))?.y, counting(COUNT).map(p));
    // Four points a second: the mean is the middle of the last four.
    assert.equal((await seen(page, "i.mean"))?.y.at(-1), 2 * (COUNT - 1) - 3);
  };
  await tab.page.goto(stage.edge.channelUrl(channel).href);
  await reopened(tab);
  const far = await stage.openTab(t, `${channel}${hash}`);
  await reopened(far);
  for (const name of [P, "i.mean"]) {
    await far.page.keyboard.press(".");
    await far.page.getByRole("button", { name: `Remove ${name}` }).click();
    await far.drawn();
  }
  await new Arranger(far).shows([U, "i.x"]);
  await waitFor("the URL without them", () => !hashOf(far).includes("calc="));
});

test("[PG22] what cannot be is refused in a sentence; series are chosen instead of typed", async (t) => {
  const { tab, arranger } = await scene(t);
  const dialog = await openDialog(tab);
  const [name, expression] = [dialog.getByLabel("Name"), dialog.getByLabel("Expression", { exact: true })];
  for (const [of, text, said] of [
    ["", "i.x", /needs a name/],
    [U, "i.x", /is a series “u\.bus \[V\]” already/],
    ["q", "i.x +", /^At character 6: a series, a number or “\(” is missing here\.$/],
    ["q", "i.y", /no series “i\.y”/],
    ["q", "1 + 2", /names no series/],
  ] as const) {
    await name.fill(of);
    await expression.fill(text);
    await dialog.getByRole("button", { name: "Add" }).click();
    await waitFor(`"${text}" being refused`, async () =>
      said.test((await dialog.getByRole("alert").textContent()) ?? ""),
    );
  }
  await expression.fill("2 * ");
  await dialog.getByLabel("Insert a series").selectOption(U);
  assert.equal(await expression.inputValue(), `2 * "${U}"`);
  await tab.page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await arranger.shows([U, "i.x", "q"]);
  assert.deepEqual(
    (await seen(tab, "q"))?.y,
    counting(COUNT).map((i) => 2 * u(i)),
  );
});

test("[PG22] looking back, in every window, and in what is derived from a hidden series, it has all points; a gap breaks it", async (t) => {
  const { tab, source, start } = await scene(t);
  const values = (i: number) => ({ [U]: u(i), "i.x": 2 * i });
  // Only one of the two has a point here: the other is missing.
  await source.publish([rowOf(start + COUNT / 4, { [U]: 1 }), rowOf(start + (COUNT + 1) / 4, values(COUNT + 1))]);
  await tab.holds(COUNT + 2, U);
  await add(tab, P, EXPRESSION);
  await waitFor("its points", async () => (await seen(tab, P)) !== undefined);
  for (const name of [U, "i.x"]) await tab.page.locator(`[data-series="${name}"]`).click();
  for (const window of ["30 s", "100 pts", "All"]) {
    await tab.choose(window);
    const { x = [], y = [] } = (await seen(tab, P)) ?? {};
    const at = (i: number): number => x.lastIndexOf(start + i / 4);
    assert.equal(y[at(COUNT - 1)], p(COUNT - 1), window);
    assert.equal(y[at(COUNT)], null, `${window}: i.x is missing there`);
    assert.equal(y[at(COUNT + 1)], p(COUNT + 1), window);
  }
  const pointer = new Pointer(tab);
  await pointer.drag(0.4, 0.6);
  const { minX, maxX } = await pointer.seen();
  const inView = counting(COUNT).filter((i) => start + i / 4 >= minX && start + i / 4 <= maxX);
  const { x = [], y = [] } = (await seen(tab, P)) ?? {};
  const within = y.filter((_, i) => (x[i] ?? 0) >= minX && (x[i] ?? 0) <= maxX);
  assert.deepEqual(within, inView.map(p));
});

test("[PG22g] names are suggested while they are typed, chosen by key or by a press, and Esc takes only the list away", async (t) => {
  const { tab } = await scene(t);
  const dialog = await openDialog(tab);
  const { keyboard } = tab.page;
  const expression = dialog.getByLabel("Expression", { exact: true });
  const options = dialog.getByRole("listbox", { name: "Series that fit" }).getByRole("option");
  await dialog.getByLabel("Name").fill("q");
  await expression.focus();
  await keyboard.type("2 * BU");
  await waitFor("a suggestion", async () => (await options.allTextContents()).join() === U);
  assert.equal(await expression.getAttribute("aria-expanded"), "true");
  await keyboard.press("ArrowDown");
  assert.equal(await expression.getAttribute("aria-activedescendant"), await options.first().getAttribute("id"));
  await keyboard.press("Enter");
  assert.equal(await expression.inputValue(), `2 * "${U}"`);
  await keyboard.type(" + x");
  await options.getByText("i.x", { exact: true }).click();
  assert.equal(await expression.inputValue(), `2 * "${U}" + i.x`);
  await keyboard.type(" - i");
  await waitFor("suggestions", async () => (await options.count()) > 0);
  await keyboard.press("Escape");
  await waitFor("no suggestions", async () => (await options.count()) === 0);
  assert.ok(await dialog.isVisible());
  await keyboard.type(".x");
  await keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(
    (await seen(tab, "q"))?.y,
    counting(COUNT).map((i) => 2 * u(i)),
  );
});

test("[PG22h] a name without its unit will do; what it stands for is in the URL", async (t) => {
  const { tab, source, start } = await scene(t);
  await add(tab, "q", "u.bus * 2");
  assert.deepEqual(
    (await seen(tab, "q"))?.y,
    counting(COUNT).map((i) => 2 * u(i)),
  );
  await waitFor("the URL", () => decodeURIComponent(hashOf(tab)).includes(`calc=q:"${U}" * 2`));
  await source.publish([rowOf(start + COUNT / 4, { "u.bus [mV]": 1 })]);
  await tab.holds(1, "u.bus [mV]");
  const dialog = await openDialog(tab);
  await dialog.getByLabel("Name").fill("r");
  await dialog.getByLabel("Expression", { exact: true }).fill("u.bus * 3");
  await dialog.getByRole("button", { name: "Add" }).click();
  await waitFor("the question which", async () =>
    /may be u\.bus \[V\] or u\.bus \[mV\]/.test((await dialog.getByRole("alert").textContent()) ?? ""),
  );
});

for (const options of [{}, { phone: true }]) {
  const where = "phone" in options ? "on a phone" : "with a mouse";
  test(`[PG22g] ${where} Add is pressed while names are suggested: the list goes, and moves nothing`, async (t) => {
    const { tab, source, start } = await scene(t, options);
    await source.publish([rowOf(start + COUNT / 4, { "fan.ai.x": 1, "fan.bi.x": 2, "fan.ci.x": 3 })]);
    await tab.holds(1, "fan.ci.x");
    const dialog = await openDialog(tab);
    await dialog.getByLabel("Name").fill("q");
    await dialog.getByLabel("Expression", { exact: true }).fill("2 * i.x");
    const list = dialog.getByRole("listbox", { name: "Series that fit" });
    await waitFor("four suggestions", async () => (await list.getByRole("option").count()) === 4);
    await pressed(dialog.getByRole("button", { name: "Add" }));
    await dialog.waitFor({ state: "detached" });
    await waitFor("it being drawn", async () => (await seen(tab, "q"))?.y.at(-1) === 4 * (COUNT - 1));
  });
}

test("[PG22h] in a URL, too, a name without its unit will do; it is found once its series comes", async (t) => {
  const { channel, source, start } = await scene(t);
  const tab = await stage.openTab(t, channel, { query: "#calc=q:u.bus%20*%202&calc=late:new.y%20%2B%201" });
  await tab.holds(COUNT, U);
  await waitFor("it being drawn", async () => (await seen(tab, "q"))?.y.at(-1) === 2 * u(COUNT - 1));
  assert.equal(await seen(tab, "late"), undefined);
  await source.publish([rowOf(start + COUNT / 4, { "new.y [K]": 6 })]);
  await waitFor("the other one", async () => (await seen(tab, "late"))?.y.at(-1) === 7);
});

test("[PG22j] a series that cannot be calculated is listed with why, and can be removed there; then its name is free", async (t) => {
  const { channel } = await scene(t);
  const hash = `#calc=q:${encodeURIComponent("nosuch * 2")}&calc=r:u.bus%20%2B&calc=${encodeURIComponent(U)}:i.x`;
  const tab = await stage.openTab(t, channel, { query: hash });
  await tab.holds(COUNT, U);
  const strip = tab.page.locator(".left-out");
  await waitFor("the count", async () => (await strip.textContent()) === "Not shown: 3 that cannot be calculated");
  await strip.click();
  const dialog = tab.page.getByRole("dialog", { name: "Series not shown" });
  await dialog.getByText("q cannot be calculated. There is no series “nosuch”.").waitFor();
  await dialog
    .getByText("r cannot be calculated. At character 8: a series, a number or “(” is missing here.")
    .waitFor();
  await dialog.getByText(`${U} cannot be calculated: the channel has a series of this name.`).waitFor();
  await dialog.getByRole("button", { name: "Remove q" }).click();
  await dialog.getByText("q cannot be").waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: "Remove all" }).click();
  await dialog.waitFor({ state: "detached" });
  await strip.waitFor({ state: "hidden" });
  await waitFor("the URL without them", () => !hashOf(tab).includes("calc="));
  await add(tab, "q", "i.x + 1");
  assert.equal((await seen(tab, "q"))?.y.at(-1), 2 * (COUNT - 1) + 1);
});

test("[PG22j] one whose series has left the channel is listed, too", async (t) => {
  const { channel, tab, start } = await scene(t);
  await add(tab, "q", "i.x + 1");
  await waitFor("it in the URL", () => hashOf(tab).includes("calc=q:"));
  const emptied = await fetch(stage.edge.channelUrl(channel), {
    method: "DELETE",
    headers: { authorization: `Bearer ${stage.edge.token}` },
  });
  assert.ok(emptied.ok, String(emptied.status));
  await new Source(stage.edge, channel).publish([rowOf(start + COUNT / 4, { [U]: 1 })]);
  await tab.page.reload();
  await tab.holds(1, U);
  await tab.page.getByRole("button", { name: "Not shown: 1 that cannot be calculated" }).click();
  await tab.page.getByText("q cannot be calculated. There is no series “i.x”.").waitFor();
});
