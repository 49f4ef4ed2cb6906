import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MapConfig } from "../../../../bridge/config/config.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import type { TimeHint } from "../../../../bridge/observability/time-hints.ts";
import { NO_MAP } from "../../../support/mapping.ts";

/** 2026-11-28 14:00 UTC */
const NOW = 1_795_874_400;

interface Sent {
  at?: number;
  value: unknown;
  topic?: string;
  /** Of the envelope. */
  time?: number;
}

/** The x of each point, and what was said. */
function timesOf(sent: readonly Sent[], map: MapConfig = NO_MAP): { xs: number[]; hints: TimeHint[] } {
  const hints: TimeHint[] = [];
  const mapper = createMapper(map, undefined, (hint) => hints.push(hint));
  const xs = sent.flatMap(({ at = NOW, value, topic = "", time }) =>
    mapper
      .map({ topic, content: { kind: "value", value }, ...(time === undefined ? {} : { time }) }, at)
      .flatMap(({ rows }) => rows.map(({ x }) => x)),
  );
  return { xs, hints };
}

/** Messages with a time each, so many seconds apart. */
function each(times: readonly unknown[], everySeconds: number, from = NOW): Sent[] {
  return times.map((t, i) => ({ at: from + i * everySeconds, value: { t, v: 1 } }));
}

const oddities = (hints: readonly TimeHint[]): string[] => hints.map(({ oddity }) => oddity);
const MAPPED: MapConfig = { ...NO_MAP, channel: "a" };

