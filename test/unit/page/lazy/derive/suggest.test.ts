import assert from "node:assert/strict";
import { test } from "node:test";
import { withFullNames } from "../../../../../page/lazy/derive/expression.ts";
import { accepted, suggestionsFor } from "../../../../../page/lazy/derive/suggest.ts";

const SERIES = ["u.bus [V]", "i.bus [A]", "temp.motor [°C]", "temp.motor [K]", "busy", "plain", 'say "hi" [V]'];

test("[PG22g] names that fit are suggested while one is typed, in quotes or not: first those that begin so", () => {
  const names = (text: string, cursor = text.length): readonly string[] => suggestionsFor(text, cursor, SERIES).names;
  assert.deepEqual(names("bus"), ["busy", "u.bus [V]", "i.bus [A]"]);
  assert.deepEqual(names("2 * TEMP"), ["temp.motor [°C]", "temp.motor [K]"]);
  assert.deepEqual(names('abs("u.bus ['), ["u.bus [V]"]);
  assert.deepEqual(names('"u.bus [V]" * i.'), ["i.bus [A]"]);
  assert.deepEqual(names("u.bu + 1", 4), ["u.bus [V]"]);
  assert.equal(names('"').length, SERIES.length);
  for (const text of ["", "2 * ", "plain", "3", "x.y", '"u.bus [V]"']) assert.deepEqual(names(text), [], text);
});

test("[PG22g] the chosen name takes the place of what was typed of it, in quotes where it needs them", () => {
  const chosen = (text: string, name: string, cursor = text.length): string => {
    const suggestions = suggestionsFor(text, cursor, SERIES);
    assert.ok(suggestions.names.includes(name));
    const { text: result, cursor: after } = accepted(text, suggestions, name);
    return `${result.slice(0, after)}|${result.slice(after)}`;
  };
  assert.equal(chosen("2 * u.b", "u.bus [V]"), '2 * "u.bus [V]"|');
  assert.equal(chosen("2 * u.b", "u.bus [V]", 5), '2 * "u.bus [V]"|');
  assert.equal(chosen("u.bu + 1", "u.bus [V]", 3), '"u.bus [V]"| + 1');
  assert.equal(chosen('abs("i.b") - 1', "i.bus [A]", 8), 'abs("i.bus [A]"|) - 1');
  assert.equal(chosen("pl", "plain"), "plain|");
  assert.equal(chosen("hi", 'say "hi" [V]'), '"say ""hi"" [V]"|');
});

test("[PG22h] a name without its unit is the series, where only one has it; else it is asked which", () => {
  assert.equal(withFullNames("u.bus * i.bus + 1", SERIES), '"u.bus [V]" * "i.bus [A]" + 1');
  assert.equal(withFullNames('"u.bus" - "u.bus [V]"', SERIES), '"u.bus [V]" - "u.bus [V]"');
  assert.equal(withFullNames("abs(busy) + plain", SERIES), "abs(busy) + plain");
  assert.equal(withFullNames("nothing * u.bus", SERIES), 'nothing * "u.bus [V]"');
  assert.equal(withFullNames("d(d)", ["d [V]"]), 'd("d [V]")', "a function is no series");
  assert.equal(withFullNames("a", ["a", "a [V]"]), "a", "the name itself goes before");
  assert.deepEqual(withFullNames("temp.motor * 2", SERIES), {
    fault: "“temp.motor” may be temp.motor [°C] or temp.motor [K]: add the unit.",
  });
});
