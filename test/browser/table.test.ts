/** The page without looking at the picture: the table of values, and what is announced. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { rowOf, storedPoints } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { assertFits } from "./fits.ts";
import { manySeries, Source, THREE } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

/** The table as those hear it who do not see it: each row by its header, each cell by its column's. */
async function rows({ page }: ChannelTab): Promise<Record<string, Record<string, string>>> {
  const table = page.getByRole("table", { name: "Latest values" });
  const heads = await table.getByRole("columnheader").allTextContents();
  const read: Record<string, Record<string, string>> = {};
  for (const row of (await table.getByRole("row").all()).slice(1)) {
    const name = (await row.getByRole("rowheader").textContent()) ?? "";
    const cells = await row.getByRole("cell").allTextContents();
    read[name] = Object.fromEntries(cells.map((cell, i) => [heads[i + 1] ?? "", cell]));
  }
  return read;
}

test("[PG81e] the rows of an axis have one prefix, which is the axis's; so have those of one that was not drawn yet", async (t) => {
  const source = new Source(stage.edge);
  const level = (i: number): number => Math.sin(i / 9);
  const others = Object.fromEntries([..."bcdefgh"].map((part) => [`${part}.load`, 1]));
  await source.past((i) => ({
    "a.large [V]": 0.02 * level(i),
    "a.small [V]": 0.004 * level(i),
    ...others,
    "z.large [A]": 2e-5 * level(i),
    "z.small [A]": 9e-7 * level(i),
  }));
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(120, "z.small [A]");
  await tab.page.keyboard.press("t");
  await waitFor("all rows", async () => Object.keys(await rows(tab)).length === 11);
  const unitsOf = async (...names: string[]): Promise<(string | undefined)[]> => {
    const read = await rows(tab);
    return names.map((name) => read[name]?.Unit);
  };
  const legend = await tab.page.locator(".legend").first().locator(".unit").allTextContents();
  assert.deepEqual(legend, ["V", "V"]);
  await waitFor("the prefixes of their axes", async () => {
    assert.deepEqual(await unitsOf("a.large", "a.small"), ["V", "V"]);
    assert.deepEqual(await unitsOf("z.large", "z.small"), ["µA", "µA"]);
    return true;
  });
});

test("[PG16a] T shows a table beside the plots: the latest values, and what all points in view come to", async (t) => {
  const source = new Source(stage.edge);
  // 1 to 10: their mean is 5.5, and the root of the mean of their squares is the root of 38.5.
  const points = counting(10).map((i) => rowOf(i, { "up [V]": i + 1, down: -0.5 * i, flat: 7 }));
  await source.publish(points);
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(10, "flat");
  await tab.page.keyboard.press("t");
  await waitFor("the table", async () => Object.keys(await rows(tab)).length === 3);
  assert.ok(await tab.page.locator("#board").isVisible());
  const read = await rows(tab);
  assert.deepEqual(read.up, {
    Last: "10",
    Unit: "V",
    x: "9",
    Min: "1",
    Max: "10",
    Mean: "5.50",
    RMS: "6.20",
    Points: "10",
  });
  assert.deepEqual(
    [read.down?.Last, read.down?.Min, read.down?.Max, read.down?.Mean],
    ["-4.50", "-4.50", "0.00", "-2.25"],
  );
  assert.deepEqual([read.flat?.Last, read.flat?.Unit, read.flat?.RMS], ["7.00", "", "7.00"]);
  // Somebody who goes by keys is in it at once, scrolls it with arrows, and is out of it by the same key.
  assert.equal(await tab.page.evaluate("document.activeElement.className"), "lazy-table");
  await tab.resize(320, 600);
  await tab.page.keyboard.press("ArrowRight");
  await waitFor("it scrolls", () => tab.page.evaluate<boolean>("document.activeElement.scrollLeft > 0"));
  await tab.page.keyboard.press("t");
  await tab.page.locator("table").waitFor({ state: "detached" });
  assert.ok(await tab.page.locator("#board").isVisible());
  assert.ok(
    (await tab.curve("flat")).columns.some((rows) => rows !== null),
    "the plots are drawn again",
  );
});

test("[PG16] the table follows what comes, and what is hidden is not in it; the menu shows it, and takes it away", async (t) => {
  const source = new Source(stage.edge);
  const tab = await stage.openTab(t, source.channel);
  const end = source.goOn(t, (i) => ({ n: i, other: -i }), 50);
  await tab.holds(3, "other");
  await tab.page.locator('[data-series="other"]').click();
  const choose = async (name: string): Promise<void> => {
    await tab.page.getByRole("button", { name: "Menu" }).click();
    await tab.page.getByRole("dialog").getByRole("button", { name }).click();
  };
  await choose("Table of values");
  await waitFor("a row", async () => Object.keys(await rows(tab)).join() === "n");
  const first = Number((await rows(tab)).n?.Last);
  await waitFor("newer values", async () => Number((await rows(tab)).n?.Last) > first + 10);
  await end();
  // All that was published, of which the last may still be on its way.
  const stored = (await storedPoints(stage.edge, source.channel)).filter(({ series }) => series === "n");
  await tab.holds(stored.length, "n");
  const { x, y } = await tab.series("n");
  await waitFor("the last value", async () => (await rows(tab)).n?.Last === String(y.at(-1)));
  const clock = new Date(Math.round((x.at(-1) ?? 0) * 1000));
  const time = (await rows(tab)).n?.Time ?? "";
  assert.ok(time.endsWith(`.${String(clock.getMilliseconds()).padStart(3, "0")}`), time);
  await choose("Close the table");
  await tab.page.locator("table").waitFor({ state: "detached" });
  assert.ok(await tab.page.locator("#board").isVisible());
});

