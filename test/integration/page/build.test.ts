import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { SECURITY_HEADERS } from "../../../worker/http/headers.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PAGE = join(ROOT, "dist/page");
let output = "";

before(async () => {
  output = (await promisify(execFile)(process.execPath, ["scripts/build-page.ts"], { cwd: ROOT })).stdout;
});

test("[PG8a] [PG8b] what is sent to every page is at most 40 KB gzip; marks of gaps come when there is one", async () => {
  const assets = await readdir(join(PAGE, "assets"));
  const names = [
    "page.html",
    ...assets.filter((name) => !name.startsWith("lazy-")).map((name) => join("assets", name)),
  ];
  assert.equal(names.length, 3, `one page, one script, one style sheet: ${names}`);
  assert.equal(assets.length, 3, `one thing more for later: ${assets}`);
  let total = 0;
  for (const name of names) total += gzipSync(await readFile(join(PAGE, name)), { level: 9 }).byteLength;
  assert.ok(total <= 40 * 1024, `${total} bytes`);
  assert.match(output, new RegExp(`${total} B gzip {2}for every page`));
});

test("[PG8a] what every page is sent has no sentence about a frame that cannot be read; what is loaded later has them", async () => {
  const assets = await readdir(join(PAGE, "assets"));
  for (const name of assets.filter((each) => each.endsWith(".js"))) {
    const script = await readFile(join(PAGE, "assets", name), "utf8");
    assert.ok(script.includes("frame-magic"), name);
    assert.equal(script.includes("A frame begins with the four bytes"), name.startsWith("lazy-"), name);
  }
});

test("[RT6] the page holds no inline script or style, and names no other origin", async () => {
  const html = await readFile(join(PAGE, "page.html"), "utf8");
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc="\/assets\/)/);
  assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|javascript:|https?:|"\/\//);
  assert.match(html, /href="\/assets\/page-[A-Z0-9]+\.css"/);
});

test("[RT6] every file is served with the security headers, hashed ones for ever", async () => {
  const headers = await readFile(join(PAGE, "_headers"), "utf8");
  const [all = "", assets = ""] = headers.split("/assets/*");
  assert.ok(all.startsWith("/*\n"));
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) assert.ok(all.includes(`  ${name}: ${value}\n`), name);
  assert.match(assets, /immutable/);
  const policy = SECURITY_HEADERS["content-security-policy"];
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'self'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
});
