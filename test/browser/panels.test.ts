/** Which series stands in which panel: by itself, by hand and by key; and that the panels share their x. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import { assertDrawn, type ChannelTab, columnOf } from "./channel-tab.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const COUNT = 121;
const MOTOR = "temp.motor [°C]";
const DRIVE = "temp.drive [°C]";
const VIB = "vib.x [g]";
const DEFAULT = [`${MOTOR}, ${DRIVE}`, VIB];
const wave = (i: number): number => Math.sin(i / 12);

interface Scene {
  channel: string;
  tab: ChannelTab;
  arranger: Arranger;
  x: number[];
}

async function publish(channel: string): Promise<number[]> {
  const start = Math.floor(Date.now() / 1000) - 30;
  const x = counting(COUNT).map((i) => start + i / 4);
  const values = (i: number) => ({ [MOTOR]: 40 + wave(i), [DRIVE]: 30 + wave(i + 9), [VIB]: wave(2 * i) });
  await new Source(stage.edge, channel).publish(x.map((each, i) => rowOf(each, values(i))));
  return x;
}

/** A page with two panels: two temperatures, and a vibration. */
async function scene(t: TestContext): Promise<Scene> {
  const channel = newChannel();
  const x = await publish(channel);
  const tab = await stage.openTab(t, channel);
  const arranger = new Arranger(tab);
  // They come in more than one frame.
  await tab.holds(COUNT, VIB);
  await arranger.shows(DEFAULT);
  return { channel, tab, arranger, x };
}

test("[PG12a] series stand together by the first part of their path and their unit, which the legend shows; each is drawn there", async (t) => {
  const { tab, x } = await scene(t);
  const read = (): Promise<string[][]> =>
    tab.page.evaluate<string[][]>(
      `[...document.querySelectorAll(".legend button")].map((button) =>
        [".name", ".value", ".unit"].map((part) => button.querySelector(part).textContent))`,
    );
  const last = COUNT - 1;
  const said = [
    ["temp.motor", 40 + wave(last), "°C"],
    ["temp.drive", 30 + wave(last + 9), "°C"],
    ["vib.x", wave(2 * last), "g"],
  ] as const;
  // Values follow what is drawn a moment later.
  await waitFor("the last values", async () => {
    const entries = await read();
    assert.equal(entries.length, said.length);
    for (const [i, [name, value, unit]] of said.entries()) {
      const [shownName, shownValue, shownUnit] = entries[i] ?? [];
      assert.deepEqual([shownName, shownUnit], [name, unit]);
      assert.ok(
        Math.abs(Number(shownValue?.replace("−", "-")) - value) < 0.01,
        `${name} reads ${shownValue}, not ${value}`,
      );
    }
    return true;
  });
  const y = counting(COUNT - 2, 1).map((i) => wave(2 * i));
  assertDrawn(await tab.curve(VIB), x.slice(1, -1), y);
  const [temp, vib] = await tab.panels();
  assert.ok(temp && temp.left.min > 20 && temp.left.max < 50, `the temperatures' axis: ${JSON.stringify(temp)}`);
  assert.ok(vib && vib.left.min >= -2 && vib.left.max <= 2, `the vibration's axis: ${JSON.stringify(vib)}`);
});

test("[PG12a] another unit is another panel, and the same unit again the same one, in the order of their coming", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const row = (i: number) =>
    rowOf(start + i, { "m.speed [m/s]": 2 + wave(i), "m.power [W]": 2, "m.slip (m/s)": 3, m: 2, "n.power [W]": 2 });
  await new Source(stage.edge, channel).publish(counting(20).map(row));
  const tab = await stage.openTab(t, channel);
  await new Arranger(tab).shows(["m.speed [m/s], m.slip (m/s)", "m.power [W]", "m", "n.power [W]"]);
});

test("[PG12] what is a million times larger has a panel of its own, though nothing else tells the two apart", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const source = new Source(stage.edge, channel);
  const row = (i: number) => rowOf(start + i / 4, { count: 1e6 + 1e4 * wave(i), level: 0.5 + wave(i) / 2, part: 0.9 });
  await source.publish(counting(COUNT).map(row));
  const tab = await stage.openTab(t, channel);
  await tab.holds(COUNT, "part");
  await new Arranger(tab).shows(["count", "level, part"]);
  const { columns, height } = await tab.curve("level");
  const rows = columns.flatMap((column) => column ?? []);
  assert.ok(Math.max(...rows) - Math.min(...rows) > height / 2, "beside the large one it would be flat");
});

