import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { it } from "node:test";
import { Receiver } from "../../../../bridge/sources/zeromq/receiver.ts";
import { newPage, openBrowser } from "../../../support/browser.ts";
import { defaultSocket } from "../../../support/default-socket.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { directoryFor, receiving } from "../../../support/receiving.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import {
  command,
  FLAG,
  frame,
  greeting,
  greeting2,
  longHeader,
  ping,
  rawPeer,
  rawPublisher,
} from "../../../support/zmtp.ts";

//     whoever connects ─tcp, ipc→ guard → libzmq

const ANY_PORT = "tcp://127.0.0.1:*";
const TIMEOUT = { timeout: 60_000 };
const POINT = '{"x":1,"y":666}';
/** An identity and a message of ZMTP 1.0. */
const ZMTP_1 = Buffer.concat([Buffer.from([1, 0, POINT.length + 1, 0]), Buffer.from(POINT)]);

/** What a page can put into the body of a POST: wherever libzmq then takes a frame of ZMTP 1.0 to end, points come after it. */
const BOMB = Buffer.concat([
  Buffer.alloc(600, 1),
  ...Array<Buffer>(20).fill(Buffer.concat([Buffer.from([POINT.length + 1, 0]), Buffer.from(POINT)])),
]);

/** All the ways in which a page can send bytes to an address that is not its own. */
const PAGE = `async (at, bytes) => {
  const url = "http://" + at;
  const post = (body, headers = {}) => fetch(url, { method: "POST", mode: "no-cors", body, headers }).catch(() => {});
  const blob = new Blob([Uint8Array.from(bytes)]);
  await Promise.all([
    post("\\u0001\\u0000\\u0003\\u0000{}"),
    post(blob, { "content-type": "text/plain" }),
    post(await blob.arrayBuffer()),
    fetch(url, { mode: "no-cors" }).catch(() => {}),
  ]);
  navigator.sendBeacon(url, blob);
  await new Promise((resolve) => {
    new WebSocket("ws://" + at).onclose = resolve;
  });
  const frame = document.body.appendChild(document.createElement("iframe"));
  frame.name = "target";
  const form = document.body.appendChild(document.createElement("form"));
  Object.assign(form, { action: url, method: "post", enctype: "text/plain", target: "target" });
  const input = form.appendChild(document.createElement("input"));
  Object.assign(input, { name: '{"x":1,"y":', value: "666}" });
  form.submit();
  new Image().src = url;
  // TURN over TCP: bytes that are no HTTP.
  const peer = new RTCPeerConnection({
    iceServers: [{ urls: "turn:" + at.replace("/", "") + "?transport=tcp", username: "u", credential: "c" }],
  });
  peer.createDataChannel("x");
  await peer.setLocalDescription();
}`;

