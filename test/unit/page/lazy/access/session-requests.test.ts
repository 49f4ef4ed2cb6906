import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type TestContext, test } from "node:test";
import {
  type SessionRequests,
  sessionRequests,
  tokenHeader,
} from "../../../../../page/lazy/access/session-requests.ts";

interface Asked {
  method: string | undefined;
  type: string | undefined;
  authorization: string | undefined;
  session: string | undefined;
  body: string;
}

/** A server that answers each request alike. */
async function served(
  t: TestContext,
  status: number,
  body: string,
  headers: IncomingHttpHeaders = { plotcast: "1" },
): Promise<{ requests: SessionRequests; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const { "content-type": type, authorization, "plotcast-session": key } = request.headers;
    const session = typeof key === "string" ? key : undefined;
    asked.push({ method: request.method, type, authorization, session, body: text });
    response.writeHead(status, { connection: "close", ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { requests: sessionRequests(new URL(`http://127.0.0.1:${address.port}/c/lab`)), asked };
}

const SESSION = "application/vnd.plotcast.session+json";

test("[AC9a] [PG91a] a token is sent once, in Authorization, and what it may do is read of the answer", async (t) => {
  const { requests, asked } = await served(
    t,
    200,
    '{"capabilities":["watch","fly","admin"],"expiresAtMs":1700000000000,"key":"AAAAAAAAAAAAAAAAAAAAAA"}',
  );
  const value = { capabilities: ["watch", "admin"], expiresAtMs: 1_700_000_000_000 };
  assert.deepEqual(await requests.keep("pct_a"), {
    kind: "done",
    value: { ...value, key: "AAAAAAAAAAAAAAAAAAAAAA" },
  });
  assert.deepEqual(await requests.session({ "Plotcast-Session": "BBBB" }), { kind: "done", value });
  const post = { method: "POST", type: SESSION, body: '{"keep":true}' };
  assert.deepEqual(asked, [
    { ...post, authorization: "Bearer pct_a", session: undefined },
    { ...post, authorization: undefined, session: "BBBB" },
  ]);
});

test("[AC9a] [PG91f] to forget is a POST without a token, which is answered with 204", async (t) => {
  const { requests, asked } = await served(t, 204, "");
  assert.equal((await requests.forget()).kind, "done");
  assert.deepEqual(asked, [
    { method: "POST", type: SESSION, body: '{"keep":false}', authorization: undefined, session: undefined },
  ]);
});

test("[AC11] [PG91e] a share link is asked for by how long it is to last, and for whom", async (t) => {
  const { requests, asked } = await served(t, 201, '{"token":"pct_b","name":"share-1","expiresAtMs":1700000000000}');
  const value = { token: "pct_b", name: "share-1", expiresAtMs: 1_700_000_000_000 };
  const request = { forMs: 3_600_000, for: "anna" };
  assert.deepEqual(await requests.share(request, { "Plotcast-Session": "BBBB" }), { kind: "done", value });
  assert.deepEqual(asked, [
    {
      method: "POST",
      type: "application/vnd.plotcast.share+json",
      body: '{"forMs":3600000,"for":"anna"}',
      authorization: undefined,
      session: "BBBB",
    },
  ]);
});

test("[AC11c] [PG91i] it is taken back by its name", async (t) => {
  const { requests, asked } = await served(t, 204, "");
  assert.equal((await requests.takeBack("share-anna-7c3e8f4e", tokenHeader("pct_a"))).kind, "done");
  assert.deepEqual(asked, [
    {
      method: "POST",
      type: "application/vnd.plotcast.share+json",
      body: '{"revoke":"share-anna-7c3e8f4e"}',
      authorization: "Bearer pct_a",
      session: undefined,
    },
  ]);
});

for (const [status, body, headers, code, sentence] of [
  [401, '{"code":"token-wrong","detail":"It was revoked."}', { plotcast: "1" }, "token-wrong", /^It was revoked\.$/],
  [401, '{"code":"token-wrong"}', { plotcast: "1" }, "token-wrong", /token is wrong/],
  [401, '{"code":"token-expired","detail":"It expired."}', { plotcast: "1" }, "token-expired", /^It expired\.$/],
  [404, '{"code":"not-found","detail":"x"}', { plotcast: "1" }, "not-found", /not for this channel/],
  [403, '{"code":"not-permitted","detail":"No right."}', { plotcast: "1" }, "not-permitted", /^No right\.$/],
  [429, '{"code":"too-many-requests","detail":"Wait."}', { plotcast: "1" }, "too-many-requests", /^Wait\.$/],
  [
    429,
    '{"code":"too-many-requests","detail":"x"}',
    { plotcast: "1", "www-authenticate": "Bearer", "retry-after": "42" },
    "too-many-requests",
    /^Too many wrong tokens .* wait 42 s before/,
  ],
  [401, '{"code":"token-wrong"}', {}, undefined, /in place of the Worker \(HTTP 401\)/],
  [200, '{"capabilities":"all","expiresAtMs":null}', { plotcast: "1" }, undefined, /cannot be understood/],
  [200, '{"capabilities":[],"expiresAtMs":null}', { plotcast: "1" }, undefined, /cannot be understood/],
  [200, "<p>Welcome", {}, undefined, /in place of the Worker/],
] as const) {
  test(`[PG91b] where ${status} ${body} answers, it says ${sentence}`, async (t) => {
    const { requests } = await served(t, status, body, headers);
    const outcome = await requests.keep("pct_a");
    assert.ok(outcome.kind === "refused");
    assert.equal(outcome.code, code);
    assert.match(outcome.text, sentence);
  });
}

test("[PG91e] [PG91i] whoever makes a link, or takes one back, by a token that counts no more is told that access has ended", async (t) => {
  const tooMany = { plotcast: "1", "www-authenticate": "Bearer", "retry-after": "42" };
  for (const [status, code, headers] of [
    [401, "token-wrong", { plotcast: "1" }],
    [401, "token-expired", { plotcast: "1" }],
    [401, "token-missing", { plotcast: "1" }],
    [429, "too-many-requests", tooMany],
  ] as const) {
    const { requests } = await served(t, status, `{"code":"${code}","detail":"The token is wrong."}`, headers);
    const text = "Your access has ended. Load this page again to enter a new token.";
    const refused = { kind: "refused", code, text };
    assert.deepEqual(await requests.share({ forMs: 60_000 }, {}), refused);
    assert.deepEqual(await requests.takeBack("share-1", {}), refused);
  }
});

for (const [status, body, headers, later] of [
  [429, '{"code":"quota-exceeded","detail":"x"}', { plotcast: "1", "retry-after": "3" }, { retryAfterMs: 3000 }],
  [503, '{"code":"keys-unavailable","detail":"x"}', { plotcast: "1", "retry-after": "5" }, { retryAfterMs: 5000 }],
  [503, "<p>Down", { "retry-after": "5" }, { retryAfterMs: undefined }],
  [429, '{"code":"too-many-requests"}', { plotcast: "1", "www-authenticate": "Bearer", "retry-after": "3" }, undefined],
  [429, "<p>Slow down", {}, undefined],
  [401, '{"code":"token-wrong"}', { plotcast: "1" }, undefined],
] as const) {
  test(`[PG91k] where ${status} ${body} answers, the same may be asked ${later === undefined ? "no more" : "later"}`, async (t) => {
    const { requests } = await served(t, status, body, headers);
    const outcome = await requests.keep("pct_a");
    assert.ok(outcome.kind === "refused");
    assert.deepEqual(outcome.later, later);
  });
}

test("[PG91b] where nothing answers, that is an outcome as well", async () => {
  const requests = sessionRequests(new URL("http://127.0.0.1:1/c/lab"));
  assert.deepEqual(await requests.keep("pct_a"), { kind: "unreachable" });
});
