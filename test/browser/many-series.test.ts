/** Many series, and long names: what belongs together, and how much room their legends take. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

/** A channel with a few points of each of these series. */
async function channelWith(names: readonly string[]): Promise<string> {
  const source = new Source(stage.edge);
  const start = Math.floor(Date.now() / 1000) - 20;
  const rows = counting(20).map((i) =>
    rowOf(start + i, Object.fromEntries(names.map((name, k) => [name, 20 + k / 10 + Math.sin(i / 3 + k)]))),
  );
  await source.publish(rows, { rowsPerFrame: 5 });
  return source.channel;
}

test("[PG60f] a hundred nodes with a value each are one panel in natural order, whichever came first", async (t) => {
  const nodes = counting(100).map((i) => `node${i}.temp [°C]`);
  const shuffled = counting(100).map((i) => nodes[(37 * i) % 100] ?? "");
  const tab = await stage.openTab(t, await channelWith(shuffled));
  await tab.holds(20, "node99.temp [°C]");
  await new Arranger(tab).shows([nodes.join(", ")]);
  assert.deepEqual(
    (await tab.panels()).map(({ names }) => names),
    [nodes],
  );
});

/** Of each panel that is seen: how high it, its head and its plot are, how many entries are seen, of how many, and what is said of the others. */
const READ_PANELS = `[...document.querySelectorAll(".panel")].slice(0, 3).map((panel) => {
  const height = (part) => panel.querySelector(part).getBoundingClientRect().height;
  const list = panel.querySelector(".legend");
  const box = list.getBoundingClientRect();
  const isIn = (entry) => {
    const { left, right, top, bottom } = entry.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return x > box.left && x < box.right && y > box.top && y < box.bottom;
  };
  const more = panel.querySelector(".legend-more");
  return {
    height: panel.getBoundingClientRect().height,
    head: height(".panel-head"),
    plot: height(".plot"),
    seen: [...list.children].filter(isIn).length,
    all: list.children.length,
    more: more === null || more.hidden ? "" : more.textContent,
  };
})`;

interface PanelSizes {
  height: number;
  head: number;
  plot: number;
  seen: number;
  all: number;
  more: string;
}

const PLANTS = counting(256).map((k) => `plant-${"abcdefgh"[k % 8]}.line.machine${k}.speed [rpm]`);

for (const [where, options] of Object.entries({
  "at 1280": {},
  "at 1920": { width: 1920, height: 1080 },
  "on a phone": { phone: true },
  "in a frame": { query: "?embed=1", width: 700, height: 400 },
  "in the frame of a phone": { query: "?embed=1", phone: true },
})) {
  test(`[PG86a] of 256 series in 8 panels, ${where}, plots have most of the height, and legends say how many more they have`, async (t) => {
    const { query = "", ...size } = { query: "", ...options };
    const tab = await stage.openTab(t, await channelWith(PLANTS), { ...size, query });
    await tab.holds(20, PLANTS[255]);
    const read = (): Promise<PanelSizes[]> => tab.page.evaluate<PanelSizes[]>(READ_PANELS);
    await waitFor("what is said of the others", async () => {
      const now = await read();
      return now.length === 3 && now.every(({ more }) => more !== "");
    });
    // A legend that is made lower gives its plot another size, with which it is drawn anew.
    await tab.settled();
    const panels = await read();
    for (const { height, head, plot, seen, all, more } of panels) {
      assert.equal(all, 32);
      assert.ok(plot > height / 2 && head < height * 0.45, `${head} of ${height} are the legend, ${plot} the plot`);
      assert.ok(seen >= 1, "an entry is seen");
      assert.equal(more, `+${all - seen}`);
    }
    if (where === "at 1280") assert.ok(panels.every(({ height, head }) => head <= height / 3 && (head - 3) % 26 === 0));
    // A press shows all values; a frame has nothing to press.
    const more = tab.page.locator(".legend-more").first();
    if (query !== "") return assert.equal(await tab.page.locator("button.legend-more").count(), 0);
    await more.click();
    await waitFor("the table", async () => (await tab.page.locator("#table tbody tr").count()) === 256);
    await more.click();
    await tab.page.getByPlaceholder("Part of a name").waitFor();
  });
}

