import assert from "node:assert/strict";
import { test } from "node:test";
import type { GapSpan } from "../../../../../page/data/store/gap-log.ts";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { gapsOf, markAt, marksOf, nextGap } from "../../../../../page/lazy/gaps/gap-spans.ts";
import { decodeFrame, type Frame, type Gap } from "../../../../../protocol/frame/frame.ts";
import { FrameBuilder, type Row } from "../../../../../protocol/frame/frame-builder.ts";

const T = 1.7e9;
const A = "00000000000000aa";
const B = "00000000000000bb";

function row(x: number, values: Record<string, number>): Row {
  return { x, arrival: false, names: Object.keys(values), values: Object.values(values) };
}

function gap(values: Partial<Gap> = {}): Gap {
  return { kind: "gap", reason: "bridge-full", points: 3, fromX: null, toX: null, series: "", ...values };
}

function frame(segments: (Row | Gap)[], publisher = A): Frame {
  const builder = new FrameBuilder();
  for (const part of segments) assert.ok("kind" in part ? builder.addGap(part) : builder.add(part));
  return decodeFrame(builder.encode(publisher, 1));
}

const placesOf = (store: SeriesStore): [number, number][][] =>
  store.gaps.map(({ spans }) => spans.map(({ fromX, toX }) => [fromX, toX]));

const at = (spans: GapSpan[], series = "") => ({ reason: "hole", points: 1, series, broke: [], spans });

test("[PG10] a gap stands between the last point before it and the first one after it", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { a: 1, b: 1 }), row(T + 1, { a: 1, b: 1 })]));
  store.addLoss({ reason: "trimmed", points: 5 });
  assert.deepEqual(placesOf(store), [[]], "nobody knows yet where it ends");
  store.ingest(frame([row(T + 7, { a: 2, b: 2 }), row(T + 8, { a: 2, b: 2 })]));
  store.ingest(frame([row(T + 9, { a: 2, b: 2 })]));
  assert.deepEqual(placesOf(store), [[[T + 1, T + 7]]]);
});

test("[PG10] a gap that says where it is stands there", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { a: 1 })]));
  store.ingest(frame([gap({ fromX: T + 2, toX: T + 4 }), row(T + 5, { a: 1 })]));
  assert.deepEqual(placesOf(store), [[[T + 2, T + 4]]]);
});

test("[PG10] a gap of one series, or of one publisher, is placed by its points only", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { a: 1, b: 1 })]));
  store.ingest(frame([row(T + 0.5, { c: 1 })], B));
  store.ingest(frame([gap({ series: "b" }), gap(), row(T + 2, { a: 1 })]));
  store.ingest(frame([row(T + 3, { c: 1 })], B));
  assert.deepEqual(placesOf(store), [[], [[T, T + 2]]]);
  store.ingest(frame([row(T + 4, { b: 1 })]));
  assert.deepEqual(placesOf(store)[0], [[T, T + 4]]);
});

test("[PG10] a slow series' break does not make the gap longer than a fast one's, whichever comes first", () => {
  for (const slowFirst of [true, false]) {
    const store = new SeriesStore();
    store.ingest(frame([row(T, { slow: 1 }), row(T + 8, { fast: 1 })]));
    store.addLoss({ reason: "hole", points: 1 });
    const after = [frame([row(T + 10, { slow: 1 })]), frame([row(T + 8.5, { fast: 1 })])];
    for (const each of slowFirst ? after : after.toReversed()) store.ingest(each);
    assert.deepEqual(placesOf(store), [[[T + 8, T + 8.5]]]);
  }
});

test("[PG10] series whose x have nothing in common have each a place of their own", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { time: 1 }), row(7, { count: 1 })]));
  store.addLoss({ reason: "hole", points: 1 });
  store.ingest(frame([row(T + 2, { time: 1 }), row(9, { count: 1 })]));
  assert.deepEqual(placesOf(store), [
    [
      [T, T + 2],
      [7, 9],
    ],
  ]);
});

test("[PG10] with no point before it a gap stands at the first one, until a series that has one goes on", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { a: 1 })]));
  store.addLoss({ reason: "trimmed", points: 1 });
  store.ingest(frame([row(T - 5000, { late: 1 })]));
  assert.deepEqual(placesOf(store), [[[T - 5000, T - 5000]]]);
  store.ingest(frame([row(T + 2, { a: 1 })]));
  assert.deepEqual(placesOf(store), [[[T, T + 2]]]);
});

