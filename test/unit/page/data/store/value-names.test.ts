/** Steps and events on the page: what their values are called, how they hold, and where they are drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { ChannelData } from "../../../../../page/data/channel-data.ts";
import { HistoryFetcher } from "../../../../../page/data/history/history-fetcher.ts";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { MAX_TEXTS, ValueNames, ValueNamesRegistry } from "../../../../../page/data/store/value-names.ts";
import { csvBlob } from "../../../../../page/lazy/export/csv.ts";
import { readSnapshot, snapshotBlob } from "../../../../../page/lazy/export/snapshot.ts";
import type { WindowData } from "../../../../../page/lazy/export/window-data.ts";
import { decodeFrame, type Style } from "../../../../../protocol/frame/frame.ts";
import { FrameBuilder, framesOf, type Row } from "../../../../../protocol/frame/frame-builder.ts";
import { receive, rowOf } from "../../../../support/channel-data.ts";
import { ingest, named, textsIn } from "../../../../support/named.ts";

const A = "00000000000000aa";

test("[PG23c] a bridge that numbers anew changes no name: each text keeps its place", () => {
  const store = new SeriesStore();
  ingest(store, named(1, { state: [0, "IDLE"] }), named(2, { state: [3, "RUN"] }));
  ingest(store, named(3, { state: [0, "RUN"] }), named(4, { state: [1, "FAULT"] }), named(5, { state: [3, "IDLE"] }));
  assert.deepEqual(textsIn(store, "state"), ["IDLE", "RUN", "RUN", "FAULT", "IDLE"]);
  assert.deepEqual([...(store.find("state")?.ring.y ?? [])], [0, 3, 3, 1, 0]);
});

test("[PG23] a value's place is its own number, so that false is below true whichever comes first", () => {
  const store = new SeriesStore();
  ingest(store, named(1, { on: [1, "true"] }), named(2, { on: [0, "false"] }));
  assert.deepEqual([...(store.find("on")?.ring.y ?? [])], [1, 0]);
});

test("[PG23] a value without a name is not taken for one that has its number for a place", () => {
  const store = new SeriesStore();
  ingest(store, named(1, { state: [0, "IDLE"] }));
  ingest(store, { ...rowOf(2, { state: 0 }), marks: [{ series: "state", style: "step", value: 0 }] });
  ingest(store, rowOf(3, { state: 0 }), rowOf(4, { state: 9 }));
  assert.deepEqual(textsIn(store, "state"), ["IDLE", "0", "0", undefined]);
  assert.equal(store.find("state")?.lastY, 9);
});

test("[PG23b] [PG5] a step that a message says nothing of holds; where a gap is told, or nothing was said at all, it breaks", () => {
  const gap = { kind: "gap", reason: "bridge-full", points: 1, fromX: null, toX: null, series: "" } as const;
  const breaksAfter = (between: readonly Row[], isLost = false): boolean => {
    const store = new SeriesStore();
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
  const valueNames = new ValueNamesRegistry();
  const [past, live] = [new SeriesStore(undefined, valueNames), new SeriesStore(undefined, valueNames)];
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
    yieldToPage: async () => {},
    random: () => 0,
  };
  const source = new ChannelData(new HistoryFetcher(outside, () => {}), () => false);
  receive(source, [named(5, { state: [0, "RUN"] })]);
  source.history.request({ min: 0, max: 3 }, 4, 9);
  while (source.history.fetched === undefined) {
    woken.shift()?.();
    await setImmediate();
  }
  const [held, live] = [source.history.fetched.store, source.store];
  assert.deepEqual(textsIn(held, "state"), ["IDLE", "RUN"]);
  assert.equal(held.find("state")?.valueNames, live.find("state")?.valueNames);
  assert.equal(held.find("state")?.ring.y[1], live.find("state")?.ring.y[0]);
  assert.equal(source.history.valueNames.size, 1);
});

test("[PG23d] of events the oldest texts are forgotten; of a step's too many, the newest are all called alike", () => {
  const events = new ValueNames();
  const steps = new ValueNames();
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
  const valueNames = new ValueNamesRegistry();
  for (let i = 0; i < 2000; i++) valueNames.of(`series ${i}`);
  assert.equal(valueNames.size, 1024);
  assert.equal(valueNames.of("series 5"), valueNames.of("series 5"));
  assert.equal(valueNames.of("series 1999"), undefined);
});

test("[PG23] any frames, each numbered as it likes, say what was published", () => {
  const frame = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d", "1", "2"), fc.boolean()), {
    minLength: 1,
    maxLength: 9,
    size: "max",
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(frame, fc.nat(5)), { minLength: 1, maxLength: 9, size: "max" }),
      fc.constantFrom<Style>("step", "event"),
      (frames, style) => {
        const store = new SeriesStore();
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

function windowOf(store: SeriesStore): WindowData {
  const series = [...store.series].map(({ name, ring, valueNames }) => ({
    ...{ name, colour: "#000", valueNames },
    segments: [{ x: ring.x, y: ring.y }],
  }));
  return { channel: "main", minX: 0, maxX: 100, time: false, series };
}

test("[PG23] [PG15] a snapshot brings names and styles back, those of other numbers too", async () => {
  const store = new SeriesStore();
  ingest(store, named(1, { state: [0, "IDLE"] }), rowOf(1.5, { temp: 4 }), named(2, { log: [0, "begun"] }, "event"));
  ingest(store, named(3, { state: [0, "RUN"] }), named(4, { log: [0, "ended"] }, "event"));
  const bytes = new Uint8Array(await (await snapshotBlob(windowOf(store))).arrayBuffer());
  const back = new SeriesStore();
  for (const frame of await readSnapshot(bytes)) back.ingest(frame);
  assert.deepEqual(textsIn(back, "state"), ["IDLE", "RUN"]);
  assert.deepEqual(textsIn(back, "log"), ["begun", "ended"]);
  assert.deepEqual(
    ["state", "log", "temp"].map((name) => back.find(name)?.kind),
    ["step", "event", ""],
  );
  assert.equal(back.find("temp")?.valueNames, undefined);
});

test("[PG23] [PG15] CSV has a column for names where there are some", async () => {
  const store = new SeriesStore();
  ingest(store, named(1, { on: [1, "true, or so"] }), rowOf(2, { temp: 4 }), named(3, { log: [8, "=1"] }, "event"));
  const text = await (await csvBlob(windowOf(store))).text();
  assert.equal(text, `x,series,y,text\r\n1,on,1,"true, or so"\r\n2,temp,4,\r\n3,log,1,'=1\r\n`);
});