for (const [what, map] of [
  ["without a mapping", NO_MAP],
  ["with a mapping", MAPPED],
] as const) {
  describe(`the unit of times ${what}`, () => {
    it("[PT6a] [PT6i] is found by magnitude for dates", () => {
      const { xs, hints } = timesOf(each([NOW + 0.5, (NOW + 1) * 1e3, (NOW + 2) * 1e6, (NOW + 3) * 1e9], 1), map);
      assert.deepEqual(xs, [NOW + 0.5, NOW + 1, NOW + 2, NOW + 3]);
      assert.deepEqual(hints, []);
    });

    it("[PT6j] nanoseconds since a start are never divided, whatever dates they pass", () => {
      const counts: number[] = [];
      for (let seconds = 90; seconds < 5000; seconds += 1) counts.push(seconds * 1e9);
      const { xs, hints } = timesOf(each(counts, 1), map);
      assert.deepEqual(xs, counts);
      assert.deepEqual(oddities(hints), ["no-date"]);
    });

    it("[PT6j] [PT6k] not even where they look like now in milliseconds", () => {
      const counts: number[] = [];
      for (let i = -50; i < 50; i++) counts.push(NOW * 1e3 + i * 1e7);
      const { xs } = timesOf(
        each(
          [counts[0] ?? 0, ...counts].map((n, i) => (i === 0 ? 9e11 : n)),
          0.01,
        ),
        map,
      );
      assert.deepEqual(xs, [9e11, ...counts]);
    });

    it("[PT6l] a count that is first seen where it looks like dates of long ago is found out by its pace", () => {
      for (const [start, rate] of [
        [1.2e12, 1e9],
        [1.2e12, 1e6],
        [1.2e12, 1e7],
        [1.2e15, 1e9],
      ] as const) {
        const counts = Array.from({ length: 50 }, (_, i) => start + i * 0.1 * rate);
        const { xs, hints } = timesOf(each(counts, 0.1), map);
        assert.deepEqual(xs.slice(2), counts.slice(2), `${start} at ${rate}`);
        assert.deepEqual(oddities(hints), ["clock-off", "unit-revised"]);
      }
    });

    it("[PT6l] recordings of years ago are dates, at any pace but those", () => {
      for (const speed of [0, 0.1, 1, 2, 60, 100, 3600, 86_400, 1e8]) {
        const dates = Array.from({ length: 100 }, (_, i) => 1.25e9 + i * 0.1 * speed);
        for (const unit of [1e3, 1e6, 1e9]) {
          const { xs, hints } = timesOf(
            each(
              dates.map((date) => date * unit),
              0.1,
            ),
            map,
          );
          for (const [i, x] of xs.entries()) assert.ok(Math.abs(x - (dates[i] ?? 0)) < 1e-6, `${speed} ${unit} ${x}`);
          assert.deepEqual(oddities(hints), ["clock-off"]);
        }
      }
    });

    it("[PT6n] of 16 fields that is remembered, of more it is found out anew", () => {
      for (const [fields, x] of [
        [16, 1.1e12],
        [17, 1.1e9],
      ] as const) {
        const names = Array.from({ length: fields - 1 }, (_, i) => `time_${"abcdefghijklmnopqrstuvwxyz"[i]}`);
        const sent = [
          { value: { t: 9e11, v: 1 } },
          ...names.map((name) => ({ value: { [name]: NOW * 1e3, v: 1 } })),
          { value: { t: 1.1e12, v: 1 } },
        ];
        assert.equal(timesOf(sent, map).xs.at(-1), x, `${fields} fields`);
      }
    });

    it("[PT6l] two recordings of one topic in turn are no count", () => {
      for (const apart of [1e4, 1e6, 3e7, 2e8]) {
        const dates = Array.from({ length: 400 }, (_, i) => 1.1e9 + i * 0.01 + (i % 2) * apart);
        const { xs } = timesOf(
          each(
            dates.map((date) => Math.round(date * 1e3)),
            0.01,
          ),
          map,
        );
        for (const [i, x] of xs.entries()) assert.ok(Math.abs(x - (dates[i] ?? 0)) < 0.01, `${apart} ${x}`);
      }
    });

    it("[PT6l] arrivals that jitter do not hide a count for long", () => {
      const counts = Array.from({ length: 200 }, (_, i) => 1.2e12 + i * 0.02 * 1e9);
      const sent = counts.map((t, i) => ({ at: NOW + Math.floor(i / 5) * 0.1 + (i % 5) * 0.001, value: { t, v: 1 } }));
      assert.deepEqual(timesOf(sent, map).xs.slice(105), counts.slice(105));
    });

    it("[PT6k] a clock that begins at 1970 and is set later is right from then on", () => {
      const { xs, hints } = timesOf(each([40_000, 41_000, (NOW + 2) * 1e3, (NOW + 3) * 1e3], 1), map);
      assert.deepEqual(xs, [40_000, 41_000, NOW + 2, NOW + 3]);
      assert.deepEqual(oddities(hints), ["no-date"]);
      assert.deepEqual(timesOf(each([40, NOW + 1], 1), map).xs, [40, NOW + 1]);
    });

    it("[PT6k] a clock that begins at 2000 in milliseconds, too", () => {
      const { xs } = timesOf(each([946_684_801_000, (NOW + 1) * 1e3, (NOW + 2) * 1e3], 1), map);
      assert.deepEqual(xs, [946_684_801_000, NOW + 1, NOW + 2]);
    });

    it("[PT6k] publishers of one topic may have several units", () => {
      const { xs } = timesOf(each([NOW * 1e3, NOW + 1, (NOW + 2) * 1e9, 17, (NOW + 4) * 1e3], 1), map);
      assert.deepEqual(xs, [NOW, NOW + 1, NOW + 2, 17, NOW + 4]);
    });

    it("[PT6k] one of milliseconds beside one that counts nanoseconds", () => {
      const sent = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 7e11 + i * 1e9 : (NOW + i) * 1e3));
      const { xs } = timesOf(each(sent, 1), map);
      assert.deepEqual(
        xs,
        sent.map((time, i) => (i % 2 === 0 ? time : NOW + i)),
      );
    });

    it("[PT6j] a field's unit is its own", () => {
      const sent = [
        { value: { t: 9e11, v: 1 } },
        { value: { ts: 1.25e12, v: 1 } },
        { topic: "b", value: { t: 1.25e12, v: 1 } },
      ];
      assert.deepEqual(timesOf(sent, map).xs, [9e11, 1.25e9, 1.25e9]);
    });

    it("[PT6j] columns and pairs are decided alike", () => {
      const columns = Array.from({ length: 100 }, (_, i) => 9.9e11 + i * 1e9);
      assert.deepEqual(timesOf([{ value: { t: columns, v: columns.map(() => 1) } }], map).xs, columns);
      const sent = columns.map((x, i) => ({ at: NOW + i, value: [x, 1] }));
      assert.deepEqual(timesOf(sent, map).xs, columns);
    });
  });
}

