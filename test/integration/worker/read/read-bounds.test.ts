/** Reads at once are bounded, and one that does not read hurts nobody. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { ReadSlots } from "../../../../worker/channel/read-slots.ts";
import { streamOf } from "../../../../worker/http/read/read.ts";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const A = "00000000000000aa";
const edge = await startEdge();
const full = newChannel();

before(async () => {
  for (let n = 1; n <= 100; n += 5) {
    await publishFrames(edge, full, ...Array.from({ length: 5 }, (_, i) => bulkyFrame(A, n + i, 8000)));
  }
});
after(() => edge.close());

/** A GET whose answer is not read; resolves once its head has come. */
async function unread(address: string, channel = full): Promise<Socket> {
  const socket = connect({ host: edge.url.hostname, port: Number(edge.url.port) });
  socket.on("error", () => {});
  socket.write(`GET /c/${channel} HTTP/1.1\r\nHost: ${edge.url.host}\r\nX-Forwarded-For: ${address}\r\n\r\n`);
  await withDeadline("the head of an answer", once(socket, "readable"), 60_000);
  return socket;
}

async function ask(address: string, method = "GET", channel = full) {
  const url = new URL("?points=1", edge.channelUrl(channel));
  const response = await fetch(url, { method, headers: { "X-Forwarded-For": address } });
  return { status: response.status, retryAfter: response.headers.get("Retry-After"), text: await response.text() };
}

test("[RD1c] [RD4a] [RD4c] 16 reads of an address and 32 of a channel at once; more are refused until one is over", async () => {
  const sockets: Socket[] = [];
  for (let i = 0; i < 16; i++) sockets.push(await unread("192.0.2.1"));
  const refused = await ask("192.0.2.1");
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.retryAfter) > 0);
  assert.match(refused.text, /"code":"too-many-reads"/);
  const empty = newChannel();
  assert.equal((await ask("192.0.2.1", "GET", empty)).status, 429, "an address has 16 in all channels");
  assert.equal((await ask("192.0.2.2")).status, 200);
  for (let i = 0; i < 15; i++) sockets.push(await unread("192.0.2.2"));
  assert.equal((await ask("192.0.2.3")).status, 200);
  sockets.push(await unread("192.0.2.3"));
  assert.equal((await ask("192.0.2.4")).status, 429);
  assert.equal((await ask("192.0.2.4", "GET", empty)).status, 200, "the bound is the channel's own");
  assert.equal((await ask("192.0.2.1", "HEAD")).status, 200, "a HEAD reads nothing");
  const viewer = await openViewer(edge.channelUrl(full), { headers: { "X-Forwarded-For": "192.0.2.1" } });
  await viewer.close();
  sockets.shift()?.destroy();
  await waitFor("a place for another", async () => (await ask("192.0.2.4")).status === 200);
  await waitFor("a place for the address", async () => (await ask("192.0.2.1")).status === 200);
  for (const socket of sockets) socket.destroy();
  await waitFor("all places are free", async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask("192.0.2.1")));
    return answers.every(({ status }) => status === 200);
  });
});

test("[RD4] a hundred GETs of a full store that do not read stop nothing", async () => {
  const sockets = Array.from({ length: 100 }, (_, i) => unread(`198.51.100.${i}`));
  const settled = Promise.allSettled(sockets);
  const channel = newChannel();
  for (let n = 1; n <= 20; n++) await withDeadline("a publish", publishFrames(edge, channel, frameOf(A, n, [n])));
  assert.equal((await withDeadline("a read of another channel", ask("192.0.2.9", "GET", channel))).status, 200);
  for (const outcome of await settled) if (outcome.status === "fulfilled") outcome.value.destroy();
});

test("[RD4d] [RD4e] a slot is the reader's until it is closed, or was not used for long", () => {
  const slots = new ReadSlots(3, 2, 60_000);
  assert.deepEqual([slots.open("1", "a", 0), slots.open("2", "a", 0), slots.open("3", "a", 0)], [true, true, false]);
  assert.deepEqual([slots.open("4", "b", 0), slots.open("5", "c", 0)], [true, false]);
  slots.close("1");
  assert.equal(slots.open("6", "c", 0), true);
  assert.equal(slots.use("2", "a", 50_000), true);
  assert.equal(slots.open("7", "d", 60_000), false);
  assert.equal(slots.open("7", "d", 60_001), true, "two were not used for more than a minute");
  assert.equal(slots.open("8", "a", 60_001), true);
  assert.equal(slots.open("9", "e", 60_001), false);
});

test("[RD2f] a read lasts 15 minutes at most; memory that was lost lets it go on", () => {
  const slots = new ReadSlots(2, 2, 60_000);
  assert.equal(slots.use("lost", "a", 0), true);
  assert.equal(slots.use("lost", "a", 900_000), true);
  assert.equal(slots.use("lost", "a", 900_001), false);
});

test("[RD2f] of a read of which nothing is taken the slot is given away; taken again, it goes on to the cut", async () => {
  const did: string[] = [];
  async function* parts() {
    yield "one";
    yield "two";
  }
  const read = {
    awaited: () => undefined,
    expire: async () => void did.push("expire"),
    close: async () => void did.push("close"),
  };
  const stream = streamOf(parts(), read, 20);
  const reader = stream.getReader();
  await reader.read();
  await waitFor("the end of its patience", () => did.includes("expire"));
  assert.equal((await reader.read()).done, false);
  assert.equal((await reader.read()).done, true);
  await waitFor("the end", () => did.includes("close"));
  await reader.closed;
  const cancelled = streamOf(parts(), read, 20);
  await cancelled.cancel();
  assert.deepEqual(did, ["expire", "close", "close"]);
});
