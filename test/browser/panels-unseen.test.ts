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
  const look = await stage.look(t, source.channel);
  await look.holds(120, "group11.value0");
  await look.drawn();
  assert.equal(await look.page.locator(".panel").count(), 12);
  const onScreen = await look.page.evaluate<number>(`{
    const { top, bottom } = document.getElementById("board").getBoundingClientRect();
    [...document.querySelectorAll(".panel")].map((panel) => panel.getBoundingClientRect())
      .filter((box) => box.bottom > top && box.top < bottom).length
  }`);
  const { bytes } = await saved(look, "PNG");
  // PNG, "IHDR": width and height follow the first chunk's name.
  const heightPx = Buffer.from(bytes).readUInt32BE(20);
  const panelPx = await look.page.evaluate<number>("document.querySelector('.panel').offsetHeight");
  assert.ok(onScreen >= 3 && onScreen <= 6, `${onScreen} panels are on the screen`);
  // One that is nearly there is drawn, too.
  assert.ok(heightPx > onScreen * panelPx * 0.8 && heightPx < (onScreen + 2) * panelPx + 100, `${heightPx} px high`);

  await look.page.keyboard.press("t");
  await look.page.locator("table").waitFor();
  await look.drawn();
  await look.page.locator("#share").click();
  const dialog = look.page.getByRole("dialog", { name: "Share" });
  await dialog.getByRole("button", { name: "PNG", exact: true }).click();
  await dialog.getByText("PNG: not saved. The plots are not to be seen now").waitFor();
});

test("[PG12] panels that are gone leave nothing that listens", async (t) => {
  const source = new Source(stage.edge);
  await source.publish([rowOf(1, { "a.x": 1, "a.y": 2, "b.z": 3 })]);
  const look = await stage.look(t, source.channel);
  await look.holds(1, "b.z");
  const arranger = new Arranger(look);
  const devtools = await look.page.context().newCDPSession(look.page);
  await devtools.send("Performance.enable");
  await devtools.send("HeapProfiler.enable");
  const listeners = async (): Promise<number> => {
    await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "JSEventListeners")?.value ?? Number.NaN;
  };
  const apartAndBack = async (): Promise<void> => {
    await look.follow("#panel=a.x&panel=a.y&panel=b.z");
    await arranger.shows(["a.x", "a.y", "b.z"]);
    await look.follow("#panel=a.x,a.y&panel=b.z");
    await arranger.shows(["a.x, a.y", "b.z"]);
  };
  await apartAndBack();
  const before = await listeners();
  for (let i = 0; i < 5; i++) await apartAndBack();
  const now = await listeners();
  assert.ok(now <= before + 2, `${before} listeners before, ${now} now`);
});
