import assert from "node:assert/strict";
import { test } from "node:test";
import { justAbove } from "../../../../../page/data/sorted-column.ts";
import { RingBudget } from "../../../../../page/data/store/ring-budget.ts";
import { isTime, SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { decodeFrame, type Frame, type Gap } from "../../../../../protocol/frame/frame.ts";
import { FrameBuilder, type Row } from "../../../../../protocol/frame/frame-builder.ts";
import { copiedBy } from "../../../../support/copied.ts";

const T = 1.7e9;

function row(x: number, values: Record<string, number>): Row {
  return { x, arrival: false, names: Object.keys(values), values: Object.values(values) };
}

function gap(series = "", points: number | null = 3): Gap {
  return { kind: "gap", reason: "bridge-full", points, fromX: null, toX: null, series };
}

function frame(segments: (Row | Gap)[], publisher = "00000000000000aa"): Frame {
  const builder = new FrameBuilder();
  for (const part of segments) assert.ok("kind" in part ? builder.addGap(part) : builder.add(part));
  return decodeFrame(builder.encode(publisher, 1));
}

/** A series as text: its y one after the other, `|` for a break. */
function line(store: SeriesStore, name: string): string {
  const y = store.find(name)?.ring.y;
  return y === undefined ? "none" : Array.from(y, (value) => (Number.isNaN(value) ? "|" : String(value))).join(" ");
}

test("[PG1a] every series is found by itself, with its last value", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { a: 1, b: 2 }), row(T + 1, { a: 3, c: 4.5 })]));
  assert.deepEqual(
    [...store.series].map(({ name, lastY }) => [name, lastY]),
    [
      ["a", 3],
      ["b", 2],
      ["c", 4.5],
    ],
  );
  assert.deepEqual(
    [...store.series].map(({ integers }) => integers),
    [true, true, false],
  );
});

test("[PG1d] 256 series are shown; the names of others are counted, each once, 10,000 of them", () => {
  const store = new SeriesStore();
  const publish = (from: number, to: number): void => {
    for (let at = from; at < to; at += 250) {
      const names = Array.from({ length: Math.min(250, to - at) }, (_, i) => [`s${at + i}`, 1]);
      store.ingest(frame([row(T, Object.fromEntries(names))]));
    }
  };
  publish(0, 256);
  assert.deepEqual([store.size, store.refused], [256, 0]);
  publish(256, 257);
  publish(256, 257);
  assert.deepEqual([store.size, store.refused], [256, 1]);
  publish(257, 256 + 9_999);
  assert.equal(store.refused, 9_999);
  publish(256 + 9_999, 256 + 10_001);
  assert.deepEqual([store.size, store.refused], [256, 10_000]);
  assert.equal(store.find("s256"), undefined);
  assert.deepEqual([...(store.find("s255")?.ring.y ?? [])], [1]);
});

test("[PG9] tables of one late row each, however many, cost one copy of the ring when it is looked at", () => {
  for (const firstX of [T]) {
    for (const between of ["nothing", "gaps", "new rows"] as const) {
      const store = new SeriesStore();
      for (let i = 0; i < 30; i++) {
        store.ingest(frame(Array.from({ length: 1000 }, (_, j) => row(firstX + 1000 * i + j, { y: 1, z: 2 }))));
      }
      const held = store.find("y")?.ring.length ?? 0;
      assert.equal(held, 30_000);
      const single = Array.from({ length: 200 }, (_, i) => {
        const before = { nothing: [], gaps: [gap()], "new rows": [row(firstX + 30_000 + i, { y: 1, z: 2 })] }[between];
        // Not so far back that a count would begin anew.
        return frame([...before, row(firstX + 29_900 - i * 30, i % 2 === 0 ? { y: 1 } : { y: 1, z: 2 })]);
      });
      const [first] = single;
      assert.ok(first);
      const frames = [{ ...first, blocks: single.flatMap(({ blocks }) => blocks) }, ...single];
      const copied = copiedBy(() => {
        for (const each of frames) store.ingest(each);
      });
      assert.equal(copied, 0, `${copied} numbers copied with ${between} between`);
      const looked = copiedBy(() => {
        for (const { ring } of store.series) assert.ok(ring.x.length >= 30_200 && ring.y.length >= 30_200);
      });
      assert.ok(looked > 0 && looked <= 2 * 2 * 32_000, `${looked} numbers copied with ${between} between`);
    }
  }
});

test("[PG5] a value missing where its companions are breaks the line, in one frame or in several", () => {
  const rows = [row(T, { a: 1, b: 1 }), row(T + 1, { a: 2, b: 2 }), row(T + 2, { a: 3 }), row(T + 3, { a: 4, b: 4 })];
  const one = new SeriesStore();
  one.ingest(frame(rows));
  const several = new SeriesStore();
  for (const each of rows) several.ingest(frame([each]));
  for (const store of [one, several]) {
    assert.equal(line(store, "a"), "1 2 3 4");
    assert.equal(line(store, "b"), "1 2 | 4");
  }
});

