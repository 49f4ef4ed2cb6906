/** Steps and events on the page: what their values are called, how they hold, and where they are drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { decimate, Line } from "../../worker/page/draw/decimate.ts";
import type { Shown } from "../../worker/page/draw/shown.ts";
import { Holdings } from "../../worker/page/hold/holdings.ts";
import { MAX_TEXTS, Naming, Namings } from "../../worker/page/hold/naming.ts";
import type { Part } from "../../worker/page/hold/part.ts";
import { Past } from "../../worker/page/hold/past.ts";
import { Ring } from "../../worker/page/hold/rings.ts";
import { newSeries } from "../../worker/page/hold/series.ts";
import { Store } from "../../worker/page/hold/store.ts";
import { csvBlob } from "../../worker/page/later/csv.ts";
import type { WindowData } from "../../worker/page/later/data.ts";
import { lanesFor } from "../../worker/page/later/lanes.ts";
import { readSnapshot, snapshotBlob } from "../../worker/page/later/snapshot.ts";
import { Arrangement } from "../../worker/page/look/arrangement.ts";
import { regroup } from "../../worker/page/look/grouping.ts";
import { heldAt } from "../../worker/page/look/value-at.ts";
import { View } from "../../worker/page/look/view.ts";
import { FrameBuilder, framesOf, type Row } from "../../worker/protocol/builder.ts";
import { decodeFrame, type Style } from "../../worker/protocol/frame.ts";
import { holdings, receive, rowOf } from "./holding.ts";

const A = "00000000000000aa";

/** A row of values with names: `{ on: [1, "true"] }`. */
function named(x: number, values: Record<string, [value: number, text: string]>, style: Style = "step"): Row {
  const marks = Object.entries(values).map(([series, [value, text]]) => ({ series, style, value, text }));
  return { ...rowOf(x, Object.fromEntries(marks.map(({ series, value }) => [series, value]))), marks };
}

function ingest(store: Store, ...rows: readonly Row[]): void {
  for (const frame of framesOf(rows, A, 1)) store.ingest(decodeFrame(frame));
}

function textsIn(store: Store, name: string): (string | undefined)[] {
  const series = store.find(name);
  return [...(series?.ring.y ?? [])].map((y) => series?.naming?.textOf(y));
}

const part = (...points: [x: number, y: number][]): Part => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});

test("[PG23] a bridge that numbers anew changes no name: each text keeps its place", () => {
  const store = new Store();
  ingest(store, named(1, { state: [0, "IDLE"] }), named(2, { state: [3, "RUN"] }));
  ingest(store, named(3, { state: [0, "RUN"] }), named(4, { state: [1, "FAULT"] }), named(5, { state: [3, "IDLE"] }));
  assert.deepEqual(textsIn(store, "state"), ["IDLE", "RUN", "RUN", "FAULT", "IDLE"]);
  assert.deepEqual([...(store.find("state")?.ring.y ?? [])], [0, 3, 3, 1, 0]);
});

test("[PG23] a value's place is its own number, so that false is below true whichever comes first", () => {
  const store = new Store();
  ingest(store, named(1, { on: [1, "true"] }), named(2, { on: [0, "false"] }));
  assert.deepEqual([...(store.find("on")?.ring.y ?? [])], [1, 0]);
});

test("[PG23] a value without a name is not taken for one that has its number for a place", () => {
  const store = new Store();
  ingest(store, named(1, { state: [0, "IDLE"] }));
  ingest(store, { ...rowOf(2, { state: 0 }), marks: [{ series: "state", style: "step", value: 0 }] });
  ingest(store, rowOf(3, { state: 0 }), rowOf(4, { state: 9 }));
  assert.deepEqual(textsIn(store, "state"), ["IDLE", "0", "0", undefined]);
  assert.equal(store.find("state")?.lastY, 9);
});

test("[PG23] [PG5] a step that a message says nothing of holds; where a gap is told, or nothing was said at all, it breaks", () => {
  const gap = { kind: "gap", reason: "bridge-full", points: 1, fromX: null, toX: null, series: "" } as const;
  const breaksAfter = (between: readonly Row[], isLost = false): boolean => {
    const store = new Store();
    ingest(store, { ...named(1, { on: [1, "true"] }), names: ["on", "y"], values: [1, 1] });
    const builder = new FrameBuilder();
    if (isLost) builder.addGap(gap);
    for (const row of between) builder.add(row);
    builder.add({ ...named(9, { on: [0, "false"] }), names: ["on", "y"], values: [0, 1] });
    store.ingest(decodeFrame(builder.encode(A, 2)));
    return store.find("on")?.ring.y.includes(Number.NaN) ?? false;
  };
  assert.equal(breaksAfter([rowOf(2, { y: 1 }), rowOf(3, { y: 1 }), rowOf(4, { y: 1 })]), false);
  assert.equal(breaksAfter([rowOf(2, { on: Number.NaN, y: Number.NaN })]), true);
  assert.equal(breaksAfter([], true), true);
});

