/** Booleans, enumerations and texts: drawn as steps and as events, and called by their names. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import axe from "axe-core";
import type { Row } from "../../protocol/frame/frame-builder.ts";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, columnOf } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const SECONDS = 20;
const STATES = ["IDLE", "STARTING", "RUNNING", "FAULT"] as const;
/** Each state for five seconds, and the pump on in the third. */
const stateAt = (i: number): number => Math.min(3, Math.floor(i / 5));
const onAt = (i: number): number => (stateAt(i) === 2 ? 1 : 0);

interface Coding {
  /** Added to the number of each state: in each frame it may be another. */
  offset?: number;
  lost?: number;
}

function rowsAt(start: number, seconds: readonly number[], { offset = 0 }: Coding = {}): Row[] {
  return seconds.flatMap((i): Row[] => {
    const [state, on] = [stateAt(i), onAt(i)];
    const row: Row = {
      ...rowOf(start + i, { "m.flow": 40 + 8 * Math.sin(i), "m.state": state + offset, "m.on": on }),
      marks: [
        { series: "m.state", style: "step", value: state + offset, text: STATES[state] ?? "" },
        { series: "m.on", style: "step", value: on, text: on === 1 ? "true" : "false" },
      ],
    };
    if (i % 5 !== 0) return [row];
    const text = `Now ${STATES[state]}`;
    // Far outside of what the others are: it widens no axis.
    const code = 1_000_000 + i;
    const event: Row = {
      ...rowOf(start + i, { "m.log": code }),
      marks: [{ series: "m.log", style: "event", value: code, text }],
    };
    return [row, event];
  });
}

interface Scene {
  source: Source;
  tab: ChannelTab;
  pointer: Pointer;
  start: number;
}

async function scene(t: TestContext, options: TabOptions = {}): Promise<Scene> {
  const source = new Source(stage.edge, newChannel());
  const start = Math.floor(Date.now() / 1000) - SECONDS;
  await source.publish(rowsAt(start, counting(10)));
  // Another frame, another numbering of the same states.
  await source.publish(rowsAt(start, counting(10, 10), { offset: 40 }));
  const tab = await stage.openTab(t, source.channel, options);
  await tab.holds(SECONDS, "m.state");
  await tab.holds(4, "m.log");
  await tab.choose("30 s");
  return { source, tab, pointer: new Pointer(tab), start };
}

const names = async (tab: ChannelTab): Promise<(readonly string[])[]> =>
  (await tab.panels()).map((panel) => panel.names);

test("[PG23e] steps have a panel of their own and their names beside it, events a strip; the legend says the last", async (t) => {
  const { tab } = await scene(t);
  await waitFor("the names at the axis", async () => (await tab.labelsOn(1)).length === 6);
  assert.deepEqual(await names(tab), [["m.flow"], ["m.state", "m.on"], ["m.log"]]);
  const labels = (await tab.labelsOn(1)).sort((a, b) => a.y - b.y).map(({ text }) => text);
  assert.deepEqual(labels, ["FAULT", "RUNNING", "STARTING", "IDLE", "true", "false"]);
  const legend = await tab.legend();
  assert.deepEqual([legend["m.state"], legend["m.on"], legend["m.log"]], ["FAULT", "false", "Now FAULT"]);
  const [flow, , strip] = await tab.panels();
  assert.ok((flow?.left.max ?? 99) < 60 && strip !== undefined);
  const written = (await tab.labelsOn(2)).map(({ text }) => text);
  assert.deepEqual(written, ["Now IDLE", "Now STARTING", "Now RUNNING", "Now FAULT"]);
  const heights = await tab.page.evaluate<number[]>(
    `[...document.querySelectorAll(".panel")].map((panel) => panel.getBoundingClientRect().height)`,
  );
  assert.ok((heights[2] ?? 99) < 80 && (heights[1] ?? 0) > 150, `${heights}`);
});

test("[PG23a] a step is level between two points and upright at the second, and its last value holds to the edge", async (t) => {
  const { source, tab, start } = await scene(t);
  await waitFor("the names at the axis", async () => (await tab.labelsOn(1)).length === 6);
  // Only the sine goes on: the state is what it was.
  await source.publish([rowOf(start + SECONDS + 4, { "m.flow": 40 })]);
  await tab.holds(SECONDS + 1, "m.flow");
  const curve = await tab.curve("m.state");
  const rowAt = (x: number): [number, number] => curve.columns[columnOf(curve, x)] ?? [Number.NaN, Number.NaN];
  const middle = (x: number): number => (rowAt(x)[0] + rowAt(x)[1]) / 2;
  for (const i of [2, 7, 12, 17, 22]) {
    const [top, bottom] = rowAt(start + i + 0.5);
    assert.ok(bottom - top <= 3 * curve.scale, `at ${i} it is ${top} to ${bottom}`);
    const first = middle(start + 5 * stateAt(i) + 0.2);
    assert.ok(Math.abs(middle(start + i + 0.5) - first) <= 1, `it is level until ${i}`);
  }
  const levels = [2, 7, 12, 17].map((i) => middle(start + i));
  const rises = levels.slice(1).map((level, i) => (levels[i] ?? 0) - level);
  for (const rise of rises) assert.ok(Math.abs(rise - (rises[0] ?? 0)) <= 2 && rise > 8, `${levels}`);
  for (const [i, at] of [5, 10, 15].entries()) {
    const column = columnOf(curve, start + at);
    const upright = [-1, 0, 1].some((aside) => {
      const [top = 0, bottom = 0] = curve.columns[column + aside] ?? [];
      return bottom - top >= (rises[i] ?? 0) - 2;
    });
    assert.ok(upright, `it goes up at ${at}`);
  }
});

