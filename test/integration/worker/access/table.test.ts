/**
 * Who may do what, as one table: each act × each kind of token × each way to send it, in a private channel with points, in one
 * without, and in a public one; and what becomes of a viewer of each kind when its channel was evicted.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { SignJWT } from "jose";
import type { Capability } from "../../../../protocol/access/capability.ts";
import { ARRANGEMENT_TYPE, PRESENCE_TYPE, SESSION_TYPE, SHARE_TYPE, SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { sealToken } from "../../../../worker/http/access/sealed-token.ts";
import { startEdge } from "../../../support/edge.ts";
import { post } from "../../../support/publish.ts";
import { isBinary, openViewer, UpgradeRefused } from "../../../support/sockets.ts";

const ADMIN = "the-admin-token-of-this-table";
const SECRET = "a secret of forty characters, or a few more";
const edge = await startEdge({
  vars: { ADMIN_TOKEN: ADMIN, WATCH: "lab/**=token", JWT_SECRETS: `k1:${SECRET.replaceAll(" ", "-")}` },
});
after(() => edge.close());

const ALL: readonly Capability[] = ["watch", "history", "publish", "control", "note", "presence", "admin"];

interface Kind {
  name: string;
  /** Undefined: none is sent. */
  token: string | undefined;
  rights: readonly Capability[];
  /** A token that is none (any more): the code that says so. */
  code?: "token-wrong" | "token-expired";
}

/** Of the channels of this table. */
const PATTERNS = ["lab/**", "open/**"];

async function jwt(
  capabilities: readonly Capability[],
  claims: { aud?: string; exp?: number; key?: string } = {},
): Promise<string> {
  const { aud = "plotcast", exp = Math.floor(Date.now() / 1000) + 600, key = SECRET.replaceAll(" ", "-") } = claims;
  return await new SignJWT({ plotcast: Object.fromEntries(PATTERNS.map((pattern) => [pattern, capabilities])) })
    .setProtectedHeader({ alg: "HS256", kid: "k1" })
    .setAudience(aud)
    .setExpirationTime(exp)
    .sign(new TextEncoder().encode(key));
}

async function named(name: string, capabilities: readonly Capability[]): Promise<string> {
  const rights = Object.fromEntries(PATTERNS.map((pattern) => [pattern, capabilities]));
  const response = await fetch(new URL("/tokens", edge.url), {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name, rights, expiresAtMs: null }),
  });
  assert.equal(response.status, 201, await response.clone().text());
  const made: unknown = await response.json();
  assert.ok(typeof made === "object" && made !== null && "token" in made && typeof made.token === "string");
  return made.token;
}

async function revoked(): Promise<string> {
  const token = await named("revoked", ALL);
  const url = new URL("/tokens/revoked", edge.url);
  assert.equal((await fetch(url, { method: "DELETE", headers: { Authorization: `Bearer ${ADMIN}` } })).status, 204);
  return token;
}

const seconds = Math.floor(Date.now() / 1000);
const KINDS: readonly Kind[] = [
  { name: "nobody", token: undefined, rights: [] },
  { name: "PUBLISH_TOKEN", token: edge.token ?? "", rights: ["publish"] },
  { name: "ADMIN_TOKEN", token: ADMIN, rights: ALL },
  ...(await Promise.all(
    ALL.flatMap((capability) => [
      named(`only-${capability}`, [capability]).then((token) => ({
        name: `a named token for ${capability}`,
        token,
        rights: [capability],
      })),
      jwt([capability]).then((token) => ({ name: `a JWT for ${capability}`, token, rights: [capability] })),
    ]),
  )),
  { name: "a named token that was revoked", token: await revoked(), rights: [], code: "token-wrong" },
  { name: "a JWT that has expired", token: await jwt(ALL, { exp: seconds - 1 }), rights: [], code: "token-expired" },
  { name: "a JWT for others", token: await jwt(ALL, { aud: "others" }), rights: [], code: "token-wrong" },
  { name: "a JWT of another secret", token: await jwt(ALL, { key: "x".repeat(40) }), rights: [], code: "token-wrong" },
  { name: "a word", token: "password", rights: [], code: "token-wrong" },
];

interface Act {
  name: string;
  needs: Capability;
  /** Beside this one, with which the channel is no secret. */
  isOfWatchers: boolean;
  ok: number;
  run(url: URL, headers: Record<string, string>): Promise<number>;
}

