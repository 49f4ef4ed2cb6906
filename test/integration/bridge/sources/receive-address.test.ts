import assert from "node:assert/strict";
import { stat, writeFile } from "node:fs/promises";
import { createServer, type ListenOptions } from "node:net";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Subscriber } from "zeromq";
import { addressFault, hostOf } from "../../../../bridge/config/syntax/endpoint.ts";
import { AddressError } from "../../../../bridge/sources/errors.ts";
import { needsIpv6 } from "../../../../bridge/sources/zeromq/attach.ts";
import { Endpoints } from "../../../../bridge/sources/zeromq/connections/endpoints.ts";
import { listenAt } from "../../../../bridge/sources/zeromq/guard/listen.ts";
import { Receiver } from "../../../../bridge/sources/zeromq/receiver.ts";
import { LosslessPublisher } from "../../../../bridge/tools/replay/lossless-publisher.ts";
import { defaultSocket } from "../../../support/default-socket.ts";
import { hasIpv6Loopback } from "../../../support/ipv6.ts";
import { bindPublisher, connectPublisher } from "../../../support/publisher.ts";
import { directoryFor, receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";

const TIMEOUT = { timeout: 30_000 };
const onLinux = { ...TIMEOUT, skip: process.platform !== "linux" };

function refusal(bind: string): Promise<unknown> {
  const open = Receiver.open({ socket: defaultSocket({ bind: [bind] }), onMessage: () => undefined, bindWithinMs: 0 });
  return open.then(
    () => assert.fail(`${bind} was bound`),
    (error: unknown) => (error instanceof AddressError ? error.message : error),
  );
}

async function passes(t: TestContext, address: string, options = {}): Promise<void> {
  const bound = await receiving(t, { bind: [address] });
  const publisher = await connectPublisher(bound.address, [""], options);
  t.after(() => publisher.close());
  await publisher.send("1");
  await waitFor("a message", () => bound.messages.length === 1);
}

async function passesBack(t: TestContext, at: string, options = {}): Promise<void> {
  const publisher = await bindPublisher(at, options);
  t.after(() => publisher.close());
  const { messages } = await receiving(t, { connect: [publisher.address] });
  await publisher.subscribed();
  await publisher.send("1");
  await waitFor("a message", () => messages.length === 1);
}

it("[BR19a] ipc, bound and connected", onLinux, async (t) => {
  const directory = await directoryFor(t);
  await passes(t, `ipc://${join(directory, "a.sock")}`);
  await passesBack(t, `ipc://${join(directory, "b.sock")}`);
});

it("[BR19a] abstract ipc, bound and connected", onLinux, async (t) => {
  await passes(t, `ipc://@plotcast-test-${process.pid}`);
  await passesBack(t, `ipc://@plotcast-test-back-${process.pid}`);
});

it("[BR19a] IPv6, bound and connected", TIMEOUT, async (t) => {
  await passes(t, "tcp://[::1]:*", { ipv6: true });
  await passesBack(t, "tcp://[::1]:*", { ipv6: true });
});

it("[BR19] IPv6 is on where an address cannot be reached otherwise", async () => {
  assert.equal(await needsIpv6(["tcp://*:5000", "tcp://127.0.0.1:1", "ipc:///tmp/a:b"]), false);
  assert.equal(await needsIpv6(["tcp://nobody.invalid:5000"]), false);
  assert.equal(await needsIpv6(["tcp://127.0.0.1:1", "tcp://[fe80::1%eth0]:5000"]), true);
  assert.equal(hostOf("tcp://10.0.0.1:0;cam.lan:5000"), "cam.lan");
});

it("[BR1e] * is every address, IPv4 and IPv6, and is called *", TIMEOUT, async (t) => {
  const { address, messages } = await receiving(t, { bind: ["tcp://*:*"] });
  const port = /^tcp:\/\/\*:(\d+)$/.exec(address)?.[1];
  assert.ok(port !== undefined, address);
  const hosts = (await hasIpv6Loopback()) ? ["127.0.0.1", "[::1]"] : ["127.0.0.1"];
  for (const [i, host] of hosts.entries()) {
    const publisher = await connectPublisher(`tcp://${host}:${port}`, [""], { ipv6: true });
    t.after(() => publisher.close());
    await publisher.send(host);
    await waitFor(`a message by ${host}`, () => messages.length === i + 1);
  }
  assert.deepEqual(messages, hosts);
  assert.match(
    String(await refusal(address)),
    /another program is using it \(EADDRINUSE\)\. If that is your publisher/,
  );
});

it("[BR1e] * of a replay is IPv4 and IPv6, too", TIMEOUT, async (t) => {
  const outlet = await LosslessPublisher.open({ bind: ["tcp://*:*"], connect: [] });
  t.after(() => outlet.close());
  const port = outlet.addresses[0]?.split(":").at(-1);
  for (const host of (await hasIpv6Loopback()) ? ["[::1]", "127.0.0.1"] : ["127.0.0.1"]) {
    const subscriber = new Subscriber({ ipv6: true, linger: 0 });
    t.after(() => subscriber.close());
    subscriber.connect(`tcp://${host}:${port}`);
    subscriber.subscribe();
    assert.ok(await outlet.subscribed(new AbortController().signal, undefined));
    const received = subscriber.receive();
    await waitFor(`a message by ${host}`, async () => {
      await outlet.send([Buffer.from(host)], new AbortController().signal);
      return await Promise.race([received, setTimeout(10)]);
    });
  }
});

it("[BR1e] * is IPv4 alone where there is no IPv6", async (t) => {
  const server = createServer();
  const listen = server.listen.bind(server);
  t.mock.method(server, "listen", (options: ListenOptions, listening: () => void) => {
    if (options.host !== "::") return listen(options, listening);
    process.nextTick(() => server.emit("error", Object.assign(new Error("no IPv6"), { code: "EAFNOSUPPORT" })));
    return server;
  });
  t.after(() => server.close());
  const endpoint = await listenAt(server, "tcp://*:0", false);
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  assert.deepEqual([endpoint, address.address], [`tcp://*:${address.port}`, "0.0.0.0"]);
});

it("[BR19b] what a program left at an ipc path is replaced, what another one uses is not", onLinux, async (t) => {
  const directory = await directoryFor(t);
  const path = join(directory, "left.sock");
  // Node removes the file when it closes a server, libzmq leaves it.
  const first = await bindPublisher(`ipc://${path}`);
  first.close();
  assert.ok((await stat(path)).isSocket());
  await passes(t, `ipc://${path}`);

  const used = join(directory, "used.sock");
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => server.listen(used, done));
  t.after(() => server.close());
  assert.match(String(await refusal(`ipc://${used}`)), /another program is using it/);
  assert.ok((await stat(used)).isSocket());
});

