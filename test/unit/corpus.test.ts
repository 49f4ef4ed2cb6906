import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { corpusInputs, framesOf } from "../corpus/input.ts";
import { inventedValues, isSeen, messagesInSilence } from "../corpus/order-of-goods.ts";
import { type Outcome, outcomeOf } from "../corpus/run.ts";
import { SentNumbers } from "../corpus/sent-numbers.ts";
import { keyOf } from "../fuzz/order.ts";

/** Keys that calculate: what comes out is not what came in. */
const CALCULATING = ["preset", "field", "fields", "inflate", "skip_bytes"];

function seenOf({ points, leftOut, refused }: Outcome): string {
  return JSON.stringify([points, leftOut, refused]);
}

it("names of columns that are sent again are no message in silence, with an empty topic or without", () => {
  const names = Buffer.from("a,b\n");
  const rows = Buffer.from("a,b\n1,2\n");
  const keys = [[rows], [Buffer.alloc(0), Buffer.alloc(0), names], [Buffer.from("lab"), names]].map(keyOf);
  assert.deepEqual(
    messagesInSilence(keys, () => "the same"),
    [0, 2],
  );
});

describe("the corpus", () => {
  for (const input of corpusInputs()) {
    it(input.name, () => {
      const outcome = outcomeOf(input);
      const { points, leftOut, refused, lines } = outcome;
      assert.deepEqual(
        { points, leftOut, refused },
        { points: input.points, leftOut: input.leftOut ?? {}, refused: input.refused ?? {} },
        `it was said:\n${lines.join("\n")}`,
      );
      for (const pattern of input.says ?? []) {
        assert.ok(
          lines.some((line) => new RegExp(pattern).test(line)),
          `no line is like ${pattern}:\n${lines.join("\n")}`,
        );
      }
      assert.ok(isSeen(outcome), "nothing can be seen of it: no point, no count, no line");
      assert.deepEqual(
        messagesInSilence(
          input.send.map((message) => JSON.stringify(message)),
          (without) => seenOf(outcomeOf(input, without)),
        ),
        [],
        "messages without which the same comes out",
      );
      if (CALCULATING.some((key) => input.config?.[key] !== undefined)) return;
      assert.deepEqual(
        inventedValues(new SentNumbers(input.send.flatMap(framesOf)), outcome.rows),
        [],
        "values that are not in what was sent",
      );
    });
  }
});