function says(
  what: string,
  rule: string,
  value: unknown,
  oddity: TimeHint["oddity"],
  advice: RegExp,
  map?: MapConfig,
): void {
  it(`[${rule}] ${what}`, () => {
    const { hints } = timesOf(
      Array.from({ length: 40 }, () => ({ value })),
      map,
    );
    assert.deepEqual(oddities(hints), [oddity]);
    assert.match(hints[0]?.advice ?? "", advice);
  });
}

describe("strange times", () => {
  const at = (date: string): number => Date.parse(date) / 1000;
  for (const [what, value, advice] of [
    ["local time of CET without an offset", { t: "2026-11-28T15:00:00", v: 1 }, /^they are 1 h after .*\+01:00/],
    ["local time of New York", { t: "2026-11-28 09:00:03", v: 1 }, /^they are 5 h before .*-05:00/],
    [
      "local time of Nepal as a number",
      { t: NOW + 5.75 * 3600 - 4, v: 1 },
      /^they are 5 h 45 min after .*Unix seconds count in UTC/,
    ],
  ] as const) {
    says(what, "MP3e", value, "time-zone", advice);
  }
  says("a clock that is years off", "MP3e", { t: NOW - 1e8, v: 1 }, "clock-off", /^they are 3\.2 years before/);
  says("a clock at 1970, as text", "MP3e", { t: "1970-01-01T00:00:40Z", v: 1 }, "clock-off", /56\.9 years before/);
  says("a clock that is days ahead", "MP3e", { t: NOW + 345_678, v: 1 }, "clock-off", /4 days after/);
  says("an x, too", "MP3e", { x: NOW - 1e8, y: 1 }, "clock-off", /before their arrival/);
  says("milliseconds since a start", "MP3g", { t: 12_345, v: 1 }, "no-date", /x is the number as it is/);
  says("simulated time as a stamp", "MP3g", { stamp: { sec: 12, nanosec: 0 }, v: 1 }, "no-date", /no date/);
  says("a configured unit", "MP3e", { t: NOW - 2e8, v: 1 }, "clock-off", /before/, { ...NO_MAP, timeUnit: "s" });
  for (const [what, number, advice] of [
    ["LabVIEW", NOW - at("1904-01-01"), /LabVIEW.*time_epoch = "1904-01-01"/],
    ["NTP", NOW - at("1900-01-01"), /NTP.*time_epoch = "1900-01-01"/],
    ["an NTP timestamp", (NOW - at("1900-01-01")) * 2 ** 32, /NTP timestamp/],
    ["GPS", NOW - at("1980-01-06") + 18, /GPS seconds/],
    ["GPS in milliseconds", (NOW - at("1980-01-06") + 18) * 1e3, /GPS milliseconds/],
    ["clocks since 2000", NOW - at("2000-01-01"), /since 2000/],
    ["Apple", NOW - at("2001-01-01"), /Apple/],
    ["FILETIME", (NOW - at("1601-01-01")) * 1e7, /FILETIME.*time_epoch = "1601-01-01", time_unit = "100ns"/],
    ["Chrome", (NOW - at("1601-01-01")) * 1e6, /Chrome/],
    [".NET ticks", 639_314_712_000_000_000, /\.NET.*time_epoch = "0001-01-01", time_unit = "100ns"/],
    ["100 ns since 1970", NOW * 1e7, /100 ns since 1970/],
    ["Excel", 46_354.583, /Excel.*time_epoch = "1899-12-30", time_unit = "d"/],
    ["Excel for Mac", 44_892.583, /Excel for Mac/],
    ["a Julian Date", 2_461_373.083, /a Julian Date/],
    ["a Modified Julian Date", 61_372.583, /Modified Julian/],
    ["MATLAB", 740_314.583, /MATLAB/],
    ["matplotlib", 20_785.583, /matplotlib/],
  ] as const) {
    says(what, "MP3f", { t: number, v: 1 }, "other-epoch", advice);
  }

  it("[MP3c] what is advised for another epoch makes it a time of now", () => {
    const read = (t: number, timeEpoch: number, timeUnit?: MapConfig["timeUnit"]) =>
      timesOf([{ value: { t, v: 1 } }], { ...NO_MAP, timeEpoch, timeUnit });
    const near = (x: number | undefined) => assert.ok(Math.abs((x ?? 0) - NOW) < 1e-3, `${x}`);
    near(read(NOW - at("1904-01-01"), at("1904-01-01")).xs[0]);
    near(read((NOW - at("1601-01-01")) * 1e7, at("1601-01-01"), "100ns").xs[0]);
    near(read(639_314_712_000_000_000, -62_135_596_800, "100ns").xs[0]);
    near(read(46_354 + 14 / 24, at("1899-12-30"), "d").xs[0]);
    assert.deepEqual(read(NOW - at("1904-01-01"), at("1904-01-01")).hints, []);
  });

  it("[MP3d] [MP3g] nothing is said of times of now, of coordinates, and of data that ends now", () => {
    const fine: unknown[] = [
      { t: NOW - 599, v: 1 },
      { t: "2026-11-28T14:09:59Z", v: 1 },
      { x: 17, y: 1 },
      { x: 44_892.5, y: 1 },
      [3, 4],
      { t: [NOW - 7200, NOW - 3600, NOW], v: [1, 2, 3] },
      [
        { t: NOW - 3600, v: 1 },
        { t: NOW, v: 1 },
      ],
      { v: 1 },
    ];
    const micros = Array.from({ length: 300 }, (_, i) => 1e7 * (i + 1));
    assert.deepEqual(oddities(timesOf(each(micros, 10)).hints), ["no-date"], "microseconds, to beyond 1e9");
    for (const value of fine) assert.deepEqual(timesOf([{ value }]).hints, [], JSON.stringify(value));
    assert.deepEqual(oddities(timesOf([{ value: { t: NOW - 3000, v: 1 } }]).hints), [], "50 min and no zone");
  });

  it("[MP3d] each kind is said once a topic, of each topic by itself", () => {
    const sent = ["a", "b", "a", "b"].flatMap((topic) => [
      { topic, value: { t: 5, v: 1 } },
      { topic, value: { t: NOW + 3600, v: 1 } },
    ]);
    const { hints } = timesOf(sent);
    assert.deepEqual(
      hints.map(({ topic, oddity }) => `${topic} ${oddity}`),
      ["a no-date", "a time-zone", "b no-date", "b time-zone"],
    );
  });

  it("[MP3e] nothing is said of a configured unit that counts from a start", () => {
    assert.deepEqual(timesOf([{ value: { t: 99e9, v: 1 } }], { ...NO_MAP, timeUnit: "ns" }).hints, []);
  });

  it("[MP3e] an envelope's time is looked at, too", () => {
    assert.deepEqual(oddities(timesOf([{ time: NOW + 3600, value: { v: 1 } }]).hints), ["time-zone"]);
  });
});
