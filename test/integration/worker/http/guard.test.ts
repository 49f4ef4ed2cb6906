import assert from "node:assert/strict";
import { request } from "node:http";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  ARRANGEMENT_TYPE,
  FRAME_TYPE,
  PRESENCE_TYPE,
  SESSION_TYPE,
  SHARE_TYPE,
  SUBPROTOCOL,
} from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem, assertProblemText } from "../../../support/problem.ts";
import { newChannel, post, publishJson, read, storedPoints } from "../../../support/publish.ts";
import { openViewer, UpgradeRefused, type ViewerOptions } from "../../../support/sockets.ts";

const METHODS = "GET, HEAD, POST, DELETE, OPTIONS";
const edge = await startEdge({ vars: { ALLOWED_ORIGINS: "https://a.example, https://b.example/" } });
after(() => edge.close());

for (const [what, authorization, code] of [
  ["no token", "", "token-missing"],
  ["another scheme", "Basic dGVzdC10b2tlbg==", "token-missing"],
  ["a scheme and no token", "Bearer ", "token-missing"],
  ["two tokens", "Bearer test-token other", "token-missing"],
  ["another token", "Bearer wrong", "token-wrong"],
  ["the beginning of the token", "Bearer test-toke", "token-wrong"],
  ["the token and more", "Bearer test-token1", "token-wrong"],
  ["the token in capitals", "Bearer TEST-TOKEN", "token-wrong"],
] as const) {
  test(`[GD1a] [BAD1] a publish with ${what} is refused with ${code}`, async () => {
    const channel = newChannel();
    const response = await post(edge, channel, '{"y":1}', { Authorization: authorization });
    await assertProblem(response, 401, code);
    assert.equal(response.headers.get("WWW-Authenticate"), 'Bearer realm="plotcast"');
    assert.deepEqual(await storedPoints(edge, channel), []);
  });
}

test("[GD1a] the scheme's name may be in any case", async () => {
  assert.equal((await post(edge, newChannel(), "1", { Authorization: "bEARER test-token" })).status, 200);
});

for (const token of [null, ""]) {
  test(`[GD2] with ${token === null ? "no" : "an empty"} token configured nothing can be published`, async () => {
    await using bare = await startEdge({ publishToken: token });
    const response = await post(bare, "main", "1", { Authorization: "Bearer x" });
    const { detail } = await assertProblem(response, 503, "publishing-not-configured");
    assert.match(detail, /npx wrangler secret put PUBLISH_TOKEN/);
    assert.equal(response.headers.get("Retry-After"), "60");
    assert.deepEqual(await storedPoints(bare, "main"), []);
  });
}

async function refusal(channel: string, options: ViewerOptions): Promise<UpgradeRefused> {
  const outcome = await openViewer(edge.channelUrl(channel), options).catch((error: unknown) => error);
  assert.ok(outcome instanceof UpgradeRefused, `not refused: ${outcome}`);
  return outcome;
}

for (const origin of [
  "https://evil.example",
  "null",
  "http://127.0.0.1:1",
  "https://a.example.evil.example",
  "https://b.example/",
]) {
  test(`[GD3a] a page of ${origin} may not watch`, async () => {
    const { status, headers, body } = await refusal("main", { origin });
    const { detail } = assertProblemText(body, status, headers["content-type"], 403, "origin-not-allowed");
    assert.match(detail, /ALLOWED_ORIGINS/);
  });
}

for (const origin of ["https://a.example", "https://b.example", undefined, "same"]) {
  test(`[GD3a] [GD3g] a page of ${origin ?? "no"} origin may watch`, async () => {
    const viewer = await openViewer(
      edge.channelUrl("main"),
      origin === undefined ? {} : { origin: origin === "same" ? edge.url.origin : origin },
    );
    await viewer.close();
  });
}

test("[GD3a] * allows pages of every origin", async () => {
  await using open = await startEdge({ vars: { ALLOWED_ORIGINS: "*" } });
  await (await openViewer(open.channelUrl("main"), { origin: "https://any.example" })).close();
});

for (const subprotocol of ["plotcast.v2", "mqtt"]) {
  test(`[VW8] the subprotocol ${subprotocol} is refused`, async () => {
    const { status, headers, body } = await refusal("main", { subprotocol });
    const { detail } = assertProblemText(body, status, headers["content-type"], 400, "subprotocol-unsupported");
    assert.match(detail, /"plotcast\.v1"/);
  });
}

test("[VW8] the subprotocol is agreed upon, also where others are offered beside it", async () => {
  const viewer = await openViewer(edge.channelUrl("main"), {
    headers: { "Sec-WebSocket-Protocol": `mqtt, ${SUBPROTOCOL}` },
  }).catch((error: unknown) => error);
  // This client knows of no subprotocol that it offered by hand, and says so: the server sent one.
  assert.match(String(viewer), /Server sent (a|an invalid) subprotocol/);
});

for (const query of [
  ...["?from=x", "?from=", "?to=1e999", "?to=NaN", "?points=-1", "?points=1.5", "?points=1e17", "?points="],
]) {
  test(`[RT5k] a read with ${query} is refused`, async () => {
    await assertProblem(await read(edge, "main", "application/json", query), 400, "query-invalid");
  });
}

for (const query of [
  "?epoch=1",
  "?seq=1",
  "?epoch=1&seq=x",
  "?epoch=-1&seq=1",
  "?points=-1",
  "?seconds=1.5",
  "?seconds=x",
]) {
  test(`[VW1] a viewer with ${query} is refused`, async () => {
    const { status, headers, body } = await refusal(`main${query}`, {});
    assertProblemText(body, status, headers["content-type"], 400, "query-invalid");
  });
}

