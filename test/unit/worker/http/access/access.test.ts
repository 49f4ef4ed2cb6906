/** What the variables mean that say which names, sites and frames may be used, and what is said of what can never match. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessFaults, accessOf } from "../../../../../worker/http/access/access.ts";
import { hostnameOf, isKnownHost, parseHosts, parsePublicUrls } from "../../../../../worker/http/access/hosts.ts";
import { includesOrigin, originFaults, parseOrigins } from "../../../../../worker/http/access/origins.ts";
import { embeddedHeaders } from "../../../../../worker/http/headers.ts";

for (const [text, origin] of [
  ["https://Board.Example", "https://board.example"],
  ["https://board.example/", "https://board.example"],
  ["HTTPS://board.example:443", "https://board.example"],
  ["https://a.example https://b.example", "https://b.example"],
  ["https://a.example,https://b.example", "https://b.example"],
  [" https://a.example ,\n https://b.example,", "https://b.example"],
  ["https://böard.example", "https://xn--bard-5qa.example"],
  ["http://[::1]:8080", "http://[::1]:8080"],
  ["https://*.board.example", "https://a.b.board.example"],
  ["https://*.board.example:8443", "https://a.board.example:8443"],
  ["null", "null"],
  ["NULL", "null"],
  ["file://, null", "file://"],
  ["file:///, null", "file://"],
  ["chrome-extension://abcdef", "chrome-extension://abcdef"],
  ["*", "https://anything.example"],
] as const) {
  test(`[GD9a] [GD9b] [GD9c] ALLOWED_ORIGINS "${text}" names ${origin}, and nothing is said`, () => {
    assert.ok(includesOrigin(parseOrigins("ALLOWED_ORIGINS", text), origin));
    assert.deepEqual(originFaults(text), []);
  });
}

for (const [text, origin] of [
  ["https://board.example", "http://board.example"],
  ["https://board.example", "https://board.example:8443"],
  ["https://board.example", "https://a.board.example"],
  ["https://*.board.example", "https://board.example"],
  ["https://*.board.example", "https://evilboard.example"],
  ["https://*.board.example", "http://a.board.example"],
  ["https://*.board.example", "https://a.board.example:8443"],
  ["https://a.example", "null"],
  ["file://", "null"],
  ["", "null"],
] as const) {
  test(`[GD9c] ALLOWED_ORIGINS "${text}" does not name ${origin}`, () => {
    assert.equal(includesOrigin(parseOrigins("ALLOWED_ORIGINS", text), origin), false);
  });
}

for (const [text, sentence] of [
  ["board.example", /"board\.example" has no scheme.* Write https:\/\/board\.example$/],
  ["localhost:3000", /has no scheme/],
  ["https://board.example/c/main", /has a path.* Write https:\/\/board\.example$/],
  ["https://board.example?x", /has a path/],
  ["wss://board.example", /scheme wss/],
  ["ftp://board.example", /scheme ftp/],
  ["https://a.*.example", /"\*" where none can be/],
  ["https://a*.example", /"\*" where none can be/],
  ["https://", /cannot be/],
  ["https://a.example:99999", /cannot be/],
  ["https://me@a.example", /user name/],
  ["https://a.example;https://b.example", /Between origins put commas/],
  ["'https://a.example'", /no origin has/],
  ["file:///home/me/page.html", /"file:\/\/" and "null"/],
  ["file://", /Name null as well/],
] as const) {
  test(`[GD9d] of ALLOWED_ORIGINS "${text}" is said what is wrong, and it matches nothing`, () => {
    const faults = originFaults(text);
    assert.equal(faults.length, 1, faults.join("\n"));
    assert.match(faults[0] ?? "", /^ALLOWED_ORIGINS: "/);
    assert.match(faults[0] ?? "", sentence);
    assert.equal(includesOrigin(parseOrigins("ALLOWED_ORIGINS", text), "https://a.example"), false);
  });
}

test("[GD9d] the faults of all four variables are told, each with its name, and nothing of what is right", () => {
  assert.deepEqual(
    accessFaults({
      ALLOWED_HOSTS: "a.example, .b.example",
      ALLOWED_ORIGINS: "*",
      EMBED_ORIGINS: "none",
      PUBLIC_URL: "",
    }),
    [],
  );
  assert.deepEqual(accessFaults({}), []);
  const faults = accessFaults({
    ALLOWED_HOSTS: "https://a.example",
    ALLOWED_ORIGINS: "a.example",
    EMBED_ORIGINS: "b.example; null",
    PUBLIC_URL: "https://a.example/plot ws://x",
  });
  assert.deepEqual(
    faults.map((fault) => fault.split(":")[0]),
    ["PUBLIC_URL", "PUBLIC_URL", "ALLOWED_HOSTS", "ALLOWED_ORIGINS", "EMBED_ORIGINS", "EMBED_ORIGINS"],
  );
  assert.match(faults.join("\n"), /cannot be served below a path/);
  assert.match(faults.join("\n"), /is a URL, and a host has no scheme. Write a\.example/);
});

test("[GD9d] the Worker logs each fault once, however many requests come", (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const env = { ALLOWED_ORIGINS: "no-scheme.example" };
  for (let i = 0; i < 5; i++) accessOf({ ...env });
  assert.equal(warn.mock.callCount(), 1);
});

test("[RT7b] EMBED_ORIGINS puts into frame-ancestors what is an origin, and nothing else", () => {
  const policy = (text: string): string => embeddedHeaders(text)["content-security-policy"] ?? "";
  assert.match(
    policy("https://A.Example/ https://*.b.example:8443"),
    / frame-ancestors 'self' https:\/\/a\.example https:\/\/\*\.b\.example:8443$/,
  );
  assert.match(policy("https://a.example;script-src *"), / frame-ancestors \*$/);
  assert.match(policy("https://a.example;script-src"), / frame-ancestors 'self'$/);
});

for (const [host, name] of [
  ["Board.Example", "board.example"],
  ["board.example:8787", "board.example"],
  ["board.example.", "board.example"],
  ["board.example.:8787", "board.example"],
  ["[::1]:8787", "[::1]"],
  ["0x7f.1", "127.0.0.1"],
  ["", undefined],
  [".", undefined],
  ["me@board.example", undefined],
  ["localhost@evil.example", undefined],
  ["localhost/evil.example", undefined],
  ["localhost\\evil.example", undefined],
  ["localhost, evil.example", undefined],
  ["localhost#", undefined],
  ["localhost?", undefined],
  ["localhost:x", undefined],
  ["a".repeat(301), undefined],
] as const) {
  test(`[GD6e] the name in Host "${host.slice(0, 40)}" is ${name}`, () => assert.equal(hostnameOf(host), name));
}

const ALLOWED = parseHosts("board.example, *.lab.example .Other.Example:8787 my_host");
const PUBLIC = parsePublicUrls("https://public.example:8443/, http://second.example/c/main");
for (const [host, isKnown] of [
  ["localhost", true],
  ["LOCALHOST:8787", true],
  ["localhost.", true],
  ["a.localhost", true],
  ["127.0.0.1:8787", true],
  ["192.168.1.7", true],
  ["[fe80::1]:80", true],
  ["plotcast.me.workers.dev", true],
  ["board.example:1", true],
  ["BOARD.example.", true],
  ["my_host:8787", true],
  ["a.lab.example", true],
  ["a.b.lab.example", true],
  ["x.other.example", true],
  ["public.example", true],
  ["second.example:99", true],
  ["a.board.example", false],
  ["lab.example", false],
  ["evillab.example", false],
  ["evil.example", false],
  ["localhost.evil.example", false],
  ["evillocalhost", false],
  ["127.0.0.1.evil.example", false],
  ["127.0.0.1.nip.io", false],
  ["workers.dev", false],
  ["evil.workers.dev.example", false],
  ["", false],
  ["localhost@evil.example", false],
] as const) {
  test(`[GD6] ${host === "" ? "no name" : host} is ${isKnown ? "known" : "not known"}`, () => {
    assert.equal(isKnownHost(host, ALLOWED, PUBLIC.hosts), isKnown);
  });
}

test("[GD6c] * in ALLOWED_HOSTS is every name; a * elsewhere is a fault", () => {
  assert.ok(isKnownHost("any.example", parseHosts("*"), new Set()));
  assert.equal(parseHosts("a.*.example *example, a/b").faults.length, 3);
});
