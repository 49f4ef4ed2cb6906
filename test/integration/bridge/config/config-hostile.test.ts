/** Configurations and command lines that are no accident. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Command, CommanderError } from "commander";
import { KNOWN } from "../../../../bridge/cli/known.ts";
import { ConfigError } from "../../../../bridge/config/errors.ts";
import { readConfigFile } from "../../../../bridge/config/file.ts";
import { addBridgeOptions, addSourceOptions, configFromFlags } from "../../../../bridge/config/flags.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { withDeadline } from "../../../support/wait.ts";

const SOURCE = '[[source]]\nbind = "tcp://127.0.0.1:*"\n';

test("[CF2c] what is no small file of text is a sentence, and read no further than its bound", async (t) => {
  const directory = await directoryOf(t);
  const path = (name: string): string => join(directory, name);
  mkdirSync(path("folder"));
  writeFileSync(path("latin1"), Buffer.from(`# caf\u00e9\n${SOURCE}`, "latin1"));
  writeFileSync(path("utf16"), Buffer.from(`\ufeff${SOURCE}`, "utf16le"));
  writeFileSync(path("huge"), SOURCE);
  truncateSync(path("huge"), 2 ** 30);
  writeFileSync(path("bound"), SOURCE.padEnd(2 ** 20, "\n"));
  writeFileSync(path("beyond"), SOURCE.padEnd(2 ** 20 + 1, "\n"));
  symlinkSync(path("circle"), path("circle"));
  for (const [name, sentence] of [
    ["folder", "it is a folder"],
    ["none", "there is no such file"],
    ["latin1", "it is not UTF-8 text"],
    ["utf16", "it is not UTF-8 text"],
    ["huge", "it is larger than 1 MiB"],
    ["beyond", "it is larger than 1 MiB"],
    ["circle", "its links lead in a circle"],
    ["/dev/zero", "it is larger than 1 MiB"],
    ["/dev/null", ""],
  ] as const) {
    const file = name.startsWith("/") ? name : path(name);
    const expected = sentence === "" ? /there is no source/ : new RegExp(`cannot be read: ${sentence}\\.$`);
    assert.throws(() => readConfigFile(file, {}), { name: "ConfigError", message: expected }, name);
  }
  assert.equal(readConfigFile(path("bound"), {}).sources.length, 1);
  // A byte order mark, as Windows' editors write it.
  writeFileSync(path("marked"), `\ufeff${SOURCE}`);
  assert.equal(readConfigFile(path("marked"), {}).sources.length, 1);
  // A pipe is read to its end.
  execFileSync("mkfifo", [path("pipe")]);
  const bridge = startBridgeProcess(t, directory, ["--config", path("pipe"), "--spool", "none"]);
  writeFileSync(path("pipe"), SOURCE);
  assert.match(await bridge.address(), /^tcp:/);
});

test("[CF2] TOML that is deep, wide or names what all objects have is read or refused in a sentence", async (t) => {
  const file = join(await directoryOf(t), "plotcast.toml");
  const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
  const hostile: [what: string, text: string][] = [
    ["arrays in arrays", `${SOURCE}fields = ${deep("[", "]", 100_000)}`],
    ["tables in tables", `${SOURCE}curve = ${deep("{a=", "}", 50_000).replace("=}", "=1}")}`],
    ["a long dotted key", `${"a.".repeat(200_000)}b = 1\n${SOURCE}`],
    ["a long header", `[${"a.".repeat(200_000)}b]\n${SOURCE}`],
    ["very many sources", SOURCE.repeat(20_000)],
    ["very many keys", `${SOURCE}${Array.from({ length: 50_000 }, (_, i) => `k${i} = 1`).join("\n")}`],
    ["a long number", `buffer = 1${"0".repeat(500_000)}\n${SOURCE}`],
    ["a long text", `to = "${"x".repeat(900_000)}"\n${SOURCE}`],
    ["an open text", `to = "${"x".repeat(900_000)}`],
    ["quotes", `to = ${'"'.repeat(900_000)}`],
    ["backslashes", `to = "${"\\".repeat(900_000)}`],
    ["blanks", `to = ${" ".repeat(900_000)}`],
    ["comments", "#\n".repeat(500_000)],
    ["NUL", `\u0000${SOURCE}`],
    ...["__proto__", "constructor", "toString", "hasOwnProperty"].flatMap((name): [string, string][] => [
      [name, `${name} = 1\n${SOURCE}`],
      [`table ${name}`, `[${name}]\nx = 1\n${SOURCE}`],
      [`${name} of a source`, `${SOURCE}${name} = { polluted = true }`],
      [`dotted ${name}`, `${SOURCE}curve.${name}.polluted = true`],
    ]),
  ];
  for (const [what, text] of hostile) {
    writeFileSync(file, text);
    assert.throws(
      () => readConfigFile(file, {}),
      (error) => {
        assert.ok(error instanceof Error && error.name === "ConfigError", `${what}: ${String(error)}`);
        assert.ok(error.message.length < 2000, `${what}: ${error.message.length} characters`);
        return true;
      },
    );
    assert.equal(Reflect.get({}, "polluted"), undefined, what);
  }
});

test("[BR10c] numbers beyond every bound are wrong usage, in a sentence, and no stack", async (t) => {
  const flags = [
    ["--buffer", "1e999"],
    ["--buffer", "9".repeat(400)],
    ["--buffer", "-1"],
    ["--buffer", "0x40000000"],
    ["--spool-max", "9007199254740993GiB"],
    ["--max-message", "99999999999999999999"],
    ["--high-water-mark", "1e308"],
    ["--high-water-mark", "-5"],
    ["--skip-bytes", "1e21"],
    ["--expect-every", "1e9h"],
    ["--metrics", "99999999999"],
    ["--max-rate", "Infinity"],
    ["--max-rate", "NaN"],
    ["--heartbeat", "999999999h"],
    ["--to", `http://x/c/${"a".repeat(100_000)}`],
    ["--format", "f32x99999999@48k"],
    ["--format", `f32(${"a,".repeat(50_000)}b)`],
  ] as const;
  for (const [flag, value] of flags) {
    const command = new Command("bridge").exitOverride().configureOutput({ writeErr: () => undefined });
    addSourceOptions(addBridgeOptions(command));
    assert.throws(
      () => configFromFlags(command.parse([`${flag}=${value}`], { from: "user" }).opts(), {}, KNOWN),
      (error) => error instanceof ConfigError || error instanceof CommanderError,
      `${flag} ${value.slice(0, 30)}`,
    );
  }
  const bridge = startBridgeProcess(t, await directoryOf(t), [`--bind=tcp://*:${"9".repeat(1000)}`, "--spool", "none"]);
  assert.equal(await withDeadline("the exit", bridge.exit), 4);
  assert.doesNotMatch(bridge.stderr(), /\n\s+at /);
});
