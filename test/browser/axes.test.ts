/** What a panel's y axes show: by themselves, or as a person sets them, by hand or by key alone. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { HeldAxis } from "../../page/handle.ts";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import { type ChannelTab, type Curve, columnOf } from "./channel-tab.ts";
import { assertFits } from "./fits.ts";
import { pressed } from "./press.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 120;

interface Scene {
  tab: ChannelTab;
  arranger: Arranger;
  source: Source;
  /** The x of the first point; the last one is 30 s later. */
  start: number;
}

/** A page with COUNT rows, four a second. */
async function scene(t: TestContext, values: (i: number) => Record<string, number>): Promise<Scene> {
  const channel = newChannel();
  const source = new Source(stage.edge, channel);
  const start = Math.floor(Date.now() / 1000) - 30;
  await source.publish(counting(COUNT).map((i) => rowOf(start + i / 4, values(i))));
  const tab = await stage.openTab(t, channel);
  await tab.holds(COUNT, Object.keys(values(0)).at(-1));
  await tab.drawn();
  return { tab, arranger: new Arranger(tab), source, start };
}

const axes = async (tab: ChannelTab, panel = 0) => {
  await tab.drawn();
  const found = (await tab.panels())[panel];
  assert.ok(found, `there is no panel ${panel}`);
  return found;
};

/** The same range, but for what is beyond the twelfth digit: so it is written down. */
function assertSame(is: HeldAxis | null, was: HeldAxis): void {
  const error = 1e-11 * Math.max(Math.abs(was.min), Math.abs(was.max));
  const isSame = is !== null && Math.abs(is.min - was.min) <= error && Math.abs(is.max - was.max) <= error;
  assert.ok(isSame && is.log === was.log, `${JSON.stringify(is)} is not ${JSON.stringify(was)}`);
}

/** The middle of the line at an x, from the top, in parts of the height. */
function rowAt(curve: Curve, x: number): number {
  const column = curve.columns[columnOf(curve, x)];
  assert.ok(column, `nothing is drawn at ${x}`);
  return (column[0] + column[1]) / 2 / curve.height;
}

test("[PG12d] the y axis follows by itself, and locked stays as it is, whatever comes", async (t) => {
  const { tab, arranger, source, start } = await scene(t, (i) => ({ y: Math.sin(i / 10) }));
  const before = (await axes(tab)).left;
  assert.ok(before.min <= -1 && before.max >= 1 && before.max < 2 && !before.log, JSON.stringify(before));
  const dialog = await arranger.settings(0);
  await dialog.getByLabel("Automatic", { exact: true }).focus();
  await tab.page.keyboard.press("ArrowDown");
  assert.ok(await dialog.getByLabel("Lock current range").isChecked());
  await arranger.close();
  await source.publish([500, 0, 0, 0].map((y, i) => rowOf(start + 30 + i / 4, { y })));
  await tab.holds(COUNT + 4);
  assertSame((await axes(tab)).left, before);
  const curve = await tab.curve();
  // What was in the window when it was locked decides the axis: it may be -1.2 to 1 or to 1.2.
  const zero = before.max / (before.max - before.min);
  assert.ok(Math.abs(rowAt(curve, start + 30.6) - zero) < 0.01, "what comes is drawn on the same axis");
  assert.equal(curve.columns[columnOf(curve, start + 30.1)], null, "and cut off");
  await arranger.settings(0);
  await dialog.getByLabel("Automatic", { exact: true }).check();
  await arranger.close();
  const follows = (await axes(tab)).left;
  assert.ok(follows.max >= 500 && follows.min <= -1, JSON.stringify(follows));
});

test("[PG12d] what is locked is what is seen at that moment, though the settings were opened before", async (t) => {
  const { tab, arranger, source, start } = await scene(t, (i) => ({ y: Math.sin(i / 10) }));
  const dialog = await arranger.settings(0);
  await source.publish([rowOf(start + 30, { y: 500 })]);
  await tab.holds(COUNT + 1);
  const seen = (await axes(tab)).left;
  assert.ok(seen.max >= 500);
  await dialog.getByLabel("Lock current range").check();
  assertSame((await axes(tab)).left, seen);
});

