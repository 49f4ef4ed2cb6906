import assert from "node:assert/strict";
import { test } from "node:test";
import { beganUntimed } from "../../../../page/data/store/series.ts";
import { backText, offText, untimedText } from "../../../../page/lazy/off-text.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";

const NOW = 1_795_000_000;
const live = (headX: number): string | undefined => offText({ headX, lateX: NOW - headX }, NOW, true);
const stored = (headX: number, isAlone = true): string | undefined =>
  offText({ headX, lateX: Number.NaN }, NOW, isAlone);

test("[PG27c] times of another epoch are named as what they look like", () => {
  assert.match(live(NOW + 2_082_844_800) ?? "", /timestamps of 2092: they count from 1904/);
  assert.match(live(NOW + 2_208_988_800) ?? "", /timestamps of 2096: they count from 1900, as in NTP/);
  assert.match(live(NOW + 11_644_473_600) ?? "", /they count from 1601, as in Windows/);
  assert.match(live(NOW - 946_684_800) ?? "", /timestamps of 1996: they count from 2000/);
  assert.match(live(NOW - 315_964_800) ?? "", /they count from 1980, as in GPS/);
  // As the bridge reads them: for nanoseconds.
  assert.match(live((NOW + 62_135_596_800) / 100) ?? "", /are \.NET ticks/);
  assert.match(live((NOW + 11_644_473_600) / 100) ?? "", /are Windows file times/);
  assert.match(live(NOW - 3 * 365 * 86_400) ?? "", /has timestamps of .*2023: is the clock set\?/);
});

test("[PG27c] what is no time is named, and what it may be", () => {
  assert.match(live(1234.5) ?? "", /x 1234\.5: not a time, or one of 1970 \(is the clock set\?\)/);
  assert.match(live(-86_400) ?? "", /a time before 1970, or not a time/);
  assert.match(live(1.795e12) ?? "", /after the year 5138: is it a time in another unit\?/);
});

test("[PG27c] a clock that is behind or ahead is said; what only ended is said where nothing else is to be seen", () => {
  assert.match(live(NOW - 19_800) ?? "", /has timestamps 5 h 30 min behind \(time zone\?\)/);
  assert.match(live(NOW + 90_000) ?? "", /has timestamps 25 h ahead/);
  assert.match(stored(NOW + 86_400) ?? "", /has timestamps 24 h ahead/);
  assert.match(offText({ headX: NOW - 19_800, lateX: 19_800 }, NOW, false) ?? "", /5 h 30 min behind/);
  assert.match(offText({ headX: NOW - 900, lateX: 0.1 }, NOW, true) ?? "", /^has no new data since [\d:]{8}$/);
  assert.match(stored(NOW - 19_800) ?? "", /since [\d:]{8}, 5 h 30 min behind \(time zone\?\)$/);
  assert.equal(stored(NOW - 400, false), undefined);
});

test("[PG27c] an x that is no time, as a path's, is said to be none", () => {
  assert.equal(offText({ headX: 1.2, lateX: NOW, ring: { isPath: true } }, NOW, false), "has an x that is not a time");
});

test("[PG27c] what is ahead by more than a second has no point that is its last one: it is ahead", () => {
  assert.equal(offText({ headX: NOW + 30, lateX: -30 }, NOW, false), "has timestamps 30 s ahead");
  assert.equal(offText({ headX: NOW + 30, lateX: Number.NaN }, NOW, true), "has timestamps 30 s ahead");
  assert.match(offText({ headX: NOW + 1, lateX: Number.NaN }, NOW, true) ?? "", /^has no new data since [\d:]{8}$/);
});

test("[PG27c] the last point of another day than today has its date, and how long ago it was in hours and minutes", () => {
  const yesterday = offText({ headX: NOW - 85_800, lateX: Number.NaN }, NOW, true);
  assert.match(yesterday ?? "", /^has no new data since .*17.* [\d:]{8}, 23 h 50 min behind$/);
  const today = offText({ headX: NOW, lateX: 0.1 }, NOW, true, NOW + 86_400);
  assert.match(today ?? "", /since .*18.* [\d:]{8}$/);
});

test("[PG11d] times that run backwards, and points that are later than the newest, are told from each other", () => {
  const said = (...times: number[]): string | undefined => {
    const source = channelData();
    for (const x of times) receive(source, [rowOf(x, { y: 1 })]);
    const series = source.store.find("y");
    return series && backText(series);
  };
  const falling = Array.from({ length: 200 }, (_, i) => NOW - i / 10);
  assert.match(said(...falling) ?? "", /run backwards/);
  assert.match(
    said(NOW + 3600, NOW, NOW + 1, NOW + 2) ?? "",
    /^has points up to .*2026.* [\d:]{8}, later than its newest/,
  );
  assert.equal(said(NOW, NOW + 1, NOW - 5, NOW + 2), undefined);
  assert.equal(said(...falling.slice(0, 50)), undefined);
});

test("[PG28d] what came before a clock was set is counted, and said by its x", () => {
  const source = channelData();
  receive(source, [rowOf(0.5, { y: 1 }), rowOf(1.5, { y: 2 }), rowOf(NOW, { y: 3 }), rowOf(NOW + 1, { y: 4 })]);
  const series = source.store.find("y");
  assert.ok(series !== undefined && beganUntimed(series));
  assert.match(untimedText(series), /^has 2 points whose x is no time \(0\.5 to 1\.5\)/);
  assert.equal(source.oldestX, NOW);
  const others = channelData();
  receive(others, [rowOf(NOW, { y: 3 })]);
  receive(others, [rowOf(0, { z: 3 })]);
  assert.deepEqual([...others.store.series].map(beganUntimed), [false, false]);
});
