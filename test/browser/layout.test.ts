/** The page on a phone and on screens of other sizes, and in both colour schemes. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { type Coloured, contrast, luminance, READ_COLOURS, type Rgb } from "./colours.ts";
import { assertFits, assertTargets } from "./fits.ts";
import { manySeries, Source, type Values } from "./source.ts";
import { Stage, type TabOptions } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

// No line lies on a line of the grid, with which its colour would mix.
const NINE: Values = (i) =>
  Object.fromEntries(
    ["vib.x", "vib.y", "vib.z", "temp.motor", "temp.drive", "temp.ambient", "power.L1", "power.L2", "power.L3"].map(
      (name, k) => [name, 1000 * k + 310 + Math.sin(i / 10 + k)],
    ),
  );
const LONG_NAME = "a-name-that-is-as-long-as-the-rules-allow-for-a-channel-of-this-kind";
const LONG: Values = (i) => ({
  "factory.hall-7.line-3.station-12.robot.arm.joint-4.torque-sensor.filtered [mN·m]": Math.sin(i),
  "factory.hall-7.line-3.station-12.robot.arm.joint-4.temperature.filtered [mN·m]": 123456.789 * Math.sin(i),
  "/another/topic/that/has/a/name/without/any/end/of/it/at/all/and/on/and/on": -1e-12 * i,
});

async function lookAt(t: TestContext, values: Values, options: TabOptions & { channel?: string } = {}) {
  const source = new Source(stage.edge, options.channel);
  await source.past(values);
  const tab = await stage.openTab(t, source.channel, options);
  const end = source.goOn(t, values);
  await settled(tab, values);
  return { tab, source, end };
}

/** All of it is there, and drawn. */
async function settled(tab: ChannelTab, values: Values): Promise<void> {
  await tab.says("Live");
  await tab.holds(121, Object.keys(values(0)).at(-1));
  await tab.settled();
}

test("[PG7] at 390 pixels with a finger: nothing scrolls sideways or is cut off, and what can be pressed is 44 pixels large", async (t) => {
  const { tab } = await lookAt(t, NINE, { phone: true });
  assert.ok(await tab.page.evaluate<boolean>("matchMedia('(pointer: coarse)').matches"), "this is no phone");
  await waitFor("figures", async () => (await tab.text("#figures")).includes("9 series"));
  await assertFits(tab);
  await assertTargets(tab, 44);
  const plots = await tab.page.evaluate<[number, number][]>(
    `[...document.querySelectorAll(".plot")].map((plot) => [plot.clientWidth, plot.clientHeight])`,
  );
  assert.ok(plots.length >= 3 && plots.every(([width, height]) => width === 390 && height >= 110), `${plots}`);
  assert.ok(await tab.page.locator("#share").isHidden(), "the menu has it");
  await tab.page.locator("#pause").click();
  await tab.says(/^Paused/);
  await waitFor("the pill", () => tab.page.locator("#go-live").isVisible());
  await assertFits(tab, "paused");
  await assertTargets(tab, 44);
  const isReachable = await tab.page.evaluate<boolean>(`[...document.querySelectorAll(".legend")].every((legend) => {
    legend.scrollLeft = 1e6;
    return legend.lastElementChild.getBoundingClientRect().right <= innerWidth;
  })`);
  assert.ok(isReachable, "legends can be swiped to their ends");
});

test("[PG7] [PG3] on a phone all that the page says while it has no network fits too, beside a long name", async (t) => {
  const relay = await TcpRelay.to(t, stage.edge.url);
  const channel = `${new Source(stage.edge).channel}/${LONG_NAME}`;
  const options = { phone: true, at: relay.url, expectedErrors: NETWORK_ERROR, channel };
  const { tab } = await lookAt(t, NINE, options);
  relay.cut();
  // Long enough that what says so is still there when it has been measured.
  await tab.says(/^Reconnecting in [2-9] s$/);
  await assertFits(tab);
  await assertTargets(tab, 44);
  const name = await tab.page.locator("#channel").boundingBox();
  assert.ok(name && name.width >= 48, `of the channel's name ${name?.width} pixels are left`);
  await tab.page.context().setOffline(true);
  await tab.says(/^Offline since/);
  await assertFits(tab);
});

test("[PG7] [PG3] on a phone the figures are whole, however many there are", async (t) => {
  const { tab, source } = await lookAt(t, NINE, { phone: true });
  await source.now(NINE, 1_234_567);
  await tab.page.locator("#pause").click();
  await waitFor("all figures", async () =>
    /^[\d ]+ pts.s · 9 series · lag .* · 1\s234\s567 points missing · 1 viewer$/.test(await tab.text("#figures")),
  );
  await tab.drawn();
  await assertFits(tab);
});

test("[PG7] in windows of all widths the figures are whole, and two lines of them move nothing", async (t) => {
  const { tab, source, end } = await lookAt(t, NINE, { width: 1280 });
  await end();
  const before = await tab.page.locator("header").boundingBox();
  const x = Date.now() / 1000 + 3600;
  await source.publish([rowOf(x, NINE(0)), rowOf(x + 1, NINE(1))], { lost: 1_234_567 });
  await waitFor("all figures", async () =>
    /the publisher’s clock .* missing · 1 viewer/.test(await tab.text("#figures")),
  );
  assert.equal((await tab.page.locator("header").boundingBox())?.height, before?.height);
  for (const width of [1280, 1100, 1024, 900, 800, 761, 700, 480]) {
    await tab.resize(width, 760);
    await assertFits(tab, `${width} px`);
  }
});

