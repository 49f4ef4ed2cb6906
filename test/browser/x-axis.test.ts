/** What the x axis says: whole labels beside each other, numbers with enough digits, and dates with their year. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { rowOf } from "../support/publish.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const LETTER_PX = 6;

for (const [kind, xOf, said] of [
  ["large numbers", (i: number) => -5e9 + i / 4, /^-(4\.99999\d+|5)e9$/],
  ["small steps", (i: number) => 0.5 + i * 1e-9, /^0\.5000\d+$/],
  ["years", (i: number) => Date.now() / 1000 - (120 - i) * 2e6, /^\d{4}$|\d{4}$/],
] as const) {
  for (const width of [390, 1280]) {
    test(`[PG28b] [PG28c] at ${width} px the labels of an axis of ${kind} are whole, and lie beside each other`, async (t) => {
      const source = new Source(stage.edge);
      await source.publish(counting(120).map((i) => rowOf(xOf(i), { y: i % 9 })));
      const tab = await stage.openTab(t, source.channel, { width, query: "#window=All" });
      await tab.holds(120);
      await tab.drawn();
      const labels = await tab.page.evaluate<{ text: string; x: number }[]>(
        `recorded.labelsOn(document.querySelector(".x-axis canvas"))`,
      );
      assert.ok(labels.length >= 2, JSON.stringify(labels));
      assert.equal(new Set(labels.map(({ text }) => text)).size, labels.length, JSON.stringify(labels));
      for (const [i, { text, x }] of labels.entries()) {
        assert.match(text, said);
        const half = (text.length * LETTER_PX) / 2;
        assert.ok(x - half >= -1 && x + half <= width + 1, `${text} at ${x}`);
        const before = labels[i - 1];
        assert.ok(
          before === undefined || x - half > before.x + (before.text.length * LETTER_PX) / 2,
          JSON.stringify(labels),
        );
      }
    });
  }
}
