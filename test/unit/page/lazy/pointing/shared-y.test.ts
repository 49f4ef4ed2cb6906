import assert from "node:assert/strict";
import { test } from "node:test";
import { RingBuffer } from "../../../../../page/data/store/ring-buffer.ts";
import { newSeries } from "../../../../../page/data/store/series.ts";
import { AUTO, type PanelPlan, panelOf, type SeriesStyles, type YAxisPlan } from "../../../../../page/layout/panels.ts";
import { shareY, unitOn } from "../../../../../page/lazy/pointing/shared-y.ts";
import type { PanelSeries } from "../../../../../page/render/renderers/panel-renderer.ts";
import { PointBuffer } from "../../../../../page/render/renderers/point-buffer.ts";
import { rendererOf } from "../../../../../page/render/renderers/registry.ts";
import type { SharingPanel } from "../../../../../page/render/sharing-panel.ts";

const NONE: SeriesStyles = new Map();

function seriesOf(name: string, minY: number, maxY: number): PanelSeries {
  const series = newSeries(name, new RingBuffer(1));
  const place = { slot: 0, onRight: false, isHidden: false, isHighlighted: false };
  return { ...place, series, renderer: rendererOf(series), segments: [], minY, maxY, buffer: new PointBuffer() };
}

function panel(names: readonly string[], min: number, max: number, left: YAxisPlan = AUTO): SharingPanel {
  const plan: PanelPlan = { ...panelOf(names), left, id: names.join() };
  const series = names.map((name) => seriesOf(name, min, max));
  return { plan, series, axes: { left: { range: { min, max }, log: left.log }, right: undefined } };
}

test("[PG76e] panels of a shared unit have the range that all of them need; others keep theirs", () => {
  const panels = [
    panel(["a [V]"], 0, 5),
    panel(["b [V]", "c [V]"], -2, 3),
    panel(["d [A]"], 0, 100),
    panel(["e"], 0, 7),
    panel(["f [V]", "g [A]"], 0, 900),
    panel(["h [V]"], 1, 1000, { mode: { kind: "fixed", min: 1, max: 1000 }, log: false }),
    panel(["i [V]"], 0, 3, { mode: { kind: "auto" }, log: true }),
    // Nothing is in view: its range is an invented one.
    { ...panel(["j [V]"], 40, 50), series: [seriesOf("j [V]", Infinity, -Infinity)] },
  ];
  shareY(panels, new Set(["V"]), NONE);
  const ranges = panels.map(({ axes: { left } }) => [left.range.min, left.range.max]);
  assert.deepEqual(ranges, [
    [-2, 5],
    [-2, 5],
    [0, 100],
    [0, 7],
    [0, 900],
    [1, 1000],
    [0, 3],
    [-2, 5],
  ]);
});

test("[PG76e] a unit of an axis is that of all its series", () => {
  const right = new Set(["b [A]"]);
  const plan = { ...panelOf(["a [V]", "b [A]", "c [V]"]), right };
  assert.deepEqual([unitOn(plan, "left", NONE), unitOn(plan, "right", NONE)], ["V", "A"]);
  assert.equal(unitOn(panelOf(["a [V]", "b"]), "left", NONE), undefined);
  assert.equal(unitOn(panelOf(["a", "b"]), "left", NONE), "1");
  assert.equal(unitOn(panelOf(["a"]), "right", NONE), undefined);
});

test("[PG90e] a unit that a person gave a series by renaming it counts as any", () => {
  const styles = new Map([
    ["a", "label=Supply%20%5BV%5D"],
    ["b [mV]", "label=Cell"],
  ]);
  assert.equal(unitOn(panelOf(["a", "c [V]"]), "left", styles), "V");
  assert.equal(unitOn(panelOf(["b [mV]"]), "left", styles), "mV");
});
