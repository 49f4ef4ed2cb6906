/** A REP program, of which nothing is known but its answers, and which comes and goes. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { Reply, Router } from "zeromq";
import type { Delivery } from "../../../../bridge/downlink/outlet.ts";
import type { ProgramMessage } from "../../../../bridge/downlink/program-message.ts";
import { RepOutlet } from "../../../../bridge/downlink/rep-outlet.ts";
import { parseObject } from "../../../../protocol/messages/guards.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

function delivery(id: string, expiresInMs: number | null): Delivery {
  const action = expiresInMs === null ? "set" : "call";
  return { type: "deliver", id, action, control: "gain", value: null, by: "Ada", expiresInMs };
}

function outletTo(t: TestContext, address: string, answerMs?: number) {
  const world: { listeners: number; said: ProgramMessage[] } = { listeners: 0, said: [] };
  const events = {
    onMessages: (messages: readonly ProgramMessage[]) => void world.said.push(...messages),
    onListener: () => void world.listeners++,
  };
  const outlet = new RepOutlet(address, {}, events, answerMs);
  t.after(() => outlet.close());
  return { outlet, world };
}

const DECLARED = '{"controls":{"gain":1}}';

/** A REP program, which writes down what it is asked. */
class Program {
  readonly asked: unknown[] = [];
  readonly #reply = new Reply({ linger: 0 });
  #serving: Promise<void> | undefined;

  static async at(t: TestContext, endpoint: string): Promise<Program> {
    const program = new Program();
    t.after(() => program.end());
    // A socket that is closed leaves its port a little later: https://libzmq.readthedocs.io/en/latest/zmq_close.html
    await waitFor("the port to be free", async () => {
      await program.#reply.bind(endpoint);
      return true;
    });
    program.#serving = program.#serve();
    return program;
  }

  get endpoint(): string {
    return this.#reply.lastEndpoint ?? "";
  }

  async end(): Promise<void> {
    this.#reply.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    try {
      for await (const [request] of this.#reply) {
        const { plotcast, id } = parseObject(String(request)) ?? {};
        this.asked.push(plotcast ?? id);
        await this.#reply.send(plotcast === "controls" ? DECLARED : "{}");
      }
    } catch {
      // It was closed.
    }
  }
}

async function freeEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => void server.close(closed));
  return `tcp://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

async function requestAt(program: Router): Promise<{ envelope: Buffer[]; id: unknown }> {
  const frames = await withDeadline("a request", program.receive());
  const { plotcast, id } = parseObject(String(frames.at(-1))) ?? {};
  return { envelope: frames.slice(0, -1), id: plotcast ?? id };
}

test("[DL2f] while no REP program is there nothing is said to be sent, and none of it is sent later", async (t) => {
  const endpoint = await freeEndpoint();
  const { outlet, world } = outletTo(t, endpoint);
  assert.equal(await outlet.deliver(delivery("a", null)), "nobody-listens");
  assert.equal(await outlet.deliver(delivery("b", 5_000)), "nobody-listens");
  const program = await Program.at(t, endpoint);
  await waitFor("the program to be seen", () => world.listeners === 1);
  assert.equal(await outlet.deliver(delivery("c", null)), "sent");
  await waitFor("an answer", () => world.said.length === 2);
  assert.deepEqual(program.asked, ["controls", "c"]);
});

test("[DL2f] a REP program is asked for its controls at each start, before what waits for it is sent", async (t) => {
  const first = await Program.at(t, "tcp://127.0.0.1:*");
  const { endpoint } = first;
  const { outlet, world } = outletTo(t, endpoint);
  await waitFor("the program to be seen", () => world.listeners === 1);
  await first.end();
  await waitFor("its end to be seen", async () => (await outlet.deliver(delivery("x", 5_000))) === "nobody-listens");
  const second = await Program.at(t, endpoint);
  await waitFor("the program to be seen again", () => world.listeners === 2);
  assert.deepEqual(second.asked, ["controls"]);
  assert.equal(world.said.filter(({ kind }) => kind === "declare").length, 2);
});

test("[DL2f] what waits for its turn when the program ends is not said to be sent", async (t) => {
  const program = new Router({ linger: 0 });
  t.after(() => program.close());
  await program.bind("tcp://127.0.0.1:*");
  const { outlet } = outletTo(t, program.lastEndpoint ?? "");
  const { envelope } = await requestAt(program);
  await program.send([...envelope, "{}"]);
  const [asked, behind] = [outlet.deliver(delivery("a", null)), outlet.deliver(delivery("b", null))];
  assert.equal((await requestAt(program)).id, "a");
  program.close();
  assert.deepEqual(await withDeadline("what became of both", Promise.all([asked, behind])), ["sent", "nobody-listens"]);
});

test("[DL2d] [BW2e] a call whose time is over when its turn comes is not asked any more", async (t) => {
  const program = new Router({ linger: 0 });
  t.after(() => program.close());
  await program.bind("tcp://127.0.0.1:*");
  const { outlet } = outletTo(t, program.lastEndpoint ?? "", 100);
  assert.equal((await requestAt(program)).id, "controls");
  // Nothing is answered, so each takes 100 ms of the line.
  const sent = [delivery("a", null), delivery("b", 50), delivery("c", null)].map((each) => outlet.deliver(each));
  assert.equal((await requestAt(program)).id, "a");
  assert.equal((await requestAt(program)).id, "c");
  assert.deepEqual(await Promise.all(sent), ["sent", "full", "sent"]);
});

test("[DL2d] an answer that comes too late is not taken for the answer to the next request", async (t) => {
  const program = new Router({ linger: 0 });
  t.after(() => program.close());
  await program.bind("tcp://127.0.0.1:*");
  const { outlet, world } = outletTo(t, program.lastEndpoint ?? "", 500);
  const { envelope } = await requestAt(program);
  await program.send([...envelope, "{}"]);
  await outlet.deliver(delivery("a", null));
  const late = await requestAt(program);
  await outlet.deliver(delivery("b", null));
  const next = await requestAt(program);
  await program.send([...late.envelope, '{"error":"too hot"}']);
  await program.send([...next.envelope, '{"value":5}']);
  await waitFor("an answer", () => world.said.length > 0);
  assert.deepEqual(world.said, [{ kind: "confirmed", id: "b", value: 5 }]);
});
