/** What a step holds, and up to where: a gap ends it where it was known last, also before the next value comes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { joinedSegments } from "../../../../../page/data/history/join-segments.ts";
import { liveSegments } from "../../../../../page/data/live-segments.ts";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { heldPoint } from "../../../../../page/lazy/pointing/value-at.ts";
import { decodeFrame, type Gap } from "../../../../../protocol/frame/frame.ts";
import { FrameBuilder, type Row } from "../../../../../protocol/frame/frame-builder.ts";
import { named } from "../../../../support/named.ts";
import { rowOf } from "../../../../support/publish.ts";

const T = 1.7e9;
const [A, B] = ["00000000000000aa", "00000000000000bb"];

function take(store: SeriesStore, parts: readonly (Row | Gap)[], publisher = A): void {
  const builder = new FrameBuilder();
  for (const part of parts) assert.ok("kind" in part ? builder.addGap(part) : builder.add(part));
  store.ingest(decodeFrame(builder.encode(publisher, 1)));
}

function gap(values: Partial<Gap> = {}): Gap {
  return { kind: "gap", reason: "bridge-restarted", points: null, fromX: null, toX: null, series: "", ...values };
}

const state = (x: number, on: 0 | 1): Row => named(T + x, { state: [on, on === 1 ? "RUN" : "STOP"] });
const temp = (x: number): Row => rowOf(T + x, { temp: 20 });

/** What is held at each of these seconds, by what is called; - for nothing. */
function held(store: SeriesStore, seconds: readonly number[], fetched?: SeriesStore): string {
  const range = { min: T, max: T + 1000 };
  const past = fetched && { min: -Infinity, max: T + 1000, store: fetched };
  const segments =
    past === undefined ? liveSegments(store, "state", range) : joinedSegments(store, "state", range, past);
  const { valueNames } = store.find("state") ?? fetched?.find("state") ?? {};
  return seconds
    .map((second) => {
      const point = heldPoint(segments, T + second, 0);
      return point === undefined ? "-" : valueNames?.textOf(point.y);
    })
    .join(" ");
}

test("[PG23b] a step ends where its publisher was heard last before a gap, though it has sent no state since", () => {
  const store = new SeriesStore();
  take(store, [state(0, 1), temp(10), temp(20)]);
  take(store, [rowOf(T + 45, { other: 1 })], B);
  assert.equal(held(store, [5, 20, 45]), "RUN RUN RUN");
  take(store, [gap(), temp(50)]);
  assert.equal(held(store, [5, 19, 21, 45, 55]), "RUN RUN - - -", "as soon as the gap is known");
  take(store, [state(60, 1)]);
  assert.equal(held(store, [5, 19, 21, 45, 55, 61, 99]), "RUN RUN - - - RUN RUN");
});

test("[PG23b] a gap of another publisher, or of another series, ends nothing", () => {
  const store = new SeriesStore();
  take(store, [state(0, 1), temp(10)]);
  take(store, [rowOf(T, { other: 1 })], B);
  take(store, [gap(), rowOf(T + 50, { other: 1 })], B);
  take(store, [gap({ series: "temp" }), temp(60)]);
  assert.equal(held(store, [5, 55, 99]), "RUN RUN RUN");
  take(store, [gap({ series: "state" }), temp(70)]);
  assert.equal(held(store, [0, 5, 55, 99]), "RUN - - -", "of it alone nobody knows more than its last point");
});

test("[PG23b] where the gap says where it begins, a step holds as far as that", () => {
  const store = new SeriesStore();
  take(store, [state(0, 1)]);
  take(store, [gap({ fromX: T + 30, toX: T + 40 }), state(40, 0)]);
  assert.equal(held(store, [29, 31, 39, 41]), "RUN - - STOP");
});

test("[PG23b] what was lost on the way ends every step; a null of its own ends one where it stands", () => {
  const store = new SeriesStore();
  take(store, [state(0, 1), temp(10)]);
  store.addLoss({ reason: "trimmed", points: 5 });
  assert.equal(held(store, [9, 11, 99]), "RUN - -");
  const other = new SeriesStore();
  take(other, [state(0, 1), rowOf(T + 30, { state: Number.NaN })]);
  assert.equal(held(other, [29, 31, 99]), "RUN - -");
  take(other, [state(50, 0)]);
  assert.equal(held(other, [29, 31, 49, 51]), "RUN - - STOP");
});

test("[PG23b] a step that only the history has ends where a gap came live", () => {
  const [past, live] = [new SeriesStore(), new SeriesStore()];
  take(past, [state(0, 1), temp(10)]);
  take(live, [temp(20)]);
  assert.equal(held(live, [5, 99], past), "RUN RUN");
  take(live, [gap(), temp(80)]);
  assert.equal(held(live, [5, 19, 21, 99], past), "RUN RUN - -");
});

test("[PG23b] of more gaps than are remembered, nobody knows which were a step's", () => {
  const store = new SeriesStore();
  take(store, [state(0, 1)]);
  for (let i = 0; i < 1001; i++) take(store, [gap({ fromX: T + 10 + i, toX: T + 11 + i }), temp(11 + i)]);
  assert.equal(held(store, [0, 5]), "RUN -");
});