test("[PG5] series that come in turns, each with its own message, have no breaks", () => {
  const rows = Array.from({ length: 8 }, (_, i) => row(T + i, i % 2 === 0 ? { a: i } : { b: i }));
  const one = new SeriesStore();
  one.ingest(frame(rows));
  assert.equal(line(one, "a"), "0 2 4 6");
  assert.equal(line(one, "b"), "1 3 5 7");
});

test("[PG5] a series that has a value in every tenth message only is whole once that is its habit", () => {
  const store = new SeriesStore();
  for (let i = 0; i < 80; i++) store.ingest(frame([row(T + i, i % 10 === 0 ? { a: i, b: i } : { a: i })]));
  assert.equal(line(store, "b"), "0 | 10 | 20 | 30 40 50 60 70");
});

test("[PG5] a gap in a frame breaks its series, or all of its publisher, and is recorded", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { a: 1, b: 1 })]));
  store.ingest(frame([row(T, { c: 1 })], "00000000000000bb"));
  store.ingest(frame([gap("a", null), row(T + 1, { a: 2, b: 2 })]));
  store.ingest(frame([gap(), row(T + 2, { a: 3, b: 3 })]));
  store.ingest(frame([row(T + 3, { c: 2 })], "00000000000000bb"));
  assert.equal(line(store, "a"), "1 | 2 | 3");
  assert.equal(line(store, "b"), "1 2 | 3");
  assert.equal(line(store, "c"), "1 2");
  assert.deepEqual(store.lost, { points: 3, unknown: true });
  assert.equal(store.gaps.length, 2);
});

test("[PG5] a publisher's gap breaks a series that another wrote last, once its own points go on, and not the other's", () => {
  const [a, b] = ["00000000000000aa", "00000000000000bb"];
  const store = new SeriesStore();
  store.ingest(frame([row(T, { both: 1, own: 1 })], a));
  store.ingest(frame([row(T + 1, { both: 2 })], b));
  store.ingest(frame([gap(), row(T + 2, { both: 3, own: 2 })], a));
  store.ingest(frame([row(T + 3, { both: 4 })], b));
  // This gap is of the first publisher, too, but what comes next is the other's.
  store.ingest(frame([gap(), row(T + 4, { own: 3 })], a));
  store.ingest(frame([row(T + 5, { both: 5 })], b));
  assert.equal(line(store, "both"), "1 2 | 3 4 5");
  assert.equal(line(store, "own"), "1 | 2 | 3");
});

test("[PG5] points lost on the way break every line once", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { a: 1, b: 1 })]));
  store.addLoss({ reason: "hole", points: 5 });
  store.addLoss({ reason: "trimmed", points: 6 });
  store.ingest(frame([row(T + 1, { a: 2, b: 2 }), row(T + 2, { a: 3, b: 3 })]));
  assert.equal(line(store, "a"), "1 | 2 3");
  assert.equal(line(store, "b"), "1 | 2 3");
  assert.deepEqual(store.lost, { points: 11, unknown: false });
});

test("[PG9] the list of gaps is bounded, their sum is not", () => {
  const store = new SeriesStore();
  for (let i = 0; i < 1500; i++) store.addLoss({ reason: "hole", points: 1 });
  assert.equal(store.gaps.length, 1000);
  assert.equal(store.lost.points, 1500);
});

test("[PG4] late points stand at their x and do not become the last value", () => {
  const store = new SeriesStore();
  store.ingest(frame([row(T, { a: 0 }), row(T + 5, { a: 5 })]));
  store.ingest(frame([row(T + 2, { a: 2 }), row(T + 1, { a: 1 }), row(T + 5, { a: 6 })]));
  store.ingest(frame([row(T + 4, { a: 4 })]));
  assert.equal(line(store, "a"), "0 1 2 4 5 6");
  assert.equal([...store.series][0]?.lastY, 6);
});

test("[PG26b] a numeric x that rose and begins anew begins a new line", () => {
  const store = new SeriesStore();
  for (let i = 0; i < 200; i++) store.ingest(frame([row(i, { a: i })]));
  store.ingest(frame([row(0, { a: 42 }), row(1, { a: 43 })]));
  assert.equal(line(store, "a"), "42 43");
});

const heldOf = (store: SeriesStore, name = "y"): { x: number[]; y: number[]; isPath: boolean | undefined } => {
  const { x = [], y = [], isPath } = store.find(name)?.ring ?? {};
  return { x: [...x], y: [...y], isPath };
};

