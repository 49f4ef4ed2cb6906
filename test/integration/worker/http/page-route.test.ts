import assert from "node:assert/strict";
import { after, test } from "node:test";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { parseServerMessage } from "../../../../protocol/messages/server-message.ts";
import { embeddedHeaders, SECURITY_HEADERS } from "../../../../worker/http/headers.ts";
import { escaped } from "../../../../worker/http/problem-page.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, read } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";

const edge = await startEdge();
after(() => edge.close());

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

test("[RT1] / leads to /c/main", async () => {
  const response = await fetch(edge.url, { redirect: "manual" });
  assert.equal(response.status, 302);
  assert.equal(response.headers.get("Location"), "/c/main");
});

function policyOf(headers: Headers): Map<string, string> {
  const parts = (headers.get("Content-Security-Policy") ?? "").split("; ");
  return new Map(
    parts.map((part) => {
      const [name = "", ...sources] = part.split(" ");
      return [name, sources.join(" ")];
    }),
  );
}

function assertSecure(headers: Headers, ancestors = "'self'"): void {
  const policy = policyOf(headers);
  assert.equal(policy.get("default-src"), "'none'");
  assert.equal(policy.get("script-src"), "'self'");
  assert.equal(policy.get("style-src"), "'self'");
  assert.equal(policy.get("connect-src"), "'self'");
  assert.equal(policy.get("base-uri"), "'none'");
  assert.equal(policy.get("form-action"), "'none'");
  assert.equal(policy.get("frame-ancestors"), ancestors);
  assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
  assert.equal(headers.get("Referrer-Policy"), "no-referrer");
  assert.equal(headers.get("X-Frame-Options"), ancestors === "'self'" ? "SAMEORIGIN" : null);
  assert.equal(headers.get("Cross-Origin-Opener-Policy"), ancestors === "'self'" ? "same-origin" : null);
  assert.equal(headers.get("Cross-Origin-Resource-Policy"), ancestors === "'self'" ? "same-origin" : "cross-origin");
}

test("[RT6] [RT3a] a browser gets the page of any channel, secured", async () => {
  const response = await read(edge, newChannel(), BROWSER);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Content-Type"), "text/html; charset=utf-8");
  assert.equal(response.headers.get("Vary"), "Accept, Origin");
  assertSecure(response.headers);
  assert.match(await response.text(), /<title>/);
});

test("[RT6] the files that the page names are there, and secured", async () => {
  const page = await (await read(edge, "main", BROWSER)).text();
  const files = [...page.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+)"/g)].map(([, file = ""]) => file);
  assert.ok(files.some((file) => file.endsWith(".js")) && files.some((file) => file.endsWith(".css")), files.join());
  for (const file of files.filter((name) => !name.startsWith("data:"))) {
    const response = await fetch(new URL(file, edge.channelUrl("main")));
    assert.equal(response.status, 200, file);
    assertSecure(response.headers);
    await response.body?.cancel();
  }
});

test("[RT6] the page has no script and no style inline, and nothing from elsewhere", async () => {
  const page = await (await read(edge, "main", BROWSER)).text();
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=|(?:src|href)="(?:https?:)?\/\//i);
});

test("[RT5l] what others append to a link does not keep a browser from the page", async () => {
  for (const query of ["?utm_source=x&fbclid=1", "?point=100", "?__cf_chl_tk=1#window=30s", "?points=100"]) {
    const response = await fetch(new URL(query, edge.channelUrl("main")), { headers: { Accept: "text/html" } });
    assert.equal(response.status, 200, query);
    assert.match(await response.text(), /<main\b/, query);
  }
});

test("[RT7a] [RT7b] with ?embed=1 the page may be framed by any site, and only with that", async () => {
  const channel = newChannel();
  const [plain, embedded] = [await read(edge, channel, BROWSER), await read(edge, channel, BROWSER, "?embed=1")];
  assertSecure(embedded.headers, "*");
  assert.equal(embedded.headers.get("Vary"), "Accept, Origin");
  assert.equal(await embedded.text(), await plain.text());
  for (const query of ["?embed=0", "?embed", "?embed=11", "?Embed=1"]) {
    assertSecure((await read(edge, channel, BROWSER, query)).headers);
  }
});