const http = (start: string, body: string | Buffer = ""): Buffer =>
  Buffer.concat([
    Buffer.from(
      `${start} HTTP/1.1\r\nHost: 127.0.0.1:5000\r\nOrigin: https://evil.example\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    Buffer.from(body),
  ]);

/** What a browser, a scanner or an old library sends first. */
const FOREIGN: readonly (readonly [string, Buffer, RegExp])[] = [
  ["a GET", http("GET /"), /An HTTP request \(GET\) came to/],
  ["a POST with a point", http("POST /", POINT), /An HTTP request \(POST\)/],
  ["a POST with bytes of ZMTP", http("POST /", Buffer.concat([greeting(), frame(POINT)])), /An HTTP request/],
  ["a POST that libzmq itself takes for 20 points", http("POST /", BOMB), /An HTTP request \(POST\)/],
  ["a method whose letters are a length of ZMTP 1.0", http("OPTIONS *"), /An HTTP request/],
  [
    "a WebSocket handshake",
    Buffer.from("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\n\r\n"),
    /An HTTP request \(GET\)/,
  ],
  ["HTTP/2", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), /An HTTP request/],
  ["TLS", Buffer.from("16030100c8010000c40303", "hex"), /does not speak ZeroMQ as version 3/],
  [
    "TURN, as WebRTC asks for it",
    Buffer.from("000300082112a442000000000000000000000000", "hex"),
    /does not speak ZeroMQ/,
  ],
  ["ZMTP 1.0", ZMTP_1, /A publisher with ZeroMQ 2 must be given a newer one/],
  ["ZMTP 1.0 with a long length", Buffer.concat([Buffer.from("ff000000000000000100", "hex"), ZMTP_1]), /ZeroMQ 2/],
];

for (const [what, bytes, line] of FOREIGN) {
  it(`[BR31b] ${what} puts no point in, is closed, counted and said with what to do`, TIMEOUT, async (t) => {
    const { address, receiver, messages, says, lines } = await receiving(t, { bind: [ANY_PORT] });
    for (let i = 0; i < 2; i++) {
      const peer = await rawPeer(address);
      await peer.send(bytes);
      await peer.closed();
    }
    await says(line);
    const publisher = await connectPublisher(address);
    t.after(() => publisher.close());
    await publisher.send("a publisher");
    await waitFor("the message of a publisher", () => messages.length > 0);
    assert.deepEqual(messages, ["a publisher"]);
    assert.equal(receiver.counters.notZmtp, 2);
    assert.equal(lines.filter((each) => line.test(each)).length, 1, lines.join(""));
  });
}

it("[BR31a] ipc, too, takes no ZMTP 1.0", { ...TIMEOUT, skip: process.platform === "win32" }, async (t) => {
  const addresses = [`ipc://${join(await directoryFor(t), "a.sock")}`, "ipc://*"];
  if (process.platform === "linux") addresses.push(`ipc://@plotcast-guard-${process.pid}`);
  for (const given of addresses) {
    const { address, receiver, messages } = await receiving(t, { bind: [given] });
    const peer = await rawPeer(address);
    await peer.send(ZMTP_1);
    await peer.closed();
    const publisher = await connectPublisher(address);
    t.after(() => publisher.close());
    await publisher.send("1");
    await waitFor("the message of a publisher", () => messages.length > 0);
    assert.deepEqual([messages, receiver.counters.notZmtp], [["1"], 1]);
  }
});

it("[BR31b] a page in a browser puts no point in, whatever it can send", TIMEOUT, async (t) => {
  const { address, receiver, messages } = await receiving(t, { bind: [ANY_PORT] });
  const port = Number(address.split(":").at(-1));
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<p>A page")).listen(0);
  await once(server, "listening");
  t.after(() => server.close());
  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page } = await newPage(browser, { width: 400, height: 300, colorScheme: "light" });
  const at = server.address();
  await page.goto(`http://127.0.0.1:${typeof at === "object" ? at?.port : 0}/`);
  const bytes = JSON.stringify([...BOMB]);
  await withDeadline("what the page does", page.evaluate(`(${PAGE})("127.0.0.1:${port}/", ${bytes})`));
  // Fetches, beacon, WebSocket, form and image.
  await waitFor("each connection refused", () => receiver.counters.notZmtp >= 8);
  const publisher = await connectPublisher(address);
  t.after(() => publisher.close());
  await publisher.send("a publisher");
  await waitFor("the message of a publisher", () => messages.length > 0);
  assert.deepEqual([messages, receiver.counters.handshakes], [["a publisher"], 1]);
});

