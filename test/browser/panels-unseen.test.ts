/** Panels that are not on the screen, or not there any more: nothing of them is shown, and nothing of them stays. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import { Arranger } from "./arranger.ts";
import { assertFits, assertTargets } from "./fits.ts";
import { saved } from "./saving.ts";
import { manySeries, Source } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

test("[PG15] the picture is of the panels that can be seen; what was drawn in others long ago is not in it", async (t) => {
  const source = new Source(stage.edge);
  await source.past(manySeries(24, 12));
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

for (const phone of [false, true]) {
  test(`[PG85b] ${phone ? "on a phone" : "at a desk"} it is said how many panels are below, and a press goes there`, async (t) => {
    const source = new Source(stage.edge);
    await source.past(manySeries(18, 9));
    const tab = await stage.openTab(t, source.channel, { phone });
    await tab.holds(120, "group8.value1");
    const hint = tab.page.locator(".more-below");
    const count = async (): Promise<number> =>
      Number(/^↓ (\d+) more panels?$/.exec((await hint.textContent()) ?? "")?.[1]);
    await waitFor("how many", async () => (await count()) >= 4);
    await assertFits(tab, "with panels below");
    await assertAccessible(tab, "with panels below");
    await assertTargets(tab, phone ? 44 : 24);
    // It lies over no entry of a legend, wherever the panels are.
    while (await hint.isVisible()) {
      const before = await count();
      const covered = await hint.evaluate((button) => {
        const over = button.getBoundingClientRect();
        return [...button.ownerDocument.querySelectorAll(".legend button")].filter((entry) => {
          const { left, right, top, bottom } = entry.getBoundingClientRect();
          return left < over.right && over.left < right && top < over.bottom && over.top < bottom;
        }).length;
      });
      assert.equal(covered, 0);
      await hint.click();
      await waitFor("fewer", async () => (await hint.isHidden()) || (await count()) < before);
    }
    assert.ok(
      await tab.page.evaluate<boolean>(
        "{ const { scrollTop, clientHeight, scrollHeight } = document.getElementById('board'); scrollHeight - clientHeight - scrollTop < 100 }",
      ),
    );
    // What else is said there goes first.
    await tab.page.evaluate("document.getElementById('board').scrollTo(0, 0)");
    await hint.waitFor();
    await tab.page.keyboard.press(" ");
    await tab.page.locator("#go-live").waitFor();
    assert.ok(await hint.isHidden());
    const few = await stage.openTab(
      t,
      `${source.channel}#panel=${Array.from({ length: 9 }, (_, i) => `group${i}.value0,group${i}.value1`).join(",")}`,
      { phone },
    );
    await few.holds(120, "group8.value1");
    assert.equal(await few.page.locator(".more-below:not([hidden])").count(), 0);
  });
}

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
