import assert from "node:assert/strict";
import { it } from "node:test";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { PasswordBrake } from "../../../../bridge/sources/zeromq/security/brake.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";
import { greeting, plainHello, type RawPeer, rawPeer } from "../../../support/zmtp.ts";

//     guesses ─PLAIN→ receiver

const TIMEOUT = { timeout: 60_000 };
const SERVER: SecurityConfig = { mechanism: "plain-server", users: new Map([["lab", "right-word"]]) };

/** One guess by hand, of which the answer is a WELCOME, an ERROR, or the end. */
async function guess(address: string, password: string): Promise<RawPeer> {
  const peer = await rawPeer(address);
  await peer.send(greeting({ mechanism: "PLAIN" }));
  await peer.send(plainHello("lab", password));
  return peer;
}

it("[BR35a] after five wrong passwords of an address each waits longer than the one before", () => {
  let nowMs = 0;
  const brake = new PasswordBrake({}, () => nowMs);
  const waits = Array.from({ length: 15 }, () => {
    const waitMs = brake.waitMs("10.0.0.5");
    nowMs += waitMs;
    brake.failed("10.0.0.5");
    return waitMs;
  });
  assert.deepEqual(waits.slice(0, 12), [0, 0, 0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 8000]);
  assert.deepEqual(waits.slice(12), [10_000, 10_000, 10_000]);
  let others = 0;
  assert.ok(brake.turn("10.0.0.6", () => others++) && others === 1, "another address does not wait");
});

it("[BR35b] [BR35d] who would wait more than 20 s is told to come back, and all is forgotten after ten minutes", () => {
  let nowMs = 0;
  const brake = new PasswordBrake({}, () => nowMs);
  for (let i = 0; i < 20; i++) brake.failed("10.0.0.5");
  const turns = Array.from({ length: 5 }, () => brake.turn("10.0.0.5", () => assert.fail("looked at")));
  assert.deepEqual(turns, [true, true, false, false, false], "10 s and 20 s");
  nowMs = 600_000;
  brake.failed("10.0.0.5");
  assert.equal(brake.waitMs("10.0.0.5"), 10_000);
  nowMs += 600_001;
  brake.failed("10.0.0.5");
  assert.equal(brake.waitMs("10.0.0.5"), 0);
});

it("[BR35e] 1,024 addresses are remembered, and one more forgets the oldest", () => {
  const brake = new PasswordBrake({}, () => 0);
  const erring = (name: string): void => {
    for (let i = 0; i < 20; i++) brake.failed(name);
  };
  const isSlow = (name: string): boolean => brake.waitMs(name) > 0;
  for (let i = 0; i < 1024; i++) erring(`a${i}`);
  assert.ok(isSlow("a0") && isSlow("a1023"));
  erring("one more");
  assert.ok(!isSlow("a0") && isSlow("a1") && isSlow("one more"));
});

it("[BR35c] who guesses waits, others do not, and a right password comes through", TIMEOUT, async (t) => {
  const to = await receiving(t, { bind: ["tcp://127.0.0.1:*"], security: SERVER });
  // Of the first six all are looked at, of the others one after the other.
  for (let i = 0; i < 6; i++) {
    const peer = await guess(to.address, "wrong-word");
    // libzmq 4.3.5 writes the name of the command as "\\x5ERROR", which C reads as "^RROR".
    await waitFor("the refusal", () => peer.received().includes("RROR"));
    peer.socket.destroy();
  }
  await to.says(/There are many wrong passwords from 127\.0\.0\.1/);
  assert.equal(to.receiver.counters.authFailures, 6);
  for (let i = 0; i < 2; i++) {
    const peer = await guess(to.address, "wrong-word");
    t.after(() => peer.socket.destroy());
  }
  const gone = await guess(to.address, "wrong-word");
  gone.socket.resetAndDestroy();
  if (process.platform === "linux") {
    const elsewhere = to.address.replace("tcp://", "tcp://127.0.0.2:0;");
    const other = await connectPublisher(elsewhere, [""], { plainUsername: "lab", plainPassword: "right-word" });
    t.after(() => other.close());
    assert.ok(to.receiver.counters.authFailures < 10, "another address need not wait for the guesses");
  }
  const right = await connectPublisher(to.address, [""], { plainUsername: "lab", plainPassword: "right-word" });
  t.after(() => right.close());
  await right.send("hello");
  await waitFor("its message", () => to.messages.length === 1);
  assert.ok(to.receiver.counters.authFailures >= 8, "its turn came after the guesses before it");
});