function asked(method: string, type?: string, body?: string): Act["run"] {
  return async (url, headers) => {
    const init = {
      method,
      headers: { ...headers, ...(type !== undefined && { "Content-Type": type }) },
      ...(body !== undefined && { body }),
    };
    const response = await fetch(url, init);
    await response.arrayBuffer();
    return response.status;
  };
}

const ACTS: readonly Act[] = [
  {
    name: "publish",
    needs: "publish",
    isOfWatchers: false,
    ok: 200,
    run: asked("POST", "application/json", '{"y":1}'),
  },
  {
    name: "announce",
    needs: "publish",
    isOfWatchers: false,
    ok: 204,
    run: asked("POST", PRESENCE_TYPE, '{"publisher":"00000000000000aa","here":true}'),
  },
  {
    name: "publish lines as they come",
    needs: "publish",
    isOfWatchers: false,
    ok: 200,
    async run(url, headers) {
      const body = new Blob(['{"y":1}\n']).stream();
      const of = { ...headers, "Content-Type": "application/x-ndjson" };
      const response = await fetch(url, { method: "POST", headers: of, body, duplex: "half" });
      await response.arrayBuffer();
      return response.status;
    },
  },
  {
    name: "publish metrics of OpenTelemetry",
    needs: "publish",
    isOfWatchers: false,
    ok: 200,
    run: (url, headers) =>
      asked("POST", "application/json", '{"resourceMetrics":[]}')(new URL(`${url}/v1/metrics`), headers),
  },
  { name: "arrange", needs: "admin", isOfWatchers: false, ok: 204, run: asked("POST", ARRANGEMENT_TYPE, "panel=y") },
  { name: "share", needs: "admin", isOfWatchers: false, ok: 201, run: asked("POST", SHARE_TYPE, '{"forMs":60000}') },
  { name: "delete", needs: "admin", isOfWatchers: false, ok: 204, run: asked("DELETE") },
  {
    name: "read",
    needs: "history",
    isOfWatchers: true,
    ok: 200,
    run: (url, headers) => asked("GET")(url, { Accept: "application/json", ...headers }),
  },
  {
    name: "read the newest values as metrics",
    needs: "history",
    isOfWatchers: true,
    ok: 200,
    run: (url, headers) => asked("GET")(url, { Accept: "application/openmetrics-text", ...headers }),
  },
  {
    name: "ask for the headers of a read",
    needs: "history",
    isOfWatchers: true,
    ok: 200,
    run: (url, headers) => asked("HEAD")(url, { Accept: "text/csv", ...headers }),
  },
  { name: "follow events", needs: "watch", isOfWatchers: true, ok: 200, run: followed("", "text/event-stream") },
  { name: "follow lines", needs: "watch", isOfWatchers: true, ok: 200, run: followed("?follow=1", "text/csv") },
  {
    name: "poll",
    needs: "watch",
    isOfWatchers: true,
    ok: 200,
    async run(url, headers) {
      const of = { Accept: "application/json", ...headers };
      const status = await asked("GET")(new URL("?wait=0", url), of);
      // Where there is nothing yet.
      return status === 204 ? 200 : status;
    },
  },
  {
    name: "ask for the headers of events",
    needs: "watch",
    isOfWatchers: true,
    ok: 200,
    run: (url, headers) => asked("HEAD")(url, { Accept: "text/event-stream", ...headers }),
  },
  {
    name: "ask whether it may watch",
    needs: "watch",
    isOfWatchers: true,
    ok: 204,
    run: (url, headers) => asked("GET")(url, { Accept: "application/problem+json", ...headers }),
  },
  {
    name: "watch frames",
    needs: "watch",
    isOfWatchers: true,
    ok: 101,
    run: (url, headers) => joined(url, headers, SUBPROTOCOL),
  },
  { name: "watch text", needs: "watch", isOfWatchers: true, ok: 101, run: (url, headers) => joined(url, headers) },
];

/** A stream, as far as its beginning. */
function followed(query: string, accept: string): Act["run"] {
  return async (url, headers) => {
    const response = await fetch(new URL(query, url), { headers: { Accept: accept, ...headers } });
    await response.body?.cancel();
    return response.status;
  };
}

async function joined(url: URL, headers: Record<string, string>, subprotocol?: string): Promise<number> {
  const { "Sec-WebSocket-Protocol": extra, ...others } = headers;
  try {
    const viewer = await openViewer(url, {
      headers: others,
      ...(subprotocol !== undefined && { subprotocol }),
      ...(extra !== undefined && { extraSubprotocols: [extra] }),
    });
    await viewer.close();
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRefused) return error.status;
    throw error;
  }
}

