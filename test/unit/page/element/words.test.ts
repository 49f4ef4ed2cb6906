import assert from "node:assert/strict";
import { test } from "node:test";
import { type ElementStatus, wordsOf } from "../../../../page/element/words.ts";

const NOW = new Date(2026, 10, 28, 12, 0, 0).getTime();

function said(status: ElementStatus): string[] {
  const { state, word, rest, advice } = wordsOf(status, NOW);
  return [state, word + rest, advice];
}

test("[EL7a] each state is said in words", () => {
  assert.deepEqual(said({ kind: "connecting" }), ["connecting", "Connecting…", ""]);
  assert.deepEqual(said({ kind: "live" }), ["live", "Live", ""]);
  assert.deepEqual(said({ kind: "empty" }), ["empty", "Nothing published yet", ""]);
  assert.deepEqual(said({ kind: "waiting" }), ["waiting", "Waiting for data", ""]);
  assert.deepEqual(said({ kind: "stale", sinceMs: NOW - 61_000 }), ["stale", "Stale since 11:58:59", ""]);
  assert.deepEqual(said({ kind: "offline", sinceMs: NOW }), ["offline", "Offline since 12:00:00", ""]);
  assert.deepEqual(said({ kind: "reconnecting", advice: undefined }), ["reconnecting", "Reconnecting…", ""]);
});

test("[EL7b] a refusal says what it is and what to do", () => {
  const refused = (code: string): string[] => said({ kind: "refused", problem: { code, detail: "Do this." } });
  const [state, word, advice] = refused("not-found");
  assert.deepEqual([state, word], ["refused", "No such channel"]);
  assert.match(advice ?? "", /set the property token/);
  for (const code of ["token-wrong", "token-expired", "access-ended", "not-permitted", "token-missing"])
    assert.deepEqual(refused(code), ["refused", "No access", "Do this."]);
  assert.deepEqual(refused("origin-not-allowed"), ["refused", "Refused", "Do this."]);
  assert.deepEqual(said({ kind: "reconnecting", advice: "Come later." })[2], "Come later.");
  assert.deepEqual(said({ kind: "invalid", fault: "No src." }), ["invalid", "Nothing to show", "No src."]);
});
