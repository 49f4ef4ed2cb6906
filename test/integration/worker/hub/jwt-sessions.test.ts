/** Connections that were let in with a JWT, which always expires: they are told, renewed and ended by the real Worker. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { waitFor } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const SECRET = "a-secret-of-thirty-two-characters-or-more";
const WATCH = { "test/**": ["watch", "history"] };
const edge = await startEdge({ vars: { JWT_SECRETS: SECRET, WATCH: "test/**=token" } });
after(() => edge.close());

function jwt(expiresInSeconds: number, plotcast: object = WATCH): string {
  return jwtUntil(Math.floor(Date.now() / 1000) + expiresInSeconds, plotcast);
}

function jwtUntil(exp: number, plotcast: object = WATCH): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256" })}.${part({ aud: "plotcast", sub: "alice", exp, plotcast })}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

async function joined(channel: string, token: string): Promise<Watcher> {
  return await (await Watcher.open(edge, channel, { headers: { Authorization: `Bearer ${token}` } })).live();
}

function renew({ viewer }: Watcher, token: string): void {
  viewer.send(JSON.stringify({ type: "renew", token }));
}

/** The close code; workerd ends the connection itself with the object. */
async function codeOf(channel: string, { viewer }: Watcher): Promise<number> {
  await waitFor("a close frame", () => viewer.isClosing);
  await Promise.race([viewer.closed, edge.evict(channel).catch(() => viewer.closed)]);
  return (await viewer.closed).code;
}

test("[AC10a] [AC10b] a viewer with a JWT that expires in 8 s is told at once, and ends with it", async () => {
  const channel = newChannel();
  const watcher = await joined(channel, jwt(8));
  const { inMs } = await watcher.tells("expiring");
  assert.ok(inMs > 0 && inMs <= 8000, `${inMs} ms`);
  assert.equal(await codeOf(channel, watcher), 4401);
});

test("[AC10c] it renews with a longer one, again and again, and outlives the first across evictions", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const firstExpiresAtMs = Date.now() + 8000;
  const watcher = await joined(channel, jwt(8));
  await edge.evict(channel);
  renew(watcher, jwt(3600));
  const { expiresInMs } = await watcher.tells("renewed");
  assert.ok(expiresInMs !== null && expiresInMs > 3_500_000 && expiresInMs <= 3_600_000, `${expiresInMs} ms`);
  await edge.evict(channel);
  await waitFor("the first one's expiry", () => Date.now() > firstExpiresAtMs);
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  await watcher.reaches(2);
  assert.equal(watcher.viewer.isClosing, false);
  await watcher.close();
});

for (const [what, token, code] of [
  ["has expired", () => jwt(-10), 4401],
  ["is signed by another secret", () => `${jwt(60).slice(0, -4)}AAAA`, 4401],
  ["is for other channels", () => jwt(60, { "lab/**": ["watch"] }), 4403],
] as const) {
  test(`[AC10c] a JWT that ${what} ends the connection with ${code}`, async () => {
    const channel = newChannel();
    const watcher = await joined(channel, jwt(60));
    renew(watcher, token());
    assert.equal(await codeOf(channel, watcher), code);
  });
}

test("[AC10a] no frame comes after the expiry, however many are published around it", async () => {
  const channel = newChannel();
  const exp = Math.floor(Date.now() / 1000) + 8;
  const expiresAtMs = 1000 * exp;
  const watcher = await joined(channel, jwtUntil(exp));
  await waitFor("the expiry being near", () => Date.now() > expiresAtMs - 2000);
  let [n, last] = [0, 0];
  for (; Date.now() < expiresAtMs + 300; n++) {
    const beganAtMs = Date.now();
    await publishFrames(edge, channel, frameOf(A, n + 1, [beganAtMs]));
    if (beganAtMs < expiresAtMs) last = beganAtMs;
  }
  assert.equal(await codeOf(channel, watcher), 4401);
  await watcher.sees("all that came", () => true);
  assert.ok(watcher.ys.length > 0 && Math.max(...watcher.ys) <= last, `${n} published`);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