it("[BR31a] publishers with ZMTP 2.0 (ZeroMQ 3), 3.0 and 3.1 are taken", TIMEOUT, async (t) => {
  const { address, messages } = await receiving(t, { bind: [ANY_PORT] });
  const old = await rawPeer(address);
  await old.send(greeting2());
  await waitFor("its greeting answered", () => old.received().length >= 12);
  await old.send(Buffer.concat([frame("lab", FLAG.more), frame("2.0")]));
  const quiet = await rawPublisher(address);
  await quiet.send(frame("3.0"));
  const publisher = await connectPublisher(address);
  t.after(() => publisher.close());
  await publisher.send("lab", "3.1");
  await waitFor("three messages", () => messages.length === 3);
  assert.deepEqual(messages.sort(), ["3.0", "lab|2.0", "lab|3.1"]);
  for (const peer of [old, quiet]) peer.socket.destroy();
});

it(
  "[BR32a] [BR32c] a message of 4,096 parts is taken, one of more ends its publisher and no other",
  TIMEOUT,
  async (t) => {
    const { address, receiver, messages, says, peers } = await receiving(t, { bind: [ANY_PORT] });
    const other = await connectPublisher(address);
    t.after(() => other.close());
    const parts = (count: number): Buffer => Buffer.concat(Array<Buffer>(count).fill(frame("", FLAG.more)));
    const publisher = await rawPublisher(address);
    await publisher.send(Buffer.concat([parts(4095), frame("")]));
    await waitFor("the message", () => messages.length === 1);
    assert.equal(messages[0]?.length, 4095, "4,096 empty frames");
    await publisher.send(parts(4097));
    await publisher.closed();
    await says(/A publisher at 127\.0\.0\.1 was cut off from tcp:.*more than 4,096 parts\. Send more messages instead/);
    await waitFor("one publisher left", () => peers.now === 1);
    await other.send("other");
    await waitFor("the other's message", () => messages.length === 2);
    assert.deepEqual([receiver.counters.cutOff, receiver.counters.accepts], [1, 2]);
  },
);

it(
  "[BR32a] the parts of a message have max_message bytes together, and one byte more is cut off",
  TIMEOUT,
  async (t) => {
    const { address, receiver, messages, says } = await receiving(t, { bind: [ANY_PORT], maxMessageBytes: 1000 });
    const publisher = await rawPublisher(address);
    await publisher.send(Buffer.concat([frame(Buffer.alloc(200, "a"), FLAG.more), frame(Buffer.alloc(800, "b"))]));
    await waitFor("the message", () => messages.length === 1);
    await publisher.send(Buffer.concat([frame(Buffer.alloc(200, "a"), FLAG.more), frame(Buffer.alloc(801, "b"))]));
    await publisher.closed();
    await says(/was cut off from tcp:.*more than 1,000 bytes, the most that is taken.*\(max_message\)/);
    assert.equal(receiver.counters.cutOff, 1);
  },
);

it("[BR32] two million empty parts and 600 MiB of an unfinished message cost next to nothing", TIMEOUT, async (t) => {
  const { address, receiver } = await receiving(t, { bind: [ANY_PORT], maxMessageBytes: 2 ** 24 });
  const before = process.memoryUsage.rss();
  let most = 0;
  const many = Buffer.concat(Array<Buffer>(100_000).fill(frame("", FLAG.more)));
  const large = Buffer.concat([longHeader(2 ** 20, FLAG.more), Buffer.alloc(2 ** 20, 1)]);
  for (const [bytes, count] of [
    [many, 20],
    [large, 600],
  ] as const) {
    const publisher = await rawPublisher(address);
    for (let i = 0; i < count && !publisher.socket.destroyed; i++) {
      await publisher.send(bytes);
      most = Math.max(most, process.memoryUsage.rss() - before);
    }
    await publisher.closed();
  }
  assert.equal(receiver.counters.cutOff, 2);
  assert.ok(most < 150 * 2 ** 20, `${Math.round(most / 2 ** 20)} MiB more`);
});

