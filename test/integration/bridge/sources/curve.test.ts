import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { Push } from "zeromq";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { makeKeys } from "../../../../bridge/config/syntax/curve-key.ts";
import { securityFault } from "../../../../bridge/sources/zeromq/security/socket-security.ts";
import { guardDomain } from "../../../../bridge/sources/zeromq/security/zap.ts";
import { newPublisher, type PublisherOptions, subscriptionsTo } from "../../../support/publisher.ts";
import { type Receiving, receiving } from "../../../support/receiving.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     publisher ─CURVE→ receiver, each of them the server once

const ANY_PORT = "tcp://127.0.0.1:*";
const TIMEOUT = { timeout: 30_000 };

const bridge = makeKeys();
const known = makeKeys();
const stranger = makeKeys();

const server = (allow?: readonly string[], keys = bridge): SecurityConfig => ({
  mechanism: "curve-server",
  ...keys,
  allow,
});
const client = (serverKey = known.publicKey): SecurityConfig => ({ mechanism: "curve-client", ...bridge, serverKey });

/** The options of a publisher that is a client, or the server. */
function asClient(keys = known, curveServerKey = bridge.publicKey): PublisherOptions {
  return { curvePublicKey: keys.publicKey, curveSecretKey: keys.secretKey, curveServerKey };
}
const asServer: PublisherOptions = { curveServer: true, curveSecretKey: known.secretKey };

/** A publisher that connects; what it is let send arrives. */
async function comes(t: TestContext, to: Receiving, options: PublisherOptions): Promise<() => Promise<unknown>> {
  const socket = newPublisher(options);
  t.after(() => socket.close());
  socket.connect(to.address);
  return async () => {
    await withDeadline("a subscription", subscriptionsTo(socket));
    const before = to.messages.length;
    await socket.send("hello");
    await waitFor("its message", () => to.messages.length > before);
  };
}

describe("publishers that connect to a CURVE server", () => {
  it("[BR20b] are let in with its public key, whoever they are, if there is no list", TIMEOUT, async (t) => {
    const to = await receiving(t, { bind: [ANY_PORT], security: server() });
    await (await comes(t, to, asClient(known)))();
    await (await comes(t, to, asClient(stranger)))();
    assert.deepEqual(to.lines, []);
  });

  it("[BR20b] [BR20d] that are on its list are let in, others are told of with their key", TIMEOUT, async (t) => {
    const to = await receiving(t, { bind: [ANY_PORT], security: server([known.publicKey]) });
    await comes(t, to, asClient(stranger));
    const line = await to.says(/A publisher at 127\.0\.0\.1 was refused/);
    assert.ok(line.includes(`its public key ${stranger.publicKey} is not on the allow list`), line);
    await waitFor("the count", () => to.receiver.counters.authFailures === 1);
    await (await comes(t, to, asClient(known)))();
    assert.deepEqual([to.messages, to.receiver.counters.handshakes], [["hello"], 1]);
    assert.deepEqual(to.peers, { now: 1, returns: 0, gone: 0 });
  });

  it("[BR20] with another server key are told what the right one is, once a minute", TIMEOUT, async (t) => {
    const to = await receiving(t, { bind: [ANY_PORT], security: server([known.publicKey]) });
    await comes(t, to, asClient(known, stranger.publicKey));
    assert.ok((await to.says(/has a wrong server key/)).includes(bridge.publicKey));
    await waitFor("it trying on", () => to.receiver.counters.protocolFailures > 3);
    assert.deepEqual([to.lines.length, to.messages.length], [1, 0]);
    assert.deepEqual(to.peers, { now: 0, returns: 0, gone: 0 });
  });

  it("[BR20] without CURVE are told so, and nothing of theirs is taken", TIMEOUT, async (t) => {
    const to = await receiving(t, { bind: [ANY_PORT], security: server() });
    await comes(t, to, {});
    await to.says(/does not use CURVE as this source does.*start the publisher again after that/);
    assert.deepEqual([to.receiver.counters.protocolFailures, to.receiver.counters.handshakes], [1, 0]);
  });

  it("[BR20] each source asks its own list, and one without security asks none", TIMEOUT, async (t) => {
    const first = await receiving(t, { bind: [ANY_PORT], security: server([known.publicKey]) });
    const second = await receiving(t, { bind: [ANY_PORT], security: server([stranger.publicKey]) });
    const open = await receiving(t, { bind: [ANY_PORT] });
    await (await comes(t, first, asClient(known)))();
    await (await comes(t, second, asClient(stranger)))();
    await (await comes(t, open, {}))();
    await comes(t, second, asClient(known));
    await second.says(/was refused/);
    await second.receiver.close();
    // The handler goes with the last socket that needs it, and comes again.
    await (await comes(t, first, asClient(known)))();
    await first.receiver.close();
    const third = await receiving(t, { bind: [ANY_PORT], security: server([known.publicKey]) });
    await comes(t, third, asClient(stranger));
    await third.says(/was refused/);
    await (await comes(t, third, asClient(known)))();
  });

  it("[BR20] may push, too", TIMEOUT, async (t) => {
    const to = await receiving(t, { type: "pull", bind: [ANY_PORT], security: server([known.publicKey]) });
    const push = new Push({ linger: 0, ...asClient(known) });
    t.after(() => push.close());
    push.connect(to.address);
    await push.send("hello");
    await waitFor("the message", () => to.messages.length === 1);
  });
});