test("[PG12d] fixed, the axis goes from one given number to the other, which is where a value is drawn; a wrong one is refused in words", async (t) => {
  const { tab, arranger, start } = await scene(t, () => ({ y: 5 }));
  const { keyboard } = tab.page;
  const dialog = await arranger.settings(0);
  // By key alone: from one field to the next.
  const from = dialog.getByLabel("From");
  await from.focus();
  await keyboard.press("ControlOrMeta+A");
  await keyboard.type("-15");
  await keyboard.press("Tab");
  await keyboard.press("ControlOrMeta+A");
  await keyboard.type("25");
  await keyboard.press("Enter");
  await waitFor("the axis going from -15 to 25", async () => {
    assert.deepEqual((await axes(tab)).left, { min: -15, max: 25, log: false });
    return true;
  });
  assert.ok(await dialog.getByLabel("Fixed").isChecked());
  assert.ok(Math.abs(rowAt(await tab.curve(), start + 15) - 0.5) < 0.01, "5 is in the middle");
  const labels = (await tab.labelsOn(0)).map(({ text }) => text);
  assert.ok(labels.includes("0") && labels.includes("20"), `${labels}`);
  for (const [text, said] of [
    ["25", /below/],
    ["nothing", /number/],
    ["", /number/],
  ] as const) {
    await from.fill(text);
    await from.press("Enter");
    await waitFor(`"${text}" being refused`, async () =>
      said.test((await dialog.getByRole("alert").textContent()) ?? ""),
    );
    assert.deepEqual((await axes(tab)).left, { min: -15, max: 25, log: false });
  }
});

test("[PG12d] a press that leaves a field finds its button, though what was typed makes the dialog higher", async (t) => {
  const { tab, arranger } = await scene(t, (i) => ({ "a.y": i }));
  const dialog = await arranger.settings(0);
  assert.ok(await dialog.getByRole("button", { name: "Arrange all panels automatically" }).isHidden());
  await dialog.getByLabel("To", { exact: true }).fill("300");
  await pressed(dialog.getByRole("button", { name: "Close" }));
  await dialog.waitFor({ state: "detached" });
  assert.equal((await axes(tab)).left.max, 300);
});

test("[PG12c] a press that leaves a list of places finds its button, though the series moves", async (t) => {
  const { tab, arranger } = await scene(t, (i) => ({ "a.y": i, "a.z": i + 1 }));
  const dialog = await arranger.settings(0);
  await dialog.getByLabel("Where a.y stands").focus();
  await tab.page.keyboard.press("ArrowDown");
  await pressed(dialog.getByLabel("a.z", { exact: true }));
  await arranger.shows(["a.z | a.y"]);
  await waitFor("a.z being hidden", async () => (await arranger.entry("a.z").getAttribute("aria-pressed")) === "false");
});

test("[PG7b] [PG12d] in a narrow window both ends of a fixed range stand on one line, each with its word", async (t) => {
  const { tab, arranger } = await scene(t, (i) => ({ "a.y": i }));
  for (const width of [390, 320]) {
    await tab.resize(width, 800);
    const dialog = await arranger.settings(0);
    const fields = ["From", "To"].map((name) => dialog.getByLabel(name, { exact: true }));
    const words = ["From", "To"].map((name) => dialog.getByText(name, { exact: true }));
    const middles = await Promise.all(
      [...fields, ...words].map(async (one) => {
        const { y, height } = (await one.boundingBox()) ?? assert.fail(`${width}: one cannot be seen`);
        return Math.round(y + height / 2);
      }),
    );
    assert.ok(Math.max(...middles) - Math.min(...middles) <= 1, `${width}: ${middles}`);
    await assertFits(tab, `${width}`);
    await arranger.close();
  }
});

