/** [BR20] [BR35] Servers of PLAIN and CURVE: without the password or the key nothing is taken, and who has it goes on. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { SecurityConfig } from "../../bridge/config/config.ts";
import { sourceOf } from "../../bridge/config/defaults.ts";
import { makeKeys } from "../../bridge/config/syntax/curve-key.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { startBridge } from "../../bridge/pipeline/bridge.ts";
import { answerTo } from "../../bridge/sources/zeromq/security/zap.ts";
import { startFakeWorker } from "../support/fake-worker.ts";
import { connectPublisher, type PublisherOptions } from "../support/publisher.ts";
import { type RawPeer, rawPeer } from "../support/zmtp.ts";
import { CURVE, type HandshakeRow, PASSWORD, PLAIN, USER, ZAP } from "./rows/zap.ts";

const [server, client] = [makeKeys(), makeKeys()];

await tryAt(
  "plain",
  PLAIN,
  { mechanism: "plain-server", users: new Map([[USER, PASSWORD]]) },
  {
    plainUsername: USER,
    plainPassword: PASSWORD,
  },
);
await tryAt(
  "curve",
  CURVE,
  { mechanism: "curve-server", ...server, allow: [client.publicKey] },
  {
    curvePublicKey: client.publicKey,
    curveSecretKey: client.secretKey,
    curveServerKey: server.publicKey,
  },
);

/** Tries rows at a bridge with this security, to which a publisher that may is connected. */
async function tryAt(
  area: string,
  rows: readonly HandshakeRow[],
  security: SecurityConfig,
  options: PublisherOptions,
): Promise<void> {
  const worker = await startFakeWorker();
  const lines: string[] = [];
  const source = sourceOf({ bind: ["tcp://127.0.0.1:*"], connect: [], topics: [] });
  const bridge = await startBridge({
    to: worker.url,
    token: "secret-token",
    log: createLog("text", "info", (line) => lines.push(line)),
    sources: [{ ...source, socket: { ...source.socket, security } }],
  });
  const [address = ""] = bridge.addresses;
  const good = await connectPublisher(address, [""], options);
  let expected = 0;
  after(async () => {
    good.close();
    await bridge.close({ drainMs: 0 });
    await worker.close();
  });
  const peers: RawPeer[] = [];
  for (const { name, bytes, is } of rows) {
    test(`[BR20] ${area}: ${name}`, async () => {
      // From an address of its own: wrong passwords slow down the next of theirs.
      const peer = await rawPeer(address, `127.0.1.${peers.length + 1}`);
      peers.push(peer);
      await peer.send(bytes);
      if (is === "ends") await peer.closed();
      await good.send(JSON.stringify({ x: 1, y: 1 }));
      await worker.waitForPoints(++expected);
      assert.equal(worker.points().length, expected, "something was taken");
      assert.doesNotMatch(lines.join("\n"), new RegExp(`${PASSWORD}|wrong-word`));
    });
  }
  test(`[BR20] ${area}: none of them was let in, however long it stayed`, () => {
    for (const peer of peers) {
      assert.doesNotMatch(peer.received().toString("latin1"), /READY|WELCOME/);
      peer.socket.destroy();
    }
  });
}

for (const { name, request, status } of ZAP) {
  test(`[BR20] zap: ${name}`, () => {
    const answer = answerTo(
      request.map((part) => Buffer.from(part)),
      (domain) => (domain === "ours" ? () => "somebody" : undefined),
    );
    assert.equal(answer?.[4]?.toString(), status);
  });
}
