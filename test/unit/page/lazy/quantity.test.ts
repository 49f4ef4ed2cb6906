import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { prefixed, valueStyle } from "../../../../page/lazy/quantity.ts";
import { type ValueStyle, valueText } from "../../../../page/ui/format.ts";

const written = (value: number, unit: string, integers = false): string => {
  const style = valueStyle(value, value, integers, unit);
  return `${valueText(value, style)} ${style.unit}`.trim();
};

test("[PG81a] values that would need a power of ten or many zeros have their unit's prefix", () => {
  assert.equal(written(-1.2e-10, "A"), "-120.0 pA");
  assert.equal(written(0.0052, "V"), "5.200 mV");
  assert.equal(written(4.339e8, "Hz"), "433.9 MHz");
  assert.equal(written(2.5e9, "B", true), "2500000000 B");
  assert.equal(written(0.00012, "mA"), "120.0 nA");
  assert.equal(written(1.2e6, "kW"), "1.200 GW");
  assert.equal(written(2e-6, "m/s²"), "2.000 µm/s²");
  assert.equal(written(3e-9, "uF"), "3.000 fF");
  assert.equal(written(5e-4, "kg"), "500.0 mg");
  assert.equal(written(6e-7, "s"), "600.0 ns");
});

test("[PG81a] values that need none have none", () => {
  assert.equal(written(0.01, "V"), "0.01000 V");
  assert.equal(written(99_999, "W"), "99999 W");
  assert.equal(written(0, "A"), "0 A");
  assert.equal(written(Number.NaN, "A"), "– A");
});

test("[PG81d] values have the prefix of their axis, whatever was written before it was known", () => {
  const plain: ValueStyle = { number: { kind: "places", places: 0 }, unit: "kPa" };
  const style = valueStyle(100_000, 136_500, false, "kPa", plain, 3);
  assert.equal(`${valueText(136_500, style)} ${style.unit}`, "136.50 MPa");
  assert.equal(valueStyle(100_000, 136_500, false, "kPa", plain).unit, "MPa", "nor by themselves");
  const whole = valueStyle(200_000, 300_000, true, "Hz", undefined, 3);
  assert.equal(`${valueText(250_123, whole)} ${whole.unit}`, "250.1 kHz", "whole numbers beside others");
  const small = valueStyle(90_000, 99_000, false, "W", undefined, 3);
  assert.equal(`${valueText(99_000, small)} ${small.unit}`, "99.00 kW");
  const close = valueStyle(101_325, 101_335, false, "Pa", undefined, 0);
  assert.equal(`${valueText(101_325.2, close)} ${close.unit}`, "101325.20 Pa");
});

test("[PG81b] no unit that is not known to take prefixes gets one, nor one that may be meant otherwise", () => {
  const units = [
    ...["", "°C", "C", "F", "°F", "%", "dB", "dBm", "pH", "ppm", "rpm", "m²", "m^2", "m2", "1/s", "V²/Hz", "Nm", "min"],
    ...["h", "hPa", "mph", "deg", "°", "counts", "PS", "Gs", "Tm", "Mm", "mB", "x", "psi", "mol2", "constructor"],
  ];
  for (const unit of units) {
    for (const size of [1e-15, 1e-5, 1e7, 1e15]) assert.deepEqual(prefixed(unit, size), { unit, exponent: 0 }, unit);
  }
  for (const unit of ["s", "m", "g", "K", "L"]) assert.deepEqual(prefixed(unit, 1e9), { unit, exponent: 0 });
  for (const unit of ["B", "bit/s"]) assert.deepEqual(prefixed(unit, 1e-9), { unit, exponent: 0 });
  assert.deepEqual(prefixed("A", 1e-25), { unit: "A", exponent: 0 }, "there is none so small");
});

/** What prefixes mean, by themselves. */
const FACTORS: Record<string, number> = {
  ...{ a: 1e-18, f: 1e-15, p: 1e-12, n: 1e-9, µ: 1e-6, u: 1e-6, μ: 1e-6, m: 1e-3 },
  ...{ "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
};
const BASES = [
  "V",
  "A",
  "W",
  "Hz",
  "Pa",
  "J",
  "mol",
  "cd",
  "Wh",
  "eV",
  "Gy",
  "T",
  "s",
  "m",
  "g",
  "K",
  "B",
  "bit",
  "F",
  "C",
];

test("[PG81c] whatever the value and its unit, what is written is that value: no factor is wrong", () => {
  const unit = fc.tuple(
    fc.constantFrom("", "p", "n", "u", "µ", "μ", "m", "k", "M", "G", "T"),
    fc.constantFrom(...BASES),
    fc.constantFrom("", "/s", "·m", "/m²", " rms"),
  );
  const value = fc.tuple(fc.double({ min: -20, max: 20, noNaN: true }), fc.boolean());
  fc.assert(
    fc.property(unit, value, fc.boolean(), ([prefix, base, rest], [power, isNegative], integers) => {
      const size = integers ? Math.ceil(10 ** Math.abs(power)) : 10 ** power;
      const y = isNegative ? -size : size;
      const style = valueStyle(y, y, integers, prefix + base + rest);
      const text = valueText(y, style);
      assert.ok(style.unit.endsWith(base + rest), style.unit);
      const shown = style.unit.slice(0, style.unit.length - base.length - rest.length);
      const [is, was] = [Number(text) * (FACTORS[shown] ?? Number.NaN), y * (FACTORS[prefix] ?? Number.NaN)];
      assert.ok(Math.abs(is / was - 1) < 2e-3, `${y} ${prefix}${base}${rest} as ${text} ${style.unit}`);
      if (style.exponent) assert.ok(/^-?\d{1,4}(\.\d+)?$/.test(text), `${text} ${style.unit}`);
    }),
    { numRuns: 2000 },
  );
});

test("[PG81a] a value that goes to and fro over a border does not change its prefix each time", () => {
  let style: ValueStyle | undefined;
  const units = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const size = 1e-2 * (1 + 0.4 * Math.sin(i));
    style = valueStyle(-size, size, false, "V", style);
    units.add(style.unit);
  }
  assert.equal(units.size, 1);
});
