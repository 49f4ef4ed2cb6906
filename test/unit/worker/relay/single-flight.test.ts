/** What many want is asked for once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SingleFlight } from "../../../../worker/relay/single-flight.ts";

test("[RL1c] who asks for the same is answered by one request, while it is under way and after", async () => {
  const flight = new SingleFlight<number>(2);
  let asked = 0;
  const ask = async (): Promise<number> => ++asked;
  assert.deepEqual(await Promise.all([flight.ask("a", ask), flight.ask("a", ask)]), [1, 1]);
  assert.equal(await flight.ask("a", ask), 1);
  assert.equal(await flight.ask("b", ask), 2);
});

test("[RL1c] so many answers are kept, and of more the oldest go", async () => {
  const flight = new SingleFlight<string>(2);
  const asked: string[] = [];
  for (const key of ["a", "b", "c", "b", "a"]) {
    await flight.ask(key, async () => {
      asked.push(key);
      return key;
    });
  }
  assert.deepEqual(asked, ["a", "b", "c", "a"]);
});

test("[RL1c] what failed is asked for again, and takes no newer answer away", async () => {
  const flight = new SingleFlight<string>(2);
  let fail: (error: Error) => void = assert.fail;
  const failing = flight.ask(
    "a",
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  flight.clear();
  assert.equal(await flight.ask("a", async () => "new"), "new");
  fail(new Error("reset"));
  await assert.rejects(failing);
  assert.equal(await flight.ask("a", async () => "newer"), "new");
  await assert.rejects(flight.ask("b", async () => await Promise.reject(new Error("reset"))));
  assert.equal(await flight.ask("b", async () => "again"), "again");
});
