/** JWTs at the real Worker: by secrets, by keys that a real server has, and as assertions of Cloudflare Access. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SESSION_TYPE, SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { type Edge, type EdgeOptions, startEdge } from "../../../support/edge.ts";
import {
  claimsAt,
  EDDSA,
  ES256,
  es256,
  HS256,
  OTHER_SECRET,
  publicJwk,
  rs256,
  SECRET,
  type Signer,
  signed,
} from "../../../support/jwt.ts";
import { startKeyServer } from "../../../support/key-server.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, post } from "../../../support/publish.ts";
import { getAndHangUp } from "../../../support/raw.ts";
import { keepSession, withSession } from "../../../support/session.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const RS256 = rs256();

function start(vars: Record<string, string>, more: EdgeOptions = {}): Promise<Edge> {
  return startEdge({ publishToken: null, ...more, vars: { WATCH: "test/**=token", ...vars } });
}

function token(signer: Signer, more: Record<string, unknown> = {}): string {
  return signed(claimsAt(Date.now(), { plotcast: { "test/**": ["watch", "history", "publish"] }, ...more }), signer);
}

function bearer(given: string): Record<string, string> {
  return { Authorization: `Bearer ${given}` };
}

/** Publishes with a token, and reads a private channel with it. */
async function statuses(edge: Edge, given: string): Promise<number[]> {
  const channel = newChannel();
  const published = await post(edge, channel, '{"y":1}', bearer(given));
  const read = await fetch(edge.channelUrl(channel), { headers: { Accept: "application/json", ...bearer(given) } });
  await Promise.all([published.text(), read.text()]);
  return [published.status, read.status];
}

test("[AC7a] [AC7b] by JWT_SECRETS alone a JWT publishes, reads and watches, and no other token does", async () => {
  await using edge = await start({ JWT_SECRETS: `${SECRET} next:${OTHER_SECRET}` });
  for (const signer of [HS256, { ...HS256, key: OTHER_SECRET, kid: "next" }])
    assert.deepEqual(await statuses(edge, token(signer)), [200, 200]);
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  assert.equal((await post(edge, channel, '{"y":1}', bearer(token(HS256)))).status, 200);
  const subprotocol = `plotcast.token.${Buffer.from(token(HS256)).toString("base64url")}`;
  const viewer = await openViewer(url, { subprotocol: SUBPROTOCOL, extraSubprotocols: [subprotocol] });
  await viewer.nextMessage("hello", (message) => typeof message === "string" && message.includes('"hello"'));
  await viewer.close();

  const watchOnly = token(HS256, { plotcast: { [channel]: ["watch"] } });
  await assertProblem(await post(edge, channel, "1", bearer(watchOnly)), 403, "not-permitted");
  assert.equal((await fetch(url, { headers: { Accept: "application/json", ...bearer(watchOnly) } })).status, 403);
  assert.equal((await fetch(edge.channelUrl(newChannel()), { headers: bearer(watchOnly) })).status, 404);
  await assertProblem(await post(edge, channel, "1", { Authorization: "" }), 401, "token-missing");
  await assertProblem(await post(edge, channel, "1", bearer(SECRET)), 401, "token-wrong");
  await assertProblem(await post(edge, channel, "1", bearer(token(ES256))), 401, "token-wrong");
  const refused = await openViewer(url, { headers: bearer(token(EDDSA)) }).catch((error: unknown) => error);
  assert.ok(refused instanceof UpgradeRefused && refused.status === 401);
});

test("[AC7c] [AC7d] what is wrong with a JWT is said to its bearer", async () => {
  await using edge = await start({ JWT_SECRETS: SECRET, JWT_ISSUER: "https://id.example" });
  const seconds = Math.floor(Date.now() / 1000);
  for (const [claims, code, detail] of [
    [{ exp: seconds - 7_200 }, "token-expired", /^The JWT expired 2 hours ago: its exp is 20/],
    [{ nbf: seconds + 3_000 }, "token-wrong", /counts only in (49|50) minutes/],
    [{ aud: "other" }, "token-wrong", /is for "other"/],
    [{ iss: "somebody" }, "token-wrong", /is by "somebody", and must be by "https:\/\/id\.example"/],
    [{ plotcast: { "**": ["fly"] } }, "token-wrong", /a list of some of watch/],
  ] as const) {
    const given = token(HS256, { iss: "https://id.example", ...claims });
    const response = await post(edge, newChannel(), "1", bearer(given));
    assert.equal(response.headers.get("WWW-Authenticate"), 'Bearer realm="plotcast"');
    assert.match((await assertProblem(response, 401, code)).detail, detail);
  }
});

