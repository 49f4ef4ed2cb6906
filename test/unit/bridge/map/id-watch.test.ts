import assert from "node:assert/strict";
import { test } from "node:test";
import { IdWatch } from "../../../../bridge/map/id-watch.ts";

function found(values: readonly unknown[]): unknown {
  const watch = new IdWatch();
  for (const value of values) {
    const ids = watch.isLooking ? watch.look(value) : undefined;
    if (ids !== undefined) return ids;
  }
  return undefined;
}

test("[MP5e] a number of several things goes and comes again", () => {
  const of = (id: number, v: unknown = 5): unknown => ({ id, v });
  assert.deepEqual(found([of(1), of(2), of(1)]), { place: "id", names: ["2", "1"] });
  assert.deepEqual(found([of(1), of(1), of(2), of(3), of(1)]), { place: "id", names: ["3", "1"] });
  assert.equal(found([of(1), of(2), of(3), of(4)]), undefined, "a number that counts messages");
  assert.equal(found([of(1), of(1), of(1)]), undefined, "one thing");
  assert.equal(found([of(1, "a"), of(2, "a"), of(1, "a")]), undefined, "no value beside it");
  assert.equal(found([of(1.5), of(2.5), of(1.5)]), undefined, "no whole number");
  const sensor = (reading: number): unknown => ({ sensor: reading, v: 1 });
  assert.equal(found([sensor(512), sensor(513), sensor(512)]), undefined, "a reading");
});

test("[MP5e] a topic's first 200 messages are looked at", () => {
  const first = Array.from({ length: 198 }, () => ({ id: 1, v: 1 }));
  const change = [
    { id: 2, v: 1 },
    { id: 1, v: 1 },
  ];
  assert.notEqual(found([...first, ...change]), undefined);
  assert.equal(found([...first, first[0], ...change]), undefined);
});
