/** Lines across a panel at values that a person gives. */
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

const COUNT = 120;

async function scene(t: TestContext, values: (i: number) => Record<string, number>) {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const rows = counting(COUNT).map((i) => rowOf(start + i / 4, values(i)));
  await new Source(stage.edge, channel).publish(rows);
  const tab = await open(t, channel);
  return { channel, tab, arranger: new Arranger(tab) };
}

async function open(t: TestContext, path: string): Promise<ChannelTab> {
  const tab = await stage.openTab(t, path);
  await tab.holds(COUNT, "y");
  await tab.drawn();
  return tab;
}

/** The rows of the first panel, in parts of its height from the top, that are dashed in the quiet colour from end to end. */
async function dashedRows(tab: ChannelTab): Promise<number[]> {
  await tab.drawn();
  return await tab.page.evaluate<number[]>(`{
    const panel = document.querySelector(".panel");
    const canvas = panel.querySelector("canvas");
    const [outer, inner] = [canvas, panel.querySelector(".over")].map((one) => one.getBoundingClientRect());
    const scale = canvas.width / outer.width;
    const [left, top, width, height] =
      [inner.left - outer.left, inner.top - outer.top, inner.width, inner.height].map((size) => Math.round(size * scale));
    const pen = document.createElement("canvas").getContext("2d");
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--quiet").trim();
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(pen.fillStyle.slice(at, at + 2), 16));
    const { data } = canvas.getContext("2d").getImageData(left, top, width, height);
    const isQuiet = (x, y) => {
      const at = 4 * (y * width + x);
      return Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 60 && data[at + 3] > 200;
    };
    const all = (from, to) => Array.from({ length: Math.round(to - from) }, (_, i) => Math.round(from) + i);
    // Two of five device pixels, in each tenth of the width.
    const isDashed = (y) => all(0, 10).every((tenth) => {
      const columns = all((tenth * width) / 10, ((tenth + 1) * width) / 10);
      const quiet = columns.filter((x) => isQuiet(x, y)).length / columns.length;
      return quiet > 0.3 && quiet < 0.7;
    });
    all(0, height).filter(isDashed).map((y) => (y + 0.5) / height);
  }`);
}

/** The lines are where these values are on the axis, each with its value at the right end, and there is no other. */
async function linesAt(tab: ChannelTab, values: readonly number[], axis: "left" | "right" = "left"): Promise<void> {
  await waitFor(`lines at ${values}`, async () => {
    const scale = (await tab.panels())[0]?.[axis];
    assert.ok(scale);
    const place = (value: number): number =>
      (scale.max - (scale.log ? Math.log10(value) : value)) / (scale.max - scale.min);
    const rows = await dashedRows(tab);
    const wanted = [...values].sort((a, b) => b - a);
    assert.equal(rows.length, wanted.length, `rows ${rows}`);
    const { top, height, right } = await tab.page.evaluate<{ top: number; height: number; right: number }>(
      `{ const [canvas, over] = [".panel canvas", ".panel .over"].map((one) => document.querySelector(one).getBoundingClientRect());
         ({ top: over.top - canvas.top, height: over.height, right: over.right - canvas.left }); }`,
    );
    const labels = await tab.labelsOn(0);
    for (const [i, value] of wanted.entries()) {
      const row = rows[i] ?? Number.NaN;
      assert.ok(Math.abs(row - place(value)) * height < 1.2, `${value} is at ${row}, not ${place(value)}`);
      const label = labels.find(({ text, x }) => text === String(value) && x < right && x > right - 10);
      assert.ok(label && Math.abs(label.y - top - row * height) < 12, `${value} in ${JSON.stringify(labels)}`);
    }
    return true;
  });
}

test("[PG21b] [PG21c] lines stand at the values that are given, are remembered, and another browser has them; those out of view widen nothing", async (t) => {
  const { channel, tab, arranger } = await scene(t, (i) => ({ y: 5 + 4 * Math.sin(i / 10) }));
  // A range is kept while it fits; a choice finds it anew, as the lines will.
  await tab.choose("30 s");
  const before = (await tab.panels())[0]?.left;
  const dialog = await arranger.settings(0);
  const field = dialog.getByLabel("Threshold lines");
  await field.fill("3.3, 6.7 500");
  await field.press("Enter");
  await linesAt(tab, [3.3, 6.7]);
  assert.deepEqual((await tab.panels())[0]?.left, before);
  assert.ok(await tab.page.getByLabel("Plot of y; threshold lines at 3.3, 6.7, 500").isVisible(), "it is heard");
  for (const [wrong, said] of [
    ["3, many", /numbers/],
    [counting(17).join(), /at most 16/],
  ] as const) {
    await field.fill(wrong);
    await field.press("Enter");
    await waitFor(`${wrong} being refused`, async () =>
      said.test((await dialog.getByRole("alert").textContent()) ?? ""),
    );
    await linesAt(tab, [3.3, 6.7]);
  }
  await arranger.close();
  const hash = await waitFor("the lines in the URL", () => {
    const found = new URL(tab.page.url()).hash;
    return found.includes(";at=3.3,6.7,500") && found;
  });
  await tab.page.goto(stage.edge.channelUrl(channel).href);
  await tab.holds(COUNT, "y");
  await linesAt(tab, [3.3, 6.7]);
  await linesAt(await open(t, `${channel}${hash}`), [3.3, 6.7]);
  await arranger.settings(0);
  assert.equal(await field.inputValue(), "3.3, 6.7, 500");
  await field.fill("");
  await field.press("Enter");
  await linesAt(tab, []);
});

test("[PG21a] on a logarithmic axis they are where their powers are; what is not above 0 is not there", async (t) => {
  const { tab, arranger } = await scene(t, (i) => ({ y: 10 ** (2 + 1.9 * Math.sin(i / 10)) }));
  const dialog = await arranger.settings(0);
  await dialog.getByLabel("Logarithmic").check();
  await dialog.getByLabel("Threshold lines").fill("-5, 0, 7, 350");
  await dialog.getByLabel("Threshold lines").press("Enter");
  await linesAt(tab, [7, 350]);
  await dialog.getByLabel("Logarithmic").uncheck();
  await waitFor("a linear axis", async () => (await tab.panels())[0]?.left.log === false);
  assert.equal(await dialog.getByLabel("Threshold lines").inputValue(), "-5, 0, 7, 350");
});

test("[PG21] the right axis has its own", async (t) => {
  const { channel, tab, arranger } = await scene(t, (i) => ({ a: Math.sin(i / 10), y: 20 + Math.sin(i / 7) }));
  const dialog = await arranger.settings(0);
  await dialog.getByLabel("Where y stands").selectOption({ label: "This panel, right axis" });
  await arranger.shows(["a | y"]);
  const field = dialog.getByLabel("Threshold lines").last();
  await field.fill("20.3");
  await field.press("Enter");
  await linesAt(tab, [20.3], "right");
  await waitFor("it in the URL", () => new URL(tab.page.url()).hash.includes(";rat=20.3"));
  await linesAt(await open(t, `${channel}${new URL(tab.page.url()).hash}`), [20.3], "right");
});