test("[PG23] stores that share names call what was fetched as they call what comes", () => {
  const namings = new Namings();
  const [past, live] = [new Store(undefined, namings), new Store(undefined, namings)];
  ingest(live, named(5, { state: [0, "RUN"] }));
  ingest(past, named(1, { state: [0, "IDLE"] }), named(2, { state: [1, "RUN"] }));
  assert.deepEqual([...(live.find("state")?.ring.y ?? [])], [0]);
  assert.deepEqual([...(past.find("state")?.ring.y ?? [])], [1, 0]);
  assert.deepEqual(textsIn(past, "state"), ["IDLE", "RUN"]);
});

test("[PG23] what is fetched of older points is called as what comes is", async () => {
  const frames = framesOf([named(1, { state: [0, "IDLE"] }), named(2, { state: [1, "RUN"] })], A, 1);
  const woken: (() => void)[] = [];
  const outside = {
    read: async () =>
      (async function* () {
        yield* frames;
      })(),
    wakeIn: (_ms: number, wake: () => void) => woken.push(wake),
    random: () => 0,
  };
  const source = new Holdings(new Past(outside, () => {}), () => false);
  receive(source, [named(5, { state: [0, "RUN"] })]);
  source.past.want({ min: 0, max: 3 }, 4, 9);
  while (source.past.held === undefined) {
    woken.shift()?.();
    await setImmediate();
  }
  const [held, live] = [source.past.held.store, source.store];
  assert.deepEqual(textsIn(held, "state"), ["IDLE", "RUN"]);
  assert.equal(held.find("state")?.naming, live.find("state")?.naming);
  assert.equal(held.find("state")?.ring.y[1], live.find("state")?.ring.y[0]);
  assert.equal(source.past.namings.size, 1);
});

test("[PG23] of events the oldest texts are forgotten; of a step's too many, the newest are all called alike", () => {
  const events = new Naming();
  const steps = new Naming();
  const count = MAX_TEXTS + 50;
  for (let i = 0; i < count; i++) {
    const [y, z] = [Float64Array.of(7), Float64Array.of(7)];
    events.translate({ style: "event", texts: new Map([[7, `text ${i}`]]) }, y);
    assert.deepEqual(events.textOf(y[0] ?? 0), `text ${i}`);
    steps.translate({ style: "step", texts: new Map([[7, `text ${i}`]]) }, z);
    assert.equal(steps.textOf(z[0] ?? 0), i < MAX_TEXTS ? `text ${i}` : "…");
  }
  assert.equal(events.texts.size, MAX_TEXTS);
  assert.equal(steps.texts.size, MAX_TEXTS + 1);
  assert.equal(events.textOf(1), "…");
  const again = Float64Array.of(7);
  events.translate({ style: "event", texts: new Map([[7, "text 0"]]) }, again);
  assert.equal(events.textOf(again[0] ?? 0), "text 0");
  assert.equal(events.textOf(Number.NaN), undefined);
});

test("[PG23] names of so many series are known that no other page has more; of others values are numbers", () => {
  const namings = new Namings();
  for (let i = 0; i < 2000; i++) namings.of(`series ${i}`);
  assert.equal(namings.size, 1024);
  assert.equal(namings.of("series 5"), namings.of("series 5"));
  assert.equal(namings.of("series 1999"), undefined);
});

test("[PG23] any frames, each numbered as it likes, say what was published", () => {
  const frame = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d", "1", "2"), fc.boolean()), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(frame, fc.nat(5)), { minLength: 1, maxLength: 9 }),
      fc.constantFrom<Style>("step", "event"),
      (frames, style) => {
        const store = new Store();
        let x = 0;
        const expected: string[] = [];
        for (const [texts, offset] of frames) {
          const codes = new Map([...new Set(texts.map(([text]) => text))].map((text, i) => [text, i + offset]));
          ingest(store, ...texts.map(([text]) => named(++x, { s: [codes.get(text) ?? 0, text] }, style)));
          expected.push(...texts.map(([text]) => text));
        }
        assert.deepEqual(textsIn(store, "s"), expected);
      },
    ),
  );
});

function drawnSteps(x: readonly number[], y: readonly number[], bucket: number): Line {
  const line = new Line();
  line.step = true;
  decimate([{ x: Float64Array.from(x), y: Float64Array.from(y) }], bucket, line);
  return line;
}

