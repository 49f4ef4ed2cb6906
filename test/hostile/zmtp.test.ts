/**
 * [BR19] Bytes to the bridge's ZeroMQ port: who does not speak ZMTP is refused, who breaks it is cut off, nothing of it becomes a
 * point, and a publisher beside it loses nothing.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { sourceOf } from "../../bridge/config/defaults.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { startBridge } from "../../bridge/pipeline/bridge.ts";
import { startFakeWorker } from "../support/fake-worker.ts";
import { connectPublisher } from "../support/publisher.ts";
import { waitFor } from "../support/wait.ts";
import { rawPeer } from "../support/zmtp.ts";
import { ZMTP } from "./rows/zmtp.ts";

//     anybody, and a good publisher ─ZeroMQ→ bridge ─HTTP→ fake Worker

const worker = await startFakeWorker();
const bridge = await startBridge({
  to: worker.url,
  token: "secret-token",
  log: createLog("text", "silent"),
  sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"], connect: [], topics: [] })],
});
const [address = ""] = bridge.addresses;
const good = await connectPublisher(address);
let expected = 0;
after(async () => {
  good.close();
  await bridge.close({ drainMs: 0 });
  await worker.close();
});

for (const { name, handshake, bytes, end = false, is } of ZMTP) {
  test(`[BR19] zmtp: ${name}`, async () => {
    const peer = await rawPeer(address);
    try {
      if (handshake !== undefined) {
        await peer.send(handshake);
        // The bridge's READY; version 2.0 has none.
        const isDone = () =>
          peer.received().includes("READY") || (handshake.length < 64 && peer.received().length >= 12);
        await waitFor("the answer to a handshake", isDone);
      }
      await peer.send(bytes);
      if (end) peer.socket.end();
      if (is === "ends") await peer.closed();
      if (typeof is === "object") {
        expected += is.taken;
        await worker.waitForPoints(expected);
      }
      await good.send(JSON.stringify({ x: 1, y: 1 }));
      await worker.waitForPoints(++expected);
      assert.equal(worker.points().length, expected, "something was taken");
      if (is === "stays") assert.equal(peer.socket.readyState, "open");
      // Whoever comes and goes at one address may be a publisher that was away: a possible gap, without a number.
      for (const gap of worker.gaps())
        assert.partialDeepStrictEqual(gap, { reason: "publisher-reconnected", points: null });
    } finally {
      peer.socket.destroy();
    }
  });
}
