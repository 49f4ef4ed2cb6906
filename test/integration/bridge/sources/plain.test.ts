import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { securityFault } from "../../../../bridge/sources/zeromq/security/socket-security.ts";
import { answerTo, guardDomain } from "../../../../bridge/sources/zeromq/security/zap.ts";
import { connectPublisher, newPublisher, type PublisherOptions, subscriptionsTo } from "../../../support/publisher.ts";
import { receiving } from "../../../support/receiving.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     publisher ─PLAIN→ receiver, each of them the server once

const ANY_PORT = "tcp://127.0.0.1:*";
const TIMEOUT = { timeout: 30_000 };

const server = (users: Record<string, string>): SecurityConfig => ({
  mechanism: "plain-server",
  users: new Map(Object.entries(users)),
});
const client: SecurityConfig = { mechanism: "plain-client", user: "bridge", password: "secret-word" };

function trying(t: TestContext, address: string, options: PublisherOptions): void {
  const socket = newPublisher(options);
  t.after(() => socket.close());
  socket.connect(address);
}

it(
  "[BR20a] [BR20e] PLAIN: the right password is let in; a wrong one and an unknown user are told of, without either",
  TIMEOUT,
  async (t) => {
    const to = await receiving(t, { bind: [ANY_PORT], security: server({ lab: "right-word", other: "x" }) });
    trying(t, to.address, { plainUsername: "lab", plainPassword: "wrong-word" });
    await to.says(/at 127\.0\.0\.1 was refused: its user or its password is wrong\. Give it/);
    // Interchanged, so the password stands where the user belongs.
    trying(t, to.address, { plainUsername: "right-word", plainPassword: "lab" });
    trying(t, to.address, { plainUsername: "nobody\n", plainPassword: "right-word" });
    await waitFor("each count", () => to.receiver.counters.authFailures === 3);
    const right = await connectPublisher(to.address, [""], { plainUsername: "lab", plainPassword: "right-word" });
    t.after(() => right.close());
    await right.send("hello");
    await waitFor("its message", () => to.messages.length === 1);
    assert.ok(!/right-word|wrong-word|lab|nobody/.test(to.lines.join("")), to.lines.join(""));
    assert.deepEqual(to.peers, { now: 1, returns: 0, gone: 0 });
  },
);

it("[BR20b] PLAIN: who names no user is not let in", TIMEOUT, async (t) => {
  const to = await receiving(t, { bind: [ANY_PORT], security: server({ lab: "x" }) });
  trying(t, to.address, {});
  await to.says(/does not use PLAIN as this source does/);
  assert.equal(to.receiver.counters.handshakes, 0);
});

it(
  "[BR20a] PLAIN: a publisher that binds gets the user and the password, and its refusal is told",
  TIMEOUT,
  async (t) => {
    let password = "another-word";
    const release = await guardDomain("publisher", ({ credentials }) =>
      credentials.map(String).join() === `bridge,${password}` ? "bridge" : undefined,
    );
    t.after(release);
    const publisher = newPublisher({ plainServer: true, zapDomain: "publisher" });
    t.after(() => publisher.close());
    await publisher.bind(ANY_PORT);
    const to = await receiving(t, { connect: [publisher.lastEndpoint ?? ""], security: client });
    await to.says(/refuses the user or the password of this source; trying on/);
    password = "secret-word";
    await withDeadline("a subscription", subscriptionsTo(publisher));
    await publisher.send("hello");
    await waitFor("the message", () => to.messages.length === 1);
    assert.ok(!/secret-word/.test(to.lines.join("")));
  },
);

it("[BR20c] PLAIN: a server that nobody guards lets nobody in", TIMEOUT, async (t) => {
  const publisher = newPublisher({ plainServer: true, zapDomain: "unguarded", zapEnforceDomain: true });
  t.after(() => publisher.close());
  await publisher.bind(ANY_PORT);
  const to = await receiving(t, { connect: [publisher.lastEndpoint ?? ""], security: client });
  await to.says(/breaks the handshake off/);
  assert.equal(to.receiver.counters.handshakes, 0);
  await assert.rejects(withDeadline("a subscription", subscriptionsTo(publisher), 300));
});

it("[BR20] a request of ZAP is answered for its own domain alone, and nonsense with 500", () => {
  const frames = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
  const admit = () => "lab";
  const guardOf = (domain: string) => (domain === "ours" ? admit : undefined);
  // https://rfc.zeromq.org/spec/27/: version, request id, domain, address, identity, mechanism, credentials.
  const ask = (...request: string[]) => answerTo(frames("id", "", ...request), guardOf)?.map(String);
  const rest = ["10.0.0.1", "", "PLAIN", "lab", "pw"];
  assert.deepEqual(ask("1.0", "7", "ours", ...rest), ["id", "", "1.0", "7", "200", "OK", "lab", ""]);
  assert.equal(ask("1.0", "7", "theirs", ...rest)?.[4], "400");
  assert.equal(ask("1.0", "7", "", ...rest)?.[4], "400");
  assert.equal(ask("2.0", "7", "ours", ...rest)?.[4], "500");
  assert.equal(ask("1.0", "7")?.[4], "500");
  assert.equal(answerTo(frames("id"), guardOf), undefined);
});

it("[BR20] users and passwords that PLAIN cannot carry are refused", () => {
  assert.equal(securityFault(client), undefined);
  assert.match(securityFault(server({})) ?? "", /nobody could connect/);
  assert.match(securityFault(server({ lab: "" })) ?? "", /1 to 255 bytes/);
  const long = "x".repeat(256);
  const fault = securityFault({ mechanism: "plain-client", user: "lab", password: long }) ?? "";
  assert.match(fault, /1 to 255 bytes each\.$/);
});
