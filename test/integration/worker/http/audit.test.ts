/** What the Worker logs of who was refused, and of what was done. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { runInNewContext } from "node:vm";
import { isObject } from "../../../../protocol/json/json.ts";
import { ARRANGEMENT_TYPE, FRAME_TYPE, SESSION_TYPE, SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { startLocal } from "../../../support/local.ts";
import { makeToken } from "../../../support/named-tokens.ts";
import { frameOf, newChannel, post } from "../../../support/publish.ts";
import { rawRequest } from "../../../support/raw.ts";
import { openViewer } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

const A = "00000000000000aa";
const ADMIN = "the-admin-token-of-this-test";
const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" } });
after(() => edge.close());

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

/** The lines of a channel, once there are so many: each as its object, without the time. */
async function lines(of: Edge, channel: string, count: number): Promise<unknown[]> {
  const read = () =>
    of.audited
      // The runtime shows an object as JavaScript has it.
      .map((text): unknown => runInNewContext(`(${text})`))
      .filter((line) => isObject(line))
      .filter((line) => line.channel === channel)
      .map(({ atMs, ...rest }) => {
        assert.ok(typeof atMs === "number" && Math.abs(atMs - Date.now()) < 600_000);
        return rest;
      });
  await waitFor(`${count} lines of ${channel}`, () => read().length >= count);
  return read();
}

const HERE = { address: "127.0.0.1" };

test("[AC14a] who is refused is logged: without a token, with a wrong one, without the right, and at a private channel", async () => {
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  await post(edge, channel, "1", { Authorization: "" });
  await post(edge, channel, "1", bearer("wrong"));
  await fetch(url, { method: "DELETE", headers: bearer("test-token") });
  await fetch(url);
  await fetch(url, { headers: { Origin: "https://evil.example" } });
  const of = { audit: "refused", channel, ...HERE };
  assert.deepEqual(await lines(edge, channel, 5), [
    { ...of, status: 401, code: "token-missing", method: "POST", principal: "anonymous" },
    { ...of, status: 401, code: "token-wrong", method: "POST", principal: "anonymous" },
    { ...of, status: 403, code: "not-permitted", method: "DELETE", principal: "publish-token" },
    { ...of, status: 404, code: "not-found", method: "GET", principal: "anonymous" },
    { ...of, status: 403, code: "origin-not-allowed", method: "GET", principal: "anonymous" },
  ]);
});

test("[AC14b] what is done with a token is logged: the first publish of a publisher, a watch, an arrangement, a session, a deletion", async () => {
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  for (let n = 1; n <= 3; n++) {
    const body = Buffer.from(frameOf(A, n, [n]));
    assert.equal((await post(edge, channel, body, { "Content-Type": FRAME_TYPE })).status, 200);
  }
  for (let i = 0; i < 2; i++) await (await openViewer(url, { headers: bearer(ADMIN) })).close();
  await post(edge, channel, "panel=y", { "Content-Type": ARRANGEMENT_TYPE, ...bearer(ADMIN) });
  await post(edge, channel, '{"keep":true}', { "Content-Type": SESSION_TYPE, ...bearer(ADMIN) });
  await fetch(url, { method: "DELETE", headers: bearer(ADMIN) });
  const admin = { channel, ...HERE, principal: "admin-token" };
  assert.deepEqual(await lines(edge, channel, 5), [
    { audit: "published-first", publisher: A, method: "POST", channel, ...HERE, principal: "publish-token" },
    { audit: "token-used", method: "GET", ...admin },
    { audit: "arranged", method: "POST", ...admin },
    { audit: "session-kept", method: "POST", ...admin },
    { audit: "deleted", method: "DELETE", ...admin },
  ]);
});

