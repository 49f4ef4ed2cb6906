/** Viewers that were closed and do not answer that: their sockets stay, and they are counted no more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { newChannel, publishJson } from "../../../support/publish.ts";
import { clientFrame, Opcode, RawWebSocket } from "../../../support/raw-websocket.ts";
import { waitFor } from "../../../support/wait.ts";

const HANDSHAKE =
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

test("[AC13h] viewers that were closed, and do not answer that, refuse nobody after an eviction", async (t) => {
  const edge = await startEdge({ vars: { QUOTA_ADDRESS: "viewers=2" } });
  t.after(() => edge.close());
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  const probe = async () => (await fetch(url, { headers: { Accept: "application/problem+json" } })).status;
  await publishJson(edge, channel, 1);
  const viewers = [new RawWebSocket(url, HANDSHAKE), new RawWebSocket(url, HANDSHAKE)];
  t.after(() => {
    for (const viewer of viewers) viewer.destroy();
  });
  for (const viewer of viewers) assert.equal(await viewer.answered(), 101);
  assert.equal(await probe(), 429);
  for (const viewer of viewers) viewer.send(clientFrame(Opcode.text, "no message"));
  for (const viewer of viewers) assert.equal(await waitFor("a close", () => viewer.closeCode), 4400);
  assert.equal(await probe(), 204);
  await edge.evict(channel);
  assert.equal(await probe(), 204, "after an eviction");
  assert.equal((await publishJson(edge, channel, 2)).viewers, 0);
  assert.deepEqual(edge.logs, []);
});