/** Notes each text that a live region takes on, from now on. */
const LISTEN = `{
  recorded.heard = [];
  const live = "[role=status], [role=alert], [role=log], output, [aria-live]";
  new MutationObserver((changes) => {
    const regions = new Set(changes.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement)?.closest(live)));
    for (const region of regions) {
      if (region == null || region.getAttribute("aria-live") === "off") continue;
      recorded.heard.push(region.textContent);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}`;

const heard = ({ page }: ChannelTab): Promise<string[]> => page.evaluate<string[]>("recorded.heard");

test("[PG16b] changes of state are announced in a word each; values, figures and seconds are not", async (t) => {
  const relay = await TcpRelay.to(t, stage.edge.url);
  const source = new Source(stage.edge);
  await source.past(THREE);
  const tab = await stage.openTab(t, source.channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  source.goOn(t, THREE, 40);
  await tab.says("Live");
  await tab.page.evaluate(LISTEN);
  const { y } = await tab.series("vib.x");
  await tab.holds(y.length + 30, "vib.x");
  await tab.page.keyboard.press("c");
  await tab.page.keyboard.press("ArrowLeft");
  await tab.lazyPart();
  await tab.drawn();
  assert.deepEqual(await heard(tab), []);
  relay.cut();
  await tab.says(/^Reconnecting in [1-9] s$/);
  // It is tried, in vain, more than once.
  await waitFor("two attempts", async () => {
    const said = await tab.said();
    return said.filter((text) => text === "Reconnecting…").length >= 2;
  });
  assert.ok(await tab.page.locator("#retry").isVisible());
  relay.mend();
  await tab.page.locator("#retry").click();
  await tab.says("Live");
  const words = await heard(tab);
  assert.deepEqual(words, ["Reconnecting", "Live"]);
});

test("[PG16] what is said of a gap is announced once, however long it is pointed at while points come", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  await source.now(THREE, 7);
  const tab = await stage.openTab(t, source.channel);
  source.goOn(t, THREE, 40);
  await tab.says("Live");
  await tab.page.locator(".gap").first().waitFor({ state: "attached" });
  await tab.page.evaluate(LISTEN);
  await tab.page.keyboard.press("g");
  const told = async (): Promise<string[]> => (await heard(tab)).filter((text) => /missing/.test(text));
  await waitFor("it is told", async () => (await told()).length > 0);
  // Going there holds the picture: it is still pointed at when that moves on.
  await tab.page.keyboard.press("l");
  await tab.says("Live");
  const { y } = await tab.series("vib.x");
  await tab.holds(y.length + 30, "vib.x");
  assert.ok(await tab.page.locator(".gap-tip").first().isVisible());
  const said = await told();
  assert.equal(said.length, 1, `${said}`);
  assert.match(said[0] ?? "", /^7 points missing/);
  const others = (await heard(tab)).filter((text) => text !== "" && !said.includes(text));
  assert.deepEqual(others, ["Paused", "Live"]);
});

test("[PG16] [PG7] a table of more rows than fit is scrolled to its end, by wheel and by finger", async (t) => {
  const source = new Source(stage.edge);
  await source.past(manySeries(60, 6));
  for (const phone of [false, true]) {
    const tab = await stage.openTab(t, source.channel, { phone });
    const { page } = tab;
    await page.locator(".panel").first().waitFor();
    await tab.settled();
    await page.keyboard.press("t");
    await page.locator("table tbody tr").nth(59).waitFor();
    const box = await page.locator(".lazy-table").boundingBox();
    const main = await page.locator("main").boundingBox();
    assert.ok(box && main && box.y + box.height <= main.y + main.height + 0.5, "it reaches out of its place");
    if (phone) await page.evaluate("document.querySelector('.lazy-table').scrollTo(0, 1e6)");
    else {
      await page.mouse.move(box.x + 200, box.y + 200);
      await page.mouse.wheel(0, 100_000);
    }
    await waitFor("its last row in view", async () => {
      const [last, now] = [
        await page.locator("table tbody tr").nth(59).boundingBox(),
        await page.locator(".lazy-table").boundingBox(),
      ];
      return last !== null && now !== null && last.y + last.height <= now.y + now.height + 1;
    });
  }
});

const NAMES = ["ch10 [V]", "ch2 [V]", "load [%]", "leak [A]"];