test("[PG12b] the same x is the same pixel column in every panel, though one has wider labels", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const peakAt = 77;
  const values = (i: number) => {
    const peak = i === peakAt ? 1 : 0;
    return { large: 4_000_000 + 3_000_000 * peak, small: peak, "other.part": 0.25 * peak };
  };
  const rows = counting(COUNT).map((i) => rowOf(start + i / 4, values(i)));
  await new Source(stage.edge, channel).publish(rows);
  const tab = await stage.openTab(t, channel);
  await tab.holds(COUNT, "other.part");
  await new Arranger(tab).shows(["large", "small", "other.part"]);
  const widest = async (panel: number) => Math.max(...(await tab.labelsOn(panel)).map(({ text }) => text.length));
  assert.ok((await widest(0)) >= (await widest(1)) + 3, "one has wider labels");
  const peaks: number[] = [];
  for (const name of ["large", "small", "other.part"]) {
    const curve = await tab.curve(name);
    const tops = curve.columns.map((column) => column?.[0] ?? curve.height);
    const top = Math.min(...tops);
    const peak = (tops.indexOf(top) + tops.lastIndexOf(top)) / 2;
    assert.ok(Math.abs(peak - columnOf(curve, start + peakAt / 4)) <= 1.5, `the peak of ${name} is in column ${peak}`);
    peaks.push(peak);
  }
  assert.ok(Math.max(...peaks) - Math.min(...peaks) <= 1, `peaks in columns ${peaks}`);
  const edges = await tab.page.evaluate<string[]>(
    `[...document.querySelectorAll(".over")].map((over) => over.getBoundingClientRect()).map(({ left, right }) => left + " " + right)`,
  );
  assert.deepEqual(edges, [edges[0], edges[0], edges[0]]);
});

test("[PG12c] a series is dragged from its legend to another panel, onto its right axis, and between two into a new one", async (t) => {
  const { tab, arranger, x } = await scene(t);
  await arranger.drag(DRIVE, 1, "middle");
  await arranger.shows([MOTOR, `${VIB}, ${DRIVE}`]);
  const shared = (await tab.panels())[1];
  assert.ok(shared && shared.left.min < 0 && shared.left.max > 30, "one axis holds both");
  await arranger.drag(DRIVE, 1, "right edge");
  await arranger.shows([MOTOR, `${VIB} | ${DRIVE}`]);
  const apart = (await tab.panels())[1];
  assert.ok(apart?.right && apart.left.max < 3 && apart.right.min > 20, JSON.stringify(apart));
  const drive = counting(COUNT - 2, 1).map((i) => 30 + wave(i + 9));
  assertDrawn(await tab.curve(DRIVE), x.slice(1, -1), drive, 4);
  await arranger.drag(DRIVE, 1, "top edge");
  await arranger.shows([MOTOR, DRIVE, VIB]);
  await arranger.drag(MOTOR, 2, "bottom edge");
  await arranger.shows([DRIVE, VIB, MOTOR]);
  // The last one takes its panel with it.
  await arranger.drag(VIB, 0, "middle");
  await arranger.shows([`${DRIVE}, ${VIB}`, MOTOR]);
});

test("[PG12] while it is dragged the panel shows where it would go; let go elsewhere, it stays", async (t) => {
  const { tab, arranger } = await scene(t);
  const { mouse } = tab.page;
  const drop = (): Promise<string[]> =>
    tab.page.evaluate(`[...document.querySelectorAll(".panel")].map((panel) => panel.dataset.drop ?? "")`);
  const from = await arranger.entry(DRIVE).boundingBox();
  const to = await tab.page.locator(".panel").nth(1).boundingBox();
  assert.ok(from && to);
  await mouse.move(from.x + 20, from.y + 10);
  await mouse.down();
  await mouse.move(from.x + 40, from.y + 20);
  for (const [part, above, shown] of [
    [0.5, to.height / 2, "left"],
    [0.97, to.height / 2, "right"],
    [0.5, 8, "before"],
    [0.5, to.height - 8, "after"],
  ] as const) {
    // A hand moves on until it is shown.
    let aside = 0;
    await waitFor(`the panel showing ${shown}`, async () => {
      await mouse.move(to.x + part * to.width + (aside++ % 2), to.y + above);
      return (await drop())[1] === shown;
    });
  }
  for (const aside of [0, 1]) await mouse.move(300 + aside, 20);
  await mouse.up();
  await waitFor("no panel showing anything", async () => (await drop()).join("") === "");
  await arranger.shows(DEFAULT);
});

