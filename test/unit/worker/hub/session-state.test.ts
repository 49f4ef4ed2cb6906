import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAttachment } from "../../../../worker/hub/session-state.ts";

/** As a version of before there were grants wrote it. */
const BEFORE = {
  id: "a1",
  format: "frames",
  sinceEpoch: 1,
  joinedAtMs: 5,
  state: { kind: "live" },
  told: { viewers: 1, behind: 0, goneAtMs: null },
};
const GRANT = { principal: "jwt:alice", tokenId: null, expiresAtMs: 9, hasHistory: false };

test("[CH6] [AC10d] an attachment of before there were grants is that of an anonymous viewer", () => {
  assert.deepEqual(parseAttachment(BEFORE), { ...BEFORE, who: "", grant: undefined, isWarned: false });
});

test("[AC10d] what a viewer was let in with, and whether it was warned, come back from its attachment", () => {
  const record = { ...BEFORE, who: "0123abcd", grant: GRANT, isWarned: true };
  assert.deepEqual(parseAttachment(structuredClone(record)), record);
  const anonymous = { ...BEFORE, who: "", grant: undefined, isWarned: false };
  assert.deepEqual(parseAttachment(structuredClone(anonymous)), anonymous);
});

test("[AC10d] an attachment whose grant cannot be read is none: nobody goes on for longer than its token", () => {
  for (const grant of [null, {}, "alice", { ...GRANT, expiresAtMs: "9" }, { ...GRANT, hasHistory: 1 }]) {
    assert.equal(parseAttachment({ ...BEFORE, grant, isWarned: false }), undefined);
  }
  assert.equal(parseAttachment({ ...BEFORE, grant: GRANT, isWarned: 1 }), undefined);
});
