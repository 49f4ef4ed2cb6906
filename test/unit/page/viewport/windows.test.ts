import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ChannelData } from "../../../../page/data/channel-data.ts";
import { typedWindow } from "../../../../page/lazy/dialogs/typed-window.ts";
import { Viewport } from "../../../../page/viewport/viewport.ts";
import { readWindow, spanOf, WINDOWS } from "../../../../page/viewport/windows.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";

const T = 1_700_000_000;

test("[PG2a] a window is as long as it says", () => {
  assert.deepEqual(WINDOWS.map(spanOf), [Number.NaN, 10, 30, 60, 300, 900, 3600, 21_600, Number.NaN]);
  assert.deepEqual((["90 s", "0.5 s", "2 d"] as const).map(spanOf), [90, 0.5, 172_800]);
});

test("[PG2d] a length is read as it is written in an address, and what is none is not", () => {
  for (const window of WINDOWS) assert.equal(readWindow(window.replace(" ", "")), window);
  assert.deepEqual(["90s", "2h", "1.5 d", "60s", "366d"].map(readWindow), ["90 s", "2 h", "1.5 d", "1 m", "366 d"]);
  for (const text of [
    "",
    "90",
    "s",
    "0 s",
    "-1 s",
    "367d",
    "1e3s",
    "5 ms",
    "1 week",
    "NaN s",
    "1.2.3 s",
    ".s",
    "all",
  ]) {
    assert.equal(readWindow(text), undefined, text);
  }
});

test("[PG2d] whatever length is typed, the window has it", () => {
  const units = { s: 1, sec: 1, seconds: 1, m: 60, min: 60, minutes: 60, h: 3600, hours: 3600, d: 86_400, ms: 0.001 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300_000 }), fc.constantFrom(...Object.keys(units)), (thousandths, unit) => {
      const count = unit === "ms" ? thousandths : thousandths / 1000;
      const span = count * (Object.entries(units).find(([one]) => one === unit)?.[1] ?? 0);
      const window = typedWindow(`${count} ${unit}`);
      assert.ok(window !== undefined && Math.abs(spanOf(window) - span) <= span * 1e-9, `${count} ${unit}: ${window}`);
    }),
  );
  assert.deepEqual([" 90 S ", "1,5 hours", "2 weeks", "250 ms", "all", "All"].map(typedWindow), [
    "90 s",
    "1.5 h",
    "14 d",
    "0.25 s",
    undefined,
    "All",
  ]);
  assert.deepEqual(["", "90", "soon", "-3 s", "2 years", "0 s", "400 days"].map(typedWindow), Array(7).fill(undefined));
});

/** Has the page receive points of a series that are so far apart. */
function points(source: ChannelData, name: string, everyS: number, count: number, end = T): void {
  const rows = Array.from({ length: count }, (_, i) => rowOf(end - (count - 1 - i) * everyS, { [name]: i }));
  receive(source, rows);
}

const begins = (source: ChannelData): string => new Viewport().window(source);

test("[PG2b] what nobody chose has fifteen points at least, and 30 s at least", () => {
  const paces = [0.1, 1, 2, 2.01, 20, 60, 61, 240, 1440, 1441].map((everyS) => {
    const source = channelData();
    points(source, "a", everyS, 20);
    return begins(source);
  });
  const minutes = ["1 m", "5 m", "15 m"];
  assert.deepEqual(paces, ["30 s", "30 s", "30 s", ...minutes, "1 h", "1 h", "6 h", "All"]);
});

test("[PG2b] the pace is that of the quickest series of now, and decides until a person does", () => {
  const source = channelData();
  assert.equal(begins(source), "30 s");
  points(source, "a", 60, 2);
  assert.equal(begins(source), "30 s", "two points say nothing");
  points(source, "b", 60, 3);
  assert.equal(begins(source), "15 m");
  points(source, "old", 0.1, 50, T - 4000);
  assert.equal(begins(source), "15 m", "what ended long ago does not count");
  const viewport = new Viewport();
  assert.equal(viewport.window(source), "15 m");
  points(source, "dense", 1e-4, 500);
  assert.equal(begins(source), "30 s");
  assert.equal(viewport.window(source), "15 m", "it does not change while somebody looks");
  viewport.chooseWindow("10 s");
  assert.equal(viewport.window(source), "10 s");
});

test("[PG2b] an outage is no pace; where x is no time it is 100 points", () => {
  const source = channelData();
  points(source, "a", 1, 10, T - 3600);
  points(source, "a", 1, 10);
  assert.equal(begins(source), "30 s");
  const numbers = channelData();
  points(numbers, "a", 60, 10, 600);
  assert.equal(begins(numbers), "100 pts");
});