test("[AC9a] the cookie of a JWT ends with it", async () => {
  await using edge = await start({ JWT_SECRETS: SECRET });
  const url = edge.channelUrl(newChannel());
  const headers = { "Content-Type": SESSION_TYPE, ...bearer(token(HS256)) };
  const response = await fetch(url, { method: "POST", headers, body: '{"keep":true}' });
  assert.equal(response.status, 200);
  const maxAge = Number(/Max-Age=(\d+)/.exec(response.headers.get("Set-Cookie") ?? "")?.[1]);
  assert.ok(maxAge > 3_500 && maxAge <= 3_600, `${maxAge}`);
  const session = withSession(await keepSession(url, token(HS256)));
  assert.equal((await fetch(url, { headers: { ...session, Accept: "application/json" } })).status, 200);
});

test("[AC7b] by JWT_JWKS_URL tokens by ES256, EdDSA and RS256 count, by keys that are fetched once", async () => {
  await using keys = await startKeyServer({ keys: [ES256, EDDSA, RS256].map(publicJwk) });
  await using edge = await start({ JWT_JWKS_URL: keys.url });
  for (const signer of [ES256, EDDSA, RS256])
    assert.deepEqual(await statuses(edge, token(signer)), [200, 200], signer.alg);
  assert.equal(keys.requests, 1);
  await keys.close();
  assert.deepEqual(await statuses(edge, token(ES256)), [200, 200], "while its server is away");
  await assertProblem(await post(edge, newChannel(), "1", bearer(token(es256("new")))), 401, "token-wrong");
  await assertProblem(
    await post(edge, newChannel(), "1", bearer(token({ ...es256("x"), kid: "ec" }))),
    401,
    "token-wrong",
  );
});

test("[AC7e] keys that cannot be fetched are 503 with Retry-After, until they can", async () => {
  await using keys = await startKeyServer("<html>");
  await using edge = await start({ JWT_JWKS_URL: keys.url });
  const response = await post(edge, newChannel(), "1", bearer(token(ES256)));
  assert.equal(response.headers.get("Retry-After"), "5");
  await assertProblem(response, 503, "keys-unavailable");
  await waitFor("the line in the log", () =>
    edge.logs.some((line) => line.includes("cannot be fetched: it is not JSON")),
  );
  keys.answer = { keys: [publicJwk(ES256)] };
  await waitFor("a token that counts", async () => (await statuses(edge, token(ES256)))[0] === 200, { everyMs: 500 });
});

test("[AC7e] a redirect is not followed: whoever answers there would have the keys", async () => {
  await using keys = await startKeyServer({ keys: [publicJwk(ES256)] });
  await using leading = await startKeyServer((response) => void response.writeHead(302, { Location: keys.url }).end());
  await using edge = await start({ JWT_JWKS_URL: leading.url });
  await assertProblem(await post(edge, newChannel(), "1", bearer(token(ES256))), 503, "keys-unavailable");
  assert.deepEqual([leading.requests, keys.requests], [1, 0]);
  await waitFor("the line in the log", () => edge.logs.some((line) => line.includes("a redirect is not followed")));
});

test("[AC7e] keys of a server that never answers are 503 after three seconds, and who comes meanwhile waits no longer", async () => {
  await using keys = await startKeyServer(() => undefined);
  await using edge = await start({ JWT_JWKS_URL: keys.url, JWT_SECRETS: SECRET });
  const first = post(edge, newChannel(), "1", bearer(token(ES256)));
  await keys.untilRequests(1);
  const second = post(edge, newChannel(), "1", bearer(token(ES256)));
  assert.deepEqual(await statuses(edge, token(HS256)), [200, 200], "other tokens do not wait");
  for (const response of await withDeadline("both answers", Promise.all([first, second]), 15_000))
    await assertProblem(response, 503, "keys-unavailable");
  assert.equal(keys.requests, 1);
});

