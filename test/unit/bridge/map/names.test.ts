import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isTemplate, mayHaveMade } from "../../../../bridge/config/syntax/template.ts";
import type { Mapper } from "../../../../bridge/map/mapped.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { ARRIVED_AT, fields, mapped, mapWith, messageOf } from "../../../support/mapping.ts";

describe("the names", () => {
  const value = { t: 1, temp: 2, y: 3 };
  const series = (template: string, topic: string) => mapped({ series: template }, value, { topic });

  it("[MP5a] of series are made of the topic's parts and the field", () => {
    assert.deepEqual(series("{2}.{field}", "/lab/motor:7/"), ["motor.temp 1 2", "motor 1 3"]);
    assert.deepEqual(series("{3}-{1} {field}", "lab/motor.7"), ["7-lab temp 1 2", "7-lab 1 3"]);
    assert.deepEqual(series("{topic}/{field}", "lab/motor/"), ["lab/motor/temp 1 2", "lab/motor 1 3"]);
    assert.deepEqual(series("{field}", "lab"), ["temp 1 2", "y 1 3"]);
  });

  it("[MP5b] leave a part that is not there out, with one separator", () => {
    assert.deepEqual(series("{1}.{field}", ""), ["temp 1 2", "y 1 3"]);
    assert.deepEqual(series("{1}.{5}.{field}", "lab"), ["lab.temp 1 2", "lab 1 3"]);
    assert.deepEqual(mapped({ series: "a.{5}.b" }, { t: 1, temp: 2 }, { topic: "" }), ["a.b 1 2"]);
  });

  it("[MP7b] of channels are made of the topic; what they cannot have becomes _", () => {
    const channel = (template: string, topic: string) => mapped({ channel: template, series: "{field}" }, 3, { topic });
    assert.deepEqual(channel("lab/{1}", "motor/temp"), ["lab/motor: y now 3"]);
    assert.deepEqual(channel("{topic}", "a b/ü:c"), ["a_b/_c: y now 3"]);
    assert.deepEqual(channel("{1}/{2}", "a"), ["a: y now 3"]);
    assert.deepEqual(channel("{1}", ""), ["y now 3"], "the bridge's own");
    assert.equal(channel("{topic}", "../a"), "channel-name-invalid");
    assert.equal(channel("{1}", "x".repeat(129)), "channel-name-invalid");
  });

  it("[MP7a] name 64 channels at most, and 4096 series of each; the points of more are counted", () => {
    const channels = createMapper({ channel: "{1}" });
    const to = (topic: string) => mapWith(channels, messageOf(1, { topic }));
    for (let i = 0; i < 64; i++) assert.deepEqual(to(`c${i}`), [`c${i}: c${i} now 1`]);
    assert.equal(to("c64"), "too-many-channels");
    assert.deepEqual(to("c63"), ["c63: c63 now 1"]);

    const map = createMapper({ channel: "{1}" });
    const wide = (topic: string) => Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`${topic}${i}`, i]));
    assert.equal(mapWith(map, messageOf(wide("a"), { topic: "c" })).length, 4000);
    const second = mapWith(map, messageOf(wide("b"), { topic: "c" }));
    assert.deepEqual([second.length, second.at(-1)], [97, "3904 too-many-series"]);
    assert.deepEqual(mapWith(map, messageOf({ new: 1 }, { topic: "c" })), ["1 too-many-series"]);
    assert.equal(mapWith(map, messageOf(wide("a"), { topic: "c" })).length, 4000, "those that are known go on");
    assert.equal(mapWith(map, messageOf(wide("b"), { topic: "other" })).length, 4000, "each channel has its own");
  });

  it("[MP7] are right again after more paths than are remembered", () => {
    const mapper = createMapper({ series: "{1}.{field}" });
    for (let i = 0; i < 70; i++) {
      const value = Object.fromEntries(Array.from({ length: 1000 }, (_, k) => [`f${i}_${k}`, k]));
      mapWith(mapper, messageOf(value, { topic: `t${i}` }));
    }
    assert.deepEqual(mapWith(mapper, messageOf({ f0_1: 1 }, { topic: "t0" })), ["t0.f0_1 now 1"]);
  });
});

