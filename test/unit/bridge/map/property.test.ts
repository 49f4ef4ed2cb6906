import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { FieldConfig, MapConfig } from "../../../../bridge/config/config.ts";
import { patternFault } from "../../../../bridge/config/syntax/pattern.ts";
import { templateFault } from "../../../../bridge/config/syntax/template.ts";
import { DecodeError, type Message } from "../../../../bridge/decode/message.ts";
import type { Mapped } from "../../../../bridge/map/mapped.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { TopicTimes } from "../../../../bridge/map/topic-times.ts";
import { PointError } from "../../../../protocol/json/point-error.ts";
import { rowsOf } from "../../../../protocol/json/points.ts";
import { MAX_COLUMNS } from "../../../../protocol/limits.ts";
import { isChannelName, isSeriesName } from "../../../../protocol/names.ts";
import { NO_MAP } from "../../../support/mapping.ts";

const ARRIVED_AT = 1_763_648_912.5;
const key = fc.constantFrom("t", "x", "y", "time", "a", "b", "a.b", "temp", "__proto__", "constructor", "", "é");
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      false,
      "IDLE",
      "2026-01-02T03:04:05Z",
      0,
      1,
      -1.5,
      1e12,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ),
    fc.double(),
    fc.string(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
const pair = fc.tuple(fc.integer(), fc.option(fc.integer()));
/** What columns are like, and lists of points. */
const points = fc.oneof(
  anything,
  fc.record({
    t: fc.array(fc.integer()),
    y: fc.array(fc.option(fc.double({ noNaN: true }))),
    s: fc.array(fc.string()),
  }),
  fc.record({
    t: fc.tuple(fc.integer(), fc.integer()),
    sig: fc.record({ t: pair, a: pair, of: fc.record({ t: pair }) }),
  }),
  fc.array(fc.record({ x: fc.integer(), y: fc.double({ noNaN: true, noDefaultInfinity: true }) })),
);
const topic = fc.constantFrom("", "lab", "lab/motor/1", "/a:b.c/", "..", "x".repeat(300), "é ü", "a\u0001");
const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const path = fc
  .oneof(fc.constantFrom("y", "a", "a.b", "a.*", "*", "**", "temp", "__proto__", "t*", "a.0"), fc.string())
  .filter((text) => patternFault(text) === undefined);
const rate = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const factor = fc.oneof(fc.constantFrom(0, 1, -1, 0.1, 1e308), fc.double({ noNaN: true, noDefaultInfinity: true }));
const field: fc.Arbitrary<FieldConfig> = fc.record({
  field: path,
  as: optional(fc.constantFrom("y", "motor", "constructor")),
  unit: optional(fc.constantFrom("°C", "m/s")),
  scale: optional(factor),
  offset: optional(factor),
  kind: optional(fc.constantFrom("line", "step", "event")),
  maxRate: optional(rate),
});
const template = (kind: "series" | "channel") =>
  fc
    .array(fc.constantFrom("{topic}", "{1}", "{2}", "{field}", "lab", "/", ".", "-", "é"), { minLength: 1 })
    .map((pieces) => pieces.join(""))
    .filter((text) => templateFault(text, kind) === undefined);
const config: fc.Arbitrary<MapConfig> = fc.record({
  channel: optional(template("channel")),
  series: optional(template("series")),
  time: optional(fc.constantFrom("t", "a.b", "a", "__proto__", "temp")),
  timeUnit: optional(fc.constantFrom("s", "ms", "us", "ns", "100ns", "d")),
  timeEpoch: optional(fc.constantFrom(-62_135_596_800, 0)),
  fields: optional(fc.array(field, { maxLength: 4 })),
  maxRate: optional(rate),
});

function valueMessage(topic: string, value: unknown, time?: number): Message {
  return { topic, content: { kind: "value", value }, ...(time === undefined ? {} : { time }) };
}

/** What came of it, or the reason why nothing did; anything else thrown is a fault. */
function outcome<T>(of: () => T): T | string {
  try {
    return of();
  } catch (error) {
    if (error instanceof PointError || error instanceof DecodeError) return error.code;
    throw error;
  }
}

function assertSound(mapped: readonly Mapped[]): void {
  for (const { channel, rows, lost } of mapped) {
    assert.ok(channel === undefined || isChannelName(channel), channel);
    assert.ok(lost === undefined || lost.points > 0);
    for (const { x, names, values, marks = [] } of rows) {
      assert.ok(Number.isFinite(x));
      assert.ok(names.length > 0 && names.length <= MAX_COLUMNS && names.length === values.length);
      assert.ok(names.every(isSeriesName), String(names));
      assert.ok(
        values.every((value) => Number.isFinite(value) || Number.isNaN(value)),
        String(values),
      );
      for (const { series, value, text = "" } of marks) {
        assert.ok(names.some((name, i) => name === series && Object.is(values[i], value)));
        assert.ok(Buffer.byteLength(text) <= 256 && text.isWellFormed());
      }
    }
  }
}

describe("the mapping of any value", () => {
  it("[MP1b] is rows that a frame can hold, or one of the reasons, whatever the configuration", () => {
    const messages = fc.array(fc.tuple(topic, points, optional(fc.double({ min: 0, max: 2e9, noNaN: true }))), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(config, messages, (map, given) => {
        const mapper = createMapper(map);
        given.forEach(([topic, value, time], i) => {
          const mapped = outcome(() => mapper.map(valueMessage(topic, value, time), ARRIVED_AT + i));
          if (typeof mapped !== "string") assertSound(mapped);
        });
        assertSound(mapper.tick(Number.POSITIVE_INFINITY));
        assert.deepEqual(mapper.tick(Number.POSITIVE_INFINITY), []);
      }),
      { numRuns: 2000 },
    );
  });

  it("[MP1a] is, without any, exactly that of a POST of the same JSON", () => {
    fc.assert(
      fc.property(topic, points, (topic, value) => {
        const [, name = ""] = /^(.*?)[/:. ]*$/s.exec(topic) ?? [];
        const expected = outcome(() => rowsOf(value, { topic: name, arrivedAt: ARRIVED_AT, times: new TopicTimes() }));
        const mapped = outcome(() => createMapper(NO_MAP).map(valueMessage(topic, value), ARRIVED_AT));
        assert.deepEqual(typeof mapped === "string" ? mapped : mapped.flatMap(({ rows }) => rows), expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("[MP1] reads values with a mapping as it does without", () => {
    fc.assert(
      fc.property(points, (value) => {
        const expected = outcome(() => rowsOf(value, { topic: "lab", arrivedAt: ARRIVED_AT, times: new TopicTimes() }));
        const mapped = outcome(() => createMapper({ channel: "c" }).map(valueMessage("lab", value), ARRIVED_AT));
        // Where there are two reasons against a message, either is one.
        if (typeof mapped === "string") assert.equal(typeof expected, "string");
        else
          assert.deepEqual(
            mapped.flatMap(({ rows }) => rows),
            expected,
          );
      }),
      { numRuns: 3000 },
    );
  });

  it("[MP9] leaves nothing in what all objects have", () => {
    const mapper = createMapper({
      time: "__proto__.t",
      fields: [{ field: "**" }, { field: "__proto__", kind: "step" }],
    });
    const value: unknown = JSON.parse('{"__proto__": {"t": 5, "polluted": 1}, "constructor": 2, "toString": 3}');
    const [mapped] = mapper.map(valueMessage("", value), ARRIVED_AT);
    assert.deepEqual(mapped?.rows, [
      { x: 5, arrival: false, names: ["__proto__.polluted", "constructor", "toString"], values: [1, 2, 3] },
    ]);
    assert.ok(!("polluted" in {}));
    const [unnamed] = createMapper({ time: "constructor" }).map(valueMessage("", { y: 1 }), ARRIVED_AT);
    assert.deepEqual(unnamed?.rows, [{ x: ARRIVED_AT, arrival: true, names: ["y"], values: [1] }]);
  });
});
