/** From which pages the Worker is asked, and what it lets them know. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem, assertProblemText } from "../../../support/problem.ts";
import { newChannel, publishJson, storedPoints } from "../../../support/publish.ts";
import { rawRequest } from "../../../support/raw.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";

const edge = await startEdge({
  vars: {
    ALLOWED_ORIGINS: "https://a.example, null",
    ALLOWED_HOSTS: "board.example .lab.example",
    PUBLIC_URL: "https://public.example:8443, https://second.example",
  },
});
const bare = await startEdge();
const open = await startEdge({ vars: { ALLOWED_ORIGINS: "*" } });
after(() => Promise.all([edge.close(), bare.close(), open.close()]));

const TOKEN = { Authorization: "Bearer test-token" };
const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

const NAVIGATION = {
  Accept: "text/html",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": "document",
  "Sec-Fetch-User": "?1",
};
for (const site of ["cross-site", "same-site"]) {
  for (const [what, request] of [
    ["<script src>", { headers: { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script" } }],
    [
      "<img src>",
      { headers: { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", Accept: "image/avif,*/*;q=0.8" } },
    ],
    ["fetch without an Origin", { headers: { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty" } }],
    ["fetch", { headers: { "Sec-Fetch-Mode": "cors", Origin: "http://localhost:3000" } }],
    [
      "fetch of the page",
      { headers: { "Sec-Fetch-Mode": "cors", Origin: "http://localhost:3000", Accept: "text/html" } },
    ],
    [
      "a publish",
      {
        method: "POST",
        body: "1",
        headers: { ...TOKEN, "Sec-Fetch-Mode": "no-cors", Origin: "http://localhost:3000" },
      },
    ],
    ["a form", { method: "POST", body: "y=1", headers: { ...TOKEN, ...NAVIGATION, Origin: "http://localhost:3000" } }],
    ["a form without an Origin", { method: "POST", body: "y=1", headers: { ...TOKEN, ...NAVIGATION } }],
    [
      "a DELETE",
      { method: "DELETE", headers: { ...TOKEN, "Sec-Fetch-Mode": "cors", Origin: "http://localhost:3000" } },
    ],
    [
      "a preflight",
      {
        method: "OPTIONS",
        headers: { "Sec-Fetch-Mode": "cors", Origin: "http://localhost:3000", "Access-Control-Request-Method": "POST" },
      },
    ],
  ] as const) {
    test(`[GD7a] [BAD1] [BAD2] ${site} ${what} is refused`, async () => {
      const channel = newChannel();
      await publishJson(edge, channel, { x: 1, y: 1 });
      const headers = { "Sec-Fetch-Site": site, ...request.headers };
      const response = await rawRequest(edge.url, { ...request, path: `/c/${channel}`, headers });
      if ("Accept" in headers && headers.Accept.startsWith("text/html")) {
        const page = await response.text();
        assert.equal(response.status, 403);
        assert.match(page, /ALLOWED_ORIGINS/);
        assert.match(page, /<code>cross-site<\/code>/);
      } else {
        const { detail } = await assertProblem(response, 403, "cross-site");
        assert.match(detail, /ALLOWED_ORIGINS/);
      }
      assert.equal(response.headers.get("Access-Control-Allow-Origin"), null);
      assert.equal(response.headers.get("Cross-Origin-Resource-Policy"), "same-origin");
      assert.equal((await storedPoints(edge, channel)).length, 1);
    });
  }

  for (const [what, path, dest] of [
    ["a link", "/c/main", "document"],
    ["a frame with ?embed=1", "/c/main?embed=1", "iframe"],
    ["the front door", "/", "document"],
  ] as const) {
    test(`[GD7c] [RT7a] ${site}, ${what} leads to the page as ever`, async () => {
      const headers = { ...NAVIGATION, "Sec-Fetch-Site": site, "Sec-Fetch-Dest": dest };
      const { status } = await rawRequest(edge.url, { path, headers });
      assert.equal(status, path === "/" ? 302 : 200);
    });
  }
}

