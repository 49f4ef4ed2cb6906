/** A private channel: who has the right gets in, by each way to send a token; to all others it is not there. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isObject } from "../../../../protocol/json/json.ts";
import { SESSION_TYPE, SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, post } from "../../../support/publish.ts";
import { keepSession, withSession } from "../../../support/session.ts";
import { openViewer, UpgradeRefused, type ViewerOptions } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

const ADMIN = "the-admin-token";
const edge = await startEdge({
  vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token", ALLOWED_ORIGINS: "https://a.example", EMBED_ORIGINS: "*" },
});
after(() => edge.close());

/** A private channel with a point in it. */
async function filled(): Promise<URL> {
  const channel = newChannel();
  assert.equal((await post(edge, channel, '{"y":1}')).status, 200);
  return edge.channelUrl(channel);
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

function tokenSubprotocol(token: string): string {
  return `plotcast.token.${Buffer.from(token).toString("base64url")}`;
}

async function refusal(url: URL, options: ViewerOptions): Promise<UpgradeRefused> {
  const outcome = await openViewer(url, options).catch((error: unknown) => error);
  assert.ok(outcome instanceof UpgradeRefused, `not refused: ${outcome}`);
  return outcome;
}

/** Status, headers and text, but for what is of the moment or names the channel. */
async function shape(response: Response): Promise<unknown> {
  const headers = [...response.headers].filter(([name]) => name !== "date");
  return { status: response.status, headers, text: await response.text() };
}

for (const accept of [
  "*/*",
  "application/x-ndjson",
  "application/json",
  "text/csv",
  "application/vnd.plotcast.frame",
  "application/problem+json",
]) {
  for (const method of accept === "application/problem+json" ? ["GET"] : ["GET", "HEAD"]) {
    test(`[AC3b] [AC4a] [AC4b] ${method} ${accept}: a private channel is not there for strangers, whether it has points or not`, async () => {
      const headers = { Accept: accept };
      const there = await fetch(await filled(), { method, headers });
      const absent = await fetch(edge.channelUrl(newChannel()), { method, headers });
      const published = await fetch(await filled(), { method, headers: { ...headers, ...bearer("test-token") } });
      assert.equal(there.status, 404);
      const expected = await shape(absent);
      assert.deepEqual(await shape(there), expected);
      assert.deepEqual(await shape(published), expected, "a good token without the right here");
    });
  }
}

for (const subprotocol of [undefined, SUBPROTOCOL]) {
  test(`[AC4a] a WebSocket (${subprotocol ?? "text"}) of a stranger is refused alike`, async () => {
    const options = subprotocol === undefined ? {} : { subprotocol };
    const [there, absent] = [
      await refusal(await filled(), options),
      await refusal(edge.channelUrl(newChannel()), options),
    ];
    assert.equal(there.status, 404);
    assert.equal(there.body, absent.body);
    assert.match(there.body, /not-found/);
  });
}

test("[AC4a] the page of a private channel is that of every channel", async () => {
  const [there, open] = await Promise.all(
    [await filled(), edge.channelUrl("main")].map((url) => fetch(url, { headers: { Accept: "text/html" } })),
  );
  assert.equal(there?.status, 200);
  assert.equal(await there?.text(), await open?.text());
});

test("[AC4b] a wrong token is refused with 401, the same for every channel that is private", async () => {
  for (const url of [await filled(), edge.channelUrl(newChannel())]) {
    const response = await fetch(url, { headers: bearer("wrong") });
    await assertProblem(response, 401, "token-wrong");
    assert.equal((await refusal(url, { headers: bearer("wrong") })).status, 401);
  }
});

test("[AC1c] where anybody may watch no token is looked at", async () => {
  assert.equal((await fetch(edge.channelUrl("main"), { headers: bearer("wrong") })).status, 200);
  await (await openViewer(edge.channelUrl("main"), { headers: { Cookie: "plotcast=wrong" } })).close();
});

test("[AC4d] to publish and to delete are refused in the same way for every channel", async () => {
  for (const channel of [newChannel(), "main"]) {
    const [url, anonymous] = [edge.channelUrl(channel), { Authorization: "" }];
    await assertProblem(await post(edge, channel, "1", anonymous), 401, "token-missing");
    await assertProblem(await post(edge, channel, "1", bearer("wrong")), 401, "token-wrong");
    await assertProblem(await fetch(url, { method: "DELETE" }), 401, "token-missing");
    const { detail } = await assertProblem(
      await fetch(url, { method: "DELETE", headers: bearer("test-token") }),
      403,
      "not-permitted",
    );
    assert.match(detail, /"admin"/);
    assert.equal((await fetch(url, { method: "DELETE", headers: bearer(ADMIN) })).status, 204);
  }
});

test("[AC5b] the arrangement for everybody needs admin", async () => {
  const headers = { "Content-Type": "application/vnd.plotcast.arrangement" };
  const channel = newChannel();
  await assertProblem(await post(edge, channel, "panel=y", headers), 403, "not-permitted");
  assert.equal((await post(edge, channel, "panel=y", { ...headers, ...bearer(ADMIN) })).status, 204);
});

for (const [way, headersFor] of [
  ["Authorization", () => bearer(ADMIN)],
  [
    "the cookie and its key",
    async (url: URL) => {
      const { cookie, key } = await keepSession(url, ADMIN);
      return { Cookie: `other=1; ${cookie}; more=2`, "Plotcast-Session": key };
    },
  ],
  [
    "the cookie and its key, of its own page",
    async (url: URL) => ({ ...withSession(await keepSession(url, ADMIN)), "Sec-Fetch-Site": "same-origin" }),
  ],
] as const) {
  test(`[AC1a] a token by ${way} opens a private channel to reads and WebSockets`, async () => {
    const url = await filled();
    const headers = await headersFor(url);
    const response = await fetch(url, { headers: { Accept: "application/json", ...headers } });
    assert.equal(response.status, 200);
    assert.match(await response.text(), /"y":1/);
    await (await openViewer(url, { headers, subprotocol: SUBPROTOCOL })).close();
  });
}

test("[AC1a] a token by the subprotocol opens a WebSocket, and is not said back", async () => {
  const url = await filled();
  const answered = await openViewer(url, { subprotocol: SUBPROTOCOL, extraSubprotocols: [tokenSubprotocol(ADMIN)] });
  assert.equal(answered.subprotocol, SUBPROTOCOL);
  await answered.close();
  for (const token of ["wrong", "", "\u00e4"]) {
    const { status } = await refusal(url, { subprotocol: SUBPROTOCOL, extraSubprotocols: [tokenSubprotocol(token)] });
    assert.equal(status, 401, token);
  }
  assert.equal(
    (await refusal(url, { subprotocol: SUBPROTOCOL, extraSubprotocols: ["plotcast.token.!!"] })).status,
    401,
  );
});

test("[AC1a] a cookie opens a WebSocket with its key in a subprotocol, which is not said back", async () => {
  const url = await filled();
  const { cookie, key } = await keepSession(url, ADMIN);
  const options = { subprotocol: SUBPROTOCOL, headers: { Cookie: cookie } };
  const answered = await openViewer(url, { ...options, extraSubprotocols: [`plotcast.session.${key}`] });
  assert.equal(answered.subprotocol, SUBPROTOCOL);
  await answered.close();
  assert.equal((await refusal(url, options)).status, 404);
  const other = { ...options, extraSubprotocols: ["plotcast.session.AAAAAAAAAAAAAAAAAAAAAA"] };
  assert.equal((await refusal(url, other)).status, 404);
});

test("[AC9b] neither the cookie nor its key is worth anything alone: so a server at another port of the host has nothing", async () => {
  const url = await filled();
  const { cookie, key } = await keepSession(url, ADMIN);
  const other = await keepSession(url, ADMIN);
  const asked = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(url, { headers: { Accept: "application/json", ...headers } })).status;
  assert.equal(await asked(withSession({ cookie, key })), 200);
  for (const headers of [
    { Cookie: cookie },
    { "Plotcast-Session": key },
    withSession({ cookie, key: other.key }),
    withSession({ cookie, key: "x" }),
    // As a server at another port could plant it.
    withSession({ cookie: `plotcast=${ADMIN}`, key }),
    withSession({ cookie: "plotcast=wrong", key }),
  ])
    assert.equal(await asked(headers), 404, JSON.stringify(headers));
  assert.equal(cookie.includes(ADMIN), false);
  await assertProblem(await fetch(url, { method: "DELETE", headers: { Cookie: cookie } }), 401, "token-missing");
});