/** What a drawn step line shows at x. */
function shownAt({ x, y, length }: Pick<Line, "x" | "y" | "length">, at: number): number {
  let shown = Number.NaN;
  for (let i = 0; i < length && (x[i] ?? 0) <= at; i++) shown = y[i] ?? 0;
  return shown;
}

const steps = fc
  .array(
    fc.tuple(
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.oneof({ arbitrary: fc.integer({ min: 0, max: 4 }), weight: 6 }, fc.constant(Number.NaN)),
    ),
    { maxLength: 300, size: "max" },
  )
  .map((points) => points.sort(([a], [b]) => a - b))
  .map((points) => ({ x: points.map(([x]) => x), y: points.map(([, y]) => y) }));

test("[PG23] [PG2] however dense, a step holds at the end of each pixel column what it held there", () => {
  fc.assert(
    fc.property(steps, ({ x, y }) => {
      const line = drawnSteps(x, y, 1);
      const whole = { x: Float64Array.from(x), y: Float64Array.from(y), length: x.length };
      for (let edge = 1; edge <= 20; edge++) {
        const at = edge - Number.EPSILON * edge;
        assert.deepEqual(shownAt(line, at), shownAt(whole, at), `at ${edge}`);
      }
    }),
    { numRuns: 500 },
  );
});

test("[PG23] a step's last value holds as far as there may be points; a break, and nothing, hold nothing", () => {
  const line = drawnSteps([1, 2], [5, 6], 0);
  line.hold(9);
  line.hold(4);
  assert.deepEqual([...line.x.subarray(0, line.length)], [1, 2, 9]);
  assert.deepEqual([...line.y.subarray(0, line.length)], [5, 6, 6]);
  const empty = drawnSteps([], [], 0);
  empty.hold(9);
  assert.equal(empty.length, 0);
});

test("[PG23] [PG18] what holds at the cursor is the last value before it; in a break nothing; of events the next, too, if it is near", () => {
  const parts = [part([0, 1], [10, 2]), part([20, Number.NaN], [20, 3], [30, 4])];
  const y = (x: number, reach = 0): number | undefined => heldAt(parts, x, reach)?.y;
  assert.deepEqual(
    [-1, 0, 9.9, 10, 15, 20, 29.9, 30, 99].map((x) => y(x)),
    [undefined, 1, 1, 2, undefined, 3, 3, 4, 4],
  );
  assert.deepEqual([y(9.5, 1), y(8.5, 1), y(29, 2), y(-1, 2), y(25.1, 9)], [2, 1, 4, 1, 4]);
  assert.deepEqual([y(15, 2), y(19, 2)], [2, 3], "between events nothing breaks");
});

test("[PG23] [PG12] what has names shares no panel with numbers, and all events share one", () => {
  const clusters = regroup(
    [],
    [
      { name: "m.temp", magnitude: 20, kind: "" },
      { name: "m.on", magnitude: 0, kind: "step" },
      { name: "m.speed", magnitude: 15 },
      { name: "m.log", magnitude: 0, kind: "event" },
      { name: "m.state", magnitude: 0, kind: "step" },
      { name: "other", magnitude: 0, kind: "event" },
      { name: "on", magnitude: 0, kind: "step" },
    ],
  );
  assert.deepEqual(clusters, [["m.temp", "m.speed"], ["m.on", "m.state"], ["m.log", "other"], ["on"]]);
});

test("[PG23] [PG12] a series that gets names leaves its panel; one that comes later finds its like in panels of a person", () => {
  const store = new Store();
  const arrangement = new Arrangement();
  const panels = (): (readonly string[])[] => arrangement.panels(store.series).map(({ names }) => names);
  ingest(store, rowOf(1, { "m.a": 1, "m.b": 1 }));
  assert.deepEqual(panels(), [["m.a", "m.b"]]);
  ingest(store, named(2, { "m.b": [1, "true"] }));
  assert.deepEqual(panels(), [["m.a"], ["m.b"]]);
  arrangement.movePanel(arrangement.panels(store.series)[0]?.id ?? "", 1);
  assert.deepEqual(panels(), [["m.b"], ["m.a"]]);
  ingest(store, rowOf(3, { "m.c": 1 }), named(3, { "m.d": [1, "true"] }));
  assert.deepEqual(panels(), [
    ["m.b", "m.d"],
    ["m.a", "m.c"],
  ]);
});

test("[PG23] names are no sizes: they split no panel", () => {
  const store = new Store();
  ingest(store, named(1, { big: [1e6, "far"] }), rowOf(2, { level: 1e6 }));
  assert.equal(store.find("big")?.magnitude, 0);
  assert.equal(store.find("level")?.magnitude, 1e6);
});