describe("a CURVE client", () => {
  it("[BR20a] takes what the publisher with the right key sends", TIMEOUT, async (t) => {
    const socket = newPublisher(asServer);
    t.after(() => socket.close());
    await socket.bind(ANY_PORT);
    const { messages, lines } = await receiving(t, { connect: [socket.lastEndpoint ?? ""], security: client() });
    await withDeadline("a subscription", subscriptionsTo(socket));
    await socket.send("hello");
    await waitFor("the message", () => messages.length === 1);
    assert.deepEqual(lines, []);
  });

  it("[BR20] with a wrong server key is told so", TIMEOUT, async (t) => {
    const socket = newPublisher(asServer);
    t.after(() => socket.close());
    await socket.bind(ANY_PORT);
    const connect = [socket.lastEndpoint ?? ""];
    const to = await receiving(t, { connect, security: client(stranger.publicKey) });
    await to.says(/most likely server_key is not the publisher's public key/);
    await waitFor("it trying on", () => to.receiver.counters.otherFailures > 2);
    assert.deepEqual([to.lines.length, to.peers], [1, { now: 0, returns: 0, gone: 0 }]);
  });

  it("[BR20] says that the publisher has no CURVE, and is there when it has", TIMEOUT, async (t) => {
    const wrong = newPublisher();
    await wrong.bind(ANY_PORT);
    const address = wrong.lastEndpoint ?? "";
    const to = await receiving(t, { connect: [address], security: client() });
    await to.says(/does not use CURVE as this source does.*trying on/);
    wrong.close();
    const right = newPublisher(asServer);
    t.after(() => right.close());
    await waitFor("its port", async () => {
      await right.bind(address);
      return true;
    });
    await withDeadline("a subscription", subscriptionsTo(right));
    assert.ok(to.receiver.counters.beganAnew > 0, "ZeroMQ had given up");
  });

  it("[BR20] that the publisher does not allow is told its own key", TIMEOUT, async (t) => {
    t.after(await guardDomain("publisher", () => undefined));
    const socket = newPublisher({ ...asServer, zapDomain: "publisher" });
    t.after(() => socket.close());
    await socket.bind(ANY_PORT);
    const to = await receiving(t, { connect: [socket.lastEndpoint ?? ""], security: client() });
    const line = await to.says(/refuses this bridge's key/);
    assert.ok(line.includes(`Add ${bridge.publicKey} to the clients that it allows; trying on`), line);
    await waitFor("it trying on", () => to.receiver.counters.authFailures > 1, { deadlineMs: 15_000 });
  });
});

it("[BR20] a source without security says that the publisher has some", TIMEOUT, async (t) => {
  const to = await receiving(t, { bind: [ANY_PORT] });
  await comes(t, to, asClient());
  await to.says(/has security \(CURVE or PLAIN\), and this source has none/);
});

it("[BR20] what is wrong with keys is said before anything is opened, and no secret with it", () => {
  const faults: [SecurityConfig, RegExp | undefined][] = [
    [server([known.publicKey]), undefined],
    [client(), undefined],
    [server(["short"]), /^allow: a CURVE key is 40 characters of Z85 text \(this has 5\)/],
    [client("\u00e9".repeat(40)), /^server_key: a CURVE key/],
    [server([], { publicKey: bridge.secretKey, secretKey: bridge.publicKey }), /are interchanged/],
    [server([], { ...bridge, publicKey: known.publicKey }), /does not belong to secret_key/],
  ];
  for (const [security, expected] of faults) {
    const fault = securityFault(security);
    if (expected === undefined) assert.equal(fault, undefined);
    else assert.match(fault ?? "", expected);
    assert.ok(!fault?.includes(bridge.secretKey));
  }
  assert.match(securityFault(server(), false) ?? "", /has no CURVE.*npm install zeromq/);
});
