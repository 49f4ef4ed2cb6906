/** What the flags of tokens mean: rights, and how long they count. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Command, CommanderError } from "commander";
import { ConfigError } from "../../../../../bridge/config/errors.ts";
import { parseTokenDuration } from "../../../../../bridge/tools/tokens/duration.ts";
import {
  addRightsOptions,
  type RightsFlags,
  rightsFromFlags,
} from "../../../../../bridge/tools/tokens/rights-flags.ts";

function rightsOf(...argv: string[]): Record<string, readonly string[]> {
  const command = addRightsOptions(new Command())
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  return { ...rightsFromFlags(command.parse(argv, { from: "user" }).opts<RightsFlags>()) };
}

for (const [argv, rights] of [
  ["--watch lab/**", { "lab/**": ["watch", "history"] }],
  ["--live lab/**", { "lab/**": ["watch"] }],
  ["--history lab/**", { "lab/**": ["history"] }],
  [
    "--publish a --control a --note a --presence a --admin a",
    { a: ["publish", "control", "note", "presence", "admin", "watch", "history"] },
  ],
  ["--watch a --watch b --live b --publish b", { a: ["watch", "history"], b: ["watch", "history", "publish"] }],
  ["--live a --history a", { a: ["watch", "history"] }],
  ["--watch __proto__", JSON.parse('{"__proto__":["watch","history"]}')],
] as const) {
  test(`[AC2c] ${argv} gives ${JSON.stringify(rights)}`, () =>
    assert.deepEqual(rightsOf(...argv.split(" ")), { ...rights }));
}

test("[AC2b] no flag, a text that is no pattern, and 65 patterns are refused with what is wrong", () => {
  assert.throws(
    () => rightsOf(),
    (error) => error instanceof ConfigError && /Say what the token is for/.test(error.message),
  );
  for (const pattern of ["", "/", "a b", "**/x"])
    assert.throws(
      () => rightsOf("--watch", pattern),
      (error) =>
        error instanceof CommanderError && /A pattern such as 'lab\/\*\*' is wanted; this /.test(error.message),
    );
  const flags = (count: number): string[] => Array.from({ length: count }, (_, i) => `--live=p${i}`);
  assert.equal(Object.keys(rightsOf(...flags(64))).length, 64);
  assert.throws(() => rightsOf(...flags(65)), /64 patterns at most/);
});

for (const [text, ms] of [
  ["1s", 1000],
  ["30s", 30_000],
  ["15m", 900_000],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["3650d", 315_360_000_000],
  [" 1h ", 3_600_000],
] as const) {
  test(`${text} is ${ms} ms`, () => assert.equal(parseTokenDuration(text), ms));
}

for (const text of [
  "",
  "1",
  "0s",
  "-1h",
  "1.5h",
  "1 h",
  "1H",
  "1w",
  "1h30m",
  "3651d",
  "9999999999s",
  "1e3s",
  "٣h",
  "NaN",
]) {
  test(`"${text}" is no time for a token`, () =>
    assert.throws(() => parseTokenDuration(text), /such as 30s, 15m, 24h or 7d/));
}
