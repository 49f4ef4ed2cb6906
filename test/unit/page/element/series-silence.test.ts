import assert from "node:assert/strict";
import { test } from "node:test";
import { RingBuffer } from "../../../../page/data/store/ring-buffer.ts";
import { newSeries, type Series } from "../../../../page/data/store/series.ts";
import { SeriesSilence } from "../../../../page/element/series-silence.ts";

const NOW_S = 1.7e9;

function seriesWith(...xs: number[]): Series {
  const series = newSeries("temp", new RingBuffer(64));
  add(series, ...xs);
  return series;
}

function add(series: Series, ...xs: number[]): void {
  series.ring.append(
    Float64Array.from(xs),
    Float64Array.from(xs, () => 1),
  );
  series.headX = xs.at(-1) ?? series.headX;
}

function noted(series: Series, nowS: number): SeriesSilence {
  const silence = new SeriesSilence();
  silence.note(series, nowS * 1000);
  return silence;
}

test("[EL6c] a series is silent after ten of its usual pauses, and five seconds at least", () => {
  const quick = seriesWith(NOW_S - 2, NOW_S - 1.9, NOW_S - 1.8);
  const silence = noted(quick, NOW_S);
  assert.equal(silence.sinceMs(quick, (NOW_S + 3.1) * 1000), undefined);
  assert.equal(silence.sinceMs(quick, (NOW_S + 3.3) * 1000), (NOW_S - 1.8) * 1000);
  const slow = seriesWith(NOW_S - 120, NOW_S - 60, NOW_S);
  assert.equal(noted(slow, NOW_S).sinceMs(slow, (NOW_S + 599) * 1000), undefined);
  assert.equal(noted(slow, NOW_S).sinceMs(slow, (NOW_S + 601) * 1000), NOW_S * 1000);
});

test("[EL6c] what comes counts from when it comes, whatever its time", () => {
  const series = seriesWith(NOW_S - 100, NOW_S - 99, NOW_S - 98);
  const silence = noted(series, NOW_S);
  add(series, NOW_S - 97);
  silence.note(series, NOW_S * 1000);
  assert.equal(silence.sinceMs(series, (NOW_S + 9) * 1000), undefined);
  assert.equal(silence.sinceMs(series, (NOW_S + 11) * 1000), NOW_S * 1000);
});

test("[EL6c] nothing is said of a series without a pace, of one whose x is no time, and of a state", () => {
  const late = (NOW_S + 9999) * 1000;
  const two = seriesWith(NOW_S - 1, NOW_S);
  assert.equal(noted(two, NOW_S).sinceMs(two, late), undefined);
  const counted = seriesWith(1, 2, 3, 4);
  assert.equal(noted(counted, NOW_S).sinceMs(counted, late), undefined);
});
