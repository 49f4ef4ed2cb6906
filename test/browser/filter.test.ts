/** Finding one of many series by a part of its name, in the legends and in the settings of a panel. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { assertFits, assertTargets } from "./fits.ts";
import { manySeries, Source } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

/** The legends' entries that can be seen, by panel; panels that cannot are left out. */
async function shown({ page }: ChannelTab): Promise<string[]> {
  return await page.evaluate<string[]>(
    `[...document.querySelectorAll(".panel")].filter((panel) => panel.checkVisibility()).map((panel) =>
       [...panel.querySelectorAll(".legend button")].filter((entry) => entry.checkVisibility()).map(({ title }) => title).join(" "))`,
  );
}

test("[PG84a] / filters legends and panels by a part of a name, by key alone; what comes later is filtered, too", async (t) => {
  const source = new Source(stage.edge);
  const values = manySeries(60, 6);
  await source.past(values, 20);
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(20, "group5.value9");
  await waitFor("six panels", async () => (await shown(tab)).length === 6);
  const { keyboard } = tab.page;
  await keyboard.press("/");
  const field = tab.page.getByRole("searchbox", { name: "Filter" });
  await field.waitFor();
  await keyboard.type("UP3.val");
  await waitFor("one panel", async () => (await shown(tab)).length === 1);
  assert.match(await tab.text(".lazy-filter output"), /^10 of 60 series$/);
  await assertFits(tab, "filtered");
  await tab.drawn();
  assert.ok(
    (await tab.curve("group3.value0")).columns.some((rows) => rows !== null),
    "it is drawn in the new room",
  );
  await field.fill("group3.value0");
  await waitFor("one entry", async () => (await shown(tab)).join() === "group3.value0");
  assert.deepEqual(
    (await tab.panels()).map(({ names }) => names),
    [["group3.value0"]],
    "nothing else is drawn",
  );
  await field.fill("value7");
  await waitFor("one entry in each panel", async () => {
    assert.deepEqual(
      await shown(tab),
      [0, 1, 2, 3, 4, 5].map((group) => `group${group}.value7`),
    );
    return true;
  });
  await source.now((i) => ({ ...values(i), "group0.value77": 12, "group0.other": 12 }));
  await waitFor("the one that came", async () => (await shown(tab))[0] === "group0.value7 group0.value77");
  await keyboard.press("Enter");
  await waitFor("the first entry having the focus", () =>
    tab.page.evaluate<boolean>(`document.activeElement.title === "group0.value7"`),
  );
  await keyboard.press("t");
  await waitFor("the table, filtered", async () =>
    (await tab.page.locator("tbody tr:visible th").allTextContents()).every((name) => name.includes("value7")),
  );
  await keyboard.press("t");
  // Whatever is typed is text.
  for (const text of ['"', "\\", "]", "7\u00b5", 'group0.value7"] , *']) {
    await field.fill(text);
    await waitFor(`nothing for ${text}`, async () => (await shown(tab)).length === 0);
  }
  await field.press("Tab");
  await tab.page.locator("#board").click({ position: { x: 5, y: 5 } });
  await keyboard.press("Escape");
  // That of what is not numbered is one of its own.
  await waitFor("all panels", async () => (await shown(tab)).length === 7);
  assert.equal((await shown(tab)).join(" ").split(" ").length, 62);
});

test("[PG84a] on a phone the menu has it, it fits, and its targets are 44 px large", async (t) => {
  const source = new Source(stage.edge);
  await source.past(manySeries(60, 6), 20);
  const tab = await stage.openTab(t, source.channel, { phone: true });
  await tab.holds(20, "group5.value9");
  await tab.page.locator("#menu").click();
  await tab.page.getByRole("dialog").getByRole("button", { name: "Filter series" }).click();
  await tab.page.getByRole("searchbox", { name: "Filter" }).fill("value3");
  await waitFor("one entry a panel", async () => (await shown(tab))[0] === "group0.value3");
  await assertFits(tab);
  await assertTargets(tab, 44);
  await tab.page.getByRole("button", { name: "Show all series" }).click();
  await waitFor("all", async () => ((await shown(tab))[0] ?? "").split(" ").length === 10);
});

test("[PG84b] the settings of a panel with many series have a filter, which stays while something is changed", async (t) => {
  const source = new Source(stage.edge);
  await source.past(manySeries(40, 4), 20);
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(20, "group3.value9");
  const arranger = new Arranger(tab);
  await waitFor("four panels", async () => (await shown(tab)).length === 4);
  const dialog = await arranger.settings(0);
  const rows = dialog.locator(".lazy-series:visible");
  assert.equal(await rows.count(), 10);
  await dialog.getByLabel("Filter").fill("VALUE4");
  await waitFor("one row", async () => (await rows.allTextContents()).every((text) => text.includes("value4")));
  assert.equal(await rows.count(), 1);
  await rows.getByRole("checkbox").press("Space");
  await waitFor(
    "it being hidden",
    async () => (await tab.page.locator('[data-series="group0.value4"]').getAttribute("aria-pressed")) === "false",
  );
  assert.equal(await rows.count(), 1);
  await arranger.close();
});
