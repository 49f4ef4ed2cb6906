/** A subscription through proxies that refuse, hold back or cut: it finds a way, and each point comes once, in order. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { JumpingClock } from "../../../support/jumping-clock.ts";
import { type Meddling, MeddlingProxy, type Rules } from "../../../support/meddling-proxy.ts";
import { frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { Subscriber } from "../../../support/subscriber.ts";
import { waitFor } from "../../../support/wait.ts";

const A = "00000000000000aa";
const LOGIN = { status: 200, html: "<title>Log in to the network</title>" };
const edge = await startEdge();
after(() => edge.close());

/** A channel behind a proxy, to which points are published: 1, 2, 3, … */
async function behind(t: TestContext, rules: Partial<Rules>) {
  const channel = newChannel();
  const proxy = await MeddlingProxy.to(t, edge.channelUrl(channel), rules);
  const clock = new JumpingClock();
  const subscriber = new Subscriber(t, proxy.url, {}, clock);
  let published = 0;
  const publish = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      published++;
      await publishFrames(edge, channel, frameOf(A, published, [published], published));
    }
  };
  const hasAll = async (): Promise<void> => {
    await waitFor("every point", () => subscriber.ys.length >= published);
    assert.deepEqual(
      subscriber.ys,
      Array.from({ length: published }, (_, i) => i + 1),
    );
    assert.deepEqual(subscriber.gaps, []);
  };
  /** Time goes by, with points, until it tries that transport once more. */
  const tries = async (transport: "websocket" | "events"): Promise<void> => {
    const asked = (): number => proxy.asked.filter((each) => each === transport).length;
    for (const before = asked(); asked() === before; ) {
      clock.jump(3_000);
      await publish(1);
      await hasAll();
    }
  };
  return { proxy, clock, subscriber, publish, hasAll, tries };
}

const REFUSED: Record<string, Rules["upgrades"]> = {
  "400 to upgrades": { status: 400, html: "no" },
  "a page to upgrades": LOGIN,
  "a connection that ends": "cut",
  "upgrades that lose their header": "loses its header",
};

for (const [name, upgrades] of Object.entries(REFUSED)) {
  test(`[CL2b] [CL2d] [CL2e] ${name}: events, and WebSocket again once that works`, async (t) => {
    const { proxy, subscriber, publish, hasAll, tries } = await behind(t, { upgrades });
    await subscriber.isLiveBy("events");
    await publish(5);
    await hasAll();
    await tries("websocket");
    assert.equal(subscriber.state, "live events");
    proxy.rules.upgrades = "passes";
    await tries("websocket");
    await publish(20);
    await subscriber.isLiveBy("websocket");
    await publish(5);
    await hasAll();
    assert.deepEqual(subscriber.states.slice(-3), ["live events", "connecting websocket", "live websocket"]);
  });
}

for (const events of ["held", "in lumps", LOGIN, "cut"] satisfies Rules["events"][]) {
  const what = typeof events === "string" ? events : "a page";
  test(`[CL2b] [CL2d] [CL2e] no WebSocket, and events ${what}: long polls, then events, then WebSocket, once they work`, async (t) => {
    const { proxy, clock, subscriber, publish, hasAll, tries } = await behind(t, { upgrades: "cut", events });
    if (events === "held" || events === "in lumps") {
      await waitFor("it asks for events", () => proxy.asked.includes("events"));
      clock.jump(8_000);
    }
    await subscriber.isLiveBy("poll");
    await publish(20);
    await hasAll();
    proxy.rules.events = "passes";
    await tries("events");
    await subscriber.isLiveBy("events");
    await publish(20);
    proxy.rules.upgrades = "passes";
    await tries("websocket");
    await publish(20);
    await subscriber.isLiveBy("websocket");
    await publish(5);
    await hasAll();
  });
}

test("[CL2b] a WebSocket that opens to nobody is left after 8 s", async (t) => {
  const { proxy, clock, subscriber, publish, hasAll } = await behind(t, { upgrades: "silence" });
  await waitFor("it asks", () => proxy.asked.length === 1);
  clock.jump(8_000);
  await subscriber.isLiveBy("events");
  await publish(3);
  await hasAll();
});

test("[CL2c] lines that are cut again and again: another transport, and each point once", async (t) => {
  const { proxy, subscriber, publish, hasAll } = await behind(t, {});
  for (const transport of ["websocket", "websocket", "websocket", "events", "events", "events"]) {
    await subscriber.isLiveBy(transport);
    await publish(3);
    const seen = subscriber.states.length;
    const publishing = publish(3);
    proxy.cut();
    await waitFor("it notices", () => subscriber.states.length > seen);
    await publishing;
  }
  await subscriber.isLiveBy("poll");
  await hasAll();
});

