/** Ends of WebSockets that no client library makes, and frames that no client may send. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { newChannel, publishJson } from "../../../support/publish.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const edge = await startEdge();
after(() => edge.close());

/** A WebSocket by hand, once the server has agreed to it. */
async function upgraded(channel: string): Promise<Socket> {
  const socket = connect(Number(edge.url.port), edge.url.hostname);
  socket.on("error", () => {});
  socket.write(
    [
      `GET /c/${channel} HTTP/1.1`,
      "Host: localhost",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      "\r\n",
    ].join("\r\n"),
  );
  const [head] = await withDeadline("the upgrade", once(socket, "data"));
  assert.match(String(head), /^HTTP\/1\.1 101 /);
  return socket;
}

/** A frame as a client sends it, masked with zeros. */
function frame(firstByte: number, payload: Uint8Array): Buffer {
  const length =
    payload.byteLength < 126
      ? [0x80 | payload.byteLength]
      : payload.byteLength < 65_536
        ? [0x80 | 126, payload.byteLength >> 8, payload.byteLength & 255]
        : [0x80 | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((bits) => (payload.byteLength >> bits) & 255)];
  return Buffer.concat([Buffer.from([firstByte, ...length, 0, 0, 0, 0]), payload]);
}

function closing(code: number, reason = ""): Buffer {
  return frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));
}

/** @param withinMs the runtime itself ends what is not closed after 10 s */
async function assertEnds(channel: string, bytes: Uint8Array, withinMs = 8_000): Promise<void> {
  const socket = await upgraded(channel);
  await publishJson(edge, channel, 1);
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.write(bytes);
  // What the server closes is answered, as a client does.
  socket.on("data", (data) => {
    if (data.includes(Buffer.from([0x88]))) socket.write(closing(1000));
  });
  await withDeadline("the server's end of the connection", ended, withinMs);
  socket.destroy();
  await waitFor("nobody watching", async () => (await publishJson(edge, channel, 1)).viewers === 0);
  await edge.evict(channel);
  assert.equal((await publishJson(edge, channel, 1)).viewers, 0, "after an eviction");
}

for (const code of [
  ...[0, 1, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 1999, 2000, 2999],
  ...[3000, 4000, 4999, 5000, 65_535],
]) {
  test(`[VW13a] a viewer that closes with ${code} is gone, and its connection has an end`, async () => {
    await assertEnds(newChannel(), closing(code));
  });
}

for (const [what, bytes] of [
  ["a close with a long reason", closing(4000, "x".repeat(123))],
  ["a close that is no UTF-8", frame(0x88, new Uint8Array([0x0f, 0xa0, 0xff, 0xfe]))],
  ["a close of no code", frame(0x88, new Uint8Array(0))],
  ["a close of half a code", frame(0x88, new Uint8Array([3]))],
  ["binary", frame(0x82, new Uint8Array(2))],
  ["text that is no UTF-8", frame(0x81, new Uint8Array([0xff, 0xfe]))],
  ["text of a megabyte", frame(0x81, Buffer.alloc(1024 * 1024, "x"))],
] as const) {
  test(`[VW7] [VW13b] a viewer that sends ${what} is gone, and its connection has an end`, async () => {
    await assertEnds(newChannel(), bytes);
  });
}

for (const [what, bytes] of [
  ["an opcode that is none", frame(0x83, new Uint8Array(2))],
  ["a continuation of nothing", frame(0x80, new Uint8Array(2))],
  ["text said to have 2^62 bytes", Buffer.from([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
] as const) {
  test(`[VW7] [VW13] a viewer that breaks the protocol with ${what} is gone, and its connection has an end`, async () => {
    await assertEnds(newChannel(), bytes, 30_000);
  });
}
