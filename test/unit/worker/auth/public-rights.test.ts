/** What anybody may do without a token. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePublicRights } from "../../../../worker/auth/public-rights.ts";

test("[BW1f] PUBLIC_RIGHTS gives control, notes and presence, and nothing else", () => {
  assert.deepEqual(parsePublicRights(""), { rights: {}, faults: [] });
  assert.deepEqual(parsePublicRights("demo/**=control+note").faults, []);
  assert.deepEqual({ ...parsePublicRights("demo/**=control+note").rights }, { "demo/**": ["control", "note"] });
  for (const [text, fault] of [
    [
      "**=publish",
      'PUBLIC_RIGHTS: "publish" cannot be given to everybody; control, note, presence can. Until then nobody has any.',
    ],
    [
      "control",
      'PUBLIC_RIGHTS: "control" is no pattern with what may be done there. Write lab/**=watch+history. Until then nobody has any.',
    ],
  ] as const) {
    assert.deepEqual(parsePublicRights(text), { rights: {}, faults: [fault] });
  }
});
