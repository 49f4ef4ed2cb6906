/** Connections that were let in with a named token: it expires, is renewed, and is revoked, all by the real Worker. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isObject } from "../../../../protocol/json/json.ts";
import { startEdge } from "../../../support/edge.ts";
import { newChannel, publishJson } from "../../../support/publish.ts";
import { waitFor } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const ADMIN = "the-admin-token";
const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" } });
after(() => edge.close());

async function make(name: string, rights: object, expiresAtMs: number | null = null): Promise<string> {
  const response = await fetch(new URL("/tokens", edge.url), {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name, rights, expiresAtMs }),
  });
  const made: unknown = await response.json();
  assert.ok(response.status === 201 && isObject(made) && typeof made.token === "string", JSON.stringify(made));
  return made.token;
}

async function revoke(name: string): Promise<void> {
  const headers = { Authorization: `Bearer ${ADMIN}` };
  const { status } = await fetch(new URL(`/tokens/${name}`, edge.url), { method: "DELETE", headers });
  assert.equal(status, 204);
}

const WATCH = { "test/**": ["watch", "history"] };
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** The close code; the connection itself ends with the object. */
async function codeOf(channel: string, { viewer }: Watcher): Promise<number> {
  await waitFor("a close frame", () => viewer.isClosing);
  await Promise.race([viewer.closed, edge.evict(channel).catch(() => viewer.closed)]);
  return (await viewer.closed).code;
}

test("[AC10a] [AC10b] a named token that expires in 8 s: the viewer is told at once, and ends with it", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const expiresAtMs = Date.now() + 8000;
  const watcher = await Watcher.open(edge, channel, bearer(await make("short", WATCH, expiresAtMs)));
  assert.ok((await watcher.tells("expiring")).inMs <= 8000);
  await edge.evict(channel);
  assert.equal(await codeOf(channel, watcher), 4401);
  assert.ok(Date.now() >= expiresAtMs);
});

test("[AC10a] [AC10c] a viewer renews with another named token, and is closed when that one is revoked", async () => {
  const channel = newChannel();
  const [first, second] = [await make("first", WATCH), await make("second", WATCH, Date.now() + 3_600_000)];
  const watcher = await (await Watcher.open(edge, channel, bearer(first))).live();
  watcher.viewer.send(JSON.stringify({ type: "renew", token: second }));
  const { expiresInMs } = await watcher.tells("renewed");
  assert.ok(expiresInMs !== null && expiresInMs > 3_500_000);
  await revoke("first");
  await publishJson(edge, channel, 1);
  await watcher.reaches(1);
  await edge.evict(channel);
  await revoke("second");
  assert.equal(await codeOf(channel, watcher), 4403);
});

test("[AC10c] a named token without the right here ends the connection with 4403, an expired one with 4401", async () => {
  for (const [name, rights, expiresInMs, code] of [
    ["elsewhere", { "lab/**": ["watch"] }, null, 4403],
    ["brief", WATCH, 6000, 4401],
  ] as const) {
    const channel = newChannel();
    const token = await make(name, rights, expiresInMs === null ? null : Date.now() + expiresInMs);
    const watcher = await (await Watcher.open(edge, channel, bearer(ADMIN))).live();
    const expiredAtMs = Date.now() + (expiresInMs ?? 0);
    await waitFor("its expiry", () => Date.now() > expiredAtMs);
    watcher.viewer.send(JSON.stringify({ type: "renew", token }));
    assert.equal(await codeOf(channel, watcher), code);
  }
});

test("[BAD1] the Worker logged no error of its own all the while", () =>
  assert.deepEqual(
    edge.logs.filter((line) => /error/i.test(line)),
    [],
  ));