it(
  "[BR32d] [BR32e] of many publishers with unfinished messages the one with the largest goes, beyond the bound of all",
  TIMEOUT,
  async (t) => {
    const lines: string[] = [];
    const receiver = await Receiver.open({
      socket: defaultSocket({ bind: [ANY_PORT] }),
      onMessage: () => undefined,
      guardLimits: { unfinishedBytes: 1_000_000 },
      log: {
        ...SILENT,
        warn: (line: string) => lines.push(line),
      },
    });
    t.after(() => receiver.close());
    const address = receiver.addresses[0] ?? "";
    const begin = async (bytes: number) => {
      const publisher = await rawPublisher(address);
      await publisher.send(Buffer.concat([longHeader(10_000_000), Buffer.alloc(bytes)]));
      return publisher;
    };
    const small = await begin(100_000);
    const largest = await begin(600_000);
    const middle = await begin(400_000);
    await largest.closed();
    assert.deepEqual([small.socket.destroyed, middle.socket.destroyed, receiver.counters.cutOff], [false, false, 1]);
    assert.match(lines.join("\n"), /all publishers together have begun more than fits in memory/);
    for (const { socket } of [small, middle]) socket.destroy();
  },
);

it("[BR33l] who says nothing makes room for others, and goes after a while", TIMEOUT, async (t) => {
  const receiver = await Receiver.open({
    socket: defaultSocket({ bind: [ANY_PORT] }),
    onMessage: () => undefined,
    guardLimits: { silent: 2, silentForMs: 500 },
  });
  t.after(() => receiver.close());
  const address = receiver.addresses[0] ?? "";
  const publisher = await rawPublisher(address);
  const first = await rawPeer(address);
  const second = await rawPeer(address);
  const third = await rawPeer(address);
  await first.closed();
  await Promise.all([second.closed(), third.closed()]);
  assert.equal(publisher.socket.destroyed, false);
  publisher.socket.destroy();
});

it(
  "[BR33a] [BR33g] no more connections at once than the bound, of one address and in all: none that delivers goes",
  TIMEOUT,
  async (t) => {
    for (const limits of [{ connections: 2 }, { connectionsOfAddress: 2 }]) {
      let messages = 0;
      const receiver = await Receiver.open({
        socket: defaultSocket({ bind: [ANY_PORT] }),
        onMessage: () => messages++,
        guardLimits: limits,
      });
      t.after(() => receiver.close());
      const address = receiver.addresses[0] ?? "";
      const [first, second] = [await rawPublisher(address), await rawPublisher(address)];
      for (const { send } of [first, second]) await send(frame("1"));
      await waitFor("a message of each", () => messages === 2);
      const third = await rawPeer(address);
      await third.closed();
      assert.deepEqual([receiver.counters.turnedAway, receiver.counters.madeRoom], [1, 0]);
      first.socket.destroy();
      await waitFor("room for another", async () => {
        const next = await rawPeer(address);
        const isTaken = await Promise.race([
          next.closed(2000).then(() => false),
          once(next.socket, "data").then(() => true),
        ]);
        next.socket.destroy();
        return isTaken;
      });
      second.socket.destroy();
    }
  },
);

it("[BR31c] what is nonsense after the greeting ends its connection, and nothing else", TIMEOUT, async (t) => {
  const { address, receiver, messages } = await receiving(t, { bind: [ANY_PORT] });
  const other = await connectPublisher(address);
  t.after(() => other.close());
  const all = [frame("x", 8), frame("x", FLAG.command | FLAG.more), command("PING"), longHeader(2 ** 20, FLAG.command)];
  for (const bytes of all) {
    const peer = await rawPublisher(address);
    await peer.send(bytes);
    await peer.closed();
  }
  const asking = await rawPublisher(address);
  const before = asking.received().length;
  await asking.send(ping(0, "hello"));
  await waitFor("the answer to a PING", () => asking.received().length > before);
  assert.ok(asking.received().includes("PONGhello"));
  asking.socket.destroy();
  await other.send("other");
  await waitFor("the other's message", () => messages.length === 1);
  assert.equal(receiver.counters.cutOff, all.length);
});

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