test("[CL2c] a proxy that drops idle lines costs no point", async (t) => {
  const { proxy, subscriber, publish, hasAll } = await behind(t, { idleMs: 300 });
  await waitFor("it has left the WebSocket", () => subscriber.state === "live events");
  assert.ok(proxy.asked.filter((asked) => asked === "websocket").length >= 3);
  await publish(10);
  await hasAll();
});

for (const [name, rule] of Object.entries({
  "a portal that wants a login": LOGIN,
  "407 of a proxy": { status: 407, html: "who are you?" },
  "403 of a proxy": { status: 403, html: "not here" },
  "404 of a proxy": { status: 404, html: "nothing" },
  "a network that is cut": "cut",
} satisfies Record<string, Meddling>)) {
  test(`[CL4b] ${name} is no refusal: it is tried again until that has gone`, async (t) => {
    const { proxy, subscriber, publish, hasAll } = await behind(t, { upgrades: rule, events: rule, others: rule });
    await waitFor("it has tried all", () => subscriber.states.includes("connecting poll"));
    await waitFor("it waits", () => subscriber.states.includes("waiting websocket"));
    assert.equal(subscriber.problem, undefined);
    proxy.rules = { upgrades: "passes", events: "passes", others: "passes" };
    await waitFor("it is live", () => subscriber.state.startsWith("live"));
    await publish(3);
    await hasAll();
  });
}

for (const transport of ["websocket", "events", "poll"] as const) {
  test(`[CL3a] a line that is dead, and stays open, is given up: ${transport}`, async (t) => {
    const channel = newChannel();
    const proxy = await MeddlingProxy.to(t, edge.channelUrl(channel));
    const clock = new JumpingClock();
    const subscriber = new Subscriber(t, proxy.url, { transports: [transport] }, clock);
    await subscriber.isLiveBy(transport);
    await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
    await waitFor("the first points", () => subscriber.ys.length === 2);
    const states = subscriber.states.length;
    proxy.freeze();
    await publishFrames(edge, channel, frameOf(A, 2, [3, 4]));
    clock.jump(20_000);
    clock.jump(35_000);
    await waitFor("it is given up", () => subscriber.states.slice(states).includes(`waiting ${transport}`));
    await waitFor("the others", () => subscriber.ys.length >= 4);
    assert.deepEqual(subscriber.ys, [1, 2, 3, 4]);
    assert.deepEqual(subscriber.gaps, []);
  });
}

test("[CL3b] after a change of the network, events are opened anew, where they were", async (t) => {
  const { proxy, clock, subscriber, publish, hasAll } = await behind(t, { upgrades: "cut" });
  await subscriber.isLiveBy("events");
  await publish(3);
  await hasAll();
  clock.happens("offline");
  await waitFor("it says so", () => subscriber.states.includes("offline events"));
  await publish(3);
  clock.happens("online");
  await subscriber.isLiveBy("events");
  await hasAll();
  const before = proxy.asked.length;
  clock.happens("visible");
  await waitFor("it asks anew", () => proxy.asked.length === before + 1);
  await publish(3);
  await hasAll();
});

test("[CL1b] the Worker is killed and comes back: each point once", async (t) => {
  await using own = await startEdge();
  const channel = newChannel();
  const viewers = (["websocket", "events", "poll"] as const).map(
    (transport) => new Subscriber(t, own.channelUrl(channel), { transports: [transport] }),
  );
  for (const viewer of viewers) await waitFor("it is live", () => viewer.state.startsWith("live"));
  await publishFrames(own, channel, frameOf(A, 1, [1, 2]));
  for (const viewer of viewers) await waitFor("the first points", () => viewer.ys.length === 2);
  await own.kill();
  for (const viewer of viewers) await waitFor("it notices", () => viewer.states.length > 2);
  await own.restart();
  await publishFrames(own, channel, frameOf(A, 2, [3, 4]));
  for (const viewer of viewers) {
    await waitFor("the others", () => viewer.ys.length >= 4);
    assert.deepEqual(viewer.ys, [1, 2, 3, 4]);
    assert.deepEqual(viewer.gaps, []);
  }
});

for (const transport of ["websocket", "events", "poll"] as const) {
  test(`[CL4c] over a quota it waits, says why, and comes when there is room: ${transport}`, async (t) => {
    await using own = await startEdge({ vars: { QUOTA_ADDRESS: "viewers=1" } });
    const channel = newChannel();
    const first = new Subscriber(t, own.channelUrl(channel), { transports: ["websocket"] });
    await first.isLiveBy("websocket");
    const clock = new JumpingClock();
    const second = new Subscriber(t, own.channelUrl(channel), { transports: [transport] }, clock);
    await waitFor("it waits", () => second.state === `waiting ${transport}`);
    assert.equal(second.problem, "quota-exceeded");
    first.close();
    await waitFor("it is live", () => {
      clock.jump(1_000);
      return second.state === `live ${transport}`;
    });
    second.close();
  });
}