/** A request with a path as it stands, which fetch would put in order first; connections are not kept. */
function raw(method: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  const { hostname, port } = edge.url;
  return new Promise((resolve, reject) => {
    const sent = request({ method, path, hostname, port, headers, agent: false }, async (incoming) => {
      const text = (await incoming.setEncoding("utf8").toArray()).join("");
      const { statusCode: status = 0, headers: received } = incoming;
      resolve(
        new Response(status === 204 ? null : text, {
          status,
          headers: { "Content-Type": received["content-type"] ?? "" },
        }),
      );
    });
    sent.on("error", reject).end();
  });
}

for (const name of [
  ...[
    "a%20b",
    "a//b",
    "a/%20/",
    "//",
    "a%2Fb",
    "a%2fb",
    "%61",
    "%C3%BC",
    "a%00",
    "a:b",
    "a+b",
    "a,b",
    "a|b",
    "~a",
    "a".repeat(129),
  ],
  ...["%E0%A4%A", "%", "a%"],
]) {
  for (const method of ["GET", "POST"]) {
    test(`[RT8a] "${name.slice(0, 20)}" is no channel's name to a ${method}`, async () => {
      await assertProblem(
        await raw(method, `/c/${name}`, { Authorization: "Bearer test-token" }),
        400,
        "channel-name-invalid",
      );
    });
  }
}

for (const [path, is] of [
  ["/c/a/../b", "/c/b"],
  ["/c/a/%2e%2E/b", "/c/b"],
  ["/c/./b", "/c/b"],
] as const) {
  test(`[RT8b] a path with dots, ${path}, is ${is} or is refused`, async () => {
    const response = await raw("GET", path, { Accept: "application/json" });
    assert.ok(
      response.status === 400 || (response.status === 200 && (await response.text()) === "[]\n"),
      String(response.status),
    );
  });
}

for (const path of ["/x", "/C/main", "/channel.ts", "/../x", "/.git/config", "/c/.."]) {
  test(`[RT2a] ${path} is not served`, async () => {
    const response = await raw("GET", path);
    if (path === "/c/.." && response.status === 302) return;
    await assertProblem(response, 404, "not-found");
  });
}

for (const method of ["PUT", "PATCH", "PROPFIND"]) {
  test(`[RT2a] ${method} is not allowed`, async () => {
    const response = await fetch(edge.channelUrl("main"), { method, body: '{"y":1}' });
    const { detail } = await assertProblem(response, 405, "method-not-allowed");
    assert.equal(response.headers.get("Allow"), METHODS);
    const advice = method === "PROPFIND" ? "" : " To publish, send it by POST (curl -T sends PUT: add -X POST).";
    assert.equal(detail, `A channel knows ${METHODS}; not ${method}.${advice}`);
  });
}

test("[RT2a] OPTIONS says what is allowed", async () => {
  const response = await fetch(edge.channelUrl("main"), { method: "OPTIONS" });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("Allow"), METHODS);
});

test("[RT2b] another Accept is refused with what there is", async () => {
  const response = await read(edge, "main", "image/png");
  const { detail } = await assertProblem(response, 406, "not-acceptable");
  assert.match(detail, /text\/csv/);
  assert.equal(response.headers.get("Vary"), "Accept, Origin");
});

test("[RT2c] another Content-Type is refused with what there is", async () => {
  const response = await post(edge, "main", "<y>1</y>", { "Content-Type": "text/xml" });
  await assertProblem(response, 415, "content-type-unsupported");
  assert.equal(
    response.headers.get("Accept-Post"),
    `${FRAME_TYPE}, application/json, application/x-ndjson, ${PRESENCE_TYPE}, ${ARRANGEMENT_TYPE}`,
  );
});

test("[GD4c] another Content-Encoding is refused with what there is", async () => {
  const response = await post(edge, "main", "1", { "Content-Encoding": "br" });
  await assertProblem(response, 415, "content-encoding-unsupported");
  assert.equal(response.headers.get("Accept-Encoding"), "gzip, deflate, identity");
});

for (const [what, path, type, text] of [
  ["a session", "/c/main", SESSION_TYPE, '{"keep":false}'],
  ["a share link", "/c/main", SHARE_TYPE, '{"forMs":60000}'],
  ["an announcement", "/c/main", PRESENCE_TYPE, '{"publisher":"00000000000000aa","here":true}'],
  ["an arrangement", "/c/main", ARRANGEMENT_TYPE, "panel=y"],
  ["a token", "/tokens", "application/json", '{"name":"t","rights":{"lab":["watch"]}}'],
] as const) {
  test(`[GD4c] ${what} that is compressed is refused, and nothing is inflated`, async () => {
    const response = await fetch(new URL(path, edge.url), {
      method: "POST",
      headers: { Authorization: "Bearer test-token", "Content-Type": type, "Content-Encoding": "gzip" },
      body: gzipSync(text),
    });
    await assertProblem(response, 415, "content-encoding-unsupported");
    assert.equal(response.headers.get("Accept-Encoding"), "identity");
  });
}

test("[RT8a] a channel's name may have every character it may have, and 128 of them", async () => {
  for (const name of ["A/b.c_d-9/...", "a".repeat(128)]) assert.equal((await publishJson(edge, name, 1)).points, 1);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
