/** By which names the Worker may be asked. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { rawBytes, rawRequest } from "../../../support/raw.ts";

const edge = await startEdge({
  vars: {
    ALLOWED_HOSTS: "board.example .lab.example",
    PUBLIC_URL: "https://public.example:8443, https://second.example",
  },
});
after(() => edge.close());

const TOKEN = { Authorization: "Bearer test-token" };
const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

for (const host of [
  "evil.example",
  "evil.example:8787",
  "localhost.evil.example",
  "127.0.0.1.nip.io",
  "a.board.example",
]) {
  for (const [what, request] of [
    ["the page", { path: "/c/main", headers: { Accept: "application/json" } }],
    ["a read", { path: "/c/main?points=1" }],
    ["a HEAD", { method: "HEAD", path: "/c/main" }],
    ["a publish", { method: "POST", path: "/c/main", headers: TOKEN, body: "1" }],
    ["a DELETE", { method: "DELETE", path: "/c/main", headers: TOKEN }],
    ["OPTIONS", { method: "OPTIONS", path: "/c/main" }],
    ["a WebSocket", { path: "/c/main", headers: UPGRADE }],
    ["the front door", { path: "/" }],
    ["nothing", { path: "/nothing" }],
  ] as const) {
    test(`[GD6a] [BAD1] asked as ${host}, ${what} is refused, and it is said what to set`, async () => {
      const response = await rawRequest(edge.url, {
        ...request,
        headers: { ...("headers" in request ? request.headers : {}), Host: host },
      });
      assert.equal(response.status, 403);
      if (what === "a HEAD") return;
      const { detail } = await assertProblem(response, 403, "host-not-allowed");
      assert.match(detail, /ALLOWED_HOSTS.*PUBLIC_URL/);
      assert.ok(detail.includes(host), detail);
    });
  }
}

test("[GD6] a person who follows a link to a name that is not known gets a page that says so", async () => {
  const response = await rawRequest(edge.url, {
    path: "/c/main",
    headers: { Host: "evil.example", Accept: "text/html" },
  });
  assert.equal(response.status, 403);
  assert.match(response.headers.get("Content-Type") ?? "", /^text\/html/);
  assert.match(await response.text(), /ALLOWED_HOSTS/);
});

for (const host of [
  "board.example:1234",
  "BOARD.EXAMPLE.",
  "x.lab.example",
  "public.example",
  "second.example:8443",
  "localhost",
  "a.localhost:1",
  "[::1]:8787",
  "10.0.0.7",
  "x.workers.dev",
]) {
  test(`[GD6b] asked as ${host} it answers`, async () => {
    const response = await rawRequest(edge.url, {
      path: "/c/main",
      headers: { Host: host, Accept: "application/json" },
    });
    assert.equal(response.status, 200, await response.text());
  });
}

// A page that was rebound is of one origin with this address to its browser, and sets any other header.
for (const [what, headers] of [
  ["Miniflare's own header for another URL", { "MF-Original-URL": "http://localhost/c/main" }],
  ["X-Forwarded-Host", { "X-Forwarded-Host": "localhost" }],
  ["Forwarded", { Forwarded: "host=localhost" }],
] as const) {
  test(`[GD6a] ${what} does not make a name known`, async () => {
    const response = await rawRequest(edge.url, { path: "/c/main", headers: { Host: "evil.example", ...headers } });
    await assertProblem(response, 403, "host-not-allowed");
  });
}

for (const headers of [
  { "X-Forwarded-Host": "evil.example" },
  { "X-Forwarded-Host": "localhost, evil.example" },
  { Forwarded: 'for=192.0.2.1;host="evil.example:8787";proto=https' },
  { Forwarded: "host=localhost, for=x; Host=evil.example" },
]) {
  test(`[GD6a] a proxy on this machine that was asked as another name, and says so, is refused: ${JSON.stringify(headers)}`, async () => {
    await assertProblem(await rawRequest(edge.url, { path: "/c/main", headers }), 403, "host-not-allowed");
  });
}

for (const [what, bytes] of [
  ["two Hosts", "GET /c/main HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
  [
    "two Hosts, the other first",
    "GET /c/main HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n",
  ],
  ["a URL for a path", "GET http://localhost/c/main HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
  ["a user before the name", "GET /c/main HTTP/1.1\r\nHost: localhost@evil.example\r\nConnection: close\r\n\r\n"],
  ["a blank in the name", "GET /c/main HTTP/1.1\r\nHost: localhost evil.example\r\nConnection: close\r\n\r\n"],
] as const) {
  test(`[GD6a] ${what} gets no further than an unknown name`, async () => {
    const answer = await rawBytes(edge.url, bytes);
    assert.match(answer, /^(HTTP\/1\.1 [45]\d\d|$)/);
  });
}
