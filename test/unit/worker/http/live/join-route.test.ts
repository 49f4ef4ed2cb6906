import assert from "node:assert/strict";
import { test } from "node:test";
import { type JoinAnswer, joinByRoute } from "../../../../../worker/http/live/join-route.ts";
import { RelayRoutes } from "../../../../../worker/http/live/relay-routes.ts";
import { RELAY_HEADER } from "../../../../../worker/hub/join-request.ts";
import { NOT_FED } from "../../../../../worker/hub/vacancy.ts";

const answer = (status: number, relay?: string): JoinAnswer => ({
  status,
  headers: { get: (name) => (name === RELAY_HEADER ? (relay ?? null) : null) },
});

/** An isolate, a channel that names one relay after the other, and which of these are full. */
class Isolate {
  nowMs = 0;
  /** What was asked of the channel: which relay was full. */
  readonly asked: (string | undefined)[] = [];
  readonly full = new Set<string>();
  /** Not fed now. */
  readonly hungry = new Set<string>();
  readonly #routes = new RelayRoutes();

  /** A viewer joins. @returns where */
  async join(): Promise<string> {
    let at = "";
    const targets = {
      channel: async (refused: string | undefined) => answer(421, `r${this.asked.push(refused)}`),
      relay: async (name: string) => {
        at = name;
        if (this.hungry.has(name)) return answer(NOT_FED);
        return answer(this.full.has(name) ? 503 : 101);
      },
    };
    const { status } = await joinByRoute(targets, "c", "weur", { routes: this.#routes, nowMs: () => this.nowMs });
    return `${status} ${at}`;
  }
}

test("[RL2c] viewers of five seconds go where the first of them was sent", async () => {
  const isolate = new Isolate();
  for (isolate.nowMs of [0, 4_999]) assert.equal(await isolate.join(), "101 r1");
  assert.deepEqual(isolate.asked, [undefined]);
  isolate.nowMs = 5_000;
  assert.equal(await isolate.join(), "101 r2");
});

test("[RL2c] when that time is over one viewer asks, and others still go where they went", async () => {
  const isolate = new Isolate();
  await isolate.join();
  isolate.nowMs = 5_000;
  const joined = await Promise.all([isolate.join(), isolate.join(), isolate.join()]);
  assert.deepEqual(joined, ["101 r2", "101 r1", "101 r1"]);
  assert.deepEqual(isolate.asked, [undefined, undefined]);
});

test("[RL2c] whoever finds a relay full asks for another and says so, four times at most", async () => {
  const isolate = new Isolate();
  for (let i = 1; i <= 3; i++) isolate.full.add(`r${i}`);
  assert.equal(await isolate.join(), "101 r4");
  assert.deepEqual(isolate.asked, [undefined, "r1", "r2", "r3"]);
  for (let i = 4; i <= 9; i++) isolate.full.add(`r${i}`);
  assert.equal(await isolate.join(), "503 r7");
});

test("[RL2c] a relay that is not fed is not where others go without asking", async () => {
  const isolate = new Isolate();
  isolate.hungry.add("r1");
  assert.equal(await isolate.join(), `${NOT_FED} r1`);
  assert.equal(await isolate.join(), "101 r2");
});
