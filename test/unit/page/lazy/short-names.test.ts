/** Names that are too long for an axis. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { shortNames } from "../../../../page/lazy/short-names.ts";

test("[PG75b] a name that is too long is cut at its end, or where it differs from the others", () => {
  assert.deepEqual(shortNames(["idle", "COOLDOWN"], 12), ["idle", "COOLDOWN"]);
  assert.deepEqual(shortNames(["idle", "a name that is far too long"], 12), ["idle", "a name that…"]);
  assert.deepEqual(shortNames(["motion state running", "motion state stopped"], 12), ["…ate running", "…ate stopped"]);
  const both = ["axis one is moving now", "axis two is moving now", "axis one is moving out"];
  assert.deepEqual(shortNames(both, 14), ["axis on…ng now", "axis tw…ng now", "axis on…ng out"]);
  const alike = ["left_front", "left_rear", "right_front", "right_rear"];
  assert.deepEqual(shortNames(alike, 7), ["lef…ont", "lef…ear", "rig…ont", "rig…ear"]);
  assert.deepEqual(shortNames(["😀😀😀😀", "b"], 3), ["😀😀…", "b"], "letters are not torn");
});