test("[PG23g] [PG18] at the cursor: what a step holds there, and the event that is near or was last; between names there is no difference", async (t) => {
  const { tab, pointer, start } = await scene(t);
  const { minX, maxX } = await pointer.seen();
  const at = async (i: number): Promise<Record<string, string>> => {
    await pointer.to((start + i - minX) / (maxX - minX));
    await tab.drawn();
    return await tab.legend();
  };
  const held = await at(9.5);
  assert.deepEqual([held["m.state"], held["m.on"], held["m.log"]], ["STARTING", "false", "Now STARTING"]);
  const near = await at(9.95);
  assert.equal(near["m.log"], "Now RUNNING");
  const on = await at(14.7);
  assert.deepEqual([on["m.state"], on["m.on"]], ["RUNNING", "true"]);
  await tab.page.keyboard.press("m");
  const marked = await at(2);
  assert.match(marked["m.flow"] ?? "", /^Δ/);
  assert.deepEqual([marked["m.state"], marked["m.on"]], ["IDLE", "false"]);
});

test("[PG23] [PG16c] the table says the names, and calculates nothing with them; axe finds nothing in either", async (t) => {
  const { tab } = await scene(t);
  const { page } = tab;
  const violations = async (): Promise<string[]> => {
    if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(axe.source);
    return await page.evaluate<string[]>("axe.run(document).then(({ violations }) => violations.map(({ id }) => id))");
  };
  await waitFor("the names at the axis", async () => (await tab.labelsOn(1)).length === 6);
  assert.deepEqual(await violations(), []);
  await page.keyboard.press("t");
  const table = page.getByRole("table", { name: "Latest values" });
  const cellsOf = async (name: string): Promise<string[]> =>
    await table.getByRole("row", { name }).getByRole("cell").allTextContents();
  await waitFor("the table", async () => (await table.getByRole("row").count()) === 5);
  const [last, , , ...rest] = await cellsOf("m.state");
  assert.deepEqual([last, ...rest.slice(0, 4)], ["FAULT", "–", "–", "–", "–"]);
  assert.equal((await cellsOf("m.log"))[0], "Now FAULT");
  assert.equal((await cellsOf("m.flow")).includes("–"), false);
  assert.deepEqual(await violations(), []);
});

test("[PG23f] events that a person puts into another panel are marks there, and widen no range", async (t) => {
  const { tab, start } = await scene(t, { query: "#panel=m.flow,m.log&panel=m.state&panel=m.on" });
  await waitFor("the names at the axis", async () => (await tab.labelsOn(1)).length === 4);
  assert.deepEqual(await names(tab), [["m.flow", "m.log"], ["m.state"], ["m.on"]]);
  const [mixed] = await tab.panels();
  assert.ok((mixed?.left.max ?? 99) < 60, "the sine's range");
  const curve = await tab.curve("m.log");
  const marked = [0, 5, 10, 15].map((i) => columnOf(curve, start + i));
  for (const column of marked) {
    // The line is one of the panel's height, somewhat faint.
    const near = [-1, 0, 1, 2, 3].map((aside) => curve.columns[column + aside]).find((rows) => rows != null);
    assert.ok(near, `there is a mark at column ${column}`);
  }
  const between = marked.map((column) => curve.columns[column + 40]);
  assert.ok(
    between.every((rows) => rows == null),
    "and none between them",
  );
});

test("[PG23] on a phone the strip is low, and a long text is cut, not the page", async (t) => {
  const { source, tab, start } = await scene(t, { phone: true });
  const text = "An event that has very much to say, more than there is room for on a phone, and then some more of it";
  const marks = [{ series: "m.log", style: "event", value: 3, text }] as const;
  await source.publish([{ ...rowOf(start + SECONDS, { "m.log": 3 }), marks }]);
  await tab.holds(5, "m.log");
  await waitFor("the text", async () => (await tab.legend())["m.log"] === text);
  const fits = await tab.page.evaluate<boolean>(
    `document.documentElement.scrollWidth <= innerWidth && document.querySelector("#board").scrollWidth <= innerWidth`,
  );
  assert.ok(fits, "nothing scrolls sideways");
  const width = await tab.page.evaluate<number>(
    `[...document.querySelectorAll(".value")].at(-1).getBoundingClientRect().width`,
  );
  assert.ok(width <= 390 * 0.55, `${width} px`);
});

test("[PG23] without the file that draws names, steps are steps and the legend has the names", async (t) => {
  const expectedErrors = /lazy-.*|Failed to load/;
  const { tab } = await scene(t, { blocked: "**/assets/lazy-*", expectedErrors });
  await waitFor("the notice", async () => (await tab.text("#notice")) !== "");
  assert.equal((await tab.legend())["m.state"], "FAULT");
  const [, steps] = await tab.panels();
  assert.ok((steps?.left.max ?? 0) >= 3, "its axis is one of numbers");
  await tab.page.unroute("**/assets/lazy-*");
});