function shownOf(name: string, texts: Record<number, string>, style: Style, y: readonly number[]) {
  const naming = new Naming();
  const codes = new Map(Object.entries(texts).map(([value, text]) => [Number(value), text]));
  // Each once, so that all are known.
  naming.translate({ style, texts: codes }, Float64Array.from(codes.keys()));
  const series = { ...newSeries(name, 0, new Ring(1)), naming, kind: naming.kind };
  const shown: Shown = { series, slot: 0, onRight: false, isHidden: false, parts: [], minY: 0, maxY: 1 };
  const line = drawnSteps(
    y.map((_, i) => i),
    y,
    0,
  );
  return { shown, drawn: { line, naming, slot: 0, onRight: false, meant: false } };
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
  const lanes = lanesFor([state.shown, on.shown], [state.drawn, on.drawn]);
  assert.ok(lanes);
  const labels = (heightPx: number) => lanes.axis.ticks?.(heightPx).map(({ at, label }) => `${label} ${at}`);
  assert.deepEqual(labels(500), ["false 0", "true 1", "A 2.6", "B 3.6", "7 4.6", "a name that… 5.6"]);
  assert.deepEqual([...on.drawn.line.y.subarray(0, 2)], [1, 0]);
  assert.deepEqual([...state.drawn.line.y.subarray(0, 5)], [2.6, 5.6, 3.6, Number.NaN, 4.6]);
  assert.deepEqual(lanes.axis.range, { min: -0.5, max: 6.1 });
  assert.ok((labels(30) ?? []).length < 4, "labels that would lie over each other are left out");
});

test("[PG23] beside numbers, and on two axes, names have no lanes", () => {
  const on = shownOf("on", { 1: "true", 0: "false" }, "step", [1, 0]);
  const plain = shownOf("level", {}, "step", [1, 0]);
  assert.equal(plain.shown.series.kind, "");
  assert.equal(lanesFor([on.shown, plain.shown], [on.drawn, plain.drawn]), undefined);
  assert.equal(lanesFor([{ ...on.shown, onRight: true }], [on.drawn]), undefined);
  assert.deepEqual([...on.drawn.line.y.subarray(0, 2)], [1, 0]);
});

test("[PG23] [PG6] held, a step holds no further than it did, whatever comes meanwhile", () => {
  const source = holdings();
  const view = new View();
  receive(source, [named(1e9, { on: [1, "true"] }), rowOf(1e9 + 20, { y: 1 })]);
  view.hold(source);
  const { until } = view.look(source, 500) ?? {};
  assert.equal(until, 1e9 + 20);
  receive(source, [rowOf(1e9 + 27, { y: 1 })]);
  assert.equal(view.look(source, 500)?.until, until);
  for (const window of ["100 pts", "10 s", "All"] as const) {
    view.choose(window);
    assert.equal(view.look(source, 500)?.until, until, window);
  }
  view.goLive();
  assert.equal(view.look(source, 500)?.until, 1e9 + 27);
});

function windowOf(store: Store): WindowData {
  const series = [...store.series].map(({ name, ring, naming }) => ({
    ...{ name, colour: "#000", naming },
    parts: [{ x: ring.x, y: ring.y }],
  }));
  return { channel: "main", minX: 0, maxX: 100, time: false, series };
}

test("[PG23] [PG15] a snapshot brings names and styles back, those of other numbers too", async () => {
  const store = new Store();
  ingest(store, named(1, { state: [0, "IDLE"] }), rowOf(1.5, { temp: 4 }), named(2, { log: [0, "begun"] }, "event"));
  ingest(store, named(3, { state: [0, "RUN"] }), named(4, { log: [0, "ended"] }, "event"));
  const bytes = new Uint8Array(await (await snapshotBlob(windowOf(store))).arrayBuffer());
  const back = new Store();
  for (const frame of readSnapshot(bytes)) back.ingest(frame);
  assert.deepEqual(textsIn(back, "state"), ["IDLE", "RUN"]);
  assert.deepEqual(textsIn(back, "log"), ["begun", "ended"]);
  assert.deepEqual(
    ["state", "log", "temp"].map((name) => back.find(name)?.kind),
    ["step", "event", ""],
  );
  assert.equal(back.find("temp")?.naming, undefined);
});

test("[PG23] [PG15] CSV has a column for names where there are some", async () => {
  const store = new Store();
  ingest(store, named(1, { on: [1, "true, or so"] }), rowOf(2, { temp: 4 }), named(3, { log: [8, "=1"] }, "event"));
  const text = await (await csvBlob(windowOf(store))).text();
  assert.equal(text, `x,series,y,text\r\n1,on,1,"true, or so"\r\n2,temp,4,\r\n3,log,1,'=1\r\n`);
});
