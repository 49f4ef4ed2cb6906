/** What axe-core finds in each state of the page, in both colour schemes, with a mouse and with a finger. */
import { after, type TestContext, test } from "node:test";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { assertTargets } from "./fits.ts";
import { Source, THREE } from "./source.ts";
import { Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

async function openThree(t: TestContext, phone: boolean): Promise<ChannelTab> {
  const source = new Source(stage.edge);
  await source.past(THREE);
  // In the newest second something is missing, so that there is a mark to point at.
  await source.now(THREE, 7);
  const tab = await stage.openTab(t, source.channel, { phone });
  source.goOn(t, THREE);
  await tab.holds(122, "vib.x");
  await tab.says("Live");
  await waitFor("three panels", async () => (await tab.page.locator(".panel").count()) === 3);
  return tab;
}

const DIALOGS = [
  ["share", "s"],
  ["menu", "."],
  ["help", "?"],
  ["windows", "w"],
] as const;

for (const phone of [false, true]) {
  const device = phone ? "on a phone" : "on a desktop";
  test(`[PG16c] ${device} axe finds nothing in the page, light or dark: live, paused, a gap told, each dialog, the table`, async (t) => {
    const tab = await openThree(t, phone);
    const { page } = tab;
    const inBoth = async (what: string): Promise<void> => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await tab.drawn();
        await assertAccessible(tab, `${what}, ${colorScheme}`);
      }
      await assertTargets(tab, phone ? 44 : 24);
    };
    await inBoth("live");
    await page.keyboard.press("c");
    await page.keyboard.press("y");
    await page.locator(".readout").waitFor();
    await page.getByRole("button", { name: "Reset y" }).waitFor();
    await inBoth("a cursor, and a part of y");
    await page.keyboard.press("r");
    await page.keyboard.press("c");
    await page.locator(".gap").first().waitFor({ state: "attached" });
    await page.keyboard.press("g");
    await page.locator(".gap-tip:not(:empty)").first().waitFor();
    await inBoth("a gap told");
    await page.keyboard.press("Escape");
    await page.keyboard.press("l");
    for (const [what, key] of DIALOGS) {
      await page.keyboard.press(key);
      await page.locator("dialog").waitFor();
      await inBoth(what);
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
    }
    await page.locator(".panel-menu").first().click();
    await page.locator("dialog").waitFor();
    await page
      .getByRole("button", { name: /^Style of/ })
      .first()
      .click();
    await page.getByLabel("Title", { exact: true }).fill("A title");
    await page.getByLabel("Title", { exact: true }).press("Tab");
    await inBoth("panel settings, with how a series looks");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press(".");
    await page.getByRole("button", { name: "Add a derived series…" }).click();
    await page.getByRole("dialog", { name: "Derived series" }).waitFor();
    await page.getByLabel("Expression", { exact: true }).pressSequentially("o");
    await page.getByRole("listbox").waitFor();
    await inBoth("a derived series, with suggestions");
    // The first takes the suggestions away.
    await page.keyboard.press("Escape");
    await page.getByRole("listbox").waitFor({ state: "hidden" });
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator('[data-series="vib.x"]').click();
    await inBoth("a series hidden");
    await page.mouse.move(2, 2);
    await page.locator(".left-out").click();
    await page.locator("dialog").waitFor();
    await inBoth("the series that are not shown");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator("#pause").click();
    await tab.says(/^Paused/);
    await inBoth("paused");
    await page.keyboard.press("t");
    await page.locator("table").waitFor();
    await inBoth("the table");
    await page.keyboard.press("/");
    await page.getByRole("searchbox").fill("vib");
    await inBoth("the table and the filter");
  });

  test(`[PG16c] ${device} axe finds nothing in the empty page, light or dark`, async (t) => {
    const tab = await stage.openTab(t, new Source(stage.edge).channel, { phone });
    await tab.page.locator("#empty").waitFor();
    await tab.joined();
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.page.emulateMedia({ colorScheme });
      await assertAccessible(tab, colorScheme);
    }
    await assertTargets(tab, phone ? 44 : 24);
  });
}

test("[PG16c] axe finds nothing while the page reconnects, with a notice, stale, and in a frame, light or dark", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  const relay = await TcpRelay.to(t, stage.edge.url);
  const expectedErrors = new RegExp(`${NETWORK_ERROR.source}|Failed to load resource`);
  const noticed = await stage.openTab(t, source.channel, {
    at: relay.url,
    blocked: "**/assets/lazy-*",
    expectedErrors,
  });
  const framed = await stage.openTab(t, source.channel, { query: "?embed=1", width: 300, height: 200 });
  await noticed.connected();
  await noticed.page.keyboard.press("?");
  await waitFor("the notice", () => noticed.page.locator("#notice").isVisible());
  relay.cut();
  await noticed.says(/^Reconnecting/);
  await framed.says(/^Stale since/);
  for (const colorScheme of ["light", "dark"] as const) {
    for (const tab of [noticed, framed]) {
      await tab.page.emulateMedia({ colorScheme });
      await assertAccessible(tab, `${tab.page.url()}, ${colorScheme}`);
      await assertTargets(tab, 24);
    }
  }
});
