/** The torture of controls in short: fixed seeds, so that what it finds can be repeated. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { controlsText, runControls } from "./run.ts";

test("[BW2] [DL3a] [DL3c] [CL10c] whatever dies on the way, each command has one outcome at its sender, is done once at most, and everybody ends with what the program has", async (t) => {
  const result = await runControls(10, 10);
  assert.deepEqual(result.problems, [], `${controlsText(result)}\n${result.bridgeSaid.slice(-3000)}`);
  t.diagnostic(controlsText(result));
});
