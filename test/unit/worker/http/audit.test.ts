/** What is written down of who was refused, and of what was done. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditEvent, type AuditLine, AuditLog } from "../../../../worker/auth/audit-log.ts";
import { lineOf } from "../../../../worker/http/audit.ts";

const URL_OF_CHANNEL = "https://board.example/c/lab/a";

function logInto(lines: AuditLine[]): AuditLog {
  return new AuditLog((line) => lines.push(line), 0);
}

function line(event: AuditEvent, atMs = 0, url = URL_OF_CHANNEL): AuditLine {
  return lineOf(new Request(url, { headers: { "CF-Connecting-IP": "192.0.2.1" } }), event, atMs);
}

test("[AC14a] a line says what was refused, where, to which address, to whom and when", () => {
  assert.deepEqual(line({ audit: "refused", status: 401, code: "token-wrong" }, 1_700_000_000_000), {
    audit: "refused",
    status: 401,
    code: "token-wrong",
    method: "GET",
    channel: "lab/a",
    address: "192.0.2.1",
    principal: "anonymous",
    atMs: 1_700_000_000_000,
  });
});

test("[AC14c] nothing that a client sent is in it as it was sent, or without a bound", () => {
  const event = { audit: "refused", status: 401, code: "token-wrong" } as const;
  for (const path of ["/c/a%20b", "/c/..%2f", "/c/", `/c/${"x".repeat(129)}`, "/tokens/c/a", "/c/a%0a"]) {
    assert.equal(line(event, 0, `https://board.example${path}?token=secret`).channel, "", path);
  }
  const method = "M".repeat(5000);
  const headers = { "CF-Connecting-IP": "192.0.2.1\t{}", Authorization: "Bearer secret", Cookie: "plotcast=secret" };
  const said = lineOf(new Request(URL_OF_CHANNEL, { method, headers }), event, 0);
  assert.deepEqual([said.method.length, said.address], [128, ""]);
  assert.doesNotMatch(JSON.stringify(said), /secret/);
  const made = line({ audit: "token-made", name: `a\u001b[2J\u202e${"n".repeat(500)}` });
  assert.ok("name" in made);
  assert.match(made.name, /^a \[2J n{122}$/);
});

const NAMED = "pct_9sTqkX3Lw0uYb-Vc_7ZrD1eFgH2iJ4kM5nO6pQ8aBcE";
/** Of few claims, {"aud":"p","exp":1}, so that it fits into a channel's name. The signature is made up. */
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJwIiwiZXhwIjoxfQ.4Xr7v9yQwE2tUzI0oPaSdFgHjKlYxCvBnM1q3w5e7r9";

for (const token of [
  NAMED,
  NAMED.slice(0, -1),
  NAMED.slice(0, 28),
  JWT,
  JWT.slice(0, -4),
  JWT.replace("eyJ", "eyA"),
  JWT.replace("eyJ", "ewo"),
]) {
  test(`[AC14c] ${token.slice(0, 8)}… of ${token.length} characters is in no line, wherever it was put`, () => {
    const event = { audit: "refused", status: 404, code: "not-found" } as const;
    for (const [path, channel] of [
      [token, "<token>"],
      [`lab/${token}`, "lab/<token>"],
      [`${token}/x`, "<token>/x"],
      [`a.${token}`, "a.<token>"],
    ]) {
      const said = line(event, 0, `https://board.example/c/${path}`);
      assert.equal(said.channel, channel);
      assert.equal(JSON.stringify(said).includes(token.slice(8)), false);
    }
    const made = line({ audit: "token-made", name: `x-${token}` }, 0, `https://board.example/tokens/${token}`);
    assert.ok("name" in made);
    assert.equal(made.name, "x-<token>");
    assert.equal(lineOf(new Request(URL_OF_CHANNEL, { method: token }), event, 0).method, "<token>");
  });
}

test("[AC14c] channels that are only called like that are written down as they are", () => {
  for (const name of ["pct_humidity", "pct_of-the-first-9-tanks", "eye.left.x", "ewe.of-farm-12.weight", "a.b.c"])
    assert.equal(line({ audit: "deleted" }, 0, `https://board.example/c/${name}`).channel, name);
});

test("[AC14a] what a client could not know better is not written down; that a private channel is not there, is", () => {
  const lines: AuditLine[] = [];
  const log = logInto(lines);
  for (const [code, status] of [
    ["query-invalid", 400],
    ["not-acceptable", 406],
    ["channel-name-invalid", 400],
    ["viewers-full", 503],
  ] as const) {
    log.add(line({ audit: "refused", status, code }));
  }
  log.add(line({ audit: "refused", status: 404, code: "not-found" }, 0, "https://board.example/favicon.ico"));
  assert.deepEqual(lines, []);
  log.add(line({ audit: "refused", status: 404, code: "not-found" }));
  assert.equal(lines.length, 1);
});

