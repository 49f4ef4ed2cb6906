/** Panels that are not on the screen, or not there any more: nothing of them is shown, and nothing of them stays. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { rowOf } from "../support/publish.ts";
import { Arranger } from "./arranger.ts";
import { saved } from "./saving.ts";
import { manySeries, Source } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

test("[PG15] the picture is of the panels that can be seen; what was drawn in others long ago is not in it", async (t) => {
  const source = new Source(stage.edge);
  await source.past(manySeries(12, 12));
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(120, "group11.value0");
  await tab.drawn();
  assert.equal(await tab.page.locator(".panel").count(), 12);
  const onScreen = await tab.page.evaluate<number>(`{
    const { top, bottom } = document.getElementById("board").getBoundingClientRect();
    [...document.querySelectorAll(".panel")].map((panel) => panel.getBoundingClientRect())
      .filter((box) => box.bottom > top && box.top < bottom).length
  }`);
  const { bytes } = await saved(tab, "PNG");
  // PNG, "IHDR": width and height follow the first chunk's name.
  const heightPx = Buffer.from(bytes).readUInt32BE(20);
  const panelPx = await tab.page.evaluate<number>("document.querySelector('.panel').offsetHeight");
  assert.ok(onScreen >= 3 && onScreen <= 6, `${onScreen} panels are on the screen`);
  // One that is nearly there is drawn, too.
  assert.ok(heightPx > onScreen * panelPx * 0.8 && heightPx < (onScreen + 2) * panelPx + 100, `${heightPx} px high`);

  await tab.page.keyboard.press("t");
  await tab.page.locator("table").waitFor();
  await tab.drawn();
  const beside = await saved(tab, "PNG");
  assert.ok(Buffer.from(beside.bytes).readUInt32BE(20) > panelPx, "the plots are beside the table");
});

test("[PG12] panels that are gone leave nothing that listens", async (t) => {
  const source = new Source(stage.edge);
  await source.publish([rowOf(1, { "a.x": 1, "a.y": 2, "b.z": 3 })]);
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(1, "b.z");
  const arranger = new Arranger(tab);
  const devtools = await tab.page.context().newCDPSession(tab.page);
  await devtools.send("Performance.enable");
  await devtools.send("HeapProfiler.enable");
  const listeners = async (): Promise<number> => {
    await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "JSEventListeners")?.value ?? Number.NaN;
  };
  const apartAndBack = async (): Promise<void> => {
    await tab.follow("#panel=a.x&panel=a.y&panel=b.z");
    await arranger.shows(["a.x", "a.y", "b.z"]);
    await tab.follow("#panel=a.x,a.y&panel=b.z");
    await arranger.shows(["a.x, a.y", "b.z"]);
  };
  await apartAndBack();
  const before = await listeners();
  for (let i = 0; i < 5; i++) await apartAndBack();
  const now = await listeners();
  assert.ok(now <= before + 2, `${before} listeners before, ${now} now`);
});
