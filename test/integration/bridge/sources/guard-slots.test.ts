import assert from "node:assert/strict";
import { Socket } from "node:net";
import { it } from "node:test";
import {
  HandshakeSlots,
  type SlotLimits,
  type Visitor,
} from "../../../../bridge/sources/zeromq/guard/handshake-slots.ts";
import { networkOf } from "../../../../bridge/sources/zeromq/network.ts";
import { withAddress } from "../../../../bridge/sources/zeromq/security/zap.ts";

//     connections that wait for their handshake → slots ← libzmq asks who came by one

interface Made {
  slots: HandshakeSlots;
  /** Who was let through, and by which slot, in order. */
  begun: string[];
  ended: string[];
  visitor(name: string, from?: string): Visitor;
  enter(name: string, from?: string): Visitor;
  nowMs: number;
}

function make(count: number, limits: Partial<SlotLimits> = {}): Made {
  const dialled: number[] = [];
  const dials = Array.from({ length: count }, (_, i) => () => {
    dialled.push(i);
    return new Socket();
  });
  const made: Made = {
    slots: new HandshakeSlots(dials, limits, () => made.nowMs),
    begun: [],
    ended: [],
    nowMs: 0,
    visitor: (name, from = "10.0.0.1") => ({ from, network: networkOf(from), end: () => made.ended.push(name) }),
    enter: (name, from) => {
      const visitor = made.visitor(name, from);
      made.slots.enter(visitor, (dial) => {
        dial();
        made.begun.push(`${name} by ${dialled.at(-1)}`);
      });
      return visitor;
    },
  };
  return made;
}

it("[BR37a] each has a slot for itself until libzmq has asked about it, and is known by it", () => {
  const { slots, begun, enter } = make(2);
  enter("a", "10.0.0.1");
  enter("b", "10.0.0.2");
  enter("c", "10.0.0.3");
  assert.deepEqual(begun, ["a by 0", "b by 1"]);
  assert.equal(slots.asked(1), "10.0.0.2");
  assert.deepEqual(begun, ["a by 0", "b by 1", "c by 1"]);
  assert.equal(slots.asked(1), "10.0.0.3");
  assert.equal(slots.asked(1), undefined, "nobody has it now");
  assert.equal(slots.asked(0), "10.0.0.1");
  assert.equal(slots.asked(7), undefined, "there is none");
});

it("[BR37b] of those who wait, one of the network that has the fewest slots goes first", () => {
  const { slots, begun, enter } = make(2);
  enter("a1", "10.0.0.1");
  enter("a2", "10.0.0.1");
  enter("a3", "10.0.0.1");
  enter("b1", "10.0.0.2");
  slots.asked(0);
  slots.asked(1);
  assert.deepEqual(begun, ["a1 by 0", "a2 by 1", "b1 by 0", "a3 by 1"]);
});

it("[BR37] a slot whose connection has ended is kept until what is on its way has come", async () => {
  const { slots, begun, enter } = make(1, { settleMs: 20 });
  const first = enter("a", "10.0.0.1");
  const next = new Promise<void>((resolve) => {
    slots.enter({ from: "10.0.0.2", network: "10.0.0.2", end: () => undefined }, () => resolve());
  });
  slots.left(first);
  assert.equal(slots.asked(0), "10.0.0.1", "it is asked about still");
  await next;
  assert.deepEqual(begun, ["a by 0"]);
  assert.equal(slots.asked(0), "10.0.0.2");
  const unasked = enter("c", "10.0.0.3");
  const after = new Promise<void>((resolve) => {
    slots.enter({ from: "10.0.0.4", network: "10.0.0.4", end: () => undefined }, () => resolve());
  });
  slots.left(unasked);
  await after;
  assert.equal(slots.asked(0), "10.0.0.4");
});

it("[BR37] who waits and leaves gets no slot", () => {
  const { slots, begun, enter } = make(1);
  enter("a");
  slots.left(enter("b"));
  enter("c");
  slots.asked(0);
  assert.deepEqual(begun, ["a by 0", "c by 0"]);
});

it("[BR37c] a handshake of 5 s ends if others wait, and who has waited for 30 s is ended", () => {
  const made = make(1);
  made.enter("a");
  made.nowMs = 60_000;
  made.slots.check();
  assert.deepEqual(made.ended, [], "nobody waits");
  made.slots.asked(0);
  made.enter("b");
  made.enter("c");
  made.nowMs += 4999;
  made.slots.check();
  assert.deepEqual(made.ended, []);
  made.nowMs += 1;
  made.slots.check();
  assert.deepEqual(made.ended, ["b"]);
  made.nowMs += 24_999;
  made.slots.check();
  assert.deepEqual(made.ended, ["b"], "once, though it has not gone yet");
  made.nowMs += 1;
  made.slots.check();
  assert.deepEqual(made.ended, ["b", "c"]);
});

it("[BR37] libzmq's question about a slot is turned into one about who has it, or into none", () => {
  const request = (domain: string): Buffer[] =>
    ["id", "", "1.0", "7", domain, "localhost:0:0:1", "", "PLAIN", "lab", "pw"].map((text) => Buffer.from(text));
  const asked: string[] = [];
  const addressesOf = (domain: string) =>
    domain !== "plotcast-1"
      ? undefined
      : (way: string) => {
          asked.push(way);
          return way === "3" ? "10.0.0.5" : undefined;
        };
  const turned = (domain: string) => withAddress(request(domain), addressesOf)?.slice(3).map(String);
  const rest = ["", "PLAIN", "lab", "pw"];
  assert.deepEqual(turned("plotcast-1/3"), ["7", "plotcast-1", "10.0.0.5", ...rest]);
  assert.equal(turned("plotcast-1/4"), undefined);
  assert.equal(turned("plotcast-2/3"), undefined);
  assert.deepEqual(turned("plotcast-1"), ["7", "plotcast-1", "localhost:0:0:1", ...rest], "by no such way");
  assert.deepEqual(asked, ["3", "4"]);
});