test("[AC14d] 10 refusals a second are written down, and the next line says how many were not", () => {
  const lines: AuditLine[] = [];
  const log = logInto(lines);
  const refused = { audit: "refused", status: 401, code: "token-wrong" } as const;
  for (let i = 0; i < 1000; i++) log.add(line(refused));
  assert.equal(lines.length, 10);
  log.add(line({ audit: "deleted" }));
  assert.equal(lines.length, 11, "what was done is not left out for that");
  assert.equal(lines[10]?.dropped, undefined);
  log.add(line(refused, 100));
  assert.equal(lines[11]?.dropped, 990);
  log.add(line(refused, 200));
  assert.equal(lines[12]?.dropped, undefined);
});

test("[AC14d] 100 uses a second are written down, and every change besides", () => {
  const lines: AuditLine[] = [];
  const log = logInto(lines);
  for (let i = 0; i < 500; i++) {
    log.add(line({ audit: "published-first", publisher: `${i}` }));
    log.add(line({ audit: "session-kept" }, 0, `https://board.example/c/lab/${i}`));
  }
  assert.equal(lines.length, 100);
  const changes: AuditEvent[] = [
    { audit: "deleted" },
    { audit: "arranged" },
    { audit: "shared", name: "share-01" },
    { audit: "token-made", name: "rig" },
    { audit: "token-revoked", name: "rig" },
  ];
  for (const change of changes) log.add(line(change));
  assert.deepEqual(
    lines.slice(100).map(({ audit, dropped }) => [audit, dropped]),
    changes.map(({ audit }) => [audit, undefined]),
  );
  log.add(line({ audit: "published-first", publisher: "next" }, 10));
  assert.equal(lines.at(-1)?.dropped, 900);
});

test("[AC14d] of one token 100 changes a second are written down, and those of another besides", () => {
  const lines: AuditLine[] = [];
  const log = logInto(lines);
  for (let i = 0; i < 1000; i++) log.add({ ...line({ audit: "arranged" }), principal: "named-token:one" });
  assert.equal(lines.length, 100);
  log.add({ ...line({ audit: "deleted" }), principal: "named-token:other" });
  assert.deepEqual(
    lines.slice(100).map(({ audit, dropped }) => [audit, dropped]),
    [["deleted", 900]],
  );
  log.add({ ...line({ audit: "deleted" }, 10), principal: "named-token:one" });
  assert.equal(lines.length, 102);
});

test("[AC14b] a session is written down once in a minute for a token in a channel", () => {
  const lines: AuditLine[] = [];
  const log = logInto(lines);
  for (const atMs of [60_000, 60_001, 119_999, 120_000, 120_001]) {
    for (const principal of ["named-token:one", "named-token:other"])
      log.add({ ...line({ audit: "session-kept" }, atMs), principal });
    log.add(line({ audit: "session-kept" }, atMs, "https://board.example/c/lab/b"));
  }
  assert.deepEqual(
    lines.map(({ atMs, channel, principal }) => [atMs, channel, principal]),
    [60_000, 120_000].flatMap((atMs) => [
      [atMs, "lab/a", "named-token:one"],
      [atMs, "lab/a", "named-token:other"],
      [atMs, "lab/b", "anonymous"],
    ]),
  );
});

test("[AC14b] a publisher is written down once in a channel, and a use of a token once for each address", () => {
  const lines: AuditLine[] = [];
  const log = logInto(lines);
  const other = "https://board.example/c/lab/b";
  for (let i = 0; i < 5; i++) {
    log.add(line({ audit: "published-first", publisher: "00000000000000aa" }));
    log.add(line({ audit: "published-first", publisher: "00000000000000bb" }));
    log.add(line({ audit: "published-first", publisher: "00000000000000aa" }, 0, other));
    log.add(line({ audit: "token-used" }));
  }
  assert.deepEqual(
    lines.map((each) => [each.audit, each.channel]),
    [
      ["published-first", "lab/a"],
      ["published-first", "lab/a"],
      ["published-first", "lab/b"],
      ["token-used", "lab/a"],
    ],
  );
});

test("[AC14b] 4,096 publishers are known as seen; the one that was heard of longest ago is forgotten first", () => {
  const lines: AuditLine[] = [];
  const log = logInto(lines);
  const publish = (publisher: string, atMs: number) => log.add(line({ audit: "published-first", publisher }, atMs));
  for (let i = 0; i < 4_096; i++) publish(`${i}`, 100 * i);
  assert.equal(lines.length, 4_096);
  publish("0", 1e9);
  publish("new", 1e9);
  publish("0", 1e9);
  assert.equal(lines.length, 4_097, "0 was used last");
  publish("1", 1e9);
  assert.equal(lines.length, 4_098);
});
