/** What subscribers of a replay may ask for. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { Subscriber } from "zeromq";
import { LosslessPublisher } from "../../../../bridge/tools/replay/lossless-publisher.ts";
import { Subscriptions, TooManySubscriptionsError } from "../../../../bridge/tools/replay/subscriptions.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const { signal: NEVER } = new AbortController();

const wish = (topic: string): Buffer => Buffer.from(`\u0001${topic}`);
const end = (topic: string): Buffer => Buffer.from(`\u0000${topic}`);

async function outletOf(
  t: TestContext,
): Promise<{ outlet: LosslessPublisher; subscribe: (...topics: string[]) => Subscriber }> {
  const outlet = await LosslessPublisher.open({ bind: ["tcp://127.0.0.1:*"], connect: [] });
  t.after(() => outlet.close());
  const subscribe = (...topics: string[]): Subscriber => {
    const socket = new Subscriber({ linger: 0 });
    t.after(() => socket.close());
    socket.subscribe(...topics);
    socket.connect(outlet.addresses[0] ?? "");
    return socket;
  };
  return { outlet, subscribe };
}

describe("subscriptions", () => {
  it("[RP3d] are 4,096 topics at most, of which those that end make room", () => {
    const all = new Subscriptions();
    for (let i = 0; i < 4096; i++) all.take(wish(`t${i}`));
    all.take(wish("t0"));
    assert.throws(() => all.take(wish("new")), TooManySubscriptionsError);
    all.take(end("t0"));
    all.take(end("never"));
    all.take(wish("new"));
    assert.throws(() => all.take(wish("t0")), TooManySubscriptionsError);
  });

  it("[RP3d] are 1 MiB at most", () => {
    const all = new Subscriptions();
    for (let i = 0; i < 1024; i++) all.take(wish(String(i).padStart(1024)));
    assert.throws(() => all.take(wish("a")), TooManySubscriptionsError);
    all.take(end("0".padStart(1024)));
    all.take(wish("a".repeat(1023)));
    assert.throws(() => all.take(wish("bb")), TooManySubscriptionsError);
    all.take(wish("b"));
  });

  it("[RP3] say what is wanted; of more than 1,000 topics everything is, and again not when they have ended", () => {
    const all = new Subscriptions();
    assert.equal(all.wants(Buffer.from("a")), false);
    for (let i = 0; i < 1000; i++) all.take(wish(`t${i}`));
    assert.equal(all.wants(Buffer.from("t7 more")), true);
    assert.equal(all.wants(Buffer.from("other")), false);
    all.take(wish("u"));
    all.take(wish("v"));
    assert.equal(all.wants(Buffer.from("other")), true);
    all.take(end("u"));
    all.take(end("v"));
    assert.equal(all.wants(Buffer.from("other")), false);
    all.take(wish(""));
    assert.equal(all.wants(Buffer.from("other")), true);
  });

  it("[RP3c] a subscriber with a topic of 1,024 bytes is served, one with 1,025 is cut off", async (t) => {
    const { outlet, subscribe } = await outletOf(t);
    const [longest, tooLong] = ["x".repeat(1024), `y${"x".repeat(1024)}`];
    const hostile = new Subscriber({ linger: 0 });
    t.after(() => hostile.close());
    hostile.subscribe(tooLong);
    // Events are heard from the first look at them on.
    const { events } = hostile;
    hostile.connect(outlet.addresses[0] ?? "");
    const cut = async (): Promise<void> => {
      for await (const { type } of events) if (type === "disconnect") return;
    };
    await withDeadline("the end of the connection with a topic of 1,025 bytes", cut());
    const socket = subscribe(longest);
    assert.equal(await outlet.subscribed(NEVER, 10_000), true);
    await outlet.send([Buffer.from(longest), Buffer.from("1")], NEVER);
    assert.equal(String((await withDeadline("the message", socket.receive()))[1]), "1");
    assert.equal(outlet.unheard, 0);
    await outlet.send([Buffer.from(tooLong)], NEVER);
    assert.equal(outlet.unheard, 1, "nobody has the other topic");
  });

  it("[RP3d] too many end the replay in a sentence, also while it waits", async (t) => {
    const { outlet, subscribe } = await outletOf(t);
    // libzmq drops subscriptions past 1,000 that wait for one connection.
    for (let from = 0; from <= 4096; from += 500)
      subscribe(...Array.from({ length: Math.min(500, 4097 - from) }, (_, i) => `t${from + i}`));
    const send = async (): Promise<unknown> => {
      try {
        await outlet.send([Buffer.from("t1")], NEVER);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const error = await waitFor("the end", send);
    assert.ok(error instanceof TooManySubscriptionsError);
    assert.match(error.message, /^Subscribers ask for more than 4096 topics/);
    await assert.rejects(outlet.subscribed(NEVER, 1000), TooManySubscriptionsError);
  });
});