test("[AC7e] a request that is gone while it fetches keys holds up no other", async () => {
  let answerFirst: () => void = () => undefined;
  await using keys = await startKeyServer((response) => {
    answerFirst = () => response.end(JSON.stringify({ keys: [publicJwk(ES256)] }));
  });
  await using edge = await start({ JWT_JWKS_URL: keys.url });
  const gone = new AbortController();
  const headers = { Accept: "application/json", ...bearer(token(ES256)) };
  const lost = fetch(edge.channelUrl(newChannel()), { headers, signal: gone.signal }).catch(() => "gone");
  await keys.untilRequests(1);
  gone.abort();
  assert.equal(await lost, "gone");
  keys.answer = { keys: [publicJwk(ES256)] };
  await waitFor("a token that counts", async () => (await statuses(edge, token(ES256)))[0] === 200, { everyMs: 500 });
  answerFirst();
  assert.deepEqual(await statuses(edge, token(ES256)), [200, 200]);
});

test("[AC7g] keys are fetched though the client that they were fetched for hangs up", async () => {
  let answer: () => void = () => undefined;
  await using keys = await startKeyServer((response) => {
    answer = () => response.end(JSON.stringify({ keys: [publicJwk(ES256)] }));
  });
  await using edge = await start({ JWT_JWKS_URL: keys.url, JWT_SECRETS: SECRET });
  const hangUp = await getAndHangUp(edge.channelUrl(newChannel()), bearer(token(ES256)));
  await keys.untilRequests(1);
  await hangUp();
  assert.deepEqual(await statuses(edge, token(HS256)), [200, 200], "by then the Worker knows that it is gone");
  const other = statuses(edge, token(ES256));
  answer();
  assert.deepEqual(await other, [200, 200]);
  assert.equal(keys.requests, 1);
});

test("[AC7e] keys that are rotated while the Worker runs: the new one counts within half a minute, and the old one no more", async () => {
  const next = es256("next");
  await using keys = await startKeyServer({ keys: [publicJwk(ES256)] });
  await using edge = await start({ JWT_JWKS_URL: keys.url });
  assert.deepEqual(await statuses(edge, token(ES256)), [200, 200]);
  keys.answer = { keys: [publicJwk(next)] };
  const published = async (): Promise<boolean> => {
    const response = await post(edge, newChannel(), "1", bearer(token(next)));
    await response.text();
    return response.status === 200;
  };
  // More often would be too many wrong tokens.
  await waitFor("the new key", published, { everyMs: 2_500, deadlineMs: 60_000 });
  assert.equal(keys.requests, 2);
  await assertProblem(await post(edge, newChannel(), "1", bearer(token(ES256))), 401, "token-wrong");
});

test("[AC8] behind Cloudflare Access its assertion opens what ACCESS_RIGHTS says; without it the header is nothing", async () => {
  await using certs = await startKeyServer({ keys: [publicJwk(RS256)] });
  const vars = { ACCESS_TEAM: certs.origin, ACCESS_AUD: "the-aud-tag", ALLOWED_ORIGINS: "https://a.example" };
  await using edge = await start(vars);
  const claims = { aud: ["the-aud-tag"], iss: certs.origin, email: "ann@lab.example", exp: Date.now() / 1000 + 60 };
  const assertion = { "Cf-Access-Jwt-Assertion": signed(claims, RS256), Accept: "application/json" };
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  assert.equal((await fetch(url, { headers: assertion })).status, 200);
  await (await openViewer(url, { headers: assertion })).close();
  await assertProblem(await post(edge, channel, "1", { ...assertion, Authorization: "" }), 403, "not-permitted");
  assert.equal((await fetch(url, { headers: { Accept: "application/json" } })).status, 404);
  assert.equal((await fetch(url, { headers: { ...assertion, Origin: "https://a.example" } })).status, 404, "[AC1b]");
  const wrong = { ...assertion, "Cf-Access-Jwt-Assertion": signed({ ...claims, aud: "other" }, RS256) };
  await assertProblem(await fetch(url, { headers: wrong }), 401, "token-wrong");

  await using open = await start({ JWT_SECRETS: SECRET });
  assert.equal((await fetch(open.channelUrl(channel), { headers: assertion })).status, 404);
  assert.equal((await fetch(open.channelUrl(channel), { headers: wrong })).status, 404);
});

test("[AC7b] what is at fault in the variables is logged, and opens nothing", async () => {
  await using edge = await start({ JWT_SECRETS: "short", JWT_JWKS_URL: "http://id.example/keys" });
  await assertProblem(
    await post(edge, newChannel(), "1", bearer(token({ ...HS256, key: "short" }))),
    401,
    "token-wrong",
  );
  await waitFor("both lines", () =>
    ["JWT_SECRETS: word 1 has", "JWT_JWKS_URL does not begin"].every((text) =>
      edge.logs.some((line) => line.includes(text)),
    ),
  );
});
