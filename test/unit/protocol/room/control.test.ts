/** What a program may declare as controls, and to what they can be set. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseControls, valueFault } from "../../../../protocol/room/control.ts";

function declared(received: unknown) {
  const parsed = parseControls(received);
  return "controls" in parsed ? parsed.controls : parsed.fault;
}

test("[BW1b] a control's kind follows from what it has, and a value alone is a control", () => {
  const controls = {
    a: 1,
    b: true,
    c: "x",
    d: {},
    e: { choices: ["u", "v"] },
    f: { min: 0 },
    g: { kind: "integer", value: 3 },
  };
  assert.deepEqual(declared(controls), [
    { name: "a", kind: "number", value: 1 },
    { name: "b", kind: "toggle", value: true },
    { name: "c", kind: "text", value: "x" },
    { name: "d", kind: "button", value: null },
    { name: "e", kind: "choice", value: null, choices: ["u", "v"] },
    { name: "f", kind: "number", value: null, min: 0 },
    { name: "g", kind: "integer", value: 3 },
  ]);
});

test("[BW1b] what a program has may lie outside of what may be set", () => {
  assert.deepEqual(declared({ t: { value: 300, max: 250 } }), [{ name: "t", kind: "number", value: 300, max: 250 }]);
  assert.deepEqual(declared({ t: { value: "z", choices: ["a"] } }), [
    { name: "t", kind: "choice", value: "z", choices: ["a"] },
  ]);
});

test("[BW1c] [BW5b] a declaration of which a part is wrong is refused whole, with the name and a sentence", () => {
  for (const [received, fault] of [
    [[], 'Controls are an object from name to control, such as {"setpoint":{"value":180,"min":20,"max":250}}.'],
    [{ ok: 1, "": 1 }, 'Control "": a name has 1 to 256 bytes, and no control characters.'],
    [{ "a\nb": 1 }, 'Control "a\\nb": a name has 1 to 256 bytes, and no control characters.'],
    [{ t: { min: "low" } }, 'Control "t": "min" must be a number.'],
    [{ t: { min: 5, max: 1 } }, 'Control "t": "min" is above "max".'],
    [{ t: { step: 0 } }, 'Control "t": "step" must be above 0.'],
    [
      { t: { kind: "knob" } },
      'Control "t": "kind" is one of number, integer, toggle, choice, text, button; not "knob".',
    ],
    [{ t: { kind: "choice" } }, 'Control "t": a choice has "choices".'],
    [{ t: { choices: ["a", "a"] } }, 'Control "t": "choices" is a list of 1 to 256 texts, none of them twice.'],
    [{ t: { value: "x", min: 1 } }, 'Control "t": "min", "max" and "step" are for numbers.'],
    [{ t: { value: [1] } }, 'Control "t": "value" must be a number, true, false or text.'],
    [{ t: { kind: "button", value: 1 } }, 'Control "t": a button has no value.'],
    [{ t: { kind: "toggle", value: 1 } }, 'Control "t": takes true or false.'],
    [{ t: { unit: "x".repeat(1025) } }, 'Control "t": "unit" must be text of 1024 bytes at most.'],
    [{ t: { value: Number.NaN } }, 'Control "t": "value" must be a number, true, false or text.'],
  ] as const) {
    assert.equal(declared(received), fault);
  }
  assert.equal(
    declared(Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`c${i}`, 1]))),
    "There are 257 controls; a channel has 256 at most.",
  );
  const long = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`c${i}`, { description: "x".repeat(1000) }]));
  assert.equal(declared(long), "Controls have 64 KiB at most, all together.");
});

test("[BW2c] what a value must be is said with the range and the unit", () => {
  const number = { name: "t", kind: "number", value: 1, min: 0, max: 5, unit: "V" } as const;
  assert.equal(valueFault(number, 5), undefined);
  assert.equal(valueFault(number, 5.001), "takes 0 to 5 V; not 5.001.");
  assert.equal(valueFault({ ...number, kind: "integer" }, 2.5), "takes whole numbers.");
  assert.equal(valueFault({ name: "t", kind: "number", value: 1, min: 0 }, -1), "takes 0 at least; not -1.");
  assert.equal(
    valueFault({ name: "t", kind: "choice", value: null, choices: ["a", "b"] }, "c"),
    'takes one of "a", "b".',
  );
  assert.equal(
    valueFault({ name: "t", kind: "text", value: null }, "x".repeat(1025)),
    "takes text of 1024 bytes at most.",
  );
});