test("[PG10] a counter that begins anew takes its gap with it, and leaves old ones behind", () => {
  const store = new SeriesStore();
  const counting = (from: number): Row[] => Array.from({ length: 100 }, (_, i) => row(from + i, { a: i }));
  store.ingest(frame(counting(0)));
  store.ingest(frame([gap(), ...counting(150)]));
  assert.deepEqual(placesOf(store), [[[99, 150]]]);
  store.ingest(frame([gap({ reason: "publisher-restarted", points: null, fromX: 249, toX: 0 }), ...counting(0)]));
  assert.deepEqual(placesOf(store), [[], [[0, 0]]]);
  store.ingest(frame([row(5, { unheardOf: 1 })]));
  assert.deepEqual(placesOf(store), [[], [[0, 0]]], "a new series does not bring the old one back");
});

test("[PG10] a gap of a publisher is that of the panels with its series, one of the way is everybody's", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(1, { a: 1, b: 1 })]));
  store.ingest(frame([row(1, { c: 1 })], B));
  store.ingest(frame([gap(), row(5, { a: 2, b: 2 })]));
  store.ingest(frame([gap({ series: "c" }), row(2, { c: 1 })], B));
  store.addLoss({ reason: "trimmed", points: 5 });
  const concerning = (...names: string[]): number[] => gapsOf(store.gaps, names).map((one) => store.gaps.indexOf(one));
  assert.deepEqual(concerning("a", "x"), [0, 2]);
  assert.deepEqual(concerning("c"), [1, 2]);
  assert.deepEqual(concerning("x"), [2]);
  const early = new SeriesStore();
  early.ingest(frame([gap(), row(5, { a: 2 })]));
  assert.equal(gapsOf(early.gaps, ["x"]).length, 1, "of which nobody knows what it broke");
});

test("[PG10] gaps in view are marks, those that nearly touch are one", () => {
  const range = { min: 100, max: 200 };
  const gaps = [
    at([{ fromX: 150, toX: 160 }]),
    at([{ fromX: 161, toX: 162 }]),
    at([{ fromX: 90, toX: 110 }]),
    at([{ fromX: 10, toX: 20 }]),
    at([]),
  ];
  const marks = marksOf(gaps, range, 2);
  assert.deepEqual(
    marks.map(({ fromX, toX, members }) => [fromX, toX, members.length]),
    [
      [100, 110, 1],
      [150, 162, 2],
    ],
  );
});

test("[PG10] the nearest mark within reach is meant, and held on to from further away", () => {
  const marks = marksOf([at([{ fromX: 10, toX: 12 }]), at([{ fromX: 20, toX: 22 }])], { min: 0, max: 100 }, 1);
  const [left, right] = marks;
  assert.equal(markAt(marks, 11, 3, undefined, 30), left);
  assert.equal(markAt(marks, 14, 10, undefined, 30), left);
  assert.equal(markAt(marks, 18, 10, left, 30), right);
  assert.equal(markAt(marks, 40, 3, undefined, 30), undefined);
  assert.equal(markAt(marks, 40, 3, right, 30), right);
  assert.equal(markAt(marks, 60, 3, right, 30), undefined);
});

test("[PG10b] from gap to gap every place is gone to once, in the order of their middles, and back", () => {
  const spans: GapSpan[] = [
    { fromX: 5, toX: 5 },
    { fromX: 0, toX: 8 },
    { fromX: T, toX: T + 1e-6 },
    { fromX: T, toX: T + 2e-6 },
  ];
  const gaps = [at(spans.slice(2)), at([]), at(spans.slice(0, 2))];
  const walk = (from: number, direction: -1 | 1): number[] => {
    const walked: number[] = [];
    for (let next = nextGap(gaps, from, direction); next; next = nextGap(gaps, next.middle, direction)) {
      walked.push(spans.indexOf(next.span));
    }
    return walked;
  };
  assert.deepEqual(walk(-1, 1), [1, 0, 2, 3]);
  assert.deepEqual(walk(T + 1, -1), [3, 2, 0, 1]);
  assert.deepEqual(walk(4, -1), []);
});
