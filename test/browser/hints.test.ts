/** What the page says of its own handling: the line at the foot, and where menus open. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "../support/wait.ts";
import { assertFits } from "./fits.ts";
import { Pointer } from "./pointer.ts";
import { manySeries, Source, THREE } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

test("[PG80b] the foot says what the wheel does: where panels scroll it scrolls, and zooms with Ctrl", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  const few = await stage.openTab(t, source.channel);
  await few.holds(120, "vib.x");
  await waitFor("what it does", async () => / · wheel = zoom · /.test(await few.text("footer")));
  await new Pointer(few).to(0.5);
  await new Pointer(few).wheel(0, -200);
  const many = new Source(stage.edge);
  await many.past(manySeries(60, 20), 20);
  const tab = await stage.openTab(t, many.channel);
  await tab.holds(20, "group19.value2");
  await waitFor("what it does", async () => / · ctrl-wheel = zoom · /.test(await tab.text("footer")));
  await new Pointer(tab).to(0.5);
  const before = await tab.window();
  await tab.page.mouse.wheel(0, 200);
  await waitFor("the panels scrolling", () =>
    tab.page.evaluate<boolean>("document.querySelector('#board').scrollTop > 0"),
  );
  assert.equal((await tab.window()).paused, before.paused);
});

test("[PG80b] for fingers it says nothing of a wheel", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  const tab = await stage.openTab(t, source.channel, { phone: true, width: 1024, height: 768 });
  await tab.holds(120, "vib.x");
  await tab.settled();
  assert.ok(await tab.page.locator("footer").isHidden());
  await assertFits(tab);
});

test("[PG83c] the menu opens at its button, on a phone too, stays there when that is turned, and goes to the middle without it", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  for (const [width, height] of [
    [1280, 760],
    [390, 800],
    [844, 390],
  ] as const) {
    const tab = await stage.openTab(t, source.channel, { phone: width < 1000, width, height });
    await tab.holds(120, "vib.x");
    await tab.settled();
    await tab.page.keyboard.press(".");
    const menu = tab.page.getByRole("dialog", { name: "Menu" });
    await menu.waitFor();
    const isAtButton = async (): Promise<boolean> => {
      const [box, at] = [await menu.boundingBox(), await tab.page.locator("#menu").boundingBox()];
      assert.ok(box && at);
      const edge = Math.min(Math.abs(box.x + box.width - at.x - at.width), Math.abs(box.x - at.x));
      return box.y >= at.y + at.height && box.y <= at.y + at.height + 8 && edge <= 12;
    };
    assert.ok(await isAtButton(), `${width} × ${height}`);
    await assertFits(tab, `${width} × ${height}`);
    await tab.page.setViewportSize({ width: width - 60, height });
    await waitFor("it following its button", isAtButton);
  }
  const framed = await stage.openTab(t, source.channel, { query: "?embed=1" });
  await framed.holds(120, "vib.x");
  await framed.page.keyboard.press(".");
  const box = await framed.page.getByRole("dialog", { name: "Menu" }).boundingBox();
  assert.ok(box && Math.abs(box.x + box.width / 2 - 640) < 2, "in the middle");
});
