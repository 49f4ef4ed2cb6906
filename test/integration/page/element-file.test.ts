/** The file of the elements, as other sites get it. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { startEdge } from "../../support/edge.ts";

const edge = await startEdge();
after(() => edge.close());
const url = new URL("/plot-cast.js", edge.url);
/** What a browser says when a page of another site loads it. */
const crossSite = { Origin: "https://site.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "script" };

test("[EL1a] pages of any site may load it, those that isolate themselves too, whatever ALLOWED_ORIGINS says", async () => {
  const response = await fetch(url, { headers: crossSite });
  assert.equal(response.status, 200);
  const { headers } = response;
  assert.match(headers.get("content-type") ?? "", /^text\/javascript/);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});

test("[EL1a] it is asked for again after five minutes, and not sent again while it is the same", async () => {
  const response = await fetch(url);
  assert.equal(response.headers.get("cache-control"), "public, max-age=300");
  const again = await fetch(url, { headers: { ...crossSite, "If-None-Match": response.headers.get("etag") ?? "" } });
  assert.equal(again.status, 304);
  assert.equal(again.headers.get("access-control-allow-origin"), "*");
});

test("[EL1b] it is one module of 40 KB gzip at most, and evaluates no text", async () => {
  const text = await (await fetch(url)).text();
  const bytes = gzipSync(text, { level: 9 }).byteLength;
  assert.ok(bytes <= 40_960, `${bytes} bytes`);
  assert.doesNotMatch(text, /\bimport\b *[({"'*]|\beval\(|new Function|innerHTML|setAttribute\("style"/);
});