test("[PG7] the empty page fits a phone", async (t) => {
  const tab = await stage.openTab(t, new Source(stage.edge).channel, { phone: true });
  await waitFor("the empty page", () => tab.page.locator("#empty").isVisible());
  await tab.joined();
  await tab.settled();
  await assertFits(tab);
  await assertTargets(tab, 44);
});

for (const [width, height, phone] of [
  [320, 640, true],
  [390, 800, true],
  [320, 256, false],
  [768, 1024, false],
  [1280, 760, false],
  [1920, 1080, false],
] as const) {
  test(`[PG7] ${phone ? "a phone" : "a window"} of ${width} × ${height} shows 1, 3, 12 and 60 series, long names and a right axis whole`, async (t) => {
    const first = manySeries(1, 1);
    const { tab, end } = await lookAt(t, first, { width, height, phone });
    await end();
    for (const [what, values] of [
      ["1 series", first],
      ["3 series", manySeries(3, 3)],
      ["12 series", manySeries(12, 4)],
      ["60 series", manySeries(60, 5)],
      ["long names", LONG],
    ] as const) {
      const source = new Source(stage.edge);
      await source.past(values);
      await tab.page.goto(stage.edge.channelUrl(source.channel).href);
      const endThis = source.goOn(t, values);
      await settled(tab, values);
      await assertFits(tab, what);
      await assertTargets(tab, phone ? 44 : 24);
      await rightAxis(tab);
      await assertFits(tab, `${what}, the first on the right`);
      // The cursor's chip stays within at both ends.
      await tab.page.keyboard.press("c");
      for (const key of ["Shift+ArrowLeft", "Shift+ArrowRight"]) {
        for (let i = 0; i < 22; i++) await tab.page.keyboard.press(key);
        await tab.drawn();
        await assertFits(tab, `${what}, cursor`);
      }
      await tab.page.locator("#pause").click();
      await waitFor("the pill", () => tab.page.locator("#go-live").isVisible());
      await assertFits(tab, `${what}, paused`);
      await endThis();
    }
  });
}

/** Takes the first panel's first series to the right axis. */
async function rightAxis({ page }: ChannelTab): Promise<void> {
  await page.locator(".panel-menu").first().click();
  const select = page.locator("dialog select").first();
  await select.selectOption("This panel, right axis");
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.locator('.swatch[data-axis="right"]').first().waitFor({ state: "attached" });
}

test("[PG7] on phones down to 320 px each dialog fits, scrolls only up and down, and its targets are 44 px large", async (t) => {
  const source = new Source(stage.edge, `${new Source(stage.edge).channel}/${LONG_NAME}`);
  await source.past(LONG);
  for (const width of [320, 390]) {
    const tab = await stage.openTab(t, source.channel, { phone: true, width, height: 640 });
    await tab.holds(100, Object.keys(LONG(0))[0]);
    await tab.settled();
    for (const [tool, open] of [
      ["share", () => tab.page.keyboard.press("s")],
      ["menu", () => tab.page.locator("#menu").click()],
      ["help", () => tab.page.keyboard.press("?")],
      ["panel", () => tab.page.locator(".panel-menu").first().click()],
    ] as const) {
      await open();
      await tab.page.locator("dialog").waitFor();
      await assertFits(tab, `${width} px, ${tool}:`);
      await assertTargets(tab, 44);
      await tab.page.keyboard.press("Escape");
      await tab.page.locator("dialog").waitFor({ state: "detached" });
    }
  }
});

test("[PG7a] light and dark by the system, also while it is open: text has a contrast of 4.5, lines of 3", async (t) => {
  const { tab } = await lookAt(t, NINE, { colorScheme: "light" });
  for (const scheme of ["light", "dark", "light"] as const) {
    await tab.page.emulateMedia({ colorScheme: scheme });
    await tab.drawn();
    const { ground, texts, lines } = await tab.page.evaluate<{ ground: Rgb; texts: Coloured[]; lines: Coloured[] }>(
      READ_COLOURS,
    );
    assert.ok(texts.length > 25, `${texts.length} texts`);
    assert.equal(luminance(ground) > 0.5, scheme === "light", `${scheme}: the ground is ${ground}`);
    for (const text of texts) assert.ok(contrast(text) >= 4.5, `${scheme}: ${text.what} has ${contrast(text)}`);
    for (const line of lines) assert.ok(contrast(line) >= 3, `${scheme}: ${line.what} has ${contrast(line)}`);
    // The canvas too has the scheme's colours, not those from before; this line's are unlike all others of either.
    const drawn = (await tab.curve("temp.drive")).columns.filter((rows) => rows !== null);
    assert.ok(drawn.length > 500, `${scheme}: ${drawn.length} columns have the line's colour`);
  }
});
