import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../support/edge.ts";
import { newChannel, read } from "../support/publish.ts";
import { assertProblem } from "./problem.ts";

const edge = await startEdge();
after(() => edge.close());

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

test("[RT1] / leads to /c/main", async () => {
  const response = await fetch(edge.url, { redirect: "manual" });
  assert.equal(response.status, 302);
  assert.equal(response.headers.get("Location"), "/c/main");
});

function assertSecure(headers: Headers): void {
  const policy = new Map(
    (headers.get("Content-Security-Policy") ?? "").split("; ").map((part) => {
      const [name = "", ...sources] = part.split(" ");
      return [name, sources.join(" ")];
    }),
  );
  assert.equal(policy.get("default-src"), "'none'");
  assert.equal(policy.get("script-src"), "'self'");
  assert.equal(policy.get("style-src"), "'self'");
  assert.equal(policy.get("connect-src"), "'self'");
  assert.equal(policy.get("base-uri"), "'none'");
  assert.equal(policy.get("frame-ancestors"), "'self'");
  assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
  assert.equal(headers.get("Referrer-Policy"), "no-referrer");
}

test("[RT6] [RT3] a browser gets the page of any channel, secured", async () => {
  const response = await read(edge, newChannel(), BROWSER);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Content-Type"), "text/html; charset=utf-8");
  assert.equal(response.headers.get("Vary"), "Accept");
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

test("[RT2] a channel's name that is none is a problem to a browser too", async () => {
  await assertProblem(await read(edge, "a%20b", BROWSER), 400, "channel-name-invalid");
});

test("[RT3] HEAD of the page says the same without a body", async () => {
  const response = await fetch(edge.channelUrl("main"), { method: "HEAD", headers: { Accept: BROWSER } });
  assert.equal(response.status, 200);
  assertSecure(response.headers);
  assert.equal(await response.text(), "");
});