test("[AC14a] [AC14b] a token that a viewer renews with is logged by its channel: that it is used, or why it was refused", async () => {
  const channel = newChannel();
  const { token } = await makeToken(edge, "renewed", { "test/**": ["watch"] }, { admin: ADMIN });
  const renewing = async (...tokens: string[]) => {
    const viewer = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL, headers: bearer(ADMIN) });
    for (const each of tokens) viewer.send(JSON.stringify({ type: "renew", token: each }));
    return viewer;
  };
  const renewed = await renewing(token);
  await renewed.nextMessage("renewed", (message) => String(message).includes('"renewed"'));
  await renewed.close();
  for (const [wrong, code] of [
    ["pct_wrongwrongwrongwrongwrongwrongwrongwrong", 4401],
    ["test-token", 4403],
  ] as const) {
    const viewer = await renewing(wrong);
    await waitFor("a close frame", () => viewer.isClosing);
    await edge.evict(channel);
    assert.equal((await viewer.closed).code, code);
  }
  const [, used, ...refused] = await lines(edge, channel, 4);
  assert.ok(isObject(used) && typeof used.address === "string");
  assert.match(used.address, /^[0-9a-f]{8}$/);
  const of = { method: "renew", channel, address: used.address };
  assert.deepEqual(used, { audit: "token-used", ...of, principal: "named-token:renewed" });
  const by = { audit: "refused", ...of, principal: "admin-token" };
  assert.deepEqual(refused, [
    { ...by, status: 401, code: "token-wrong" },
    { ...by, status: 403, code: "not-permitted" },
  ]);
  assert.ok(!edge.audited.some((line) => line.includes("pct_") || line.includes("wrongwrong")));
});

test("[AC14c] no line has a token, or what a client made up", async () => {
  const headers = { ...bearer("a-guess"), Cookie: "plotcast=another-guess", Host: "made-up.example" };
  await rawRequest(edge.url, { path: "/c/made-up-channel%0a{?token=a-guess", headers });
  const channel = newChannel();
  await fetch(edge.channelUrl(channel), { headers: bearer(ADMIN) });
  await fetch(edge.channelUrl(channel), { headers: { "Cf-Access-Jwt-Assertion": "made-up-assertion" } });
  await lines(edge, channel, 2);
  assert.doesNotMatch(edge.audited.join("\n"), /made-up|guess|test-token|the-admin-token/);
});

test("[AC14d] of a thousand refusals at once a few are logged, and the next tells how many were not", async () => {
  await using other = await startEdge();
  const channel = newChannel();
  const ask = () => fetch(other.channelUrl(channel), { method: "DELETE" });
  for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 50 }, ask));
  // Whatever of these were logged, a later one says how many were not: in a second there is room again.
  const told = await waitFor("a line that tells of others", async () => {
    await ask();
    return (await lines(other, channel, 1)).find((line) => isObject(line) && Number(line.dropped) > 0);
  });
  assert.ok(isObject(told));
  assert.ok(other.audited.length < 1000, `${other.audited.length}`);
});

test("[AC14e] with AUDIT=off nothing is logged", async () => {
  await using silent = await startEdge({ vars: { AUDIT: "off", ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" } });
  const viewer = await openViewer(silent.channelUrl(newChannel()), { headers: bearer(ADMIN) });
  viewer.send('{"type":"renew","token":"wrong"}');
  await waitFor("a close frame", () => viewer.isClosing);
  viewer.cut();
  await post(silent, newChannel(), "1", bearer("wrong"));
  await post(silent, newChannel(), "1");
  // What is logged before this is here before it.
  await using other = await startEdge();
  const channel = newChannel();
  await post(other, channel, "1");
  await lines(other, channel, 1);
  assert.deepEqual(silent.audited, []);
});

test("[AC14e] on a machine of one's own nothing of it is shown, and what is wrong is", async () => {
  const local = await startLocal("test-token", { QUOTA_TOKEN: "points" });
  try {
    assert.equal((await fetch(local.channelUrl(newChannel()), { method: "DELETE" })).status, 401);
    assert.equal((await post(local, newChannel(), "1")).status, 200);
    await waitFor("a complaint", () => local.logs.length > 0);
  } finally {
    await local.close();
  }
  assert.deepEqual(
    local.logs.filter((line) => !line.startsWith('QUOTA_TOKEN: "points"')),
    [],
  );
});
