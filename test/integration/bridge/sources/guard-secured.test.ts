import assert from "node:assert/strict";
import { join } from "node:path";
import { it } from "node:test";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { makeKeys } from "../../../../bridge/config/syntax/curve-key.ts";
import { connectPublisher, newPublisher, type PublisherOptions } from "../../../support/publisher.ts";
import { directoryFor, receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";
import { FLAG, frame, greeting, plainHello, rawPeer, rawPlainPublisher } from "../../../support/zmtp.ts";

//     publishers ─tcp, ipc→ guard → libzmq, a server of CURVE or PLAIN

const ANY_PORT = "tcp://127.0.0.1:*";
const TIMEOUT = { timeout: 60_000 };
const onLinux = { ...TIMEOUT, skip: process.platform !== "linux" };

const KEYS = makeKeys();
const PLAIN: SecurityConfig = { mechanism: "plain-server", users: new Map([["lab", "right-word"]]) };
const CURVE: SecurityConfig = { mechanism: "curve-server", ...KEYS, allow: undefined };
const LAB: PublisherOptions = { plainUsername: "lab", plainPassword: "right-word" };
const WRONG: PublisherOptions = { plainUsername: "lab", plainPassword: "wrong-word" };

function curveClient(): PublisherOptions {
  const { publicKey, secretKey } = makeKeys();
  return { curvePublicKey: publicKey, curveSecretKey: secretKey, curveServerKey: KEYS.publicKey };
}

/** libzmq then connects from there: all of 127/8 is this machine's, on Linux. */
function comingFrom(source: string, address: string): string {
  return address.replace("tcp://", `tcp://${source}:0;`);
}

for (const [name, security, options] of [
  ["PLAIN", PLAIN, () => LAB],
  ["CURVE", CURVE, curveClient],
] as const) {
  it(
    `[BR37b] ${name}: 200 publishers that come at once are all let in, though 64 handshakes go on at once`,
    TIMEOUT,
    async (t) => {
      const to = await receiving(t, { bind: [ANY_PORT], security });
      const all = await Promise.all(
        Array.from({ length: 200 }, async () => await connectPublisher(to.address, [""], options())),
      );
      for (const each of all) t.after(() => each.close());
      await Promise.all(all.map((each, i) => each.send(`${i}`)));
      await waitFor("a message of each", () => new Set(to.messages).size === 200);
      assert.deepEqual([to.receiver.counters.handshakes, to.receiver.counters.accepts], [200, 200]);
      assert.deepEqual([to.peers.now, to.lines], [200, []]);
    },
  );

  it(`[BR31b] ${name}: HTTP and ZMTP 1.0 do not reach libzmq`, TIMEOUT, async (t) => {
    const to = await receiving(t, { bind: [ANY_PORT], security });
    for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\u0001\u0000\u0003\u0000{}"]) {
      const peer = await rawPeer(to.address);
      await peer.send(Buffer.from(bytes));
      await peer.closed();
    }
    const publisher = await connectPublisher(to.address, [""], options());
    t.after(() => publisher.close());
    await publisher.send("1");
    await waitFor("the message of a publisher", () => to.messages.length > 0);
    const { notZmtp, protocolFailures, handshakes } = to.receiver.counters;
    assert.deepEqual([to.messages, notZmtp, protocolFailures, handshakes], [["1"], 2, 0, 1]);
  });

  it(`[BR31] ${name}: ipc, too`, { ...TIMEOUT, skip: process.platform === "win32" }, async (t) => {
    const to = await receiving(t, { bind: [`ipc://${join(await directoryFor(t), "a.sock")}`], security });
    const publisher = await connectPublisher(to.address, [""], options());
    t.after(() => publisher.close());
    await publisher.send("1");
    await waitFor("the message of a publisher", () => to.messages.length > 0);
  });
}

