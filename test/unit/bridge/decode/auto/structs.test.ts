/** Structs of mixed fields, at random: none is drawn as the bytes or words that it has. The seed is fixed. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { differByPlace } from "../../../../../bridge/decode/auto/by-place.ts";
import { guessSamples } from "../../../../../bridge/decode/auto/samples-guess.ts";
import { decodingOf } from "../../../../support/decoding.ts";
import { encode, noise, sine } from "../../../../support/samples.ts";
import { Random } from "../../../../torture/random.ts";

type Write = (to: Buffer, at: number, i: number) => void;

const random = new Random(5);
const wave = (i: number): number => Math.sin(i / 4);
const FIELDS: readonly { bytes: number; write: Write }[] = [
  { bytes: 4, write: (to, at, i) => to.writeUInt32LE(70_000 + i, at) },
  { bytes: 2, write: (to, at, i) => to.writeUInt16LE(300 + i, at) },
  { bytes: 4, write: (to, at, i) => to.writeUInt32LE(1_795_874_400 + i, at) },
  { bytes: 8, write: (to, at, i) => to.writeBigUInt64LE(1_795_874_400_000n + 100n * BigInt(i), at) },
  { bytes: 8, write: (to, at, i) => to.writeDoubleLE(1_795_874_400 + i / 10, at) },
  { bytes: 4, write: (to, at, i) => to.writeFloatLE(20 + wave(i), at) },
  { bytes: 8, write: (to, at, i) => to.writeDoubleLE(1013 + wave(i + 3), at) },
  { bytes: 2, write: (to, at, i) => to.writeInt16LE(Math.round(500 * wave(i)), at) },
  { bytes: 1, write: (to, at) => to.writeUInt8(random.next() < 0.5 ? 0 : 1, at) },
  { bytes: 4, write: (to, at) => to.writeUInt32LE(3, at) },
  { bytes: 8, write: (to, at) => to.write("robot-7", at) },
];

function structOf(): { bytes: number; messages: Buffer[] } {
  const fields = Array.from(
    { length: 3 + Math.floor(random.next() * 8) },
    () => FIELDS[Math.floor(random.next() * 11)],
  );
  const isPacked = random.next() < 0.5;
  const starts: number[] = [];
  let end = 0;
  for (const field of fields) {
    const { bytes = 1 } = field ?? {};
    if (!isPacked) end = Math.ceil(end / bytes) * bytes;
    starts.push(end);
    end += bytes;
  }
  const bytes = isPacked ? end : Math.ceil(end / 8) * 8;
  const messages = Array.from({ length: 10 }, (_, i) => {
    const message = Buffer.alloc(bytes);
    for (const [k, field] of fields.entries()) field?.write(message, starts[k] ?? 0, i);
    return message;
  });
  return { bytes, messages };
}

it("[FM9n] structs of mixed fields are no integers, whatever their layout", () => {
  let [structs, drawn] = [0, 0];
  for (let run = 0; run < 300; run++) {
    const { bytes, messages } = structOf();
    const guess = guessSamples(messages);
    structs++;
    if (guess !== undefined) drawn++;
    assert.ok(guess?.sure !== true && (guess === undefined || /^f/.test(guess.format)), `${bytes}: ${guess?.format}`);
  }
  assert.ok(drawn <= structs / 50, `${drawn} of ${structs}`);
});

it("[FM9n] what differs by its place is told from what does not", () => {
  const rows = (make: (i: number) => number, places: number): number[][] =>
    Array.from({ length: 10 }, (_, m) => Array.from({ length: places }, (_, i) => make(m * places + i)));
  const values = noise(1000, 3);
  for (const places of [2, 5, 16, 60]) {
    assert.equal(
      differByPlace(
        rows((i) => 100 * (values[i] ?? 0), places),
        1,
      ),
      false,
      `noise, ${places}`,
    );
    assert.equal(differByPlace(rows(sine(100, 37.3), places), 1), false, `a sine, ${places}`);
    assert.equal(
      differByPlace(
        rows((i) => i, places),
        1,
      ),
      false,
      `a ramp, ${places}`,
    );
    const fields = rows((i) => (i % places === 0 ? 50 : (values[i] ?? 0)), places);
    assert.equal(differByPlace(fields, 1), true, `a field, ${places}`);
  }
  const both = (i: number): number => (i % 2 === 0 ? sine(100, 37.3)(i) : 1000 + sine(80, 61.7)(i));
  assert.equal(differByPlace(rows(both, 16), 2), false, "two channels");
});

it("[FM9n] doubles of one length are doubles, and not a count with a float behind it", () => {
  const doubles = (make: (i: number) => number): string | undefined =>
    guessSamples(Array.from({ length: 10 }, (_, i) => encode("f64", [make(i)])))?.format;
  assert.equal(
    doubles((i) => 1013 + wave(i)),
    "f64",
  );
  assert.equal(
    doubles((i) => 1_795_874_400 + i / 10),
    "f64",
  );
  assert.equal(
    doubles((i) => 48.137 + (noise(10, 4)[i] ?? 0) / 1e4),
    "f64",
  );
  assert.equal(
    doubles((i) => i / 4),
    "f64",
  );
  const pair = (count: (i: number) => number): Buffer[] =>
    Array.from({ length: 10 }, (_, i) => {
      const message = Buffer.alloc(8);
      message.writeUInt32LE(count(i), 0);
      message.writeFloatLE(20 + wave(i), 4);
      return message;
    });
  for (const count of [(i: number) => i, (i: number) => 70_000 + i, () => 5, () => 1_795_874_400]) {
    assert.equal(guessSamples(pair(count)), undefined, `${count(0)}`);
  }
});

it("[FM9o] short messages that come slowly are looked at together, and what few were taken for is looked at again", () => {
  const decoding = decodingOf();
  const values = noise(400, 6);
  const slowly = (first: number, count: number, make: (i: number) => Buffer): string[] =>
    Array.from({ length: count }, (_, i) => {
      const at = 100 + first + 1.1 * i;
      const read = decoding.readAt(at, make(i));
      try {
        return [typeof read === "string" ? [read] : read, decoding.tick(at + 1.05)].flat();
      } catch {
        return ["refused"];
      }
    }).flat();
  const small = (i: number): Buffer =>
    encode(
      "i16",
      Array.from({ length: 10 }, (_, k) => 1000 * wave(i + k / 10) + 20 * (values[10 * i + k] ?? 0)),
    );
  const read = slowly(0, 10, small);
  assert.deepEqual(read.slice(0, 3), ["refused", "refused", "refused"]);
  assert.ok(
    read.slice(7).every((point) => point !== "refused"),
    "its first ones told",
  );
  const struct = decodingOf();
  const told: string[] = [];
  for (let i = 0; i < 30; i++) {
    const message = Buffer.alloc(8);
    message.writeUInt32LE(1000 + i, 0);
    message.writeFloatLE(20 + wave(i), 4);
    const at = 100 + 1.1 * i;
    try {
      told.push(...[struct.readAt(at, message)].flat(), ...struct.tick(at + 1.05));
    } catch {
      told.push("refused");
    }
  }
  assert.deepEqual(
    told.slice(-15),
    Array.from({ length: 15 }, () => "refused"),
  );
});

it("[FM9f] one message shows what stands before its samples, if that is of no size that values have", () => {
  const samples = encode(
    "f64",
    Array.from({ length: 100 }, (_, i) => sine(3, 37.3)(i)),
  );
  assert.equal(guessSamples([samples])?.format, "f64");
  const header = Buffer.from("0000000325 12a206".replace(" ", ""), "hex");
  assert.equal(guessSamples([Buffer.concat([header, samples])]), undefined);
  assert.equal(guessSamples([Buffer.concat([samples, header])]), undefined);
});
