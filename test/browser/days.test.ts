/** Which day and which zone: times that are not of today say so, and all of them can be in UTC. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { openShare } from "./saving.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const DAY = 86_400;
const LETTER_PX = 6;
const chip = ".cursor-chip";

interface Label {
  text: string;
  x: number;
}

/** The date of a time in a zone, as the page writes it. */
function dateOf(x: number, timeZone: string): string {
  return new Date(x * 1000).toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone });
}

/** A page in a zone of its own, with a point a second for a minute, the first at `start`. */
async function pageAt(t: TestContext, start: number, zone: string, options: TabOptions = {}): Promise<ChannelTab> {
  const source = new Source(stage.edge);
  await source.publish(counting(61).map((i) => rowOf(start + i, { y: i % 9 })));
  const tab = await stage.openTab(t, source.channel, options);
  const devtools = await tab.page.context().newCDPSession(tab.page);
  await devtools.send("Emulation.setTimezoneOverride", { timezoneId: zone });
  await tab.page.reload();
  await tab.holds(61);
  await tab.drawn();
  return tab;
}

async function axisLabels(tab: ChannelTab): Promise<Label[]> {
  await tab.drawn();
  return await tab.page.evaluate<Label[]>(`recorded.labelsOn(document.querySelector(".x-axis canvas"))`);
}

async function chooseInMenu({ page }: ChannelTab, item: string): Promise<void> {
  await page.locator("#menu").click();
  await page.getByRole("button", { name: item }).click();
}

for (const width of [390, 1280]) {
  test(`[PG28b] [PG28c] at ${width} px points of two days ago have their date at the axis, at the cursor and where it is shared`, async (t) => {
    const start = Math.floor(Date.now() / 1000) - 2 * DAY - 60;
    const zone = "Asia/Kolkata";
    const tab = await pageAt(t, start, zone, { width, query: "#window=1m" });
    const day = dateOf(start, zone);
    const labels = await axisLabels(tab);
    assert.equal(labels[0]?.text, day, JSON.stringify(labels));
    assert.ok(labels.slice(1).every(({ text }) => /^\d\d:\d\d:\d\d$/.test(text)) && labels.length >= 2);
    for (const [i, { text, x }] of labels.entries()) {
      const [half, before] = [(text.length * LETTER_PX) / 2, labels[i - 1]];
      assert.ok(x - half >= -1 && x + half <= width + 1, `${text} at ${x}`);
      assert.ok(
        before === undefined || x - half > before.x + (before.text.length * LETTER_PX) / 2,
        JSON.stringify(labels),
      );
    }
    await new Pointer(tab).to(0.5);
    await tab.drawn();
    assert.match(await tab.text(chip), new RegExp(`^${day} \\d\\d:\\d\\d:\\d\\d`));
    await openShare(tab);
    await tab.page.getByText(new RegExp(`^${day}, \\d{4} \\d\\d:.* – \\d\\d:`)).waitFor();
  });
}

test("[PG28b] over midnight both days are at the axis, and a gap says the date of each of its ends", async (t) => {
  // Yesterday's midnight of a zone without summer time.
  const zone = "Asia/Kolkata";
  const midnight = Math.floor((Date.now() / 1000 + 19_800) / DAY) * DAY - 19_800 - DAY;
  const source = new Source(stage.edge);
  await source.publish(counting(30).map((i) => rowOf(midnight - 40 + i, { y: i % 9 })));
  await source.publish(
    counting(30).map((i) => rowOf(midnight + 5 + i, { y: i % 9 })),
    { lost: 7 },
  );
  const tab = await stage.openTab(t, source.channel, { query: `#from=${midnight - 45}&to=${midnight + 40}` });
  const devtools = await tab.page.context().newCDPSession(tab.page);
  await devtools.send("Emulation.setTimezoneOverride", { timezoneId: zone });
  await tab.page.reload();
  await tab.holds(60);
  const texts = (await axisLabels(tab)).map(({ text }) => text);
  assert.equal(texts[0], dateOf(midnight - 40, zone), `${texts}`);
  assert.ok(texts.includes(dateOf(midnight + 5, zone)), `${texts}`);
  await tab.page.locator(".gap:not([hidden])").first().waitFor({ state: "attached" });
  await new Pointer(tab).to(42 / 85);
  const tip = tab.page.locator(".gap-tip");
  await waitFor("both days in what the gap says", async () => {
    const said = (await tip.textContent()) ?? "";
    return (
      said.includes(`${dateOf(midnight - 40, zone)} 23:59:`) && said.includes(`${dateOf(midnight + 5, zone)} 00:00:05`)
    );
  });
});

test("[PG65a] [PG65b] by the menu all times are in UTC and say so; that is in the URL and remembered, and goes again", async (t) => {
  const start = Math.floor(Date.now() / 1000) - 60;
  const tab = await pageAt(t, start, "Asia/Kolkata", { query: "#window=1m" });
  await new Pointer(tab).to(0.5);
  await tab.drawn();
  const local = await tab.text(chip);
  assert.doesNotMatch(local, /UTC/);
  await chooseInMenu(tab, "Show times in UTC");
  await new Pointer(tab).to(0.5);
  const clock = (text: string): number => {
    const [, hours = "", minutes = ""] = /(\d\d):(\d\d):/.exec(text) ?? [];
    return 60 * Number(hours) + Number(minutes);
  };
  await waitFor("the cursor in UTC", async () => / UTC$/.test(await tab.text(chip)));
  const ahead = (clock(local) - clock(await tab.text(chip)) + 1440) % 1440;
  assert.ok(Math.abs(ahead - 330) <= 1, `5 h 30 min less, not ${ahead} min`);
  assert.ok((await axisLabels(tab))[0]?.text.endsWith("UTC"), JSON.stringify(await axisLabels(tab)));
  await waitFor("the URL saying it", () => /#.*tz=utc/.test(tab.page.url()));
  // Another channel, by the same browser.
  const other = new Source(stage.edge);
  await other.publish(counting(61).map((i) => rowOf(start + i, { y: i })));
  await tab.page.goto(stage.edge.channelUrl(other.channel).href);
  await tab.holds(61);
  assert.ok((await axisLabels(tab))[0]?.text.endsWith("UTC"), "it is remembered");
  await chooseInMenu(tab, "Show times of this device");
  await waitFor("the URL without it", () => !tab.page.url().includes("tz="));
  assert.ok((await axisLabels(tab)).every(({ text }) => !text.includes("UTC")));
});

test("[PG65b] a link in UTC is shown in UTC, and not remembered", async (t) => {
  const tab = await pageAt(t, Math.floor(Date.now() / 1000) - 60, "Asia/Kolkata", { query: "#window=1m&tz=utc" });
  assert.ok((await axisLabels(tab))[0]?.text.endsWith("UTC"));
  await tab.follow("#window=1m");
  assert.ok((await axisLabels(tab)).every(({ text }) => !text.includes("UTC")));
});
