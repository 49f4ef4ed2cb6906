import assert from "node:assert/strict";
import { test } from "node:test";
import { readY } from "../../../../page/element/attributes.ts";
import { AutomaticPanels } from "../../../../page/element/panels.ts";
import { Arrangement } from "../../../../page/layout/arrangement.ts";
import type { Scaled } from "../../../../page/layout/grouping.ts";
import { sharesOnePanel } from "../../../../page/render/renderers/registry.ts";

const SERIES: readonly Scaled[] = [
  { name: "temp [°C]", magnitude: 20 },
  { name: "cell.1", magnitude: 4 },
  { name: "cell.2", magnitude: 4 },
  { name: "pressure", magnitude: 1e5 },
  { name: "leak", magnitude: 0.01 },
  { name: "mode", magnitude: 0, kind: "step" },
  { name: "gone", magnitude: 4, isAbsent: true },
];

test("[EL2a] panels, and colours in them, are those that the page makes where nobody moved any", () => {
  const page = new Arrangement(sharesOnePanel);
  const look = (plans: ReturnType<Arrangement["arrange"]>): unknown[] =>
    plans.map(({ names, slots, left, right }) => ({ names, slots, left, right: [...right] }));
  assert.deepEqual(look(new AutomaticPanels().arrange(SERIES, undefined)), look(page.arrange(SERIES)));
});

test("[EL3a] the y axis that was chosen is that of each panel; while nothing changes, they are the same objects", () => {
  const panels = new AutomaticPanels();
  const y = readY("0..10").value;
  const first = panels.arrange(SERIES, y);
  assert.ok(first.length > 2 && first.every(({ left }) => left === y));
  assert.equal(panels.arrange([...SERIES], y), first);
  const automatic = panels.arrange(SERIES, undefined);
  assert.ok(automatic.every(({ left }) => left.mode.kind === "auto"));
  assert.deepEqual(
    automatic.map(({ id }) => id),
    first.map(({ id }) => id),
  );
});
