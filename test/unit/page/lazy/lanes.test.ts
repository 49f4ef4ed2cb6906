/** Where series whose values have names stand: panels and lanes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RingBuffer } from "../../../../page/data/store/ring-buffer.ts";
import { newSeries } from "../../../../page/data/store/series.ts";
import { SeriesStore } from "../../../../page/data/store/series-store.ts";
import { ValueNames } from "../../../../page/data/store/value-names.ts";
import { Arrangement } from "../../../../page/layout/arrangement.ts";
import { Catalogue } from "../../../../page/layout/catalogue.ts";
import { clustersOf, keyOf } from "../../../../page/layout/grouping.ts";
import { movePanel } from "../../../../page/lazy/dialogs/arrange.ts";
import { lanesFor } from "../../../../page/lazy/lanes.ts";
import type { PanelSeries } from "../../../../page/render/renderers/panel-renderer.ts";
import { rendererOf, sharesOnePanel } from "../../../../page/render/renderers/registry.ts";
import type { Style } from "../../../../protocol/frame/frame.ts";
import { rowOf } from "../../../support/channel-data.ts";
import { drawnSteps, ingest, named } from "../../../support/named.ts";

test("[PG23e] [PG12] what has names shares no panel with numbers, and all events share one", () => {
  const clusters = clustersOf(
    [
      { name: "m.temp", magnitude: 20, kind: "" },
      { name: "m.on", magnitude: 0, kind: "step" },
      { name: "m.speed", magnitude: 15 },
      { name: "m.log", magnitude: 0, kind: "event" },
      { name: "m.state", magnitude: 0, kind: "step" },
      { name: "other", magnitude: 0, kind: "event" },
      { name: "on", magnitude: 0, kind: "step" },
    ],
    (series) => keyOf(series, sharesOnePanel),
  );
  assert.deepEqual(clusters, [["m.temp", "m.speed"], ["m.on", "m.state"], ["m.log", "other"], ["on"]]);
});

test("[PG23] [PG12] a series that gets names leaves its panel; one that comes later finds its like in panels of a person", () => {
  const store = new SeriesStore();
  const arrangement = new Arrangement(sharesOnePanel);
  const panels = (): (readonly string[])[] => {
    const inView = new Set([...store.series].map(({ name }) => name));
    return arrangement.arrange(new Catalogue().list(store.series, inView)).map(({ names }) => names);
  };
  ingest(store, rowOf(1, { "m.a": 1, "m.b": 1 }));
  assert.deepEqual(panels(), [["m.a", "m.b"]]);
  ingest(store, named(2, { "m.b": [1, "true"] }));
  assert.deepEqual(panels(), [["m.a"], ["m.b"]]);
  movePanel(arrangement, arrangement.shown[0]?.id ?? "", 1);
  assert.deepEqual(panels(), [["m.b"], ["m.a"]]);
  ingest(store, rowOf(3, { "m.c": 1 }), named(3, { "m.d": [1, "true"] }));
  assert.deepEqual(panels(), [
    ["m.b", "m.d"],
    ["m.a", "m.c"],
  ]);
});

test("[PG23] names are no sizes: they split no panel", () => {
  const store = new SeriesStore();
  ingest(store, named(1, { big: [1e6, "far"] }), rowOf(2, { level: 1e6 }));
  assert.equal(store.find("big")?.magnitude, 0);
  assert.equal(store.find("level")?.magnitude, 1e6);
});

function shownOf(name: string, texts: Record<number, string>, style: Style, y: readonly number[]): PanelSeries {
  const valueNames = new ValueNames();
  const codes = new Map(Object.entries(texts).map(([value, text]) => [Number(value), text]));
  // Each once, so that all are known.
  valueNames.translate({ style, texts: codes }, Float64Array.from(codes.keys()));
  const series = { ...newSeries(name, new RingBuffer(1)), valueNames, kind: valueNames.kind };
  const buffer = drawnSteps(
    y.map((_, i) => i),
    y,
    0,
  );
  const renderer = rendererOf(series);
  const place = { slot: 0, onRight: false, isHidden: false, isHighlighted: false };
  return { ...place, series, renderer, segments: [], minY: 0, maxY: 1, buffer };
}

test("[PG23] each series has a lane, the first on top, with a level for each name, in the order of their numbers", () => {
  const state = shownOf("state", { 5: "B", 0: "A", 900: "a name that is far too long" }, "step", [
    0,
    900,
    5,
    Number.NaN,
    7,
  ]);
  const on = shownOf("on", { 1: "true", 0: "false" }, "step", [1, 0]);
  const lanes = lanesFor([state, on]);
  assert.ok(lanes);
  const labels = (heightPx: number) => lanes.axis.ticks?.(heightPx).map(({ at, label }) => `${label} ${at}`);
  assert.deepEqual(labels(500), ["false 0", "true 1", "A 2.6", "B 3.6", "7 4.6", "a name that… 5.6"]);
  assert.deepEqual([...on.buffer.y.subarray(0, 2)], [1, 0]);
  assert.deepEqual([...state.buffer.y.subarray(0, 5)], [2.6, 5.6, 3.6, Number.NaN, 4.6]);
  assert.deepEqual(lanes.axis.range, { min: -0.5, max: 6.1 });
  assert.ok((labels(30) ?? []).length < 4, "labels that would lie over each other are left out");
});

test("[PG23] beside numbers, and on two axes, names have no lanes", () => {
  const on = shownOf("on", { 1: "true", 0: "false" }, "step", [1, 0]);
  const plain = shownOf("level", {}, "step", [1, 0]);
  assert.equal(plain.series.kind, "");
  assert.equal(lanesFor([on, plain]), undefined);
  assert.equal(lanesFor([{ ...on, onRight: true }]), undefined);
  assert.deepEqual([...on.buffer.y.subarray(0, 2)], [1, 0]);
});
