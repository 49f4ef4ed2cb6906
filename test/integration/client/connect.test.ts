/** Several channels and rooms by one connection: it is one, it breaks as a whole, and each comes back where it was. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../../client/connect/connect.ts";
import { SharedConnection } from "../../../client/connect/shared-connection.ts";
import { openRoom } from "../../../client/room/open-room.ts";
import { MAX_SHARED_CHANNELS } from "../../../protocol/limits.ts";
import { startEdge } from "../../support/edge.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { MeddlingProxy, type Rules } from "../../support/meddling-proxy.ts";
import { frameOf, newChannel, publishFrames } from "../../support/publish.ts";
import { Subscriber } from "../../support/subscriber.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";

const A = "00000000000000aa";
const edge = await startEdge({ vars: { PUBLIC_RIGHTS: "**=presence" } });
after(() => edge.close());

/** So many subscriptions by one connection, through a proxy. The points of each are the numbers from 1 on, plus its thousands. */
async function stage(t: TestContext, count: number, rules: Partial<Rules> = {}) {
  const proxy = await MeddlingProxy.to(t, edge.url, rules);
  const clock = new JumpingClock();
  const connection = new SharedConnection(proxy.url, clock);
  const channels = Array.from({ length: count }, () => newChannel());
  const urlOf = (channel: string): URL => new URL(`/c/${channel}`, proxy.url);
  const subscribers = channels.map(
    (channel) => new Subscriber(t, urlOf(channel), {}, connection.environmentFor(urlOf(channel))),
  );
  let published = 0;
  const publish = async (): Promise<void> => {
    published++;
    for (const [i, channel] of channels.entries())
      await publishFrames(edge, channel, frameOf(A, published, [1000 * i + published], published));
  };
  const allHaveAll = async (): Promise<void> => {
    for (const [i, { ys, gaps }] of subscribers.entries()) {
      await waitFor(`every point of channel ${i}`, () => ys.length >= published);
      const wanted = Array.from({ length: published }, (_, n) => 1000 * i + n + 1);
      assert.deepEqual([ys, gaps], [wanted, []]);
    }
  };
  const areLiveBy = async (transport: string): Promise<void> => {
    for (const subscriber of subscribers) await subscriber.isLiveBy(transport);
  };
  const sockets = (): number => proxy.asked.filter((each) => each === "websocket").length;
  return { proxy, clock, connection, urlOf, subscribers, publish, allHaveAll, areLiveBy, sockets };
}

test("[CL12a] [SC1] three channels and two rooms are watched and talked in by one WebSocket, and none gets what is another's", async (t) => {
  const { connection, urlOf, publish, allHaveAll, areLiveBy, proxy } = await stage(t, 3);
  await areLiveBy("websocket");
  for (let n = 0; n < 5; n++) await publish();
  await allHaveAll();
  const shared = connect(proxy.url);
  const rooms = await Promise.all(
    ["kitchen", "garden", "kitchen"].map((name) => openRoom(urlOf(name), { connection: shared, name })),
  );
  for (const room of rooms) t.after(() => room.close());
  const heard: string[] = [];
  for (const [i, room] of rooms.entries()) room.on("hello", (data) => heard.push(`${i} ${data}`));
  assert.equal((await rooms[0]?.emit("hello", "there"))?.count, 1);
  await waitFor("it is heard", () => heard.length > 0);
  assert.deepEqual(heard, ["2 there"]);
  assert.deepEqual(proxy.asked, ["websocket", "websocket"], "one of each connection");
  assert.throws(() => connection.environmentFor(new URL("https://elsewhere.example/c/x")), TypeError);
});

test("[CL12b] a line that is cut again and again: each comes back where it was, all by the next one", async (t) => {
  const { proxy, publish, allHaveAll, areLiveBy, sockets } = await stage(t, 3);
  for (let n = 0; n < 2; n++) {
    await areLiveBy("websocket");
    await publish();
    const publishing = publish();
    proxy.cut();
    await publishing;
  }
  await allHaveAll();
  assert.equal(sockets(), 3);
});