for (const [origins, ancestors] of [
  ["*", "*"],
  ["none", "'self'"],
  ["", "'self'"],
  ["https://a.example", "'self' https://a.example"],
  ["https://a.example/  http://localhost:3000", "'self' https://a.example http://localhost:3000"],
  ["https://*.a.example none", "'self' https://*.a.example"],
  ["https://a.example;script-src", "'self'"],
  ["https://a.example, https://b.example", "'self' https://a.example https://b.example"],
] as const) {
  test(`[RT7a] [RT7b] EMBED_ORIGINS "${origins}" lets ${ancestors} frame the page`, () => {
    const headers = new Headers(embeddedHeaders(origins));
    assertSecure(headers, ancestors);
    assert.equal(policyOf(headers).size, policyOf(new Headers(SECURITY_HEADERS)).size);
  });
}

test("[RT7a] EMBED_ORIGINS of wrangler.toml bounds who may frame the page", async () => {
  await using bounded = await startEdge({ vars: { EMBED_ORIGINS: "none" } });
  assertSecure((await read(bounded, "main", BROWSER, "?embed=1")).headers);
});

for (const [method, path, status, code, title] of [
  ["GET", "/c/a%20b", 400, "channel-name-invalid", "Not a channel name"],
  ["GET", "/x/<script>", 404, "not-found", "Nothing here"],
  ["PUT", "/c/main", 405, "method-not-allowed", "Method not allowed"],
] as const) {
  test(`[RT2] [RT3a] [BAD2] a refusal with ${code} is a page to a browser, and a problem to anybody else`, async () => {
    const url = new URL(path, edge.url);
    const page = await fetch(url, { method, headers: { Accept: BROWSER } });
    assert.equal(page.status, status);
    assert.equal(page.headers.get("Content-Type"), "text/html; charset=utf-8");
    assert.equal(page.headers.get("Vary"), "Accept, Origin");
    assert.equal(page.headers.get("Cache-Control"), "no-store");
    assert.equal(page.headers.get("Allow"), status === 405 ? "GET, HEAD, POST, DELETE, OPTIONS" : null);
    assertSecure(page.headers);
    const html = await page.text();
    for (const accept of ["*/*", "application/json", "application/problem+json, text/html;q=0.5", "text/html;q=0"]) {
      const { title: said, detail } = await assertProblem(
        await fetch(url, { method, headers: { Accept: accept } }),
        status,
        code,
      );
      assert.equal(said, title);
      for (const text of [said, escaped(detail), code, 'href="/c/main"']) assert.ok(html.includes(text), text);
    }
    assert.doesNotMatch(html, /<script|<style|\sstyle=|\son[a-z]+=/i);
    const styles = await fetch(new URL(/<link rel="stylesheet" href="([^"]+)"/.exec(html)?.[1] ?? "", edge.url));
    assert.deepEqual([styles.status, styles.headers.get("Content-Type")], [200, "text/css; charset=utf-8"]);
    assertSecure(styles.headers);
    assert.match(await styles.text(), /\.button/);
  });
}

test("[BAD2] what is no address that went wrong is a problem to a browser too", async () => {
  const [query, token] = [
    await read(edge, "main", BROWSER, "?from=x&embed=1"),
    await fetch(edge.channelUrl("main"), { method: "POST", body: "1", headers: { Accept: BROWSER } }),
  ];
  assert.equal(query.status, 200, "a page has a query of its own");
  await assertProblem(token, 401, "token-missing");
});

test("[RT3a] HEAD of the page says the same without a body", async () => {
  const response = await fetch(edge.channelUrl("main"), { method: "HEAD", headers: { Accept: BROWSER } });
  assert.equal(response.status, 200);
  assertSecure(response.headers);
  assert.equal(await response.text(), "");
});

test("[VW19] hello says the name of the script that the page loads", async () => {
  const page = await (await read(edge, "main", BROWSER)).text();
  const viewer = await openViewer(edge.channelUrl(newChannel()), {
    subprotocol: SUBPROTOCOL,
    // Whatever a viewer says itself.
    headers: { "Plotcast-Build": "page-MINE.js" },
  });
  const hello = messageIn(parseServerMessage(String(await viewer.nextMessage("hello"))));
  assert.ok(hello?.type === "hello" && hello.build !== undefined);
  assert.match(hello.build, /^page-[A-Z0-9]{8}\.js$/);
  assert.ok(page.includes(` src="/assets/${hello.build}"`), hello.build);
  await viewer.close();
});
