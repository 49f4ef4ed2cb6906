/** A publisher's WebSocket, with both of its ends in a test's hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Announcement, PublishAnswer } from "../../../../../protocol/messages/publish.ts";
import { numberedBody } from "../../../../../protocol/messages/publisher-message.ts";
import { Problem } from "../../../../../protocol/problem.ts";
import { StreamCost } from "../../../../../worker/http/live/stream-cost.ts";
import { HttpProblem } from "../../../../../worker/http/problem-response.ts";
import { LineLost, PublisherConnection } from "../../../../../worker/http/publisher/publisher-connection.ts";

const T = 1_796_067_469_000;
const ANSWER: PublishAnswer = { seq: 1, points: 1, viewers: 0, duplicates: 0 };

/** A connection whose bodies are taken when the test says so. */
class World {
  nowMs = T;
  readonly sent: string[] = [];
  closedWith: number | undefined;
  readonly announced: Announcement[] = [];
  guards = 0;
  guardRefusal: Problem | undefined;
  /** Bytes that wait. */
  held = 0;
  mostHeld = Number.POSITIVE_INFINITY;
  readonly given: { bytes: number; take(): Promise<void>; fail(error: unknown): Promise<void> }[] = [];
  readonly refused: string[] = [];
  readonly connection: PublisherConnection;

  constructor(cpuMs = 20_000) {
    const cost = new StreamCost(cpuMs);
    this.connection = new PublisherConnection({
      client: {
        send: (text) => this.sent.push(text),
        close: (code) => {
          this.closedWith = code;
        },
      },
      publish: (body) => {
        const { promise, resolve, reject } = Promise.withResolvers<PublishAnswer>();
        this.given.push({
          bytes: body.byteLength,
          take() {
            resolve(ANSWER);
            return settled();
          },
          fail(error) {
            reject(error);
            return settled();
          },
        });
        return promise;
      },
      announce: async (announcement) => {
        this.announced.push(announcement);
      },
      guard: async () => {
        this.guards++;
        if (this.guardRefusal !== undefined) throw this.guardRefusal;
      },
      hold: (bytes) => {
        if (this.held + bytes > this.mostHeld)
          throw new HttpProblem("too-many-requests", "Too much.", { "Retry-After": "1" });
        this.held += bytes;
        return () => {
          this.held -= bytes;
        };
      },
      refused: ({ code }) => this.refused.push(code),
      cost,
      nowMs: () => this.nowMs,
      random: () => 0,
    });
  }

  /** Sends a body of so many bytes. */
  body(n: number, bytes = 1): void {
    this.connection.heard(numberedBody(n, new Uint8Array(bytes)).buffer);
  }

  /** What it was told, without what no test looks at. */
  get told(): string[] {
    return this.sent.map((text) => {
      const { type = text, n = "", code = "" } = text.startsWith("{") ? JSON.parse(text) : {};
      return [type, n, code].filter((part) => part !== "").join(" ");
    });
  }
}

const settled = () => new Promise<void>((done) => setImmediate(done));

test("[UP2d] [UP4a] one body is given to the channel at a time, the others wait in order; four may, and no fifth", async () => {
  const world = new World();
  world.connection.open();
  for (let n = 1; n <= 4; n++) world.body(n);
  await settled();
  assert.equal(world.given.length, 1);
  await world.given[0]?.take();
  assert.deepEqual([world.told, world.given.length], [["hello", "taken 1"], 2]);
  world.body(5);
  assert.equal(world.closedWith, undefined);
  world.body(6);
  assert.equal(world.closedWith, 4429);
  await world.given[1]?.take();
  assert.deepEqual([world.given.length, world.held], [2, 0], "what waited is given to nobody");
});

test("[UP4a] 2,097,152 bytes may wait, and not one more", async () => {
  const half = 2 ** 20 - 4;
  const world = new World();
  world.body(1, half);
  world.body(2, half);
  assert.equal(world.closedWith, undefined);
  const other = new World();
  other.body(1, half);
  other.body(2, half + 1);
  assert.equal(other.closedWith, 4429);
});

test("[UP4b] what there is no room for in memory is refused in its turn, and the next is taken", async () => {
  const world = new World();
  world.mostHeld = 20;
  world.body(1, 10);
  world.body(2, 10);
  await world.given[0]?.take();
  world.body(3, 10);
  await settled();
  assert.deepEqual(world.told, ["taken 1", "refused 2 too-many-requests"]);
  await world.given[1]?.take();
  assert.deepEqual(world.told, ["taken 1", "refused 2 too-many-requests", "taken 3"]);
  assert.deepEqual([world.refused, world.held], [["too-many-requests"], 0]);
});

