/** One connection for several channels, with both of its ends in a test's hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelSocketEvents } from "../../../../../worker/http/channel-socket.ts";
import { StreamCost } from "../../../../../worker/http/live/stream-cost.ts";
import { type ClientEnd, type Joined, SharedConnection } from "../../../../../worker/http/shared/shared-connection.ts";
import { Unread } from "../../../../../worker/http/shared/unread.ts";
import { WaitingBytes } from "../../../../../worker/http/shared/waiting-bytes.ts";
import { waitFor } from "../../../../support/wait.ts";

const T = 1_796_067_469_000;

/** A connection whose channels are joined when the test says so. */
class World {
  nowMs = T;
  readonly sent: string[] = [];
  closedWith: number | undefined;
  bufferedAmount = 0;
  /** Sockets that are counted. */
  count = 0;
  readonly joins: { answer(joined: Joined): Promise<void>; fail(): Promise<void> }[] = [];
  readonly connection: SharedConnection;

  constructor(maxSockets = 100) {
    this.connection = new SharedConnection({
      client: this.#end(),
      join: () => {
        const { promise, resolve, reject } = Promise.withResolvers<Joined>();
        this.joins.push({
          async answer(joined) {
            resolve(joined);
            await new Promise(setImmediate);
          },
          async fail() {
            reject(new Error("a test's"));
            await new Promise(setImmediate);
          },
        });
        return promise;
      },
      hold: () => {
        if (this.count >= maxSockets) return false;
        this.count++;
        return true;
      },
      release: () => {
        this.count--;
      },
      cost: new StreamCost(20_000),
      waiting: new WaitingBytes(),
      nowMs: () => this.nowMs,
      pause: () => new Promise(setImmediate),
      random: () => 0,
    });
  }

  #end(): ClientEnd {
    const bufferedAmount = (): number => this.bufferedAmount;
    return {
      get bufferedAmount() {
        return bufferedAmount();
      },
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

test("[SC7] where much waits in all, less may wait for each, until it is read", () => {
  const MIB = 1024 * 1024;
  const waiting = new WaitingBytes();
  const [one, other] = [{ waitingBytes: 32 * MIB - 1 }, { waitingBytes: 1 }];
  waiting.note(one, one.waitingBytes);
  assert.equal(waiting.mostFor(1000, 0), 1000);
  waiting.note(other, 1);
  assert.equal(waiting.mostFor(256 * 1024, 0), 16 * 1024);
  // Nothing was sent to it since, and it has read: that is seen a second later.
  one.waitingBytes = 5;
  assert.equal(waiting.mostFor(256 * 1024, 999), 16 * 1024);
  assert.equal(waiting.mostFor(256 * 1024, 1000), 256 * 1024);
  waiting.note(one, 32 * MIB);
  waiting.forget(one);
  assert.equal(waiting.mostFor(1000, 2000), 1000);
});

test("[SC7] what waits is the newest that was sent; small messages take more than their bytes", () => {
  const unread = new Unread();
  for (let n = 0; n < 3; n++) unread.add(1, 1000);
  unread.add(2, 10);
  assert.deepEqual([unread.cost, unread.largest], [3010 + 4 * 512, 1]);
  unread.settle(1500);
  assert.equal(unread.cost, 2010 + 3 * 512);
  unread.settle(10);
  assert.deepEqual([unread.cost, unread.largest], [10 + 512, 2]);
  unread.settle(0);
  assert.deepEqual([unread.cost, unread.largest], [0, undefined]);
  for (let n = 0; n < 10_000; n++) {
    unread.add(n % 7, 20);
    unread.settle(40);
  }
  assert.equal(unread.cost, 40 + 2 * 512);
});

test("[SC7] who asks much and reads nothing is ended, however small the answers are", async () => {
  const world = new World();
  world.bufferedAmount = 1;
  for (let n = 0; n < 3_000 && world.closedWith === undefined; n++) {
    await world.connection.heard("ping");
    world.bufferedAmount = 4 * world.sent.length;
  }
  assert.equal(world.closedWith, 4408);
  assert.ok(world.sent.length < 1_500, `${world.sent.length} answers wait`);
});

test("[SC7] the channel of which the most waits is left, not the one that speaks", async () => {
  const world = new World();
  const [bulky, quiet] = [new FakeChannel(), new FakeChannel()];
  world.join(1);
  await world.joins[0]?.answer(bulky.joined());
  world.join(2);
  await world.joins[1]?.answer(quiet.joined());
  bulky.events?.message(new ArrayBuffer(200 * 1024));
  world.bufferedAmount = 200 * 1024;
  bulky.events?.message(new ArrayBuffer(100 * 1024));
  world.bufferedAmount = 300 * 1024;
  quiet.events?.message("hello");
  assert.deepEqual(world.sent.slice(-2), ['{"type":"left","id":1,"code":1013}', "2 hello"]);
  assert.deepEqual([bulky.isClosed, quiet.isClosed], [true, false]);
  for (let n = 0; n < 4; n++) {
    quiet.events?.message(new ArrayBuffer(100 * 1024));
    world.bufferedAmount += 100 * 1024;
  }
  assert.equal(quiet.isClosed, true);
});

test("[SC7] what is stored of a channel begins once little waits of the others", async () => {
  const world = new World();
  const [first, second] = [new FakeChannel(), new FakeChannel()];
  world.join(1);
  await world.joins[0]?.answer(first.joined());
  first.events?.message(new ArrayBuffer(128 * 1024));
  world.bufferedAmount = 128 * 1024;
  world.join(2);
  await world.joins[1]?.answer(second.joined());
  assert.match(world.sent.at(-1) ?? "", /"joined","id":2/);
  assert.equal(second.events, undefined);
  world.bufferedAmount = 0;
  await waitFor("it begins", () => second.events !== undefined);
});

test("[SC8] a connection ends after an hour, and one that cannot ask for a channel says so", async () => {
  const world = new World();
  world.join(1);
  await world.joins[0]?.answer(new FakeChannel().joined());
  for (let n = 0; n < 60; n++) {
    world.nowMs += 60_000;
    await world.connection.heard("ping");
    world.connection.look();
  }
  assert.equal(world.closedWith, 1012);
  const broken = new World();
  broken.join(1);
  await broken.joins[0]?.fail();
  assert.match(broken.sent.at(-1) ?? "", /"refused","id":1,"status":500,"code":"internal"/);
  assert.equal(broken.count, 0);
});
