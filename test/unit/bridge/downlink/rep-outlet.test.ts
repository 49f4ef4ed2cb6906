/** A REP program, of which nothing is known but its answers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Router } from "zeromq";
import type { Delivery } from "../../../../bridge/downlink/outlet.ts";
import { RepOutlet } from "../../../../bridge/downlink/rep-outlet.ts";

function delivery(id: string, expiresInMs: number | null): Delivery {
  const action = expiresInMs === null ? "set" : "call";
  return { type: "deliver", id, action, control: "gain", value: null, by: "Ada", expiresInMs };
}

test("[DL2d] [BW2e] a call whose time is over when its turn comes is not asked any more", async () => {
  const program = new Router({ linger: 0, receiveTimeout: 10_000 });
  await program.bind("tcp://127.0.0.1:*");
  const none = { onMessages: () => undefined, onListener: () => undefined };
  const outlet = new RepOutlet(program.lastEndpoint ?? "", {}, none, 100);
  try {
    // Nothing is answered, so each takes 100 ms of the line.
    for (const each of [delivery("a", null), delivery("b", 50), delivery("c", null)]) await outlet.deliver(each);
    const asked: unknown[] = [];
    while (asked.length < 2) {
      const frames = await program.receive();
      asked.push(JSON.parse(String(frames.at(-1))).id);
    }
    assert.deepEqual(asked, ["a", "c"]);
  } finally {
    await outlet.close();
    program.close();
  }
});