test("[PG12c] all of that by key: a series moves to an axis, to a panel and to a new one, a panel moves, and all go back", async (t) => {
  const { tab, arranger } = await scene(t);
  const { keyboard } = tab.page;
  const dialog = await arranger.settings(0);
  const stands = dialog.getByLabel(`Where ${DRIVE} stands`);
  await stands.focus();
  await keyboard.press("ArrowDown");
  await tab.drawn();
  await arranger.shows(DEFAULT);
  // The arrow only goes through what could be chosen.
  await keyboard.press("Enter");
  await arranger.shows([`${MOTOR} | ${DRIVE}`, VIB]);
  const focused = (): Promise<string> =>
    tab.page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent");
  assert.equal(await focused(), `Where ${DRIVE} stands`, "focus stays on what was changed");
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await arranger.shows([MOTOR, `${VIB}, ${DRIVE}`]);
  await arranger.close();
  await arranger.settings(1);
  await dialog.getByLabel(`Where ${DRIVE} stands`).focus();
  await keyboard.press("End");
  await keyboard.press("Enter");
  await arranger.shows([MOTOR, VIB, DRIVE]);
  assert.equal(await focused(), `Where ${VIB} stands`, "what was changed is no longer here");
  await dialog.getByRole("button", { name: "Panel up" }).focus();
  await keyboard.press("Enter");
  await arranger.shows([VIB, MOTOR, DRIVE]);
  assert.equal(await focused(), "Panel up");
  await dialog.getByRole("button", { name: "Panel down" }).focus();
  await keyboard.press("Space");
  await keyboard.press("Space");
  await arranger.shows([MOTOR, DRIVE, VIB]);
  await dialog.getByRole("button", { name: "Arrange all panels automatically" }).focus();
  await keyboard.press("Enter");
  await arranger.shows(DEFAULT);
  assert.equal(await dialog.getByRole("button", { name: "Arrange all panels automatically" }).count(), 0);
});

test("[PG12e] the arrangement is there when the page is opened again, on this channel only; and in the URL, for another browser", async (t) => {
  const { channel, tab, arranger } = await scene(t);
  const other = newChannel();
  await publish(other);
  await arranger.drag(DRIVE, 1, "right edge");
  const arranged = [MOTOR, `${VIB} | ${DRIVE}`];
  await arranger.shows(arranged);
  const hash = await tab.fragment(/panel=.*panel=/);
  const open = async (url: URL): Promise<void> => {
    await tab.page.goto(url.href);
    await tab.holds(COUNT, VIB);
  };
  // Without the fragment, which says it too.
  await open(stage.edge.channelUrl(channel));
  await arranger.shows(arranged);
  await open(stage.edge.channelUrl(other));
  await arranger.shows(DEFAULT);
  const far = await stage.openTab(t, `${channel}${hash}`);
  await far.holds(COUNT, VIB);
  await new Arranger(far).shows(arranged);
});

test("[PG12] a series that comes later goes to those of its kind, and does not undo what was arranged", async (t) => {
  const { channel, arranger } = await scene(t);
  await arranger.drag(VIB, 0, "top edge");
  await arranger.shows([VIB, `${MOTOR}, ${DRIVE}`]);
  const now = Math.floor(Date.now() / 1000);
  await stage.feed(t, channel).then(({ send }) => send({ x: now, "temp.oil [°C]": 60, "flow [l/s]": 2 }));
  await arranger.shows([VIB, `${MOTOR}, ${DRIVE}, temp.oil [°C]`, "flow [l/s]"]);
});