it("[BR20d] a refusal names the address that it came from, whoever comes at the same time", onLinux, async (t) => {
  const to = await receiving(t, { bind: [ANY_PORT], security: { ...CURVE, allow: [KEYS.publicKey] } });
  const sources = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"].map((source) => ({ source, keys: makeKeys() }));
  for (const { source, keys } of sources) {
    const { publicKey, secretKey } = keys;
    const socket = newPublisher({
      curvePublicKey: publicKey,
      curveSecretKey: secretKey,
      curveServerKey: KEYS.publicKey,
    });
    t.after(() => socket.close());
    socket.connect(comingFrom(source, to.address));
  }
  for (const { source, keys } of sources) {
    const line = await waitFor(`what is said of ${source}`, () =>
      to.lines.find((each) => each.includes(keys.publicKey)),
    );
    assert.ok(line.includes(`A publisher at ${source} was refused`), line);
  }
});

it(
  "[BR20d] a refusal names an IPv6 address, an IPv4 address that came by IPv6, and none for ipc",
  TIMEOUT,
  async (t) => {
    for (const [given, reach, who] of [
      ["tcp://[::1]:*", (address: string) => address, "A publisher at ::1 was refused"],
      [
        "tcp://[::]:*",
        (address: string) => address.replace("[::]", "127.0.0.1"),
        "A publisher at 127.0.0.1 was refused",
      ],
      [`ipc://${join(await directoryFor(t), "a.sock")}`, (address: string) => address, "A publisher was refused"],
    ] as const) {
      const to = await receiving(t, { bind: [given], security: PLAIN });
      const socket = newPublisher({ ...WRONG, ipv6: true });
      t.after(() => socket.close());
      socket.connect(reach(to.address));
      const line = await to.says(/its user or its password is wrong/);
      assert.ok(line.includes(who), line);
    }
  },
);

it("[BR20] a server that connects names the publisher that it has refused", TIMEOUT, async (t) => {
  const publisher = newPublisher(WRONG);
  t.after(() => publisher.close());
  await publisher.bind(ANY_PORT);
  const to = await receiving(t, { connect: [publisher.lastEndpoint ?? ""], security: PLAIN });
  const line = await to.says(/its user or its password is wrong/);
  assert.ok(line.includes("A publisher at 127.0.0.1 was refused"), line);
});

it("[BR37c] those who begin a handshake and say no more keep nobody out", onLinux, async (t) => {
  const to = await receiving(t, { bind: [ANY_PORT], security: PLAIN });
  const stalled = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const peer = await rawPeer(to.address);
      await peer.send(greeting({ mechanism: "PLAIN" }));
      return peer;
    }),
  );
  t.after(() => stalled.map(({ socket }) => socket.destroy()));
  const other = await connectPublisher(comingFrom("127.0.0.2", to.address), [""], LAB);
  t.after(() => other.close());
  await other.send("other");
  await waitFor("the other's message", () => to.messages.length === 1);
  assert.ok(to.receiver.counters.turnedAway > 0);
  await to.says(/from 127\.0\.0\.1 was ended before it was let in: 64 handshakes are the most at once/);
});

it(
  "[BR32a] [BR32c] PLAIN: who was let in is cut off for a message of more than 4,096 parts, and nobody else",
  TIMEOUT,
  async (t) => {
    const to = await receiving(t, { bind: [ANY_PORT], security: PLAIN });
    const other = await connectPublisher(to.address, [""], LAB);
    t.after(() => other.close());
    const parts = (count: number): Buffer => Buffer.concat(Array<Buffer>(count).fill(frame("", FLAG.more)));
    const wild = await rawPlainPublisher(to.address, "lab", "right-word");
    await wild.send(Buffer.concat([parts(4095), frame("")]));
    await waitFor("the message", () => to.messages.length === 1);
    await wild.send(parts(4097));
    await wild.closed();
    await to.says(/A publisher at 127\.0\.0\.1 was cut off from tcp:.*more than 4,096 parts/);
    await other.send("other");
    await waitFor("the other's message", () => to.messages.length === 2);
    assert.equal(to.receiver.counters.cutOff, 1);
  },
);

it("[BR35] who guesses and goes at once is counted all the same", TIMEOUT, async (t) => {
  const to = await receiving(t, { bind: [ANY_PORT], security: PLAIN });
  await waitFor("that it is slowed down", async () => {
    const peer = await rawPeer(to.address);
    await peer.send(Buffer.concat([greeting({ mechanism: "PLAIN" }), plainHello("lab", "wrong-word")]));
    peer.socket.destroySoon();
    await peer.closed();
    return to.lines.some((line) => line.includes("There are many wrong passwords from 127.0.0.1"));
  });
});
