import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { SecurityConfig, SocketConfig } from "../../../../bridge/config/config.ts";
import { makeKeys } from "../../../../bridge/config/syntax/curve-key.ts";
import { bindPublisher, connectPublisher, type PublisherOptions } from "../../../support/publisher.ts";
import { directoryFor, type Receiving, receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";
import { command, frame, greeting, greeting2, plainHello, rawPeer, ready } from "../../../support/zmtp.ts";

//     a publisher, and others that are none ─→ receiver

const TIMEOUT = { timeout: 60_000 };
const ANY_PORT = "tcp://127.0.0.1:*";
const KEYS = makeKeys();
const CLIENT = makeKeys();

const CLIENT_HELLO = Buffer.from("1603010200010001fc0303", "hex");
const HTTP = Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
type Bad = [what: string, bytes: Buffer, end: "fin" | "rst" | "wait"];
const BAD: readonly Bad[] = [
  ["a TLS hello", CLIENT_HELLO, "wait"],
  ["an HTTP request", HTTP, "wait"],
  ["nothing, and a reset", Buffer.alloc(0), "rst"],
  ["nothing", Buffer.alloc(0), "fin"],
  ["half a signature", greeting().subarray(0, 5), "fin"],
  ["a signature alone", greeting().subarray(0, 10), "fin"],
  ["a signature alone, and a reset", greeting().subarray(0, 10), "rst"],
  ["half a greeting", greeting().subarray(0, 30), "fin"],
  ["half a greeting, and a reset", greeting().subarray(0, 30), "rst"],
  ["a greeting alone", greeting(), "fin"],
  ["a greeting alone, and a reset", greeting(), "rst"],
  ["another mechanism", greeting({ mechanism: "GSSAPI" }), "wait"],
  ["another mechanism and a READY", Buffer.concat([greeting({ mechanism: "GSSAPI" }), ready()]), "wait"],
  ["a socket of another type", Buffer.concat([greeting(), ready("REQ")]), "wait"],
  ["a message before READY", Buffer.concat([greeting(), frame("a")]), "wait"],
  ["an ERROR", Buffer.concat([greeting(), command("ERROR", "\u0003no!")]), "wait"],
  ["a READY that is cut", Buffer.concat([greeting(), ready().subarray(0, 12)]), "fin"],
  ["ZMTP 2.0 of another type", greeting2(4), "fin"],
  ["a password for nobody", Buffer.concat([greeting({ mechanism: "PLAIN" }), plainHello("a", "b")]), "wait"],
  ["a wrong CURVE hello", Buffer.concat([greeting({ mechanism: "CURVE" }), command("HELLO", "x".repeat(194))]), "wait"],
];

async function badConnection(address: string, [, bytes, end]: Bad): Promise<void> {
  const peer = await rawPeer(address);
  await peer.send(bytes);
  await sleep(5);
  const { socket }: { socket: Socket } = peer;
  if (end === "rst") socket.resetAndDestroy();
  else if (end === "fin") socket.end();
  else await Promise.race([peer.closed(), sleep(200)]).catch(() => undefined);
  socket.destroy();
}

/** All the counts that were told from now on. */
function counting({ peers }: Receiving): { seen: () => number[]; stop: () => void } {
  const seen = [peers.now];
  const timer = setInterval(() => {
    if (seen.at(-1) !== peers.now) seen.push(peers.now);
  }, 1);
  return { seen: () => seen, stop: () => clearInterval(timer) };
}

async function unmoved(t: TestContext, given: Partial<SocketConfig>, options: PublisherOptions): Promise<void> {
  const to = await receiving(t, given);
  const publisher = await connectPublisher(to.address, [""], options);
  await waitFor("the publisher", () => to.peers.now === 1);
  const counts = counting(to);
  for (let round = 0; round < 3; round++) {
    for (const bad of BAD) {
      // A reset is none of ipc's.
      if (to.address.startsWith("ipc") && bad[2] === "rst") continue;
      await badConnection(to.address, bad);
      await publisher.send("lab", "1");
    }
  }
  await sleep(300);
  counts.stop();
  assert.deepEqual(counts.seen(), [1]);
  await publisher.send("lab", "last");
  await waitFor("the last message", () => to.messages.at(-1) === "lab|last");
  assert.deepEqual(to.peers, { now: 1, returns: 0, gone: 0 });
  publisher.close();
  await waitFor("that it is gone", () => to.peers.now === 0);
  assert.deepEqual(to.peers, { now: 0, returns: 0, gone: 1 });
  assert.equal(to.receiver.counters.disconnects, 1);
}

const PLAIN: SecurityConfig = { mechanism: "plain-server", users: new Map([["lab", "word"]]) };
const CURVE: SecurityConfig = { mechanism: "curve-server", ...KEYS, allow: undefined };
const curveOptions = {
  curveServerKey: KEYS.publicKey,
  curvePublicKey: CLIENT.publicKey,
  curveSecretKey: CLIENT.secretKey,
};

for (const [what, given, options] of [
  ["no security", {}, {}],
  ["PLAIN", { security: PLAIN }, { plainUsername: "lab", plainPassword: "word" }],
  ["CURVE", { security: CURVE }, curveOptions],
] as const) {
  it(`[BR18k] with ${what}: scanners, TLS, HTTP and wrong handshakes change nothing about who is here`, TIMEOUT, (t) =>
    unmoved(t, { bind: [ANY_PORT], ...given }, options),
  );
}

it("[BR18k] the same over ipc", TIMEOUT, async (t) => {
  const path = join(await directoryFor(t), "s");
  await unmoved(t, { bind: [`ipc://${path}`] }, {});
});

it("[BR18k] the same of publishers that are connected to, one of them with a wrong password", TIMEOUT, async (t) => {
  const publisher = await bindPublisher();
  const wrong = await bindPublisher(ANY_PORT, { plainServer: true });
  t.after(() => wrong.close());
  const to = await receiving(t, { bind: [ANY_PORT], connect: [publisher.address, wrong.address] });
  await publisher.subscribed();
  await waitFor("the publisher", () => to.peers.now === 1);
  const counts = counting(to);
  for (const bad of BAD) await badConnection(to.address, bad);
  await sleep(1500);
  counts.stop();
  assert.deepEqual(counts.seen(), [1]);
  publisher.close();
  await waitFor("that it is gone", () => to.peers.now === 0);
  assert.deepEqual(to.peers, { now: 0, returns: 0, gone: 1 });
});

for (const type of ["sub", "xsub", "pull"] as const) {
  it(`[BR18k] ${type}: a peer of ZMTP 2.0 is a publisher`, TIMEOUT, async (t) => {
    const to = await receiving(t, { type, bind: [ANY_PORT] });
    const peer = await rawPeer(to.address);
    await peer.send(greeting2(type === "pull" ? 8 : 1));
    await waitFor("it", () => to.peers.now === 1);
    await peer.send(frame("1"));
    await waitFor("its message", () => to.messages.length === 1);
    peer.socket.destroy();
    await waitFor("that it is gone", () => to.peers.gone === 1 && to.peers.now === 0);
  });
}