it("[BR19b] no file is deleted for an ipc socket", onLinux, async (t) => {
  const file = join(await directoryFor(t), "measurements.csv");
  await writeFile(file, "t,y\n");
  assert.match(String(await refusal(`ipc://${file}`)), /something else than a socket is there/);
  assert.ok((await stat(file)).isFile());
});

it("[BR10] [BR19] ipc paths that cannot be used are refused in a sentence", onLinux, async (t) => {
  const directory = await directoryFor(t);
  assert.match(String(await refusal(`ipc://${directory}/no/x.sock`)), /the directory \S+\/no does not exist/);
  assert.match(String(await refusal(`ipc:///${"a".repeat(107)}`)), /its path has 108 bytes, and 107 are the most/);
  assert.match(String(await refusal("ipc://@")), /an abstract address has a name/);
  assert.match(String(await refusal("tcp://::1:5000")), /stands in brackets, as in tcp:\/\/\[::1\]:5000/);
  assert.match(String(await refusal("tcp://nobody.invalid:5000")), /no such address or network interface/);
  assert.match(addressFault("connect", "ipc://*") ?? "", /the path must be given/);
  assert.equal(addressFault("bind", `ipc:///${"a".repeat(106)}`), undefined);
});

it("[BR19] events that name a number are of the host name that it belongs to", () => {
  const endpoints = new Endpoints(["tcp://cam1:5000", "tcp://cam2:5000", "tcp://10.0.0.9:5000"]);
  const isAway = (address: string): boolean => address === "tcp://cam2:5000";
  assert.equal(endpoints.of("tcp://10.0.0.2:5000"), undefined);
  assert.equal(endpoints.learn("tcp://10.0.0.2:5000", isAway), "tcp://cam2:5000");
  assert.equal(endpoints.of("tcp://10.0.0.2:5000"), "tcp://cam2:5000");
  assert.equal(endpoints.learn("tcp://10.0.0.9:5000", isAway), "tcp://10.0.0.9:5000");
  assert.equal(endpoints.learn("tcp://10.0.0.3:6000", isAway), undefined);
});