const WAYS: readonly {
  name: string;
  headers(token: string): Promise<Record<string, string>>;
  isFor(act: Act): boolean;
}[] = [
  { name: "Authorization", headers: async (token) => ({ Authorization: `Bearer ${token}` }), isFor: () => true },
  {
    name: "the cookie and its key",
    headers: async (token) => {
      // As it was made when the token was still good.
      const { sealed, key } = await sealToken(token);
      return { Cookie: `plotcast=${sealed}`, "Plotcast-Session": key };
    },
    isFor: () => true,
  },
  {
    name: "the cookie, and its key in a subprotocol",
    headers: async (token) => {
      const { sealed, key } = await sealToken(token);
      return { Cookie: `plotcast=${sealed}`, "Sec-WebSocket-Protocol": `plotcast.session.${key}` };
    },
    isFor: ({ name }) => name === "watch frames",
  },
  {
    name: "a subprotocol",
    headers: async (token) => ({
      "Sec-WebSocket-Protocol": `plotcast.token.${Buffer.from(token).toString("base64url")}`,
    }),
    isFor: ({ name }) => name === "watch frames",
  },
];

/** What an act is to be answered. */
function expected(act: Act, { token, rights, code }: Kind, isPrivate: boolean): number {
  if (act.isOfWatchers && !isPrivate) return act.ok;
  if (code !== undefined) return 401;
  if (rights.includes(act.needs)) return act.ok;
  if (act.isOfWatchers) return rights.includes("watch") || rights.includes("history") ? 403 : 404;
  return token === undefined ? 401 : 403;
}

let channels = 0;
let addresses = 0;

/** Many wrong tokens of one address would be too many (GD10). */
function otherAddress(): Record<string, string> {
  addresses++;
  return { "CF-Connecting-IP": `10.0.${addresses >> 8}.${addresses & 255}` };
}

for (const kind of KINDS) {
  for (const way of kind.token === undefined ? WAYS.slice(0, 1) : WAYS) {
    test(`[AC1a] [AC3b] [AC4a] [AC4d] [AC4e] ${kind.name}${kind.token === undefined ? "" : ` by ${way.name}`}`, async () => {
      const headers = kind.token === undefined ? {} : await way.headers(kind.token);
      for (const act of ACTS.filter((each) => way.isFor(each))) {
        for (const place of ["lab/full", "lab/empty", "open"] as const) {
          const channel = `${place}/${++channels}`;
          if (place !== "lab/empty") assert.equal((await post(edge, channel, '{"y":7}')).status, 200);
          const status = await act.run(edge.channelUrl(channel), { ...headers, ...otherAddress() });
          assert.equal(status, expected(act, kind, place !== "open"), `${act.name}, ${place}`);
        }
      }
    });
  }
}

for (const kind of KINDS.filter(({ rights }) => rights.includes("watch"))) {
  test(`[AC10d] ${kind.name}: a viewer goes on after its channel was evicted`, async () => {
    const channel = `lab/evicted/${++channels}`;
    assert.equal((await post(edge, channel, '{"y":1}')).status, 200);
    const viewer = await openViewer(edge.channelUrl(channel), {
      subprotocol: SUBPROTOCOL,
      headers: { Authorization: `Bearer ${kind.token}` },
    });
    await viewer.nextMessage("the point before", isBinary);
    await viewer.nextMessage("live", (message) => typeof message === "string" && message.includes('"live"'));
    await edge.evict(channel);
    assert.equal((await post(edge, channel, '{"y":2}')).status, 200);
    await viewer.nextMessage("the point after", isBinary);
    await viewer.close();
  });
}

test("[AC9a] a session is kept for whoever has any right here, and answers which", async () => {
  for (const kind of KINDS) {
    const url = edge.channelUrl(`lab/full/${++channels}`);
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": SESSION_TYPE,
        ...(kind.token !== undefined && { Authorization: `Bearer ${kind.token}` }),
      },
      body: '{"keep":true}',
    });
    const isKept = kind.rights.length > 0;
    assert.equal(response.status, isKept ? 200 : 401, kind.name);
    const body: unknown = await response.json();
    if (isKept) assert.partialDeepStrictEqual(body, { capabilities: [...kind.rights] });
    assert.equal(response.headers.has("Set-Cookie"), isKept);
  }
});
