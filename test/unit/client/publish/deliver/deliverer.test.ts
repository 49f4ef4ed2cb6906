import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { Collector } from "../../../../../client/publish/collect/collector.ts";
import type { Outcome } from "../../../../../client/publish/deliver/answer.ts";
import { Deliverer, type DeliveryReport } from "../../../../../client/publish/deliver/deliverer.ts";

const SILENT: DeliveryReport = {
  posting: () => undefined,
  answered: () => undefined,
  delivered: () => undefined,
  waiting: () => undefined,
  halved: () => undefined,
  refused: () => undefined,
  renewed: () => undefined,
};

/** A deliverer whose POSTs come to what the test says; its timers are the test's. */
function delivering(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const collector = new Collector({
    publisher: "00000000000000aa",
    maxBytes: 2 ** 20,
    lost: () => undefined,
  });
  const posts: { body: Uint8Array; answer: (outcome: Outcome) => Promise<void> }[] = [];
  const deliverer = new Deliverer({
    collector,
    report: SILENT,
    idlePaceMs: 0,
    random: () => 0,
    post: ({ body }) => {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      posts.push({
        body,
        answer: async (outcome) => {
          resolve(outcome);
          await turns();
        },
      });
      return promise;
    },
  });
  const done = deliverer.run();
  const add = (from: number, count: number): void => {
    for (let i = from; i < from + count; i++) {
      collector.add([{ x: 1000 + i + 0.3 * Math.random(), arrival: false, names: ["y"], values: [i + Math.PI] }]);
    }
  };
  return { collector, deliverer, posts, done, add };
}

/** All that follows from what has happened. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

const UNAVAILABLE: Outcome = {
  kind: "refused",
  status: 503,
  code: "channel-unavailable",
  detail: "",
  retryAfterMs: undefined,
};

for (const [outcome, mayBeTaken] of [
  [UNAVAILABLE, true],
  [{ kind: "foreign", status: 502, what: "502", retryAfterMs: undefined }, true],
  [{ ...UNAVAILABLE, status: 429, code: "too-many-requests" }, false],
] as const satisfies readonly (readonly [Outcome, boolean])[]) {
  const { kind, status } = outcome;
  it(`[BR6d] a ${status} (${kind}) ${mayBeTaken ? "may" : "cannot"} mean that the frames were taken`, async (t) => {
    const { collector, deliverer, posts, add, done } = delivering(t);
    const inDoubt = t.mock.method(collector, "inDoubt");
    add(0, 10);
    await turns();
    await posts[0]?.answer(outcome);
    assert.equal(inDoubt.mock.callCount(), mayBeTaken ? 1 : 0);
    t.mock.timers.tick(20_000);
    await turns();
    assert.deepEqual(posts[1]?.body, posts[0]?.body, "it is sent again as it was");
    await posts[1]?.answer({ kind: "taken", answer: { seq: 10, points: 10, viewers: 1, duplicates: 0 } });
    await deliverer.drain(0);
    await done;
  });
}

it("[BR6c] [BR9] a Retry-After of 3 s is waited for at the end, too; a pause of our own is a second then at most", async (t) => {
  for (const [retryAfterMs, waitedMs] of [
    [3000, 3000],
    [undefined, 1000],
  ] as const) {
    const { deliverer, posts, add, done } = delivering(t);
    add(0, 10);
    await turns();
    await posts[0]?.answer(
      retryAfterMs === undefined
        ? { kind: "foreign", status: 404, what: "404", retryAfterMs }
        : { ...UNAVAILABLE, retryAfterMs },
    );
    // It waits as long as it would while it runs. The end finds it so.
    const drained = deliverer.drain(20_000);
    await turns();
    if (retryAfterMs === undefined) {
      // What it waited for of its own choice is over: it is tried again at once, and refused again.
      assert.equal(posts.length, 2);
      await posts[1]?.answer({ kind: "foreign", status: 404, what: "404", retryAfterMs });
    }
    const before = posts.length;
    t.mock.timers.tick(waitedMs - 1);
    await turns();
    assert.equal(posts.length, before, "not before its time");
    t.mock.timers.tick(1);
    await turns();
    assert.equal(posts.length, before + 1, "in its time");
    await posts.at(-1)?.answer({ kind: "taken", answer: { seq: 10, points: 10, viewers: 1, duplicates: 0 } });
    await drained;
    await done;
    t.mock.timers.reset();
  }
});