test("[CL12b] a line that is dead, and stays open, is given up, and all of its channels with it", async (t) => {
  const { proxy, clock, subscribers, publish, allHaveAll, areLiveBy } = await stage(t, 2);
  await areLiveBy("websocket");
  await publish();
  await allHaveAll();
  proxy.freeze();
  await publish();
  const areGivenUp = (): boolean => subscribers.every(({ states }) => states.includes("waiting websocket"));
  await waitFor("all are given up", () => {
    if (!areGivenUp()) clock.jump(4_000);
    return areGivenUp();
  });
  await areLiveBy("websocket");
  await allHaveAll();
  assert.ok(
    subscribers.every(({ states }) => !states.includes("live events")),
    "the way to watch is not at fault",
  );
});

test("[CL12b] where WebSockets do not come through, each goes by events", async (t) => {
  const { publish, allHaveAll, areLiveBy } = await stage(t, 2, { upgrades: { status: 400, html: "no" } });
  await areLiveBy("events");
  await publish();
  await allHaveAll();
});

test("[CL12e] where only the Worker's connection for several does not come through, each has a WebSocket of its own", async (t) => {
  const { proxy, clock, urlOf, publish, allHaveAll, subscribers, areLiveBy } = await stage(t, 2, {
    shared: { status: 302, html: "not here" },
  });
  await areLiveBy("websocket");
  await publish();
  await allHaveAll();
  assert.ok(subscribers.every(({ states }) => !states.includes("live events")));
  const connection = connect(proxy.url);
  const room = await openRoom(urlOf(newChannel()), { connection });
  room.close();
  // A minute later it is tried again.
  proxy.rules = { ...proxy.rules, shared: undefined };
  clock.jump(61_000);
  const before = proxy.asked.length;
  proxy.cutUpgraded();
  await waitFor("both come back", () => proxy.asked.length > before);
  await areLiveBy("websocket");
  await publish();
  await allHaveAll();
  assert.equal(proxy.upgraded, 1);
});

test("[CL12e] a Worker that has no room for it ends it at once, twice: then each has a WebSocket of its own", async (t) => {
  const own = await startEdge({ vars: { STREAM_CPU_MS: "5", PUBLIC_RIGHTS: "**=presence" } });
  t.after(() => own.close());
  const connection = connect(own.url);
  const names = ["a", "b", "c", "d", "e", "f"];
  const rooms = await Promise.all(names.map((name) => openRoom(own.channelUrl(name), { connection, name })));
  for (const room of rooms) t.after(() => room.close());
  const states: string[] = [];
  for (const room of rooms) room.when("state", ({ state }) => states.push(state));
  await withDeadline("that each stays where it is", quiet(states), 60_000);
  assert.ok(rooms.every(({ state }) => state.state === "live"));
});

/** Resolves once nothing was added for three seconds. */
async function quiet(all: readonly unknown[]): Promise<void> {
  for (let seen = -1; seen !== all.length; ) {
    seen = all.length;
    await sleep(3_000);
  }
}

test("[CL12b] channels are left and others joined, as many as there may be: none goes by another way", async (t) => {
  const { connection, urlOf, subscribers, areLiveBy } = await stage(t, MAX_SHARED_CHANNELS);
  await areLiveBy("websocket");
  for (const subscriber of subscribers.slice(0, 30)) subscriber.close();
  const others = Array.from({ length: 30 }, () => urlOf(newChannel())).map(
    (url) => new Subscriber(t, url, {}, connection.environmentFor(url)),
  );
  for (const other of others) await other.isLiveBy("websocket");
  assert.ok(others.every(({ states }) => !states.includes("connecting events")));
});

test("[CL12c] more channels than one may have go by another", async (t) => {
  const { publish, allHaveAll, areLiveBy, sockets } = await stage(t, MAX_SHARED_CHANNELS + 2);
  await areLiveBy("websocket");
  await publish();
  await allHaveAll();
  assert.equal(sockets(), 2);
});

test("[CL12d] it is closed once nothing goes by it, and opened again when something does", async (t) => {
  const { proxy, clock, connection, urlOf, subscribers, areLiveBy, sockets } = await stage(t, 2);
  await areLiveBy("websocket");
  for (const subscriber of subscribers) subscriber.close();
  await waitFor("they have ended", () => subscribers.every(({ isEnded }) => isEnded));
  assert.equal(proxy.upgraded, 1);
  clock.jump(2_000);
  await waitFor("it is closed", () => proxy.upgraded === 0);
  const url = urlOf(newChannel());
  const next = new Subscriber(t, url, {}, connection.environmentFor(url));
  await next.isLiveBy("websocket");
  assert.equal(sockets(), 2);
});