test("[PG26a] an x that is no time and falls is kept whole, in the order of arrival, by message and in one frame", () => {
  const paths: Record<string, [x: number, y: number][]> = {
    falling: Array.from({ length: 17 }, (_, i) => [17 - i, i]),
    robot: Array.from({ length: 40 }, (_, i) => [Math.cos(i / 5), Math.sin(i / 5)]),
    "a turn after a long way": Array.from({ length: 120 }, (_, i) => [i < 80 ? i : 159 - i, i]),
    "to and fro": Array.from({ length: 200 }, (_, i) => [Math.abs((i % 40) - 20), i]),
    "a grid": Array.from({ length: 90 }, (_, i) => [Math.floor(i / 30) % 2, i]),
    "below zero": Array.from({ length: 30 }, (_, i) => [-i * 1e9, i]),
  };
  for (const [kind, points] of Object.entries(paths)) {
    const rows = points.map(([x, y]) => row(x, { y }));
    const [one, single] = [new SeriesStore(), new SeriesStore()];
    one.ingest(frame(rows));
    for (const each of rows) single.ingest(frame([each]));
    for (const store of [one, single]) {
      const expected = { x: points.map(([x]) => x), y: points.map(([, y]) => y), isPath: true };
      assert.deepEqual(heldOf(store), expected, kind);
      assert.deepEqual(store.find("y")?.lastY, points.at(-1)?.[1], kind);
    }
  }
});

test("[PG26a] a path never begins anew, and does not end", () => {
  const store = new SeriesStore();
  for (let i = 0; i < 200; i++) store.ingest(frame([row(i === 150 ? 149.5 : i, { y: i })]));
  store.ingest(frame([row(150.5, { y: 7 }), row(0, { y: 8 }), row(1, { y: 9 })]));
  assert.deepEqual(heldOf(store).y, [...Array.from({ length: 200 }, (_, i) => i), 7, 8, 9]);
});

test("[PG26c] a series of rising x beside a path stays sorted; times are never a path", () => {
  const store = new SeriesStore();
  for (let i = 0; i < 40; i++) store.ingest(frame([row(40 - i, { y: i })]));
  for (let i = 0; i < 40; i++) store.ingest(frame([row(i, { z: i })]));
  store.ingest(frame([row(T + 5, { t: 5 }), row(T + 2, { t: 2 })]));
  store.ingest(frame([row(T + 3, { t: 3 })]));
  assert.deepEqual([heldOf(store).isPath, heldOf(store, "z").isPath], [true, false]);
  assert.deepEqual(heldOf(store, "t"), { x: [T + 2, T + 3, T + 5], y: [2, 3, 5], isPath: false });
});

test("[PG26d] of a path longer than the rings hold the newest points are kept", () => {
  const store = new SeriesStore(new RingBudget(32 * 1024));
  for (let i = 0; i < 2000; i++) store.ingest(frame([row(Math.cos(i), { y: i })]));
  const { y } = heldOf(store);
  assert.deepEqual([y.length, y[0], y.at(-1)], [1024, 976, 1999]);
});

test("[PG26b] a short sweep that is sent point by point is drawn anew each time", () => {
  const store = new SeriesStore();
  const sweep = (count: number): void => {
    for (let i = 0; i < count; i++) store.ingest(frame([row(-25 + i, { a: i })]));
  };
  sweep(50);
  sweep(20);
  const [series] = store.series;
  assert.deepEqual(
    [...(series?.ring.x ?? [])],
    Array.from({ length: 20 }, (_, i) => -25 + i),
  );
});

test("[PG9] a long feed is held as far as the rings allow: the newest points", () => {
  const store = new SeriesStore();
  const builder = (from: number): Frame =>
    frame(Array.from({ length: 1000 }, (_, i) => row(T + from + i, { a: from + i })));
  for (let from = 0; from < 5000; from += 1000) store.ingest(builder(from));
  const [series] = store.series;
  assert.deepEqual([series?.ring.y.length, series?.ring.y[0], series?.ring.y.at(-1)], [5000, 0, 4999]);
});

const rows = (series: string, from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, i) => row(from + i, { [series]: i }));

test("[PG14] what is held is complete from where it was joined", () => {
  const store = new SeriesStore();
  assert.equal(store.completeFromX, Number.NEGATIVE_INFINITY);
  store.ingest(frame(rows("a", T, T + 10)), true);
  assert.equal(store.completeFromX, justAbove(T));
  // Nobody knows what there was of it before.
  store.ingest(frame(rows("b", T + 5, T + 10)), true);
  assert.equal(store.completeFromX, justAbove(T + 5));
  store.ingest(frame(rows("a", T - 20, T - 10)), true);
  assert.equal(store.completeFromX, justAbove(T + 5));
  store.ingest(frame(rows("a", T + 20, T + 30)));
  // This one begins, or was silent: it is no part of what was joined, even if it comes late.
  store.ingest(frame(rows("c", T + 30, T + 40)), true);
  assert.equal(store.completeFromX, justAbove(T + 5));
});

