/** ZeroMQ publisher → bridge → Worker → the pages of two browsers: the same points, and the same curve. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newChannel } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertDrawn } from "./channel-tab.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

test("[PG1] [CH2] [VW1] two browsers hold every point once, in order, and draw the same curve; the later one has those from before", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const start = Math.floor(Date.now() / 1000) - 30;
  const x = counting(120).map((i) => start + i / 4);
  const y = x.map((_, i) => Math.sin(i / 12) + i / 100);
  const sendSome = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) await send({ x: x[i], y: y[i] });
  };
  await sendSome(0, 40);
  const early = await stage.openTab(t, channel);
  await early.holds(40);
  await sendSome(40, 80);
  await early.holds(80);
  const late = await stage.openTab(t, channel);
  await late.holds(80);
  await sendSome(80, 120);
  await Promise.all([early.holds(120), late.holds(120)]);

  for (const tab of [early, late]) {
    assert.deepEqual(await tab.held(), [{ name: "y", x, y }]);
    assert.deepEqual(await tab.gaps(), []);
    // The earlier page keeps the y range that it had, while it fits; a choice makes both look anew.
    await tab.choose("30 s");
  }
  const [earlyCurve, lateCurve] = [await early.curve(), await late.curve()];
  assertDrawn(earlyCurve, x, y);
  assert.deepEqual(earlyCurve, lateCurve, "both pages have the same pixels in the line's colour");
  await waitFor("both pages counting two viewers", async () =>
    (await Promise.all([early, late].map((tab) => tab.text("#figures")))).every((text) => /\b2 viewers$/.test(text)),
  );
});

test("[PG1a] [PT2c] [PT5] new series turn up by themselves, each with its last value in the legend", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  const x = Math.floor(Date.now() / 1000);
  const reads = (what: Record<string, string>): Promise<true> =>
    waitFor(`a legend of ${JSON.stringify(what)}`, async () => {
      const legend = await tab.legend();
      assert.deepEqual(legend, what);
      return true as const;
    });
  await send({ x: x - 2, y: 1.5 });
  await reads({ y: "1.500" });
  await send({ x: x - 1, temp: 21 }, "lab");
  await reads({ y: "1.500", "lab.temp": "21" });
  await send({ x, motor: { rpm: 1200, on: true, at: [7, 8] } });
  await reads({ y: "1.500", "lab.temp": "21", "motor.rpm": "1200", "motor.at.0": "7", "motor.at.1": "8" });
  await send({ x: x + 1, motor: { rpm: 1250 } });
  await reads({ y: "1.500", "lab.temp": "21", "motor.rpm": "1250", "motor.at.0": "7", "motor.at.1": "8" });
  assert.match(await tab.text("#figures"), /\b5 series\b/);
});

test("[PG1b] a press on the legend hides a line, another brings it back", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const start = Math.floor(Date.now() / 1000) - 20;
  for (const i of counting(21)) await send({ x: start + i, a: Math.sin(i / 3), b: Math.cos(i / 3) });
  const tab = await stage.openTab(t, channel);
  await tab.holds(21, "b");
  const isDrawn = async (name: string): Promise<boolean> => (await tab.curve(name)).columns.some((rows) => rows);
  const press = (name: string): Promise<void> => tab.page.locator(".legend").getByText(name, { exact: true }).click();
  assert.deepEqual([await isDrawn("a"), await isDrawn("b")], [true, true]);
  await press("a");
  assert.deepEqual([await isDrawn("a"), await isDrawn("b")], [false, true]);
  await press("a");
  assert.deepEqual([await isDrawn("a"), await isDrawn("b")], [true, true]);
});

test("[PG1] the legend makes room for the longest value, and not for the many places of the first few", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  const start = Math.floor(Date.now() / 1000);
  const roomIs = (characters: number, of: string): Promise<true> =>
    waitFor(`room for ${characters} characters, of ${of}`, async () => {
      const room = await tab.page.evaluate<string>("document.querySelector('.legend .value').style.minWidth");
      assert.deepEqual({ room, text: await tab.text(".legend .value") }, { room: `${characters}ch`, text: of });
      return true as const;
    });
  await send({ x: start, y: 90.00012 });
  await send({ x: start + 1, y: 90.00034 });
  await roomIs(10, "90.0003400");
  await send({ x: start + 2, y: -75.5 });
  await roomIs(5, "-75.5");
  await send({ x: start + 3, y: 7 });
  await roomIs(5, "7.0");
});
