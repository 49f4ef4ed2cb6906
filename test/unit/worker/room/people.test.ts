/** Who is in a room by name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_PEOPLE } from "../../../../protocol/limits.ts";
import { People } from "../../../../worker/room/people.ts";

test("[BW7a] however many came and went just now, those who are here are named", () => {
  const people = new People();
  for (let i = 0; i < 2 * MAX_PEOPLE; i++) people.left({ id: `gone-${i}`, name: `Gone ${i}` }, 0);
  const all = people.all([{ id: "ada", name: "Ada" }], 1_000);
  assert.equal(all.length, MAX_PEOPLE);
  assert.ok(all.some(({ id }) => id === "ada"));
});
