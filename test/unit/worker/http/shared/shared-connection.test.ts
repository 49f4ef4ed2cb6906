/** One connection for several channels, with both of its ends in a test's hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelSocketEvents } from "../../../../../worker/http/channel-socket.ts";
import { StreamCost } from "../../../../../worker/http/live/stream-cost.ts";
import { type Joined, SharedConnection } from "../../../../../worker/http/shared/shared-connection.ts";
import { WaitingBytes } from "../../../../../worker/http/shared/waiting-bytes.ts";

const T = 1_796_067_469_000;

/** A connection whose channels are joined when the test says so. */
class World {
  nowMs = T;
  readonly sent: string[] = [];
  closedWith: number | undefined;
  bufferedAmount = 0;
  /** Sockets that are counted. */
  count = 0;
  readonly joins: { answer(joined: Joined): Promise<void> }[] = [];
  readonly connection: SharedConnection;

  constructor(maxSockets = 100) {
    this.connection = new SharedConnection({
      client: {
        bufferedAmount: 0,
        ...this.#end(),
      },
      join: () => {
        const { promise, resolve } = Promise.withResolvers<Joined>();
        this.joins.push({
          async answer(joined) {
            resolve(joined);
            await new Promise(setImmediate);
          },
        });
        return promise;
      },
      count: (more) => {
        if (more === 1 && this.count >= maxSockets) return false;
        this.count += more;
        return true;
      },
      cost: new StreamCost(20_000),
      waiting: new WaitingBytes(),
      nowMs: () => this.nowMs,
    });
  }

  #end() {
    return {
      send: (data: string | Uint8Array) => {
        this.sent.push(typeof data === "string" ? data : `bytes ${data.byteLength}`);
      },
      close: (code: number) => {
        this.closedWith = code;
      },
    };
  }

  join(id: number): void {
    void this.connection.heard(JSON.stringify({ type: "join", id, to: "/c/lab", protocols: [] }));
  }
}

/** A channel that was joined. */
class FakeChannel {
  events: ChannelSocketEvents | undefined;
  readonly said: string[] = [];
  isClosed = false;

  joined(): Joined {
    return {
      kind: "joined",
      protocol: "",
      open: (events) => {
        this.events = events;
        return {
          send: (text) => this.said.push(text),
          close: () => {
            this.isClosed = true;
          },
        };
      },
    };
  }
}

test("[SC9] a channel that is left while it is joined is let go, and one of the same id is another", async () => {
  const world = new World();
  const [first, second] = [new FakeChannel(), new FakeChannel()];
  world.join(1);
  await world.connection.heard('{"type":"leave","id":1}');
  world.join(1);
  await world.joins[0]?.answer(first.joined());
  assert.equal(first.isClosed, true);
  assert.deepEqual(world.sent, []);
  await world.joins[1]?.answer(second.joined());
  assert.deepEqual(world.sent, ['{"type":"joined","id":1,"protocol":""}']);
  first.events?.message("of the first");
  first.events?.closed(1000);
  second.events?.message("of the second");
  await world.connection.heard("1 hello");
  assert.deepEqual(world.sent.slice(1), ["1 of the second"]);
  assert.deepEqual([first.said, second.said, second.isClosed, world.count], [[], ["hello"], false, 1]);
});

test("[SC9] whoever goes while channels are joined leaves none of them behind", async () => {
  const world = new World();
  const [joined, joining] = [new FakeChannel(), new FakeChannel()];
  world.join(1);
  await world.joins[0]?.answer(joined.joined());
  world.join(2);
  world.connection.closed();
  await world.joins[1]?.answer(joining.joined());
  assert.deepEqual([joined.isClosed, joining.isClosed, world.count], [true, true, 0]);
  joined.events?.message("late");
  assert.equal(world.sent.length, 1);
});

test("[SC5] where too many sockets are held a join is refused, and takes no place", async () => {
  const world = new World(1);
  world.join(1);
  world.join(2);
  assert.match(world.sent[0] ?? "", /"refused","id":2,"status":429/);
  await world.joins[0]?.answer({ kind: "refused", status: 404, code: "not-found", detail: "No.", retryAfterMs: null });
  assert.equal(world.count, 0);
  world.join(2);
  assert.equal(world.joins.length, 2);
});

test("[SC8] a connection of which nothing is heard for five minutes ends, and one without a channel after one", async () => {
  const silent = new World();
  silent.join(1);
  await silent.joins[0]?.answer(new FakeChannel().joined());
  silent.nowMs += 5 * 60_000 - 1;
  silent.connection.look();
  assert.equal(silent.closedWith, undefined);
  silent.nowMs += 1;
  silent.connection.look();
  assert.deepEqual([silent.closedWith, silent.count], [4408, 0]);
  const unused = new World();
  unused.nowMs += 59_999;
  unused.connection.look();
  assert.equal(unused.closedWith, undefined);
  unused.nowMs += 1;
  unused.connection.look();
  assert.equal(unused.closedWith, 1000);
});

test("[SC7] where much waits in all, less may wait for each", () => {
  const waiting = new WaitingBytes();
  const [one, other] = [{}, {}];
  waiting.note(one, 32 * 1024 * 1024 - 1);
  assert.equal(waiting.mostFor(1000), 1000);
  waiting.note(other, 1);
  assert.equal(waiting.mostFor(256 * 1024), 16 * 1024);
  waiting.note(one, 5);
  assert.equal(waiting.mostFor(1000), 1000);
  waiting.note(one, 32 * 1024 * 1024);
  waiting.forget(one);
  assert.equal(waiting.mostFor(1000), 1000);
});