test("[AC9b] what a server at another port puts beside the cookie does not keep it from counting", async () => {
  const url = await filled();
  const { cookie, key } = await keepSession(url, ADMIN);
  // A browser sends a cookie without a name as its value alone.
  for (const beside of ["plotcastX", "plotcast=x", "plotcast=1.AAAA; plotcast=", "plotcast", "=plotcast"]) {
    for (const Cookie of [`${beside}; ${cookie}`, `${cookie}; ${beside}`]) {
      const response = await fetch(url, { headers: { Accept: "application/json", Cookie, "Plotcast-Session": key } });
      assert.equal(response.status, 200, Cookie);
    }
  }
});

test("[AC1a] a token in the query is none", async () => {
  const url = await filled();
  for (const key of ["token", "access_token", "plotcast"]) {
    const asked = new URL(url);
    asked.searchParams.set(key, ADMIN);
    assert.equal((await fetch(asked, { headers: { Accept: "application/json" } })).status, 404);
  }
});

for (const headers of [
  { "Sec-Fetch-Site": "cross-site", Origin: "https://a.example" },
  { Origin: "https://a.example" },
  { "Sec-Fetch-Site": "same-site", Origin: "https://a.example" },
]) {
  test(`[AC1b] the cookie does not count for a page of another origin, though that is allowed (${Object.keys(headers)})`, async () => {
    const url = await filled();
    const asked = { Accept: "application/json", ...headers };
    const session = withSession(await keepSession(url, ADMIN));
    assert.equal((await fetch(url, { headers: { ...asked, ...session } })).status, 404);
    assert.equal((await fetch(url, { headers: { ...asked, ...bearer(ADMIN) } })).status, 200);
  });
}

