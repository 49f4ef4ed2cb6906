import assert from "node:assert/strict";
import { test } from "node:test";
import { SeriesFilter } from "../../../../../protocol/series-filter.ts";
import { type NothingFound, noteOf } from "../../../../../worker/http/read/read-note.ts";
import type { ReadQuery } from "../../../../../worker/http/read/read-query.ts";

/** 2026-11-30T19:37:49Z. */
const NOW_MS = 1_796_067_469_000;
const FOUND: NothingFound = { epoch: 5, newest: 9, nearNames: undefined, x: { fromX: -1.5, toX: 8 } };
const QUERY: ReadQuery = {
  fromX: Number.NEGATIVE_INFINITY,
  toX: Number.POSITIVE_INFINITY,
  after: 0,
  through: Number.MAX_SAFE_INTEGER,
  series: new SeriesFilter([]),
  points: undefined,
  text: false,
};
const of = (...wanted: string[]) => ({ series: new SeriesFilter(wanted) });
const DATES = { fromX: 1_796_067_400.25, toX: 1_796_067_469 };
const IN_RANGE = "Nothing that is stored now is in this range.";

for (const [rule, found, query, note] of [
  ["RD7b", { epoch: 0, newest: 0, x: undefined }, {}, "Nothing was ever published in this channel."],
  ["RD7b", { newest: 0, x: undefined }, of("a"), "This channel has no points now."],
  ["RD7c", { nearNames: [] }, of("tmp"), "This channel never had a series called tmp."],
  ["RD7c", { nearNames: ["y", "temp"] }, of("tmp"), "This channel never had a series called tmp; did you mean temp?"],
  [
    "RD7c",
    { nearNames: ["Größe"] },
    of("Grüße"),
    "This channel never had a series called Gr%C3%BC%C3%9Fe; did you mean Gr%C3%B6%C3%9Fe?",
  ],
  ["RD7c", { nearNames: [] }, of("50 %\r\nX: 1"), "This channel never had a series called 50 %25%0D%0AX: 1."],
  [
    "RD7c",
    { nearNames: [] },
    of("\u{1f600}".repeat(65)),
    `This channel never had a series called ${"%F0%9F%98%80".repeat(64)}....`,
  ],
  ["RD7c", { nearNames: ["lab.a"] }, of("lab.*"), "This channel never had a series that fits lab.*."],
  ["RD7c", { nearNames: [] }, of("", "b"), "This channel never had any of these 2 series, such as ."],
  [
    "RD7c",
    { nearNames: ["temp"] },
    of("tmp", "b"),
    "This channel never had any of these 2 series, such as tmp; did you mean temp?",
  ],
  ["RD7d", {}, { fromX: 100 }, `${IN_RANGE} The channel has x from -1.5 to 8.`],
  ["RD7d", {}, { toX: -5 }, `${IN_RANGE} The channel has x from -1.5 to 8.`],
  [
    "RD7d",
    { x: DATES },
    { toX: -5 },
    `${IN_RANGE} The channel has x from 1796067400.25 (2026-11-30T19:36:40.250Z) to 1796067469 (2026-11-30T19:37:49.000Z).`,
  ],
  // Only a part was looked at.
  ["RD7d", {}, { fromX: 100, after: 3 }, IN_RANGE],
  ["RD7d", {}, { fromX: 100, through: 8 }, IN_RANGE],
  ["RD7d", { x: undefined }, { fromX: 100 }, IN_RANGE],
  ["RD7e", {}, { after: 9 }, "No point has a number above 9 yet: the newest has 9."],
  ["RD7e", {}, { through: 0 }, "Nothing that is stored now fits this query."],
  ["RD7e", {}, of("y"), "Nothing that is stored now fits this query."],
  ["RD7a", {}, { points: 0 }, undefined],
] as const) {
  test(`[RD7] ${rule}: ${note?.slice(0, 150) ?? "no note"}`, () => {
    assert.equal(noteOf({ ...FOUND, ...found }, { ...QUERY, ...query }, NOW_MS), note);
  });
}
