/** Names at a y axis are read whole. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { named } from "../support/named.ts";
import { newChannel } from "../support/publish.ts";
import { Source } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

for (const [phone, states, expected] of [
  [false, ["IDLE", "COOLDOWN", "WWWWWWWWWWWW"], ["IDLE", "COOLDOWN", "WWWWWWWWWWWW"]],
  [true, ["IDLE", "COOLDOWN", "WWWWWWWWWWWW"], ["IDLE", "COOLDOWN", "WWWWWWWWWWWW"]],
  [false, ["MOTION_STATE_RUN", "MOTION_STATE_STOP"], ["MOTION_STATE_RUN", "MOTION_STATE_STOP"]],
  [true, ["MOTION_STATE_RUN", "MOTION_STATE_STOP"], ["…N_STATE_RUN", "…_STATE_STOP"]],
] as const) {
  test(`[PG75a] [PG75b] ${phone ? "on a phone" : "in a window"} ${states.join(", ")} stand at the axis, whole, and differ`, async (t) => {
    const channel = newChannel();
    const start = Math.floor(Date.now() / 1000) - 20;
    const rows = [...states, ...states].map((text, i) => named(start + 3 * i, { mode: [i % states.length, text] }));
    await new Source(stage.edge, channel).publish(rows);
    const tab = await stage.openTab(t, channel, { phone });
    await tab.holds(2 * states.length, "mode");
    await tab.page.locator(".panel[data-shape=lanes]").waitFor();
    await tab.drawn();
    const labels = await tab.labelsOn(0);
    assert.deepEqual(labels.map(({ text }) => text).sort(), [...expected].sort());
    const widths = await tab.page.evaluate<number[]>(
      `{ const context = document.createElement("canvas").getContext("2d");
         context.font = document.querySelector(".panel canvas").getContext("2d").font;
         ${JSON.stringify(labels.map(({ text }) => text))}.map((text) => context.measureText(text).width) }`,
    );
    // They end where they are drawn at, as a label of a left axis does.
    for (const [i, { text, x }] of labels.entries())
      assert.ok(x - (widths[i] ?? 0) >= 2, `${text} begins at ${x - (widths[i] ?? 0)}`);
  });
}
