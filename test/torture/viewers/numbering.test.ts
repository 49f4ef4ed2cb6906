/** Whether the viewers of every transport notice what a Channel must not do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Item } from "../../support/transports.ts";
import { Account } from "../account.ts";
import { judge } from "../check.ts";
import { Numbering } from "./numbering.ts";

const point = (seq: number, epoch = 7): Item => ({
  ...{ kind: "point", series: "p0", x: seq, y: seq - 1 },
  at: { epoch, seq },
});
const at = (seq: number): Item => ({ kind: "at", at: { epoch: 7, seq } });
const gap = (reason: string, points: number | null, seq: number): Item => ({
  ...{ kind: "gap", reason, points, series: "" },
  at: { epoch: 7, seq },
});
const TOLD = { tellsGaps: true, isFrames: false };
const UNTOLD = { tellsGaps: false, isFrames: true };

interface Connection {
  how?: typeof TOLD;
  items: Item[];
}

function seenBy(...connections: Connection[]): { faults: readonly string[]; account: Account; cursor: string } {
  const account = new Account();
  const numbering = new Numbering(account);
  for (const { how = TOLD, items } of connections) {
    numbering.connecting(how);
    for (const item of items) numbering.take(item);
  }
  return { faults: numbering.faults, account, cursor: numbering.cursor };
}

test("nothing is wrong where everything comes, or is told", () => {
  const { faults, account, cursor } = seenBy(
    { items: [point(1), point(2), at(2), gap("trimmed", 3, 5), point(6)] },
    { items: [point(7), gap("publisher-dropped", 2, 7)] },
    // It did not count: nothing followed.
    { items: [gap("trimmed", 2, 9), gap("gaps-trimmed", 2, 9), at(9)] },
    { how: UNTOLD, items: [point(12)] },
  );
  assert.deepEqual(faults, []);
  assert.equal(cursor, "7:12");
  assert.deepEqual(
    account.gaps.map(({ reason, points }) => [reason, points]),
    [
      ["trimmed", 3],
      ["trimmed", 2],
      ["gaps-trimmed", 2],
      ["hole", 2],
    ],
  );
  const { untold, repeated, delivered } = judge(account);
  assert.deepEqual({ untold, repeated, delivered }, { untold: 0, repeated: 0, delivered: 5 });
});

test("a frame comes whole to whoever has some of its points, and what stood before these is not told again", () => {
  const { faults, account } = seenBy(
    { items: [gap("r", 4, 0), point(1), point(2)] },
    { how: { tellsGaps: true, isFrames: true }, items: [gap("r", 4, 0), point(1), point(2), point(3)] },
  );
  assert.deepEqual(faults, []);
  assert.equal(account.gaps.length, 1);
  assert.equal(account.points, 3);
});

for (const [what, items, expected] of [
  ["a point twice", [point(1), point(2), point(2)], ["point 2 after 2"]],
  ["a hole", [point(1), point(3)], ["a hole between 1 and 2 that the Channel did not tell"]],
  ["a cursor that is further on", [point(1), at(4)], ["a hole between 1 and 4 that the Channel did not tell"]],
  ["a cursor that goes back", [point(1), point(2), at(1)], ["at 1, after 2"]],
  ["a gap of another size", [point(1), gap("trimmed", 3, 3), point(4)], ["3 points trimmed between 1 and 3"]],
  ["a gap that stands before what came", [point(1), point(2), gap("r", 3, 1), point(3)], ["gap r at 1, after 2"]],
  ["another numbering", [point(1), point(1, 8)], ["numbering 8 after 7"]],
] as const) {
  test(`it notices ${what}`, () => {
    assert.deepEqual(seenBy({ items: [...items] }).faults, expected);
  });
}
