/** What a phone shows at once: every value of three series, and whole panels when it lies on its side. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { assertFits, assertTargets } from "./fits.ts";
import { manySeries, Source, type Values } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const NINE: Values = (i) =>
  Object.fromEntries(
    ["vib.x", "vib.y", "vib.z", "temp.motor", "temp.drive", "temp.ambient", "power.L1", "power.L2", "power.L3"].map(
      (name, k) => [`${name} [${["m/s²", "°C", "W"][Math.floor(k / 3)]}]`, 100 * k + 31.2 + Math.sin(i / 10 + k)],
    ),
  );

interface Seen {
  top: number;
  bottom: number;
  plot: number;
}

/** The panels, and from where to where they are on the screen. */
function panels({ page }: ChannelTab): Promise<Seen[]> {
  return page.evaluate<Seen[]>(
    `[...document.querySelectorAll(".panel")].map((panel) => {
      const { top, bottom } = panel.getBoundingClientRect();
      return { top, bottom, plot: panel.querySelector(".over").clientHeight };
    })`,
  );
}

/** Between the header and the x axis. */
async function room({ page }: ChannelTab): Promise<[top: number, bottom: number]> {
  return page.evaluate<[number, number]>(
    `[board.getBoundingClientRect().top, document.querySelector(".x-axis").getBoundingClientRect().top]`,
  );
}

for (const width of [360, 390, 430]) {
  test(`[PG78a] at ${width} px every value of three series is seen, without a swipe`, async (t) => {
    const source = new Source(stage.edge);
    await source.past(NINE);
    const tab = await stage.openTab(t, source.channel, { phone: true, width });
    await tab.holds(120, "power.L3 [W]");
    await tab.settled();
    await waitFor("values in the legends", async () =>
      Object.values(await tab.legend()).every((value) => value !== ""),
    );
    const cut = await tab.page.evaluate<string[]>(`[...document.querySelectorAll(".legend button")].filter((button) => {
      const legend = button.closest(".legend").getBoundingClientRect();
      const parts = [...button.querySelectorAll(".value, .unit")].map((part) => part.getBoundingClientRect());
      return parts.some(({ left, right, top, bottom }) =>
        left < legend.left || right > legend.right + 0.5 || top < legend.top || bottom > legend.bottom + 0.5);
    }).map(({ title }) => title)`);
    assert.deepEqual(cut, [], "are out of their legend");
    assert.equal(await tab.page.locator(".legend button").count(), 9);
    await assertFits(tab);
    await assertTargets(tab, 44);
  });
}

for (const [width, height, count, whole] of [
  [844, 390, 1, 1],
  [844, 390, 2, 2],
  [844, 390, 3, 3],
  [844, 390, 6, 3],
  [667, 375, 6, 2],
] as const) {
  test(`[PG78b] a phone of ${width} × ${height} shows ${whole} of ${count} panels, whole, with lines that can be read`, async (t) => {
    const values = manySeries(2 * count, count);
    const source = new Source(stage.edge);
    await source.past(values);
    const tab = await stage.openTab(t, source.channel, { phone: true, width, height });
    await tab.holds(120, Object.keys(values(0)).at(-1));
    await tab.settled();
    const [top, bottom] = await room(tab);
    const seen = await panels(tab);
    assert.equal(seen.length, count);
    const fully = seen.filter((panel) => panel.top >= top - 1 && panel.bottom <= bottom + 1);
    assert.equal(fully.length, whole, JSON.stringify([seen, top, bottom]));
    const last = fully.at(-1);
    assert.ok(last && bottom - last.bottom < 24, "no half panel is below them");
    for (const { plot } of seen) assert.ok(plot >= 44, `the lines have ${plot} px`);
    await assertFits(tab);
    await assertTargets(tab, 44);
  });
}

for (const width of [320, 390]) {
  test(`[PG78a] at ${width} px both values of two series are seen whole, with their units`, async (t) => {
    const source = new Source(stage.edge);
    await source.past((i) => ({ "temp.motor [°C]": 50.84 + i / 7, "temp.drive [°C]": 41.07 - i / 9 }));
    const tab = await stage.openTab(t, source.channel, { phone: true, width });
    await tab.holds(120, "temp.drive [°C]");
    await tab.settled();
    await waitFor("values", async () => Object.values(await tab.legend()).every((text) => /\d/.test(text)));
    const cut = await tab.page.evaluate<string[]>(`{
      const { left } = document.querySelector(".panel-menu").getBoundingClientRect();
      [...document.querySelectorAll(".legend :is(.value, .unit)")]
        .filter((part) => part.getBoundingClientRect().right > left + 0.5 || part.scrollWidth > part.clientWidth + 1)
        .map((part) => part.textContent);
    }`);
    assert.deepEqual(cut, []);
  });
}

test("[PG7b] a long state does not cut the channel's name off on a phone, and the panels stay where they are", async (t) => {
  const source = new Source(stage.edge);
  await source.past((i) => ({ y: i }));
  const tab = await stage.openTab(t, source.channel, { phone: true, width: 390 });
  await tab.holds(120);
  const top = async (): Promise<number> => (await tab.page.locator("#board").boundingBox())?.y ?? Number.NaN;
  await tab.settled();
  // What was there before may be stale already on a busy machine.
  await source.now((i) => ({ y: i }));
  await tab.says("Live");
  await tab.drawn();
  const before = await top();
  await tab.says(/^Stale since/);
  await tab.page.keyboard.press(" ");
  await tab.says(/^Paused · stale since/);
  const [room, need] = await tab.page.evaluate<[number, number]>(
    `(({ clientWidth, scrollWidth }) => [clientWidth, scrollWidth])(document.getElementById("channel"))`,
  );
  assert.ok(need <= room, `${need} px in ${room}`);
  assert.equal(await top(), before);
});
