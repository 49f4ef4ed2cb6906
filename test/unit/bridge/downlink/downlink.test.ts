/** What goes between a room and programs: each command told once, and nothing lost while the room is away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CommandRecord,
  type CommandStore,
  MAX_KNOWN_COMMANDS,
  MemoryCommandStore,
} from "../../../../bridge/downlink/command-store.ts";
import { Downlink } from "../../../../bridge/downlink/downlink.ts";
import type { Delivery, Outlet, Sent } from "../../../../bridge/downlink/outlet.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import type { RoomClientMessage } from "../../../../protocol/room/room-message.ts";

const SET: Delivery = {
  type: "deliver",
  id: "s1",
  action: "set",
  control: "gain",
  value: 2,
  by: "Ada",
  expiresInMs: null,
};

/** Forgets nothing. */
class EndlessStore extends MemoryCommandStore {
  readonly #sent = new Set<string>();
  override sent(id: string): void {
    this.#sent.add(id);
  }
  override read(id: string): CommandRecord | undefined {
    return this.#sent.has(id) ? { kind: "sent", control: "gain" } : super.read(id);
  }
}

function downlinkOf(outcome: Sent = "sent", store: CommandStore = new MemoryCommandStore()) {
  const said: RoomClientMessage[] = [];
  const told: string[] = [];
  const world: { isThere: boolean; outcome: Sent; isTold?: PromiseWithResolvers<void> } = { isThere: true, outcome };
  const outlet: Outlet = {
    address: "tcp://127.0.0.1:1",
    deliver: async ({ id }) => {
      await world.isTold?.promise;
      if (world.outcome === "sent") told.push(id);
      return world.outcome;
    },
    emit: async () => "sent",
    close: async () => undefined,
  };
  const make = () =>
    new Downlink({
      outlets: () => [outlet],
      store,
      say: (message) => {
        if (world.isThere) said.push(message);
        return world.isThere;
      },
      log: createLog("text", "info", () => undefined),
    });
  return { said, told, world, make, downlink: make() };
}

test("[DL3a] a command that comes again is told once, and its outcome said again", async () => {
  const { downlink, said, told } = downlinkOf();
  await downlink.heard(SET);
  await downlink.heard(SET);
  assert.deepEqual(told, ["s1"]);
  downlink.take([{ kind: "confirmed", id: "s1", value: 2 }]);
  downlink.take([{ kind: "confirmed", id: "s1", value: 3 }]);
  await downlink.heard(SET);
  assert.deepEqual(told, ["s1"]);
  const outcome = { type: "outcome", id: "s1", outcome: "confirmed", value: 2 };
  assert.deepEqual(said, [{ type: "delivered", id: "s1" }, outcome, { type: "report", values: { gain: 3 } }, outcome]);
  assert.equal(downlink.ledger.strayAnswers, 1);
});

test("[DL3a] what was told before a restart and not answered is in doubt, and is not told again", async () => {
  const { downlink, make, said, told } = downlinkOf();
  await downlink.heard(SET);
  const restarted = make();
  await restarted.heard(SET);
  assert.deepEqual(told, ["s1"]);
  const last = said.at(-1);
  assert.ok(last?.type === "outcome" && last.outcome === "refused");
  assert.equal(last.reason, "in-doubt");
});

test("[DL3a] where a command cannot be remembered it is not told, and the bridge goes on", async () => {
  const lines: string[] = [];
  const told: string[] = [];
  class FullStore extends MemoryCommandStore {
    override sent(): void {
      throw new Error("database or disk is full");
    }
  }
  const outlet: Outlet = {
    address: "tcp://127.0.0.1:1",
    deliver: async ({ id }) => {
      told.push(id);
      return "sent";
    },
    emit: async () => "sent",
    close: async () => undefined,
  };
  const downlink = new Downlink({
    outlets: () => [outlet],
    store: new FullStore(),
    say: () => true,
    log: createLog("text", "info", (line) => lines.push(line)),
  });
  await downlink.heard(SET);
  assert.deepEqual(told, []);
  assert.match(lines.join(""), /disk is full/);
});

test("[DL3a] of a program that never answers no more is kept than is known of commands", async () => {
  const { downlink, said } = downlinkOf("sent", new EndlessStore());
  for (let i = 0; i <= MAX_KNOWN_COMMANDS; i++) await downlink.heard({ ...SET, id: `s${i}` });
  await downlink.heard({ ...SET, id: "s1" });
  assert.equal(said.at(-1)?.type, "delivered");
  await downlink.heard({ ...SET, id: "s0" });
  const last = said.at(-1);
  assert.ok(last?.type === "outcome" && last.outcome === "refused");
  assert.equal(last.reason, "in-doubt");
});