test("[AC9a] a token goes into a cookie of this channel's path, and out of it", async () => {
  const url = await filled();
  const keep = (keep: unknown, headers: Record<string, string>): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: { "Content-Type": SESSION_TYPE, ...headers },
      body: JSON.stringify({ keep }),
    });
  const kept = await keep(true, bearer(ADMIN));
  assert.equal(kept.status, 200);
  const [cookie = "", ...attributes] = (kept.headers.get("Set-Cookie") ?? "").split("; ");
  assert.match(cookie, /^plotcast=1\.[\w-]+$/);
  assert.deepEqual(attributes, [`Path=${url.pathname}`, "HttpOnly", "SameSite=Strict"]);
  assert.equal(kept.headers.get("Cache-Control"), "no-store");
  const answered: unknown = await kept.json();
  assert.ok(isObject(answered));
  const { key, ...session } = answered;
  assert.ok(typeof key === "string" && /^[\w-]{22}$/.test(key));
  assert.deepEqual(session, {
    capabilities: ["watch", "history", "publish", "control", "note", "presence", "admin"],
    expiresAtMs: null,
  });
  const again = await keep(true, withSession({ cookie, key }));
  assert.deepEqual(await again.json(), session);
  assert.equal(again.headers.get("Set-Cookie"), null, "the key of the cookie that is there stays good");
  await assertProblem(await keep(true, { Cookie: cookie }), 401, "token-missing");
  const ended = await keep(false, { Cookie: cookie });
  assert.equal(ended.status, 204);
  assert.match(ended.headers.get("Set-Cookie") ?? "", /^plotcast=; .*Max-Age=0$/);
  await assertProblem(await keep(true, {}), 401, "token-missing");
  await assertProblem(await keep(true, bearer("wrong")), 401, "token-wrong");
  await assertProblem(await keep("yes", bearer(ADMIN)), 400, "session-invalid");
  const proxied = await keep(true, {
    ...bearer(ADMIN),
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": edge.url.host,
  });
  assert.match(proxied.headers.get("Set-Cookie") ?? "", /; Secure$/);
});

