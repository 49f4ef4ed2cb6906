/** Frames, read by a program in Python that was written from SPEC.md alone. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { decodeFrame, pointsOf } from "../../protocol/frame/frame.ts";
import { ANONYMOUS, FrameError, readHeader, splitFrames } from "../../protocol/frame/header.ts";
import { Problem } from "../../protocol/problem.ts";
import { sequenceFault } from "../../protocol/publisher-number.ts";
import { readFrames } from "../../worker/http/publish/published-frames.ts";
import { bytesOf } from "../vectors/layout.ts";
import { bodyVectors, frameVectors, refusedFrameVectors } from "../vectors/read.ts";

const MUTANTS = 20_000;
const MAX_BYTES = 1024;
const PYTHON = "test/foreign/vectors.py";
const hasPython = spawnSync("python3", ["--version"]).error === undefined;
const skip = hasPython ? false : "There is no python3 here.";

test("[FR1] Python reads every vector of frames as it is meant, and refuses the broken ones with their codes", {
  skip,
}, () => {
  const { status, stdout } = spawnSync("python3", [PYTHON], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^\d+ vectors, 0 differ$/m);
});

test("[FR4b] [FR10a] Python reads frames with random faults as they are read here, or refuses them with the same code", {
  skip,
}, () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  const random = randomOf(seed);
  const bodies = [...frameVectors(), ...refusedFrameVectors(), ...bodyVectors()]
    .map(({ hex }) => bytesOf(hex))
    .filter(({ length }) => length <= MAX_BYTES);
  const mutants = Array.from({ length: MUTANTS }, () =>
    mutant(bodies[random(bodies.length)] ?? new Uint8Array(), random),
  );
  const input = mutants.map((bytes) => Buffer.from(bytes).toString("hex")).join("\n");
  const { status, stdout, stderr } = spawnSync("python3", [PYTHON, "--lines"], {
    input,
    maxBuffer: 2 ** 30,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const answers = stdout.trimEnd().split("\n");
  const codes = new Set<unknown>();
  for (const [i, bytes] of mutants.entries()) {
    const answer: unknown = JSON.parse(answers[i] ?? "");
    const ours = readHere(bytes);
    codes.add(typeof ours === "string" ? ours : "taken");
    assert.deepEqual(answer, ours, `seed ${seed}: ${Buffer.from(bytes).toString("hex")}`);
  }
  assert.ok(codes.size > 10, [...codes].join());
});

/** The points of a body's frames, or the code with which it is refused by a channel that does not know its publisher. */
function readHere(body: Uint8Array): unknown {
  try {
    readFrames(body);
  } catch (error) {
    assert.ok(error instanceof FrameError || error instanceof Problem, String(error));
    return error.code;
  }
  const { publisher, publisherSeq } = readHeader(body);
  if (publisher !== ANONYMOUS && sequenceFault(undefined, publisherSeq) !== undefined) return "frame-sequence";
  return splitFrames(body).map((frame) =>
    [...pointsOf(decodeFrame(frame))].map(({ series, x, y, text }) => [
      series,
      x,
      y,
      ...(text === undefined ? [] : [text]),
    ]),
  );
}

/** The body with one to three changes, which leave its length alone or not. */
function mutant(body: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = Uint8Array.from(body);
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(bytes.length);
    const word = at - (at % 8);
    switch (random(7)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 2:
        bytes[at] = ((bytes[at] ?? 0) + (random(2) === 0 ? 1 : 255)) % 256;
        break;
      case 3: {
        const special = [Number.NaN, 1 / 0, -1 / 0, -0, 0.5, 2 ** 53][random(6)] ?? 0;
        if (word + 8 <= bytes.length) new DataView(bytes.buffer).setFloat64(word, special, true);
        break;
      }
      case 4:
        bytes.copyWithin(word, 8 * random(1 + Math.floor(bytes.length / 8)), bytes.length);
        break;
      case 5:
        bytes = bytes.slice(0, 1 + random(bytes.length));
        break;
      case 6:
        bytes = Uint8Array.from([...bytes.subarray(0, word), ...new Uint8Array(8), ...bytes.subarray(word)]);
        // The body's length with it, or not.
        if (random(2) === 0 && bytes.length >= 48) {
          const view = new DataView(bytes.buffer);
          view.setUint32(44, (view.getUint32(44, true) + 8) >>> 0, true);
        }
    }
  }
  return bytes;
}

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