test("[DL2f] what one program has answered before another could be told is not said to be delivered after that", async () => {
  const { downlink, said, world } = downlinkOf();
  world.isTold = Promise.withResolvers<void>();
  const heard = downlink.heard(SET);
  downlink.take([{ kind: "confirmed", id: "s1", value: 2 }]);
  world.isTold.resolve();
  await heard;
  assert.deepEqual(said, [{ type: "outcome", id: "s1", outcome: "confirmed", value: 2 }]);
  assert.equal(downlink.ledger.delivered, 1);
});

test("[DL2b] a set for which nobody listens is told once somebody does, the newest alone", async () => {
  const { downlink, said, told, world } = downlinkOf("nobody-listens");
  await downlink.heard(SET);
  await downlink.heard({ ...SET, id: "s2", value: 3 });
  assert.deepEqual(said, []);
  world.outcome = "sent";
  await downlink.listened();
  assert.deepEqual(told, ["s2"]);
});

test("[DL2b] [BW2c] what waited for a program that has another range by then is refused, and not told", async () => {
  const { downlink, said, told, world } = downlinkOf("nobody-listens");
  await downlink.heard({ ...SET, value: 200 });
  downlink.take([{ kind: "declare", controls: { gain: { value: 1, max: 100 } }, isAll: false }]);
  world.outcome = "sent";
  await downlink.listened();
  await downlink.listened();
  assert.deepEqual(told, []);
  const detail = "gain takes 100 at most; not 200.";
  assert.deepEqual(said.slice(1), [{ type: "outcome", id: "s1", outcome: "refused", reason: "value-invalid", detail }]);
  await downlink.heard({ ...SET, id: "s2", value: 100 });
  assert.deepEqual(told, ["s2"]);
});

test("[DL3c] what programs say while the room is away is said when it is there, so much of it, and controls always", () => {
  const { downlink, said, world } = downlinkOf();
  world.isThere = false;
  downlink.take([{ kind: "declare", controls: { gain: 1, old: 2 }, isAll: false }]);
  downlink.take([{ kind: "declare", controls: { old: null }, isAll: false }]);
  for (let i = 0; i < 1_005; i++) downlink.take([{ kind: "note", text: String(i), x: i }]);
  world.isThere = true;
  downlink.welcomed();
  assert.deepEqual(said[0], { type: "declare", controls: { gain: 1 } });
  assert.equal(said.length, 1_001);
  assert.deepEqual(said[1]?.type === "note" && said[1].text, "5");
  assert.equal(downlink.ledger.dropped, 5);
});

test("[DL3c] what the channel would refuse is not declared anew, and takes no other program's controls with it", () => {
  const { downlink, said, world } = downlinkOf();
  downlink.take([{ kind: "declare", controls: { gain: 1 }, isAll: false }]);
  world.isThere = false;
  downlink.take([{ kind: "declare", controls: { mode: { kind: "choice" } }, isAll: true }]);
  downlink.take([
    { kind: "declare", controls: { offset: { value: 1, description: "a".repeat(2_000) } }, isAll: false },
  ]);
  world.isThere = true;
  said.length = 0;
  downlink.welcomed();
  assert.deepEqual(said, [{ type: "declare", controls: { gain: 1 } }]);
});

test("[DL3c] a value of another kind makes no other control of one that is declared anew", () => {
  const { downlink, said } = downlinkOf();
  downlink.take([{ kind: "declare", controls: { gain: 1, mode: { value: 1, max: 9 }, stop: {} }, isAll: false }]);
  downlink.take([{ kind: "report", values: { gain: "fast", mode: "fast", stop: true } }]);
  said.length = 0;
  downlink.welcomed();
  const controls = {
    gain: { kind: "number", value: null },
    mode: { kind: "number", value: null, max: 9 },
    stop: { kind: "button", value: null },
  };
  assert.deepEqual(said, [{ type: "declare", controls }]);
});

test("[DL3c] controls are declared anew with the values that the program has by then", async () => {
  const { downlink, said } = downlinkOf();
  const controls = { gain: { value: 1, max: 9 }, offset: 0, stop: {} };
  downlink.take([{ kind: "declare", controls, isAll: false }]);
  await downlink.heard(SET);
  downlink.take([
    { kind: "confirmed", id: "s1", value: 2 },
    { kind: "report", values: { offset: 5, other: 1 } },
  ]);
  said.length = 0;
  downlink.welcomed();
  const now = { gain: { value: 2, max: 9 }, offset: 5, stop: {} };
  assert.deepEqual(said, [{ type: "declare", controls: now }]);
  await downlink.heard({ ...SET, id: "s2", value: 7 });
  downlink.take([{ kind: "confirmed", id: "s2", value: undefined }]);
  said.length = 0;
  downlink.welcomed();
  assert.deepEqual(said, [{ type: "declare", controls: { ...now, gain: { value: 7, max: 9 } } }]);
  // One that answers a second time says what it has, too.
  downlink.take([{ kind: "confirmed", id: "s1", value: 3 }]);
  said.length = 0;
  downlink.welcomed();
  assert.deepEqual(said, [{ type: "declare", controls: { ...now, gain: { value: 3, max: 9 } } }]);
});