test("[AC9a] an ended session needs no good token", async () => {
  const url = await filled();
  const body = JSON.stringify({ keep: false });
  for (const headers of [{}, { Cookie: "plotcast=revoked-by-now" }]) {
    const response = await fetch(url, { method: "POST", headers: { "Content-Type": SESSION_TYPE, ...headers }, body });
    assert.equal(response.status, 204);
  }
});

test("[AC9a] characters that a cookie cannot have are kept", async () => {
  const token = 'a;b,"c"=%20\\';
  await using other = await startEdge({ vars: { ADMIN_TOKEN: token, WATCH: "token" } });
  const session = await keepSession(other.channelUrl("main"), token);
  assert.equal((await fetch(other.channelUrl("main"), { headers: withSession(session) })).status, 200);
});

test("[AC9a] a token that has no room in a cookie once it is encrypted is refused", async () => {
  const token = "x".repeat(3_000);
  await using other = await startEdge({ vars: { ADMIN_TOKEN: `${token} ${"y".repeat(3_040)}`, WATCH: "token" } });
  const session = await keepSession(other.channelUrl("main"), token);
  assert.equal((await fetch(other.channelUrl("main"), { headers: withSession(session) })).status, 200);
  const response = await fetch(other.channelUrl("main"), {
    method: "POST",
    headers: { "Content-Type": SESSION_TYPE, ...bearer("y".repeat(3_040)) },
    body: '{"keep":true}',
  });
  await assertProblem(response, 400, "session-invalid");
});

test("[AC9b] a cookie is a token that is verified anew: for a channel that it has no right for it is none", async () => {
  const url = await filled();
  const session = withSession(await keepSession(edge.channelUrl("main"), "test-token"));
  assert.equal((await fetch(url, { headers: session })).status, 404);
  const publish = await fetch(edge.channelUrl("main"), { method: "POST", headers: session, body: "1" });
  assert.equal(publish.status, 200, "where it has one it counts");
});

test("[AC12] nobody else may frame a private channel, unless the site is named", async () => {
  const html = { headers: { Accept: "text/html" } };
  const ancestors = async (url: URL): Promise<string> => {
    const policy = (await fetch(new URL("?embed=1", url), html)).headers.get("Content-Security-Policy") ?? "";
    return /frame-ancestors (.*)$/.exec(policy)?.[1] ?? "";
  };
  assert.equal(await ancestors(edge.channelUrl(newChannel())), "'self'");
  assert.equal(await ancestors(edge.channelUrl("main")), "*");
  await using named = await startEdge({ vars: { WATCH: "token", EMBED_ORIGINS: "https://a.example" } });
  assert.equal(await ancestors(named.channelUrl("main")), "'self' https://a.example");
});

test("[AC3c] with a WATCH that cannot be read every channel is private", async () => {
  await using closed = await startEdge({ vars: { WATCH: "lab/**=private" } });
  assert.equal((await fetch(closed.channelUrl("main"))).status, 404);
  await waitFor("the warning", () => closed.logs.some((line) => line.includes("every channel needs a token")));
});

test("[AC5a] two tokens count while one is exchanged for the other", async () => {
  await using rotating = await startEdge({ publishToken: "new-token old-token" });
  const ask = (token: string): Promise<Response> => post(rotating, "main", "1", bearer(token));
  assert.deepEqual([(await ask("new-token")).status, (await ask("old-token")).status], [200, 200]);
  await assertProblem(await ask("other-token"), 401, "token-wrong");
});
