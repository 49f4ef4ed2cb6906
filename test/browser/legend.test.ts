/** The legend over each panel: what it reads, and what a press or a pointer on it does. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 121;
const NAMES = ["room.a [°C]", "room.b [°C]", "room.c [°C]", "load [%]"];
const LEVELS = [10, 12, 14, 70];

interface Scene {
  channel: string;
  tab: ChannelTab;
  arranger: Arranger;
}

/** A page with three level lines in one panel, and one in another. */
async function scene(t: TestContext): Promise<Scene> {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const values = Object.fromEntries(NAMES.map((name, i) => [name, LEVELS[i] ?? 0]));
  const rows = counting(COUNT).map((i) => rowOf(start + i / 4, values));
  await new Source(stage.edge, channel).publish(rows);
  const tab = await stage.openTab(t, channel);
  const arranger = new Arranger(tab);
  await arranger.shows([NAMES.slice(0, 3).join(", "), NAMES[3] ?? ""]);
  return { channel, tab, arranger };
}

/** Of each series, whether a line is drawn; its entry in the legend, which goes with its panel, must say the same. */
async function drawn(tab: ChannelTab): Promise<boolean[]> {
  const found: boolean[] = [];
  for (const name of NAMES) {
    if ((await new Arranger(tab).entry(name).count()) === 0) {
      found.push(false);
      continue;
    }
    const { columns } = await tab.curve(name);
    const isDrawn = columns.filter((column) => column !== null).length > columns.length / 2;
    const pressed = await new Arranger(tab).entry(name).getAttribute("aria-pressed");
    assert.equal(pressed, String(isDrawn), `${name} in the legend`);
    found.push(isDrawn);
  }
  return found;
}

async function draws(tab: ChannelTab, expected: readonly boolean[], what: string): Promise<void> {
  await waitFor(what, async () => {
    assert.deepEqual(await drawn(tab), expected);
    return true;
  });
}

/** How many rows of pixels a level line has. */
async function thickness(tab: ChannelTab, name: string): Promise<number> {
  const { columns } = await tab.curve(name);
  const rows = columns.flatMap((column) => (column === null ? [] : [column[1] - column[0] + 1]));
  assert.ok(rows.length > 100, `${name} is drawn`);
  return rows.reduce((sum, each) => sum + each, 0) / rows.length;
}

test("[PG1b] a press hides a series and shows it again; with Shift it is the only one of its panel, and then all are there again", async (t) => {
  const { tab, arranger } = await scene(t);
  const entry = (i: number) => arranger.entry(NAMES[i] ?? "");
  await draws(tab, [true, true, true, true], "all drawn");
  await entry(1).click();
  await draws(tab, [true, false, true, true], "one hidden");
  await entry(1).click();
  await draws(tab, [true, true, true, true], "it is back");
  await entry(2).click({ modifiers: ["Shift"] });
  await draws(tab, [false, false, true, true], "the only one of its panel; the other panel is as it was");
  await entry(2).click({ modifiers: ["Shift"] });
  await draws(tab, [true, true, true, true], "all again");
  await entry(0).focus();
  await tab.page.keyboard.press("Shift+Enter");
  await draws(tab, [true, false, false, true], "the only one, by key");
  await tab.page.keyboard.press("Shift+Enter");
  await draws(tab, [true, true, true, true], "all again, by key");
  await tab.page.keyboard.press("Space");
  await draws(tab, [false, true, true, true], "hidden by key");
  assert.equal((await tab.window()).paused, false, "the space was for the legend, and did not pause");
});

test("[PG1] what is left gets the whole height: hidden series do not count for the y axis", async (t) => {
  const { tab, arranger } = await scene(t);
  const all = (await tab.panels())[0]?.left;
  assert.ok(all && all.min <= 10 && all.max >= 14);
  await arranger.entry(NAMES[0] ?? "").click({ modifiers: ["Shift"] });
  await waitFor("the axis of what is left", async () => {
    const one = (await tab.panels())[0]?.left;
    return one && one.min <= 10 && one.max >= 10 && one.max < 12;
  });
});

test("[PG1c] pointing at an entry, or going to it by key, makes its line thicker, and no other", async (t) => {
  const { tab, arranger } = await scene(t);
  const [a, b] = [NAMES[0] ?? "", NAMES[1] ?? ""];
  await tab.page.mouse.move(2, 2);
  const [thinA, thinB] = [await thickness(tab, a), await thickness(tab, b)];
  await arranger.entry(a).hover();
  await waitFor("the line being thicker", async () => (await thickness(tab, a)) >= thinA + 0.9);
  assert.equal(await thickness(tab, b), thinB);
  await tab.page.mouse.move(2, 2);
  await waitFor("the line being as before", async () => (await thickness(tab, a)) === thinA);
  await arranger.entry(a).focus();
  await tab.page.keyboard.press("Tab");
  await waitFor("the next one's line being thicker", async () => (await thickness(tab, b)) >= thinB + 0.9);
  assert.equal(await thickness(tab, a), thinA);
});

