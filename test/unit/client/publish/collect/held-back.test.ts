import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HeldBack, type Letter } from "../../../../../client/publish/collect/held-back.ts";
import { NewIdPace } from "../../../../../client/publish/deliver/new-id-pace.ts";

const NUMBERS = [4, 5, 6, 7, 8];

/** The numbers that were never taken, of frames that were answered so; those up to `inDoubt` were sent before. */
function untaken(letters: string, { last, inDoubt }: { last: number; inDoubt: number }): number[] {
  const held = new HeldBack<number>();
  NUMBERS.forEach((number, i) => {
    held.see(number, letterOf(letters[i]), number > inDoubt);
  });
  if (last > inDoubt) held.contest();
  held.decide();
  return held.takeAll();
}

function letterOf(letter: string | undefined): Letter {
  return letter === "s" || letter === "d" || letter === "-" ? letter : undefined;
}

describe("repeats that are not our own", () => {
  it("[BR26d] frames sent for the first time that the store has not", () => {
    assert.deepEqual(untaken("-----", { last: 99, inDoubt: 3 }), NUMBERS);
    assert.deepEqual(untaken("--", { last: 5, inDoubt: 3 }), [4, 5], "the others were taken");
  });

  it("[BR26d] not a body that a proxy sent twice: the store has it", () => {
    assert.deepEqual(untaken("sssss", { last: 8, inDoubt: 3 }), []);
  });

  it("[BR26d] not frames whose answer was lost: the store has them, or had them before it was trimmed", () => {
    assert.deepEqual(untaken("sssss", { last: 8, inDoubt: 8 }), []);
    assert.deepEqual(untaken("-----", { last: 8, inDoubt: 8 }), []);
    assert.deepEqual(untaken("---ss", { last: 8, inDoubt: 8 }), []);
    assert.deepEqual(untaken("--", { last: 5, inDoubt: 5 }), []);
  });

  it("[BR26d] frames in doubt that the store has not, where another has gone on above them", () => {
    assert.deepEqual(untaken("-----", { last: 99, inDoubt: 8 }), NUMBERS);
    assert.deepEqual(untaken("-s---", { last: 99, inDoubt: 8 }), [6, 7, 8], "up to 5 they were taken");
    assert.deepEqual(untaken("ss---", { last: 99, inDoubt: 6 }), [6, 7, 8]);
    assert.deepEqual(untaken("sssss", { last: 99, inDoubt: 8 }), []);
  });

  it("[BR26d] frames under whose numbers the store has others, and those right before them", () => {
    assert.deepEqual(untaken("ssddd", { last: 8, inDoubt: 8 }), [6, 7, 8]);
    assert.deepEqual(untaken("--dss", { last: 8, inDoubt: 8 }), [4, 5, 6]);
    assert.deepEqual(untaken("s-dss", { last: 8, inDoubt: 3 }), [5, 6]);
  });
});

it("[BR26i] three ids are taken at once, then one a minute", () => {
  const pace = new NewIdPace();
  assert.deepEqual([pace.take(0), pace.take(0), pace.take(0), pace.take(0)], [0, 0, 0, 60_000]);
  assert.equal(pace.take(60_000), 60_000);
  assert.equal(pace.take(180_000), 0);
  const day = 86_400_000;
  assert.deepEqual([pace.take(day), pace.take(day), pace.take(day), pace.take(day)], [0, 0, 0, 60_000]);
});