/** A page with these series, of which the table is open. */
async function withTable(t: TestContext, options: TabOptions = {}): Promise<{ tab: ChannelTab; source: Source }> {
  const source = new Source(stage.edge);
  const values = (i: number): Record<string, number> =>
    Object.fromEntries(NAMES.map((name, k) => [name, [3, 1.5 + Math.sin(i), 70, 2e-10][k] ?? 0]));
  await source.past(values);
  const tab = await stage.openTab(t, source.channel, options);
  source.goOn(t, values, 50);
  await tab.holds(120, NAMES.at(-1));
  await tab.page.keyboard.press("t");
  await waitFor("four rows", async () => Object.keys(await rows(tab)).length === NAMES.length);
  return { tab, source };
}

const order = async (tab: ChannelTab): Promise<string> => Object.keys(await rows(tab)).join(" ");

test("[PG83b] any column sorts it, by pointer and by key, and it stays sorted while values come", async (t) => {
  const { tab } = await withTable(t);
  const head = (name: string) => tab.page.getByRole("columnheader", { name });
  assert.equal(await order(tab), "ch2 ch10 load leak");
  await head("Max").getByRole("button").click();
  assert.equal(await order(tab), "load ch10 ch2 leak");
  assert.equal(await head("Max").getAttribute("aria-sort"), "descending");
  await head("Series").getByRole("button").focus();
  await tab.page.keyboard.press("Enter");
  assert.equal(await order(tab), "ch2 ch10 leak load", "as people count");
  await tab.page.keyboard.press("Space");
  assert.equal(await order(tab), "load leak ch10 ch2", "the other way");
  assert.equal((await tab.window()).paused, false);
  const before = (await rows(tab)).ch2?.Last;
  await waitFor("newer values", async () => (await rows(tab)).ch2?.Last !== before);
  assert.equal(await order(tab), "load leak ch10 ch2");
  await tab.page.keyboard.press("Enter");
  assert.equal(await order(tab), "ch2 ch10 load leak", "as it was");
  assert.equal(await head("Series").getAttribute("aria-sort"), "none");
  const { leak } = await rows(tab);
  assert.deepEqual([leak?.Last, leak?.Unit], ["200.0", "pA"]);
});

test("[PG83d] it says values as the legends do, and all its columns fit beside the plots at 1280", async (t) => {
  const source = new Source(stage.edge);
  await source.past((i) => ({
    "temp.motor [°C]": 60 + 5 * Math.sin(i / 7),
    "temp.drive [°C]": 46 + 0.9 * Math.sin(i / 9),
    "temp.ambient [°C]": 24,
    "count.parts": i,
    "pressure.main [bar]": 1.013 + 0.001 * Math.sin(i / 3),
    "power.L1 [W]": 230_000 + 9_000 * Math.sin(i / 4),
  }));
  const tab = await stage.openTab(t, source.channel, { height: 1000 });
  await tab.holds(120, "power.L1 [W]");
  await tab.page.keyboard.press("t");
  await waitFor("the same in both", async () => {
    const [read, legend] = [await rows(tab), await tab.legend()];
    assert.deepEqual(Object.fromEntries(Object.entries(read).map(([name, { Last }]) => [name, Last])), legend);
    return Object.keys(read).length === 6;
  });
  assert.match((await rows(tab))["temp.ambient"]?.Last ?? "", /^24\.0+$/);
  const [room, need] = await tab.page.evaluate<[number, number]>(
    `(({ clientWidth, scrollWidth }) => [clientWidth, scrollWidth])(document.querySelector(".lazy-table"))`,
  );
  assert.ok(need <= room, `${need} px in ${room}`);
  assert.ok(((await tab.page.locator("#board").boundingBox())?.width ?? 0) > 500);
});

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

test("[PG83a] it is beside the plots, and on a phone below them, and both go on", async (t) => {
  for (const [size, isBeside] of [
    [{ width: 1280, height: 760 }, true],
    [{ width: 844, height: 390 }, true],
    [{ width: 390, height: 800 }, false],
  ] as const) {
    const { tab } = await withTable(t, { ...size, phone: size.height < 400 || size.width < 400 });
    // At one moment: a line above them may come or go between two.
    const [board, table] = await tab.page.evaluate<[Box, Box]>(
      '["#board", "#table"].map((at) => document.querySelector(at).getBoundingClientRect().toJSON())',
    );
    const said = JSON.stringify({ size, board, table });
    assert.ok(board.width >= 300 && board.height >= 200, said);
    if (isBeside) assert.ok(table.x >= board.x + board.width - 1 && table.y === board.y, said);
    else assert.ok(table.y >= board.y + board.height - 1 && table.x === board.x, said);
    await assertFits(tab, JSON.stringify(size));
    const { draws } = await tab.counters();
    const last = (await rows(tab)).ch2?.Last;
    await waitFor("newer values in the table", async () => (await rows(tab)).ch2?.Last !== last);
    assert.ok((await tab.counters()).draws > draws, "the plots go on");
    assert.ok((await tab.curve("ch2 [V]")).columns.filter((rows) => rows !== null).length > 100);
  }
});