test("[PG1a] each value stands with its unit, and follows what comes", async (t) => {
  const { channel, arranger } = await scene(t);
  const read = (i: number): Promise<(string | null)[]> => {
    const entry = arranger.entry(NAMES[i] ?? "");
    return Promise.all([".name", ".value", ".unit"].map((part) => entry.locator(part).textContent()));
  };
  assert.deepEqual([(await read(1))[0], (await read(1))[2]], ["room.b", "°C"]);
  assert.deepEqual([(await read(3))[0], (await read(3))[2]], ["load", "%"]);
  const { send } = await stage.feed(t, channel);
  await send({ x: Math.floor(Date.now() / 1000) + 1, "load [%]": 35 });
  await waitFor("the legend reading 35", async () => Number((await read(3))[1]) === 35);
  assert.equal(Number((await read(1))[1]), 12);
});

test("[PG1] [PG13] what is hidden is in the URL, hidden for whoever opens it, and here when the page is opened again", async (t) => {
  const { channel, tab, arranger } = await scene(t);
  await arranger.entry(NAMES[1] ?? "").click();
  await arranger.entry(NAMES[3] ?? "").click();
  const hash = await waitFor("both in the URL", () => {
    const { hash } = new URL(tab.page.url());
    return /hide=[^&]*room\.b[^&]*load/.test(hash) && hash;
  });
  const far = await stage.openTab(t, `${channel}${hash}`);
  await far.holds(COUNT, NAMES[3]);
  await draws(far, [true, false, true, false], "both hidden there");
  await tab.page.goto(stage.edge.channelUrl(channel).href);
  await tab.holds(COUNT, NAMES[3]);
  await draws(tab, [true, false, true, false], "both hidden again here");
  // By the menu all are back.
  await tab.page.keyboard.press(".");
  await tab.page.getByRole("button", { name: "Show hidden series" }).click();
  await draws(tab, [true, true, true, true], "all back");
  await waitFor("nothing hidden in the URL", () => !tab.page.url().includes("hide="));
});

test("[PG82a] values of one axis have the same places, of flat lines too, but for one that is much smaller", async (t) => {
  const source = new Source(stage.edge);
  await source.past((i) => ({
    "m.a [V]": 5.3,
    "m.b [V]": 0.9 * Math.sin(i / 7),
    "m.c [V]": 5 * Math.sin(i / 9),
    "m.d [V]": 3.123456,
    "m.e [V]": 0.3 * Math.sin(i / 5),
    "m.whole [V]": 3,
    "m.small [V]": i % 2,
    "n.flat [V]": 3.123456,
    "p.parts": i,
    "p.errors": 2,
  }));
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(120, "n.flat [V]");
  const placesOf = (text = ""): number | undefined => text.split(".")[1]?.length;
  await waitFor("all values", async () => Object.keys(await tab.legend()).length === 10);
  const { "m.e": small, "n.flat": alone, "p.parts": parts, "p.errors": errors, ...others } = await tab.legend();
  assert.deepEqual(Object.values(others).map(placesOf), [2, 2, 2, 2, 2, 2]);
  assert.deepEqual([others["m.whole"], parts, errors], ["3.00", "119", "2"]);
  assert.deepEqual([placesOf(small), placesOf(alone)], [3, 3]);
  assert.equal(alone, "3.123");
});

test("[PG82a] [PG82b] while values change, their places, and where everything in the legend is, stay", async (t) => {
  const source = new Source(stage.edge);
  const level = (i: number): number => [5, 5.25, -4.125, 0, 3.0001, -0.5, 4, 0.001][i % 8] ?? 0;
  await source.past((i) => ({ "m.a [V]": 5 * Math.sin(i / 7), "m.b [V]": -5 * Math.sin(i / 7), "m.c [V]": 5.3 }));
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(120, "m.c [V]");
  await tab.drawn();
  const seen = new Set<string>();
  const look = async (): Promise<string> =>
    await tab.page.evaluate<string>(
      `JSON.stringify([...document.querySelectorAll(".legend button")].map((button) => {
         const { left, width } = button.getBoundingClientRect();
         return [left, width, button.querySelector(".value").textContent.split(".")[1]?.length];
       }))`,
    );
  for (let i = 0; i < 8; i++) {
    await source.now(() => ({ "m.a [V]": level(i), "m.b [V]": -level(i), "m.c [V]": 5.3 }));
    const expected = level(i);
    await waitFor(
      `the legend reading ${expected}`,
      async () => Math.abs(Number((await tab.legend())["m.a"]) - expected) < 0.006 && (await tab.counters()).draws > 0,
    );
    seen.add(await look());
  }
  assert.equal(seen.size, 1, [...seen].join("\n"));
});
