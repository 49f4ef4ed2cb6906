/** What part of a channel is looked at. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertDrawn, type ChannelTab, columnOf } from "./channel-tab.ts";
import { assertFits } from "./fits.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

/** One wave in 40 points, which grows, so that no two windows have the same range of y. */
const wave = (i: number): number => (1 + i / 400) * Math.sin((i * Math.PI) / 20);

test("[PG2a] each window shows its span up to the newest x, the line filling it; the axis says times of day", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const newest = Math.floor(Date.now() / 1000);
  const x = counting(401).map((i) => newest - 400 + i);
  const y = counting(401).map(wave);
  await send({ x, y });
  const tab = await stage.openTab(t, channel);
  await tab.holds(401);
  await tab.drawn();
  assert.equal((await tab.window()).name, "30 s", "where x is a time, it begins with 30 s");
  for (const [name, span] of [
    ["10 s", 10],
    ["30 s", 30],
    ["1 m", 60],
    ["5 m", 300],
    ["15 m", 900],
    ["1 h", 3600],
    ["6 h", 21_600],
    ["100 pts", 99],
  ] as const) {
    await tab.choose(name);
    const pressed = tab.page.locator("#windows [aria-pressed=true]");
    assert.deepEqual(await pressed.allInnerTexts(), [name]);
    const curve = await tab.curve();
    // The right edge is the newest x, up to a column of pixels.
    const column = span / curve.columns.length;
    assert.ok(curve.maxX >= newest && curve.maxX <= newest + column, `${name}: ends at ${curve.maxX}, not ${newest}`);
    assert.ok(Math.abs(curve.maxX - curve.minX - span) < 1e-6, `${name}: spans ${curve.maxX - curve.minX} s`);
    // 400 s are there.
    const known = Math.ceil(Math.max(0, 1 - 400 / span) * curve.columns.length);
    const isEmpty = curve.columns.slice(known).map((rows) => rows === null);
    assert.deepEqual(isEmpty.slice(2, -2).indexOf(true), -1, `${name}: the line fills the width`);
    const from = 400 - span + 1;
    if (span <= 100) assertDrawn(curve, x.slice(from, -1), y.slice(from, -1), 6);
    const labels = await tab.labels();
    const times = labels.filter((label) => label.includes(":"));
    assert.ok(times.length >= 4, `${name}: ${labels}`);
    for (const time of times) assert.match(time, /^\d\d:\d\d(:\d\d)?$/);
  }
  await tab.choose("All");
  const all = await tab.curve();
  assert.equal(all.minX, x[0], "all begins with the oldest");
  assert.ok(all.maxX >= newest && all.maxX < newest + 400 * 0.03, `and ends at ${all.maxX}, not ${newest}`);
  const [first, last] = [columnOf(all, x[0] ?? 0), columnOf(all, newest)];
  assert.ok(
    all.columns.slice(first + 1, last - 1).every((rows) => rows !== null),
    "the line reaches from end to end",
  );
});

test("[PG2b] [PG2c] an x that is no time has an axis of numbers, and begins with the last 100 points", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  for (const i of counting(250)) await send({ x: i * 10, y: wave(i) });
  await tab.holds(250);
  const curve = await tab.curve();
  assert.deepEqual(await tab.window(), { name: "100 pts", minX: 1500, maxX: 2490, paused: false });
  assertDrawn(
    curve,
    counting(98, 151).map((i) => i * 10),
    counting(98, 151).map(wave),
    6,
  );
  const labels = await tab.labels();
  for (const label of ["1600", "2000", "2400"]) assert.ok(labels.includes(label), `${label} in ${labels}`);
  assert.ok(!labels.some((label) => label.includes(":")), `${labels}`);
});

/** Points that are so far apart, up to now. */
async function paced(everyS: number, count: number): Promise<Source> {
  const source = new Source(stage.edge);
  await source.past((i) => ({ y: wave(i) }), count, everyS);
  return source;
}

async function shows(tab: ChannelTab, name: string, spanS: number): Promise<void> {
  await waitFor(`the window ${name}`, async () => {
    const window = await tab.window();
    assert.equal(window.name, name);
    return Math.abs((window.maxX ?? 0) - (window.minX ?? 0) - spanS) < 1e-3;
  });
}

test("[PG2b] a feed with a point a minute opens with 15 m, and shows them; one with ten a second with 30 s", async (t) => {
  const slow = await paced(60, 14);
  const tab = await stage.openTab(t, slow.channel);
  await tab.holds(14);
  await shows(tab, "15 m", 900);
  const drawn = (await tab.curve()).columns.filter((rows) => rows !== null);
  assert.ok(drawn.length > 800, `${drawn.length} columns have the line`);
  assert.equal(new URL(tab.page.url()).hash, "", "nobody chose it");
  const quick = await paced(0.1, 300);
  const other = await stage.openTab(t, quick.channel);
  await other.holds(300);
  await shows(other, "30 s", 30);
});

test("[PG2d] [PG2e] any length can be typed; it is in the URL, and here again at the next visit", async (t) => {
  const source = await paced(1, 400);
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(400);
  await tab.page.keyboard.press("w");
  const dialog = tab.page.getByRole("dialog", { name: "Window" });
  await dialog.getByLabel("Another length").fill("soon");
  await tab.page.keyboard.press("Enter");
  await waitFor("that being refused", async () =>
    /such as 90 s/.test((await dialog.getByRole("alert").textContent()) ?? ""),
  );
  await dialog.getByLabel("Another length").fill("1,5 min");
  await tab.page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await shows(tab, "1.5 m", 90);
  const other = tab.page.getByRole("button", { name: "Other window" });
  assert.deepEqual([await other.textContent(), await other.getAttribute("aria-pressed")], ["1.5 m ▾", "true"]);
  await waitFor("the URL", () => tab.page.url().endsWith("#window=1.5m"));
  const far = await stage.openTab(t, `${source.channel}#window=2h`);
  await shows(far, "2 h", 7200);
  await tab.page.goto(stage.edge.channelUrl(source.channel).href);
  await shows(tab, "1.5 m", 90);
  await tab.page.goto(`${stage.edge.channelUrl(source.channel).href}?again=1#window=45s`);
  await shows(tab, "45 s", 45);
  await tab.page.goto(`${stage.edge.channelUrl(source.channel).href}?again=2`);
  await shows(tab, "1.5 m", 90);
});

test("[PG2a] [PG7b] where there is little room the list at the button has the other windows; the one that is shown is there", async (t) => {
  const source = new Source(stage.edge);
  await source.publish(counting(60).map((i) => rowOf(Date.now() / 1000 - 60 + i, { y: i })));
  for (const width of [320, 390, 1024]) {
    const tab = await stage.openTab(t, source.channel, { phone: width < 400, width, height: 700 });
    await tab.holds(60);
    await tab.settled();
    assert.ok(await tab.page.locator('#windows [data-label="6 h"]').isHidden());
    const opener = tab.page.getByRole("button", { name: "Other window" });
    await opener.click();
    const dialog = tab.page.getByRole("dialog", { name: "Window" });
    const [box, at] = [await dialog.boundingBox(), await opener.boundingBox()];
    assert.ok(box && at && box.y >= at.y + at.height && box.y < at.y + at.height + 10, "it opens at its button");
    await assertFits(tab, `${width} px, the list`);
    await dialog.getByRole("button", { name: "6 h" }).click();
    await shows(tab, "6 h", 21_600);
    assert.ok(await tab.page.locator('#windows [data-label="6 h"]').isVisible());
    await assertFits(tab, `${width} px`);
  }
});