test("[PG14] of a channel that was watched from its first point everything is held, from there on", () => {
  const store = new SeriesStore();
  store.ingest(frame(rows("a", T, T + 10)));
  store.ingest(frame(rows("b", T + 100, T + 110)));
  assert.equal(store.completeFromX, T);
});

test("[PG14] what the rings drop is not held: complete is what lies above it, late points or not", () => {
  const store = new SeriesStore(new RingBudget(32 * 1024));
  for (let i = 0; i < 10; i++) store.ingest(frame(rows("a", T + 100 * i, T + 100 * (i + 1))), true);
  assert.equal(store.completeFromX, justAbove(T));
  for (let i = 10; i < 15; i++) store.ingest(frame(rows("a", T + 100 * i, T + 100 * (i + 1))));
  const x = store.find("a")?.ring.x ?? new Float64Array();
  assert.deepEqual([x.length, x[0]], [1024, T + 476]);
  assert.equal(store.completeFromX, justAbove(T + 475));
  store.ingest(frame(rows("a", T, T + 50)));
  assert.equal(store.completeFromX, justAbove(T + 475));
  // Of these there is one left.
  store.ingest(frame([...rows("b", T, T + 1024), row(T + 1023, { b: 1 }), row(T + 1023, { b: 2 })]));
  store.ingest(frame(Array.from({ length: 1023 }, () => row(T + 1024, { b: 1 }))));
  assert.equal(store.find("b")?.ring.x[0], T + 1023);
  assert.equal(store.completeFromX, justAbove(T + 1023));
});

test("[PG14] a ring that has to make room for others has dropped, too", () => {
  const store = new SeriesStore(new RingBudget(2 * 32 * 1024));
  for (let i = 0; i < 20; i++) store.ingest(frame(rows("a", T + 100 * i, T + 100 * (i + 1))));
  assert.equal(store.completeFromX, T);
  store.ingest(frame(rows("b", T, T + 1)));
  assert.equal(store.find("a")?.ring.length, 1024);
  assert.equal(store.completeFromX, justAbove(T + 975));
});

test("[PG14] numeric x that begin anew are complete again, whatever was joined or dropped before", () => {
  const store = new SeriesStore(new RingBudget(32 * 1024));
  for (let x = 5000; x < 8000; x += 100) store.ingest(frame(rows("a", x, x + 100)), true);
  assert.equal(store.completeFromX, justAbove(8000 - 1025));
  store.ingest(frame(rows("a", 0, 10)));
  assert.ok(store.completeFromX < 10);
  store.ingest(frame(rows("a", 10, 20)));
  assert.equal(line(store, "a").split(" ").length, 20);
  assert.ok(store.completeFromX < 10);
});

test("[PG14] a wrong time at which it was joined is not what it is complete from", () => {
  const store = new SeriesStore();
  store.ingest(frame(rows("a", 2 * T, 2 * T + 1)), true);
  for (let i = 0; i < 3; i++) store.ingest(frame(rows("a", T + i, T + i + 1)));
  assert.equal(store.completeFromX, T + 2);
});

test("[PG14] the next number is just above, for every number", () => {
  for (const x of [0, -0, 1, -1, 1.7e9, -1.7e9, Number.MIN_VALUE, -Number.MIN_VALUE, 1e300, 0.1]) {
    const next = justAbove(x);
    assert.ok(next > x, `${x}`);
    // Nothing lies between: halfway is one of the two.
    const middle = x / 2 + next / 2;
    assert.ok(middle <= x || middle >= next, `${x}`);
  }
});

test("the largest |y| is known", () => {
  const store = new SeriesStore();
  assert.equal(store.find("a"), undefined);
  store.ingest(frame([row(T, { a: 1 }), row(T + 1, { a: -7.5 }), row(T + 2, { a: 3 })]));
  assert.equal(store.find("a")?.magnitude, 7.5);
  store.ingest(frame([gap(), row(T + 3, { a: 0, b: 0 })]));
  assert.deepEqual([store.find("a")?.magnitude, store.find("b")?.magnitude], [7.5, 0]);
});

test("[PG2c] unix seconds from 1973 to 5138 are times, other numbers are none", () => {
  for (const x of [1e8, T, 1e11 - 1]) assert.ok(isTime(x), `${x}`);
  for (const x of [0, 1e8 - 1, 1e11, 1.8e18, -T, Number.NaN]) assert.ok(!isTime(x), `${x}`);
});