test("[PG86b] on a phone all names of a panel are shortened alike: what they have in common is left out, and nothing of names that fit", async (t) => {
  const names = ["inlet", "outlet", "roof"].map((name) => `greenhouse.temperature.${name} [°C]`);
  const tab = await stage.openTab(t, await channelWith([...names, "load.a [%]", "load.b [%]"]), { phone: true });
  await tab.holds(20, "load.b [%]");
  /** The names as they are seen, and whether one of them is cut. */
  const read = (): Promise<{ text: string; isCut: boolean }[]> =>
    tab.page.evaluate(`[...document.querySelectorAll(".legend .name")].map((name) => {
      const isSeen = (node) => parseFloat(getComputedStyle(node.parentElement).fontSize) > 0;
      const walker = document.createTreeWalker(name, NodeFilter.SHOW_TEXT);
      let text = "";
      while (walker.nextNode()) if (isSeen(walker.currentNode)) text += walker.currentNode.data;
      return { text, isCut: name.scrollWidth > name.clientWidth };
    })`);
  await waitFor("names that fit", async () => {
    assert.deepEqual(await read(), [
      ...["inlet", "outlet", "roof"].map((text) => ({ text, isCut: false })),
      ...["load.a", "load.b"].map((text) => ({ text, isCut: false })),
    ]);
    return true;
  });
  // Who hears them, and what reads the page, has the whole names.
  assert.deepEqual(Object.keys(await tab.legend()).slice(0, 2), [
    "greenhouse.temperature.inlet",
    "greenhouse.temperature.outlet",
  ]);
  // A button that comes takes nothing from them.
  const widths = (): Promise<number[]> =>
    tab.page.evaluate<number[]>(
      `[...document.querySelectorAll(".legend .name")].slice(0, 3).map((name) => name.clientWidth)`,
    );
  const before = await widths();
  await tab.page.keyboard.press("c");
  await tab.page.keyboard.press("y");
  await tab.page.getByRole("button", { name: /^Reset y/ }).waitFor();
  await tab.drawn();
  assert.deepEqual(await widths(), before);
});

test("[PG86b] on a phone what is still too long is cut where the names differ: no two read alike", async (t) => {
  const places = ["left_front", "left_rear", "right_front", "right_rear"];
  const names = places.map((place) => `vehicle/chassis/${place}_wheel_temperature [°C]`);
  const tab = await stage.openTab(t, await channelWith(names), { phone: true });
  await tab.holds(20, names[3]);
  /** As they are seen, the dots that stand for what is left out, too. */
  const read = (): Promise<string[]> =>
    tab.page.evaluate(`[...document.querySelectorAll(".legend .name")].map((name) => {
      const walker = document.createTreeWalker(name, NodeFilter.SHOW_TEXT);
      let text = "";
      while (walker.nextNode()) {
        const { parentElement, data } = walker.currentNode;
        if (parentElement.className === "cut") text += "…";
        else if (parseFloat(getComputedStyle(parentElement).fontSize) > 0) text += data;
      }
      return name.scrollWidth > name.clientWidth ? "cut off by its room" : text;
    })`);
  await waitFor("names that differ, and fit", async () => {
    const seen = await read();
    assert.equal(new Set(seen).size, 4, seen.join());
    for (const [i, text] of seen.entries()) {
      const [start = "", end = ""] = text.split("…");
      assert.ok((places[i] ?? "").startsWith(start) && (places[i] ?? "").endsWith(end), text);
      assert.ok(text.length >= 6, text);
    }
    return true;
  });
  assert.deepEqual(
    Object.keys(await tab.legend()),
    places.map((place) => `vehicle/chassis/${place}_wheel_temperature`),
  );
});