test("[PG12d] logarithmic, powers of ten stand equally far apart, and what is not above 0 breaks the line", async (t) => {
  const level = (i: number): number => [1, 10, 100, -5, 0, 10][Math.floor(i / 20)] ?? 0;
  const { tab, arranger, start } = await scene(t, (i) => ({ y: level(i) }));
  const dialog = await arranger.settings(0);
  await dialog.getByLabel("Logarithmic").focus();
  await tab.page.keyboard.press("Space");
  await arranger.close();
  const { left } = await axes(tab);
  assert.ok(left.log && left.min <= 0 && left.min > -1 && left.max >= 2 && left.max < 3, JSON.stringify(left));
  const curve = await tab.curve();
  const [one, ten, hundred] = [2.5, 7.5, 12.5].map((seconds) => rowAt(curve, start + seconds) * curve.height);
  assert.ok(one !== undefined && ten !== undefined && hundred !== undefined);
  assert.ok(one - ten > curve.height / 5, "lower is less");
  assert.ok(Math.abs(one - ten - (ten - hundred)) <= 1.5, `1, 10, 100 are in rows ${one}, ${ten}, ${hundred}`);
  const scale = (left.max - 1) / (left.max - left.min);
  assert.ok(Math.abs(ten / curve.height - scale) < 0.01, "10 is where the axis has it");
  const gone = curve.columns.slice(columnOf(curve, start + 15) + 1, columnOf(curve, start + 25) - 1);
  const isMark = ([top]: [number, number]): boolean => top > curve.height - 10;
  assert.ok(
    gone.length > 100 && gone.every((column) => column === null || isMark(column)),
    "for -5 and 0 nothing is drawn but marks at the bottom",
  );
  const labels = (await tab.labelsOn(0)).map(({ text }) => text);
  for (const label of ["1", "10", "100"]) assert.ok(labels.includes(label), `${label} in ${labels}`);
  await arranger.settings(0);
  for (const [label, wrong] of [
    ["From", "0"],
    ["From", "-3"],
  ] as const) {
    await dialog.getByLabel(label).fill(wrong);
    await dialog.getByLabel(label).press("Enter");
    await waitFor("that being refused", async () =>
      /above 0/.test((await dialog.getByRole("alert").textContent()) ?? ""),
    );
  }
  assert.deepEqual((await axes(tab)).left, left);
});

test("[PG12c] the right axis has its own range, set by itself, and its own labels at the right; the left one stays", async (t) => {
  const { tab, arranger, start } = await scene(t, (i) => ({ a: Math.sin(i / 10), b: 20 + Math.sin(2 + i / 10) }));
  await arranger.shows(["a, b"]);
  const dialog = await arranger.settings(0);
  await dialog.getByLabel("Where b stands").selectOption({ label: "This panel, right axis" });
  await arranger.shows(["a | b"]);
  const { left, right } = await axes(tab);
  assert.ok(left.min >= -2 && left.max <= 2, JSON.stringify(left));
  assert.ok(right && right.min > 15 && right.max < 25 && right.min <= 19, JSON.stringify(right));
  const {
    width,
    x,
    right: edge,
  } = await tab.page.evaluate<{ width: number; x: number; right: number }>(
    `{ const canvas = document.querySelector(".panel canvas").getBoundingClientRect();
       const over = document.querySelector(".panel .over").getBoundingClientRect();
       ({ width: canvas.width, x: over.left, right: over.right }); }`,
  );
  const labels = await tab.labelsOn(0);
  const numbers = (side: typeof labels) => side.map(({ text }) => Number(text.replace("−", "-")));
  const onLeft = numbers(labels.filter((label) => label.x < x));
  const onRight = numbers(labels.filter((label) => label.x > edge));
  assert.ok(onLeft.length >= 3 && onLeft.every((value) => Math.abs(value) <= 2), `on the left ${onLeft}`);
  assert.ok(onRight.length >= 3 && onRight.every((value) => value > 15 && value < 25), `on the right ${onRight}`);
  assert.ok(width - edge >= 54, "there is room for them");
  // Both waves are of one size, and each fills its own axis.
  const [a, b] = [await tab.curve("a"), await tab.curve("b")];
  const place = (y: number, { min, max }: { min: number; max: number }): number => (max - y) / (max - min);
  const peakS = 15.75;
  const [peak, low] = [Math.sin((4 * peakS) / 10), Math.sin(2 + (4 * peakS) / 10)];
  assert.ok(Math.abs(rowAt(b, start + peakS) - place(20 + low, right)) < 0.02);
  assert.ok(Math.abs(rowAt(a, start + peakS) - place(peak, left)) < 0.02);
  // Fixed at once, it is what the new axis shows, and not what the left one does.
  await dialog.getByLabel("Fixed").last().check();
  await waitFor("the right axis being fixed", () => dialog.getByLabel("Fixed").last().isChecked());
  assertSame((await axes(tab)).right, right);
  await dialog.getByLabel("To").last().fill("40");
  await dialog.getByLabel("To").last().press("Enter");
  await waitFor("the right axis going to 40", async () => (await axes(tab)).right?.max === 40);
  assert.deepEqual((await axes(tab)).left, left);
  await dialog.getByLabel("Logarithmic").last().check();
  await waitFor("the right axis being logarithmic", async () => (await axes(tab)).right?.log);
  assert.deepEqual((await axes(tab)).left, left);
});