describe("text", () => {
  it("[MP8a] [MP8b] of a step is numbered as it comes, and called what it is; booleans are 0 and 1; numbers stay", () => {
    const mapper = createMapper(fields({ field: "state", kind: "step" }));
    const of = (state: unknown) => mapWith(mapper, messageOf({ t: 1, state }));
    assert.deepEqual(of("IDLE"), ['state 1 0 step "IDLE"']);
    assert.deepEqual(of("RUN"), ['state 1 1 step "RUN"']);
    assert.deepEqual(of("IDLE"), ['state 1 0 step "IDLE"']);
    assert.deepEqual(of(7), ["state 1 7 step"]);
    assert.deepEqual(of(null), ["state 1 NaN"]);
    assert.deepEqual(mapped(fields({ field: "on", kind: "step" }), { t: 1, on: true }), ['on 1 1 step "true"']);
    assert.deepEqual(
      mapped(fields({ field: "*", kind: "step" }), [
        { t: 1, on: false },
        { t: 2, on: true },
      ]),
      ['on 1 0 step "false"', 'on 2 1 step "true"'],
    );
    assert.deepEqual(mapped(fields({ field: "s", kind: "step", scale: 2 }), { t: [1, 2, 3], s: ["a", null, 4] }), [
      's 1 0 step "a"',
      "s 2 NaN",
      "s 3 8 step",
    ]);
  });

  it("[MP8c] of an event is the event's, beside what is a line", () => {
    const map = fields({ field: "temp" }, { field: "log", kind: "event" });
    assert.deepEqual(mapped(map, { t: 1, temp: 2, log: "door open" }), ["temp 1 2", 'log 1 0 event "door open"']);
    assert.deepEqual(mapped(map, { t: 1, log: "\u0000door\n" }), ['log 1 0 event " door "']);
    assert.deepEqual(mapped(map, { t: [1, 2], log: [null, "x"] }), ['log 2 0 event "x"']);
    assert.deepEqual(mapped(fields({ field: "y", kind: "event" }), "start", { topic: "log" }), [
      'log now 0 event "start"',
    ]);
    assert.deepEqual(mapped(map, { t: 1, temp: "2", log: true }), ['log 1 1 event "true"']);
  });

  it("[MP8a] [MP8c] of more than 256 kinds is other; an event keeps its text, cut to 256 bytes between two characters", () => {
    const step = createMapper(fields({ field: "s", kind: "step" }));
    const event = createMapper(fields({ field: "s", kind: "event" }));
    const of = (mapper: Mapper, s: string) => mapWith(mapper, messageOf({ t: 1, s }));
    for (let i = 0; i < 256; i++) for (const mapper of [step, event]) of(mapper, `s${i}`);
    assert.deepEqual(of(step, "new"), ['s 1 256 step "other"']);
    assert.deepEqual(of(event, "new"), ['s 1 257 event "new"']);
    assert.deepEqual(of(event, "s9"), ['s 1 9 event "s9"']);
    assert.deepEqual(of(step, "s9"), ['s 1 9 step "s9"']);
    assert.deepEqual(of(event, `a${"é".repeat(200)}`), [`s 1 258 event "a${"é".repeat(126)}…"`]);
    assert.deepEqual(of(event, `${"x".repeat(255)}😀`), [`s 1 259 event "${"x".repeat(253)}…"`]);
  });
});

describe("channels that a template may have made", () => {
  it("[MP7] are those that it makes", () => {
    for (const [template, topic] of [
      ["lab/{1}", "motor"],
      ["lab/{1}", ""],
      ["{1}/{2}/x", "a"],
      ["a-{topic}-b", "x/y"],
    ] as const) {
      const [made] = createMapper({ channel: template }).map(messageOf(1, { topic }), ARRIVED_AT);
      assert.ok(made?.channel !== undefined && mayHaveMade(template, made.channel), `${template} ${made?.channel}`);
    }
    assert.ok(!mayHaveMade("lab/{1}", "other/motor") && !mayHaveMade("lab/{1}/x", "lab/motor/y"));
    assert.ok(isTemplate("lab/{1}") && !isTemplate("lab/1"));
  });
});
