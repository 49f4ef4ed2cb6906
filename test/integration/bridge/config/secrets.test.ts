/** Secrets that stand where they do not belong: a token as a flag, a key where the name of its file belongs. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it, test } from "node:test";
import { ConfigError } from "../../../../bridge/config/errors.ts";
import { readConfigFile } from "../../../../bridge/config/file.ts";
import { publishToken } from "../../../../bridge/config/secrets/token.ts";
import { withoutSecrets } from "../../../../bridge/config/secrets/usage-errors.ts";
import { addressFault, withoutUser } from "../../../../bridge/config/syntax/endpoint.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { withDeadline } from "../../../support/wait.ts";

const SECRET = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
/** As people make one up. */
const WORD = "hunter2hunter2hunter2";
const TIMEOUT = { timeout: 60_000 };

/** Command lines, each with a secret where people may put one. */
const LINES: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["--token", WORD], /unknown option '--token'/],
  [[`--token=${WORD}`], /unknown option '--token'\n/],
  [[`--publish-token=${WORD}`], /unknown option '--publish-token'/],
  [
    ["--to", `http://bridge:${WORD}@localhost:8787/c/main`],
    /option '--to <url>' argument is invalid\. A URL with a pass/,
  ],
  [["--to", `http://localhost:8787/c/main?token=${WORD}`], /'--to <url>' argument is invalid\. Leave out/],
  [["--curve-secret-key-env", SECRET], /argument is invalid\. Give the name of an environment variable/],
  [["--curve-server-key", `${SECRET}x`], /argument is invalid\. A CURVE key is Z85 text/],
  [["--curve-server", "--curve-secret-key-file", SECRET], /--curve-secret-key-file: there is no such file/],
  [["--plain-user", "lab", "--plain-password-env", WORD], /the variable that this names is not set/],
  [["--plain-user", "lab", "--plain-password-file", WORD], /--plain-password-file: there is no such file/],
  [["--plain-users-file", `lab=${WORD}`], /--plain-users-file: there is no such file/],
  [["--plain-user", WORD, "--plain-password-env", "lab"], /the variable that this names is not set/],
  [["--connect", `tcp://lab:${WORD}@10.0.0.1:5000`], /Cannot connect to tcp:\/\/…@10\.0\.0\.1:5000: .* no password/],
  [
    ["--connect", `http://lab:${WORD}@10.0.0.1:5000`],
    /Cannot connect to http:\/\/…@10\.0\.0\.1:5000: http:\/\/ is not/,
  ],
  [["inspect", "--connect", `tcp://lab:${WORD}@10.0.0.1:5000`], /Cannot connect to tcp:\/\/…@10\.0\.0\.1:5000/],
  [["record", "r", "--connect", `tcp://lab:${WORD}@10.0.0.1:5000`], /Cannot connect to tcp:\/\/…@10\.0\.0\.1:5000/],
];

for (const [args, says] of LINES) {
  it(
    `[BR11b] [BR20] no secret is said of: ${args.join(" ").replaceAll(WORD, "…").replaceAll(SECRET, "…")}`,
    TIMEOUT,
    async (t) => {
      const directory = await directoryOf(t);
      const bridge = startBridgeProcess(
        t,
        directory,
        ["--spool", "none", ...args].slice(args[0]?.startsWith("-") ? 0 : 2),
      );
      assert.notEqual(await withDeadline("the exit", bridge.exit), 0);
      assert.match(bridge.stderr(), says);
      assert.ok(!bridge.stderr().includes(WORD) && !bridge.stderr().includes(SECRET), bridge.stderr());
      for (const name of readdirSync(directory)) {
        assert.ok(!readFileSync(join(directory, name), "latin1").includes(WORD), `it is in ${name}`);
      }
    },
  );
}

test("[BR11b] a token where the name of its file belongs is not said", () => {
  for (const token of [WORD, "a/b/c", "x".repeat(5000)]) {
    const found = publishToken({ PUBLISH_TOKEN_FILE: token });
    assert.ok(found.kind === "fault");
    assert.match(found.sentence, /^The file that PUBLISH_TOKEN_FILE names cannot be read: /);
    assert.ok(!found.sentence.includes(token), found.sentence);
  }
});

test("[BR11b] [BR20] no secret in a file is said, whatever is wrong with the line", async (t) => {
  const file = join(await directoryOf(t), "plotcast.toml");
  for (const line of [
    `token = "${WORD}"`,
    `token = ${WORD}`,
    `token = "${WORD}`,
    `to = "http://bridge:${WORD}@localhost/c/main"`,
    `connect = "tcp://lab:${WORD}@10.0.0.1:5000"`,
    `connect = "lab:${WORD}@10.0.0.1:5000"`,
    `plain = { user = "lab", password = "${WORD}" }`,
    `plain = { user = "lab", password_env = "${WORD}" }`,
    `plain = { user = "lab", password_file = "${WORD}" }`,
    `plain = { user = "lab", password_file = "${WORD}\\u0000" }`,
    `plain = { user = "${WORD}" }`,
    `plain = { users_file = "lab=${WORD}" }`,
    `curve = { secret_key = '${SECRET}' }`,
    `curve = { role = "server", secret_key_env = '${SECRET}' }`,
    `curve = { role = "server", secret_key_env = "${WORD}" }`,
    `curve = { role = "server", secret_key_file = '${SECRET}' }`,
    `curve = { server_key = '${SECRET}x' }`,
    `curve = { server_key_file = '${SECRET}' }`,
    `curve = { allow_file = '${SECRET}', role = "server" }`,
  ]) {
    writeFileSync(file, line.startsWith("to") ? `${line}\n[[source]]\n` : `[[source]]\n${line}\n`);
    assert.throws(
      () => readConfigFile(file, {}),
      (error) => {
        assert.ok(error instanceof ConfigError, line);
        assert.ok(!error.message.includes(WORD) && !error.message.includes(SECRET), error.message);
        return true;
      },
      line,
    );
  }
});

test("[BR11c] an address is said without its user; one of ipc as it is", () => {
  assert.equal(withoutUser("tcp://a:b@c@h:1"), "tcp://…@h:1");
  assert.equal(withoutUser("a:b@h:1"), "…@h:1");
  assert.equal(withoutUser("tcp://h:1"), "tcp://h:1");
  assert.equal(withoutUser("ipc://@plotcast"), "ipc://@plotcast");
  assert.match(addressFault("connect", "tcp://a:b@h:1") ?? "", /has no user and no password/);
  assert.equal(addressFault("connect", "ipc:///run/a@b"), undefined);
});

test("[BR11] what is wrong with a command line is said with the values that are no secrets", () => {
  for (const line of [
    "error: option '--socket <type>' argument 'pul' is invalid. There is no socket \"pul\"; did you mean pull?",
    "error: unknown option '--topics'\n(Did you mean --topic?)",
    "error: unknown option '-t'",
  ]) {
    assert.equal(withoutSecrets(line), line);
  }
  const lines = "error: unknown option '--token=a'b\nc'\n(Did you mean --topic?)";
  assert.equal(withoutSecrets(lines), "error: unknown option '--token'\n(Did you mean --topic?)");
  assert.equal(withoutSecrets(`error: unknown option '-t${WORD}'`), "error: unknown option '-t'");
});
