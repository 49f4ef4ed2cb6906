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

test("[BW7a] who is there is looked at only after somebody came, went or was renamed: each publish asks", () => {
  const people = new People();
  let asked = 0;
  const present = () => {
    asked++;
    return [{ id: "a", name: "Ada" }];
  };
  people.stir();
  assert.deepEqual(people.take(present, 1, 0, false)?.joined, [{ id: "a", name: "Ada" }]);
  asked = 0;
  for (let n = 0; n < 10; n++) assert.equal(people.dueInMs(present, 1, 2_000 + n), undefined);
  assert.equal(people.take(present, 1, 3_000, false), undefined);
  assert.equal(asked, 0);
  people.stir();
  assert.equal(
    people.dueInMs(() => [], 0, 4_000),
    0,
  );
  assert.deepEqual(people.take(() => [], 0, 4_000, false)?.left, ["a"]);
});

test("[BW7a] who left is told of after 30 seconds, at whatever happens then", () => {
  const people = new People();
  people.stir();
  people.take(() => [{ id: "a", name: "Ada" }], 1, 0, true);
  people.stir();
  people.left({ id: "a", name: "Ada" }, 1_000);
  assert.deepEqual(people.take(() => [], 0, 2_000, false)?.left, []);
  assert.equal(
    people.dueInMs(() => [], 0, 3_000),
    28_000,
  );
  assert.equal(
    people.take(() => [], 0, 30_999, false),
    undefined,
  );
  assert.deepEqual(people.take(() => [], 0, 31_000, false)?.left, ["a"]);
  assert.equal(
    people.dueInMs(() => [], 0, 40_000),
    undefined,
  );
});

test("[BW7a] where nothing differs nobody is looked at again, however often it is asked", () => {
  const people = new People();
  let asked = 0;
  const present = () => {
    asked++;
    return [{ id: "a", name: "Ada" }];
  };
  people.stir();
  people.take(present, 1, 0, true);
  people.stir();
  asked = 0;
  for (let n = 0; n < 10; n++) people.dueInMs(present, 1, 100 + n);
  assert.equal(asked, 1);
});