test("[PG80a] in low panels each axis has two labels at least, and none lies over another", async (t) => {
  const source = new Source(stage.edge);
  // Ranges in which the usual step has one multiple.
  const values = (i: number): Record<string, number> => ({
    "a.low": 1.5 + 0.32 * Math.sin(i / 10),
    "b.low": 0.5 + 0.06 * Math.sin(i / 10),
    "c.low": 1000 + 30 * Math.sin(i / 10),
    "d.low": -0.02 + 0.011 * Math.sin(i / 10),
    "e.low": 25 + 0.4 * Math.sin(i / 10),
  });
  await source.past(values);
  for (const size of [
    { width: 1280, height: 760 },
    { width: 844, height: 390, phone: true },
    { width: 390, height: 800, phone: true },
    { width: 400, height: 300, query: "?embed=1" },
  ]) {
    const tab = await stage.openTab(t, source.channel, size);
    await tab.holds(120, "e.low");
    await waitFor("five panels", async () => (await tab.panels()).length === 5);
    await tab.drawn();
    const onScreen = await tab.page.evaluate<boolean[]>(
      `[...document.querySelectorAll(".panel")].map((panel) => panel.getBoundingClientRect().top < innerHeight)`,
    );
    for (const [i, isSeen] of onScreen.entries()) {
      if (!isSeen) continue;
      const rows = (await tab.labelsOn(i)).map(({ y }) => y).sort((a, b) => a - b);
      assert.ok(rows.length >= 2, `${JSON.stringify(size)}, panel ${i}: ${JSON.stringify(await tab.labelsOn(i))}`);
      for (const [k, y] of rows.entries()) assert.ok(k === 0 || y - (rows[k - 1] ?? 0) >= 12, `${rows}`);
    }
  }
});

test("[PG81d] a panel has one prefix: that of its axis is that of its values, whatever came before it was loaded", async (t) => {
  const { tab, arranger, source, start } = await scene(t, (i) => ({
    "one.p [kPa]": 100_000 + 40 * (i % 2),
    "three.whole [Hz]": 250_000 + 100 * i,
    "four.edge [W]": 94_000.5 + 48 * i,
  }));
  const values = {
    "one.p [kPa]": 136_500.5,
    "three.whole [Hz]": 250_000,
    "four.edge [W]": 98_765,
  };
  await source.publish([rowOf(start + 30, values)]);
  await tab.holds(COUNT + 1, "four.edge [W]");
  await waitFor("every value with the unit of its axis", async () => {
    await tab.drawn();
    const panels = await tab.panels();
    const units = await Promise.all(
      panels.map(async ({ names: [name = ""] }, i) => {
        const unit = await arranger.entry(name).locator(".unit").textContent();
        const base = (await tab.labelsOn(i)).find(({ text }) => /^[a-zA-Z]/.test(text))?.text;
        return `${name}: ${unit}, ${base}`;
      }),
    );
    const wanted = ["one.p [kPa]: MPa, MPa", "three.whole [Hz]: Hz, undefined", "four.edge [W]: kW, kW"];
    return JSON.stringify(units.sort()) === JSON.stringify(wanted.sort());
  });
});

test("[PG81a] what would need a power of ten has its unit's prefix: in the legend, once at the axis, at a line, and at the cursor", async (t) => {
  const { tab, arranger } = await scene(t, (i) => ({ "leak [A]": -1.2e-10 * (1 + (i % 2) / 4), "part [%]": 1e-10 }));
  const read = (name: string): Promise<string[]> => arranger.entry(name).locator(".value, .unit").allTextContents();
  await waitFor("the prefix", async () => /^-150\.0+ pA$/.test((await read("leak [A]")).join(" ")));
  assert.deepEqual((await read("part [%]"))[1], "%");
  const labels = (await tab.labelsOn(0)).map(({ text }) => text);
  assert.equal(labels.filter((label) => label === "pA").length, 1);
  assert.ok(labels.includes("-140") && labels.every((label) => !label.includes("e")), `${labels}`);
  const dialog = await arranger.settings(0);
  await dialog.getByLabel("Threshold lines").fill("-1.3e-10");
  await dialog.getByLabel("Threshold lines").press("Enter");
  await arranger.close();
  await waitFor("the line", async () => (await tab.labelsOn(0)).some(({ text }) => text === "-130"));
});