for (const site of ["none", "same-origin"]) {
  test(`[GD7a] ${site} reads and publishes`, async () => {
    const channel = newChannel();
    const headers = { ...TOKEN, "Sec-Fetch-Site": site };
    const posted = await rawRequest(edge.url, { method: "POST", path: `/c/${channel}`, headers, body: "1" });
    assert.equal(posted.status, 200, await posted.text());
    assert.equal((await rawRequest(edge.url, { path: `/c/${channel}`, headers })).status, 200);
  });
}

test("[GD7] without Sec-Fetch-Site, as over http to another machine, a page of another origin is refused by its Origin", async () => {
  const response = await rawRequest(edge.url, { path: "/c/main", headers: { Origin: "http://evil.example" } });
  await assertProblem(response, 403, "origin-not-allowed");
});

for (const [origin, allowed] of [
  ["https://a.example", "https://a.example"],
  ["null", "null"],
] as const) {
  test(`[GD8a] [GD8b] a page of ${origin} reads, publishes and deletes, after a preflight`, async () => {
    const channel = newChannel();
    const headers = { Origin: origin, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors" };
    const preflight = await rawRequest(edge.url, {
      method: "OPTIONS",
      path: `/c/${channel}`,
      headers: {
        ...headers,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,content-encoding",
      },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("Access-Control-Allow-Origin"), allowed);
    assert.equal(
      preflight.headers.get("Access-Control-Allow-Headers"),
      "authorization, content-type, content-encoding, last-event-id, plotcast-cursor",
    );
    assert.match(preflight.headers.get("Access-Control-Allow-Methods") ?? "", /\bPOST\b/);
    const path = `/c/${channel}`;
    const posted = await rawRequest(edge.url, {
      method: "POST",
      path,
      headers: { ...headers, ...TOKEN },
      body: '{"x":1,"y":1}',
    });
    assert.equal(posted.status, 200);
    const read = await rawRequest(edge.url, { path, headers });
    assert.equal(await read.text(), '{"x":1,"y":1}\n');
    const refused = await rawRequest(edge.url, { method: "POST", path, headers, body: "1" });
    await assertProblem(refused, 401, "token-missing");
    for (const response of [posted, read, refused, preflight]) {
      assert.equal(response.headers.get("Access-Control-Allow-Origin"), allowed);
      assert.match(response.headers.get("Vary") ?? "", /\bOrigin\b/);
      assert.equal(response.headers.get("Access-Control-Allow-Credentials"), null);
    }
  });
}

test("[RT3b] [GD8c] every answer says that it depends on Origin, also to who sent none", async () => {
  for (const request of [
    { path: "/c/main" },
    { path: "/" },
    { path: "/nothing" },
    { method: "POST", path: "/c/main" },
    { method: "OPTIONS", path: "/c/main" },
  ]) {
    const response = await rawRequest(edge.url, request);
    assert.match(response.headers.get("Vary") ?? "", /\bOrigin\b/, JSON.stringify(request));
    assert.equal(response.headers.get("Access-Control-Allow-Origin"), null);
    assert.equal(response.headers.get("Cross-Origin-Resource-Policy"), "same-origin");
  }
});

test("[GD8a] * allows every page, and those that send no Origin", async () => {
  const headers = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" };
  const image = await rawRequest(open.url, { path: "/c/main", headers });
  assert.equal(image.status, 200);
  assert.equal(image.headers.get("Cross-Origin-Resource-Policy"), "cross-origin");
  const fetched = await rawRequest(open.url, {
    path: "/c/main",
    headers: { ...headers, Origin: "https://any.example" },
  });
  assert.equal(fetched.headers.get("Access-Control-Allow-Origin"), "*");
});

for (const [what, origin, headers] of [
  ["PUBLIC_URL", "https://public.example:8443", {}],
  ["the second PUBLIC_URL", "https://second.example", {}],
  ["X-Forwarded-Proto", "https://board.example", { Host: "board.example", "X-Forwarded-Proto": "https" }],
  [
    "X-Forwarded-Proto and a port",
    "https://board.example:8443",
    { Host: "board.example:8443", "X-Forwarded-Proto": "https" },
  ],
  ["X-Forwarded-Host", "https://board.example", { "X-Forwarded-Host": "board.example", "X-Forwarded-Proto": "https" }],
  ["a port that PUBLIC_URL does not have", "http://public.example:8787", { Host: "public.example:8787" }],
  ["Forwarded", "https://board.example:8443", { Forwarded: 'for=192.0.2.1; host="board.example:8443"; proto=https' }],
] as const) {
  test(`[GD3c] [GD3e] behind a proxy on this machine the page's own origin is known by ${what}`, async () => {
    await (await openViewer(edge.channelUrl("main"), { origin, headers: { ...headers } })).close();
  });
}

for (const [what, origin, headers] of [
  ["nothing says https", "https://board.example", { Host: "board.example" }],
  [
    "another machine's proxy says so",
    "https://board.example",
    { "CF-Connecting-IP": "192.0.2.1", Forwarded: "host=board.example;proto=https" },
  ],
  ["it is another port", "https://public.example", {}],
  ["PUBLIC_URL says https, and it is http", "http://second.example", { Host: "second.example" }],
  ["the same, and the port is said", "http://public.example:8443", { Host: "public.example:8443" }],
  ["the same, and the proxy leaves out the port", "http://public.example", { Host: "public.example" }],
  [
    "the proxy says https, and it is http",
    "http://board.example",
    { Host: "board.example", "X-Forwarded-Proto": "https" },
  ],
  ["the browser says same-site", "http://board.example", { Host: "board.example", "Sec-Fetch-Site": "same-site" }],
  ["the browser says cross-site", "http://board.example", { Host: "board.example", "Sec-Fetch-Site": "cross-site" }],
] as const) {
  test(`[GD3d] [GD3e] [GD3f] a page is not taken for the Worker's own where ${what}`, async () => {
    const outcome = await openViewer(edge.channelUrl("main"), { origin, headers: { ...headers } }).catch(
      (error: unknown) => error,
    );
    assert.ok(outcome instanceof UpgradeRefused, String(outcome));
    const { detail } = assertProblemText(
      outcome.body,
      outcome.status,
      outcome.headers["content-type"],
      403,
      "origin-not-allowed",
    );
    assert.ok(detail.includes(origin) && detail.includes("PUBLIC_URL"), detail);
  });
}

test("[GD3b] a WebSocket of the same origin, as the browser says, needs no configuration behind any proxy", async () => {
  const headers = { "Sec-Fetch-Site": "same-origin" };
  await (await openViewer(bare.channelUrl("main"), { origin: "https://proxied.example", headers })).close();
});

for (const [origin, status, code] of [
  [undefined, 204, undefined],
  ["https://public.example:8443", 204, undefined],
  ["https://a.example", 204, undefined],
  ["https://other.example", 403, "origin-not-allowed"],
] as const) {
  test(`[PG24] [RT9] asked why a page of ${origin ?? "no origin"} cannot connect, the Worker answers ${code ?? "that it can"}`, async () => {
    const headers = {
      Accept: "application/problem+json",
      "Sec-Fetch-Site": "same-origin",
      ...(origin !== undefined && { "Plotcast-Origin": origin }),
    };
    const response = await rawRequest(edge.url, { path: "/c/main", headers });
    assert.equal(response.headers.get("Plotcast"), "1");
    if (code === undefined) assert.equal(response.status, status);
    else await assertProblem(response, status, code);
  });
}

test("[VW14] a WebSocket whose upgrade a proxy left out is told so", async () => {
  const { Connection: _, Upgrade: __, ...headers } = UPGRADE;
  const response = await rawRequest(edge.url, { path: "/c/main", headers });
  const { detail } = await assertProblem(response, 426, "upgrade-required");
  assert.match(detail, /docs\/BEHIND-A-PROXY\.md/);
});
