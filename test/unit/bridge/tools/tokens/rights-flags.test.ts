/** Flags that say what a token may do, and for how long. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Command, CommanderError } from "commander";
import { ConfigError } from "../../../../../bridge/config/errors.ts";
import { adminToken } from "../../../../../bridge/config/secrets/token.ts";
import { withoutSecrets } from "../../../../../bridge/config/secrets/usage-errors.ts";
import { parseWorkerUrl } from "../../../../../bridge/config/syntax/web-address.ts";
import { parseTokenDuration } from "../../../../../bridge/tools/tokens/duration.ts";
import {
  addRightsOptions,
  type RightsFlags,
  rightsFromFlags,
} from "../../../../../bridge/tools/tokens/rights-flags.ts";

function rightsOf(...argv: string[]): Record<string, readonly string[]> {
  const command = addRightsOptions(new Command("add"))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return { ...rightsFromFlags(command.parse(argv, { from: "user" }).opts<RightsFlags>()) };
}

test("[AC6h] each flag gives its right, --watch also what is stored, --admin also both, and each repeats", () => {
  assert.deepEqual(rightsOf("--publish", "lab/**"), { "lab/**": ["publish"] });
  assert.deepEqual(rightsOf("--watch", "a"), { a: ["watch", "history"] });
  assert.deepEqual(rightsOf("--live", "a"), { a: ["watch"] });
  assert.deepEqual(rightsOf("--history", "a"), { a: ["history"] });
  for (const name of ["control", "note", "presence"]) assert.deepEqual(rightsOf(`--${name}`, "a"), { a: [name] });
  assert.deepEqual(rightsOf("--admin", "a"), { a: ["admin", "watch", "history"] });
  assert.deepEqual(rightsOf("--publish", "a", "--publish", "b/*", "--live", "a", "--watch", "a"), {
    a: ["watch", "history", "publish"],
    "b/*": ["publish"],
  });
});

test("[AC6h] no right at all, a pattern that is none and a 65th pattern are wrong usage", () => {
  assert.throws(() => rightsOf(), ConfigError);
  for (const pattern of ["", "a//b", "a/**/b", "..", "lab/ä"])
    assert.throws(() => rightsOf("--publish", pattern), CommanderError, pattern);
  const flags = Array.from({ length: 64 }, (_, i) => ["--publish", `a${i}`]).flat();
  assert.equal(Object.keys(rightsOf(...flags)).length, 64);
  assert.throws(() => rightsOf(...flags, "--watch", "b"), ConfigError);
});

test("[AC6h] a time is seconds, minutes, hours or days, ten years at most", () => {
  const times: [string, number][] = [
    ["30s", 30_000],
    ["15m", 900_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
    ["3650d", 315_360_000_000],
  ];
  for (const [text, ms] of times) assert.equal(parseTokenDuration(text), ms, text);
  for (const text of [
    "",
    "7",
    "0d",
    "-1d",
    "3651d",
    "1y",
    "1e3s",
    "1.5h",
    "15min",
    "7dd",
    "constructor",
    "1constructor",
  ])
    assert.throws(() => parseTokenDuration(text), /Give a time such as/, text);
});

test("[AC6h] --to takes a Worker's URL, and leaves the path of a channel aside", () => {
  for (const text of ["https://board.example", "https://board.example/c/lab/rig?points=3#window=10"])
    assert.equal(parseWorkerUrl(text).href, "https://board.example/");
  assert.equal(parseWorkerUrl("http://[::1]:8787/").href, "http://[::1]:8787/");
  for (const text of ["", "board.example", "ftp://board.example", "https://:secret@board.example"])
    assert.throws(() => parseWorkerUrl(text), /Give the Worker's URL|ADMIN_TOKEN/, text);
});

test("[AC6i] ADMIN_TOKEN goes before PUBLISH_TOKEN, and one that cannot be used is not passed over", () => {
  const [ADMIN_TOKEN, PUBLISH_TOKEN] = ["an-admins-token", "a-publishers-token"];
  assert.deepEqual(adminToken({ ADMIN_TOKEN, PUBLISH_TOKEN }), {
    kind: "token",
    token: ADMIN_TOKEN,
    name: "ADMIN_TOKEN",
  });
  assert.deepEqual(adminToken({ PUBLISH_TOKEN }), { kind: "token", token: PUBLISH_TOKEN, name: "PUBLISH_TOKEN" });
  assert.deepEqual(adminToken({ ADMIN_TOKEN: "more than two words", PUBLISH_TOKEN }), {
    kind: "fault",
    sentence: "ADMIN_TOKEN has characters that cannot stand in a header, or more than two tokens.",
  });
  assert.partialDeepStrictEqual(adminToken({ ADMIN_TOKEN_FILE: "/nowhere/at/all", PUBLISH_TOKEN }), { kind: "fault" });
  const none = adminToken({});
  assert.match(none.kind === "fault" ? none.sentence : "", /^ADMIN_TOKEN is not set\. /);
});

test("[AC6i] a token that stands where its name belongs is not said back", () => {
  const message = "error: command-argument value 'pct_AAAA-_b' is invalid for argument 'name'.";
  assert.equal(withoutSecrets(message), "error: command-argument value 'pct_…' is invalid for argument 'name'.");
});
