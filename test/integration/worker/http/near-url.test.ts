/** URLs that are nearly those of a channel, and what HEAD says of those that are. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, publishHeaders, publishJson } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";

const edge = await startEdge({ vars: { WATCH: "secret/**=token" } });
after(() => edge.close());

async function ask(path: string, method = "GET", headers: Record<string, string> = {}): Promise<Response> {
  const body = method === "POST" ? '{"y":1}' : null;
  return await fetch(new URL(path, edge.url), { method, headers, body, redirect: "manual" });
}

for (const [path, to] of [
  ["/c", "/"],
  ["/c/", "/"],
  ["/c/lab/", "/c/lab"],
  ["/c/lab/temp//?points=5&series=a%20b", "/c/lab/temp?points=5&series=a%20b"],
  ["/c/secret/x/", "/c/secret/x"],
] as const) {
  test(`[RT10a] [RT10b] ${path} leads to ${to}, with its query`, async () => {
    for (const method of ["GET", "HEAD"]) {
      const response = await ask(path, method);
      assert.equal(response.status, path.startsWith("/c/lab") || path.includes("secret") ? 308 : 302, method);
      assert.equal(response.headers.get("Location"), to);
    }
  });
}

test("[RT10b] what leads on says in words where to, for who does not follow", async () => {
  const response = await ask("/c/lab/");
  assert.equal(response.headers.get("Cache-Control"), "no-store");
  assert.equal(await response.text(), "A channel's URL has no slash at its end: this one is /c/lab\n");
});

test("[RT10b] a client that follows reads the channel, and a page of it keeps what it was asked for", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, { x: 1, y: 2 });
  assert.equal(await (await fetch(new URL(`/c/${channel}/?points=1`, edge.url))).text(), '{"x":1,"y":2}\n');
});

for (const method of ["POST", "DELETE"]) {
  test(`[RT10c] ${method} to a URL with a slash at its end is refused, changes nothing and names the right one`, async () => {
    const channel = newChannel();
    await publishJson(edge, channel, { x: 1, y: 2 });
    const response = await ask(`/c/${channel}/?a=b`, method, publishHeaders(edge, "application/json"));
    const { detail } = await assertProblem(response, 400, "channel-name-invalid");
    assert.equal(detail, `A channel's URL has no slash at its end: this one is /c/${channel}`);
    assert.equal(await (await ask(`/c/${channel}`)).text(), '{"x":1,"y":2}\n');
  });
}

test("[RT10c] a WebSocket to it is refused", async () => {
  await assert.rejects(openViewer(new URL("/c/lab/", edge.url)), /400/);
});

test("[RT10a] [RT2a] a POST to /c is refused with where channels are", async () => {
  const { detail } = await assertProblem(await ask("/c/", "POST"), 404, "not-found");
  assert.equal(detail, "Channels are at /c/<name>; the one everybody starts with is /c/main.");
});

for (const [path, accept] of [
  ["/", undefined],
  ["/c/", undefined],
  ["/c/lab", undefined],
  ["/c/lab", "application/json"],
  ["/c/lab", "text/csv"],
  ["/c/lab", "text/html"],
  ["/c/lab?embed=1", "text/html"],
  ["/c/lab", "application/vnd.plotcast.frame"],
  ["/c/lab", "application/problem+json"],
  ["/c/lab", "image/png"],
  ["/c/lab/", undefined],
  ["/c/lab?point=1", undefined],
  ["/c/lab?from=5&to=4", "text/csv"],
  ["/c/secret/x", undefined],
  ["/c/a%20b", "text/html"],
  ["/x", "text/html"],
  ["/tokens", undefined],
] as const) {
  test(`[RT11] [RD5] HEAD of ${path} as ${accept ?? "anything"} says what GET would`, async () => {
    const headers = accept === undefined ? {} : { Accept: accept };
    const [get, head] = [await ask(path, "GET", headers), await ask(path, "HEAD", headers)];
    await get.body?.cancel();
    assert.equal(head.status, get.status);
    for (const name of ["Content-Type", "Vary", "Cache-Control", "Location", "Allow", "WWW-Authenticate", "Plotcast"]) {
      assert.equal(head.headers.get(name), get.headers.get(name), name);
    }
    assert.equal(head.headers.get("Plotcast-Epoch"), null);
    assert.equal(await head.text(), "");
  });
}
