/** Series whose clock is another: they are named, with by how much, and can be gone to; the others are left as they are. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "../support/wait.ts";
import { Source } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const HOUR = 3600;
const figures = "#figures";

for (const [kind, offsetS, said, note] of [
  ["5 h 30 min behind", -5.5 * HOUR, "zone.y: 5 h 30 min behind (time zone?)", /5 h 30 min behind \(time zone\?\)/],
  ["a day ahead", 24 * HOUR, "zone.y: 24 h ahead", /24 h ahead/],
  ["of 2000", 0, undefined, /has timestamps of 1996: they count from 2000\?/],
  ["of 1904", 1, undefined, /has timestamps of 2092: they count from 1904/],
  ["of no time", 2, undefined, /not a time, or one of 1970 \(is the clock set\?\)/],
] as const) {
  test(`[PG27a] [PG27b] [PG27c] a series whose clock is ${kind} is named and shown; the picture stays with the others`, async (t) => {
    const source = new Source(stage.edge);
    const other = new Source(stage.edge, source.channel);
    await source.past((i) => ({ "right.y": i % 10 }));
    const nowS = (): number => Date.now() / 1000;
    const otherX = (): number =>
      offsetS === 0
        ? nowS() - 946_684_800
        : offsetS === 1
          ? nowS() + 2_082_844_800
          : offsetS === 2
            ? nowS() % 1000
            : nowS() + offsetS;
    let isEnded = false;
    const going = (async () => {
      for (let i = 0; !isEnded; i++) {
        const x = otherX();
        await other.publish([{ x, arrival: false, names: ["zone.y"], values: [i % 7] }]);
        await new Promise((done) => setTimeout(done, 200));
      }
    })();
    t.after(async () => {
      isEnded = true;
      await going;
    });
    source.goOn(t, (i) => ({ "right.y": i % 10 }), 200);
    const tab = await stage.openTab(t, source.channel);
    await tab.says("Live");
    await waitFor("the note", async () => {
      const notes = await tab.page.locator(".off-note:not([hidden])").allTextContents();
      return notes.length === 1 && note.test(notes[0] ?? "");
    });
    const { maxX } = await tab.window();
    assert.ok(maxX !== null && Math.abs(maxX - nowS()) < 5, `the picture ends at ${maxX}`);
    if (said !== undefined) await waitFor(said, async () => (await tab.text(figures)).includes(said));
    await waitFor("the lag of the others", async () => /lag (\d+ ms|\d\.\d s)/.test(await tab.text(figures)));
    await tab.page.getByRole("button", { name: "Show zone.y" }).click();
    await tab.drawn();
    const shown = await tab.window();
    const { x } = await tab.series("zone.y");
    assert.ok(shown.paused && x.some((at) => at >= (shown.minX ?? 0) && at <= (shown.maxX ?? 0)));
    assert.equal(await tab.page.locator(".off-note:not([hidden])", { hasText: "zone.y" }).count(), 0);
  });
}

test("[PG27b] a clock that is 12 s ahead does not take the picture over once nothing comes any more", async (t) => {
  const source = new Source(stage.edge);
  const startS = Date.now() / 1000;
  const tab = await stage.openTab(t, source.channel);
  await tab.joined();
  for (const [name, aheadS] of [
    ["right.y", 0],
    ["ahead.y", 12],
  ] as const) {
    const row = (i: number) => ({ x: startS + aheadS + i / 100, arrival: false, names: [name], values: [i] });
    await source.publish([row(0), row(1)]);
  }
  await tab.holds(2, "ahead.y");
  await waitFor("the time of the clock that is ahead", () => Promise.resolve(Date.now() / 1000 > startS + 8));
  await tab.page.keyboard.press("l");
  await tab.drawn();
  const { maxX } = await tab.window();
  assert.ok(maxX !== null && Math.abs(maxX - startS) < 1, `the picture ends ${(maxX ?? 0) - startS} s after the point`);
});