test("[UP5a] [UP5b] it ends with 4412 once it has cost enough, between two bodies: what was not answered was given to nobody", async () => {
  // A body of some bytes is reckoned as 0.1 ms.
  const world = new World(0.25);
  for (let n = 1; n <= 4; n++) world.body(n);
  await settled();
  await world.given[0]?.take();
  await world.given[1]?.take();
  assert.equal(world.closedWith, undefined);
  assert.equal(world.given.length, 3);
  await world.given[2]?.take();
  assert.deepEqual([world.told, world.given.length, world.closedWith], [["taken 1", "taken 2", "taken 3"], 3, 4412]);
});

test("[UP5a] a ping costs, too; it does not end it while a body is with the channel", async () => {
  const world = new World(0.25);
  world.body(1);
  for (let i = 0; i < 5; i++) world.connection.heard("ping");
  assert.equal(world.closedWith, undefined);
  await world.given[0]?.take();
  assert.equal(world.closedWith, 4412);
  const idle = new World(0.25);
  for (let i = 0; i < 3; i++) idle.connection.heard("ping");
  assert.deepEqual([idle.sent, idle.closedWith], [["pong", "pong", "pong"], 4412]);
});

test("[UP5a] it ends after an hour, when that is looked at and when a body was answered", async () => {
  const world = new World();
  world.nowMs += 3_599_999;
  world.connection.heard("ping");
  await world.connection.look();
  assert.equal(world.closedWith, undefined);
  world.nowMs += 1;
  await world.connection.look();
  assert.equal(world.closedWith, 4412);
  const busy = new World();
  busy.nowMs += 3_600_000;
  busy.body(1);
  await settled();
  assert.equal(busy.closedWith, undefined);
  await busy.given[0]?.take();
  assert.deepEqual([busy.told, busy.closedWith], [["taken 1"], 4412]);
});

test("[UP5a] it ends once its token was looked at 900 times, between two bodies, as each look may ask another object", async () => {
  const world = new World();
  const publish = async (n: number) => {
    world.nowMs += 1000;
    world.body(n);
    await settled();
    await world.given.at(-1)?.take();
  };
  for (let n = 1; n <= 899; n++) await publish(n);
  assert.deepEqual([world.guards, world.closedWith], [899, undefined]);
  await publish(900);
  assert.deepEqual([world.guards, world.told.length, world.closedWith], [900, 900, 4412]);
  const idle = new World();
  for (let i = 0; i < 900; i++) await idle.connection.look();
  assert.equal(idle.closedWith, undefined);
  await idle.connection.look();
  assert.deepEqual([idle.guards, idle.closedWith], [900, 4412]);
});

test("[UP5c] it ends with 4408 when nothing was heard for 60 s, and not before", async () => {
  const world = new World();
  world.nowMs += 59_999;
  await world.connection.look();
  assert.equal(world.closedWith, undefined);
  world.nowMs += 1;
  await world.connection.look();
  assert.equal(world.closedWith, 4408);
});

test("[UP5c] [UP3c] what ends the line to the channel ends it: with what that says of the token, else with 1013", async () => {
  for (const [code, closed] of [
    [1006, 1013],
    [1011, 1013],
    [4403, 4403],
    [4401, 4401],
  ] as const) {
    const world = new World();
    world.body(1);
    await settled();
    world.connection.lost(code);
    await world.given[0]?.fail(new LineLost("lost"));
    assert.deepEqual([world.closedWith, world.told], [closed, []]);
  }
  const world = new World();
  world.body(1);
  await settled();
  await world.given[0]?.fail(new LineLost("it does not answer"));
  assert.deepEqual([world.closedWith, world.told], [1013, []]);
});

test("[UP3b] the token is looked at again before a body, once a second at most, and where it counts no more it ends", async () => {
  const world = new World();
  const publish = async (n: number) => {
    world.body(n);
    await settled();
    await world.given.at(-1)?.take();
  };
  await publish(1);
  world.nowMs += 999;
  await publish(2);
  assert.equal(world.guards, 0);
  world.nowMs += 1;
  await publish(3);
  await publish(4);
  assert.equal(world.guards, 1);
  for (const [problem, code] of [
    [new Problem("token-expired", "Expired."), 4401],
    [new Problem("token-wrong", "Revoked."), 4403],
    [new Problem("not-permitted", "Not here."), 4403],
    [new HttpProblem("keys-unavailable", "Not now.", { "Retry-After": "5" }), undefined],
  ] as const) {
    const other = new World();
    other.guardRefusal = problem;
    other.nowMs += 1000;
    other.body(1);
    await settled();
    assert.deepEqual([other.told, other.closedWith], [[`refused 1 ${problem.code}`], code]);
    assert.equal(other.given.length, 0);
    const idle = new World();
    idle.guardRefusal = problem;
    await idle.connection.look();
    assert.equal(idle.closedWith, code);
  }
});

test("[UP2d] a fault of ours is a refusal that says to try again, and the next body is taken", async (t) => {
  t.mock.method(console, "error", () => undefined);
  const world = new World();
  world.body(1);
  world.body(2);
  await settled();
  await world.given[0]?.fail(new Error("a test's"));
  await world.given[1]?.take();
  assert.deepEqual(world.told, ["refused 1 internal", "taken 2"]);
});
