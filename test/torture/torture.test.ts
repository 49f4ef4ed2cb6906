/** The torture test in short: fixed seeds, so that what it finds can be repeated. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "./report.ts";
import { type Result, runOnce } from "./run.ts";

/** By these, messages can be lost that no bridge has decoded. */
const KILLS = ["bridge killed", "bridge ended", "publisher killed", "publisher counts anew"];
async function good(seed: number, seconds: number, without: readonly string[]): Promise<Result> {
  const result = await runOnce(seed, seconds, (kind) => !without.includes(kind));
  assert.ok(result.isGood, `${textOf(result)}\n${result.bridgeSaid.slice(-3000)}`);
  return result;
}

test("[CH1] [CH3] [CH6] [VW2] [VW3] [TR1] [TR2] [TR3] [TR4] [TR7] [CL1b] [CL2] [BR12] [BR14] [BR16] whatever dies on the way, every counter arrives by every transport once and in order, or is in a gap of its size", async (t) => {
  t.diagnostic(textOf(await good(1004, 20, [])));
});

test("[BR6] [BR14] what a bridge that is not killed received, it delivers: nothing is missing that a publisher did not drop", async (t) => {
  const result = await good(50, 10, KILLS);
  t.diagnostic(textOf(result));
  // The first publisher drops what it cannot send at once; the others do not.
  for (const { verdict } of result.viewers) {
    const dropped = [...verdict.told.keys()].filter((reason) => reason.startsWith("publisher-dropped of "));
    assert.deepEqual(
      dropped.filter((reason) => reason !== "publisher-dropped of p0"),
      [],
    );
  }
});

test("[BR40] [UP5b] [CH3] a bridge that delivers by WebSocket, and by POST while there is none, loses and doubles nothing, whatever dies on the way", async (t) => {
  const result = await good(3, 12, []);
  t.diagnostic(textOf(result));
  assert.match(result.settings, /--uplink ws/);
  assert.match(result.bridgeSaid, /messages? by WebSocket/);
});
