/** Values of any structure, as fast-check makes them, packed as publishers pack theirs. */
import { Encoder } from "cbor-x";
import fc from "fast-check";
import { Packr } from "msgpackr";
import type { Random } from "../torture/random.ts";

const packr = new Packr({ useRecords: false, moreTypes: true });
const cbor = new Encoder({ useRecords: false, tagUint8Array: false });

const key = fc.oneof(
  { arbitrary: fc.string({ maxLength: 8 }), weight: 2 },
  { arbitrary: fc.constantFrom("a", "b", "temp", "state", "value"), weight: 4 },
  { arbitrary: fc.constantFrom("t", "x", "y", "time", "ts", "timestamp", "seq"), weight: 3 },
  { arbitrary: fc.constantFrom("__proto__", "constructor", "toString", "prototype", "hasOwnProperty"), weight: 1 },
);
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, 2 ** 53, 1_763_648_912.5, 1_763_648_912_500, Number.NaN, Infinity),
);
const anything = fc.anything({
  key,
  values: [
    number,
    number,
    fc.string({ maxLength: 20 }),
    fc.boolean(),
    fc.constant(null),
    fc.constant("2025-11-20T14:28:32Z"),
  ],
  maxDepth: 5,
  maxKeys: 6,
  withBigInt: true,
  withDate: true,
  withTypedArray: true,
  withNullPrototype: true,
});
const fields = fc.dictionary(
  key,
  fc.oneof(number, fc.string({ maxLength: 300 }), fc.array(number, { maxLength: 6 }), anything),
);
const columns = fc
  .integer({ min: 1, max: 5 })
  .chain((length) => fc.dictionary(key, fc.array(fc.option(number), { minLength: length, maxLength: length })));
const value = fc.oneof(
  { arbitrary: anything, weight: 2 },
  { arbitrary: fields, weight: 3 },
  { arbitrary: fc.array(fields, { maxLength: 5 }), weight: 1 },
  { arbitrary: columns, weight: 2 },
  { arbitrary: fc.array(fc.tuple(number, number), { maxLength: 5 }), weight: 1 },
);
const topic = fc.oneof(
  fc.constantFrom(
    "",
    "lab",
    "lab/motor",
    "lab/motor/1",
    "a.b:c",
    "/",
    "__proto__",
    "constructor",
    "toString",
    "a/../b",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);

export interface Structured {
  value: unknown;
  topic: string;
}

/** @returns the same for the same seed */
export function structuredOf(seed: number, count: number): Structured[] {
  return fc.sample(fc.record({ value, topic }), { seed, numRuns: count });
}

/** As one of the three formats, with a topic before it or none. */
export function framesOf({ value, topic }: Structured, random: Random): Buffer[] {
  const payload = packed(value, random.integer(0, 2));
  return random.next() < 0.5 ? [payload] : [Buffer.from(topic), payload];
}

function packed(value: unknown, format: number): Buffer {
  try {
    if (format === 0) return Buffer.from(packr.pack(value));
    if (format === 1) return Buffer.from(cbor.encode(value));
  } catch {
    // Not everything can be packed: then JSON says what it can.
  }
  return Buffer.from(JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item)) ?? "null");
}
