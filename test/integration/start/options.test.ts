import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CommanderError } from "commander";
import { readWorkerConfig } from "../../../scripts/local/worker-bundle.ts";
import {
  namesOf,
  otherSecrets,
  parseFlags,
  publishToken,
  StartError,
  workerVars,
} from "../../../scripts/start-options.ts";
import { listTokens, makeToken } from "../../support/named-tokens.ts";
import { live, run, workerdOf } from "../../support/started.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";

const { vars: defaults } = await readWorkerConfig();
const names = Object.keys(defaults);

test("[ST12a] every variable of wrangler.toml is one of --var and of the environment, and --var goes first", () => {
  for (const name of [
    "STORE_SECONDS",
    "STORE_BYTES",
    "ALLOWED_ORIGINS",
    "EMBED_ORIGINS",
    "ALLOWED_HOSTS",
    "PUBLIC_URL",
  ]) {
    assert.ok(names.includes(name), name);
    assert.deepEqual(parseFlags(["--var", `${name}=7`], names).var, { [name]: "7" });
    assert.equal(workerVars(defaults, {}, { [name]: "8" })[name], "8");
    assert.equal(workerVars(defaults, { [name]: "7" }, { [name]: "8" })[name], "7");
  }
  const { var: given } = parseFlags(["--var", "STORE_SECONDS=60", "--var", "PUBLIC_URL=https://a.example/?b=c"], names);
  assert.deepEqual(given, { STORE_SECONDS: "60", PUBLIC_URL: "https://a.example/?b=c" });
  assert.equal(workerVars(defaults, {}, {}).STORE_SECONDS, "900");
});

test("[ST12d] this machine's names are allowed hosts, unless others are given", () => {
  assert.deepEqual(namesOf("Bench"), ["bench", "bench.local"]);
  assert.deepEqual(namesOf("bench.local"), ["bench.local"]);
  assert.deepEqual(namesOf("bench.lab.example"), ["bench.lab.example", "bench.local"]);
  assert.deepEqual(namesOf("localhost"), []);
  assert.equal(workerVars(defaults, { ALLOWED_HOSTS: "" }, {}).ALLOWED_HOSTS, "");
  assert.equal(workerVars({ ...defaults, ALLOWED_HOSTS: "board.example" }, {}, {}).ALLOWED_HOSTS, "board.example");
});

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof CommanderError || error instanceof StartError) return error.message;
    throw error;
  }
  assert.fail("It was not refused.");
}

test("[ST12] what is no variable, and no number where one is wanted, is refused in a sentence", () => {
  const refusal = (text: string): string => refusalOf(() => parseFlags(["--var", text], names));
  assert.match(refusal("ALOWED_ORIGINS=x"), /no variable ALOWED_ORIGINS; did you mean ALLOWED_ORIGINS\?$/);
  assert.match(refusal("allowed_hosts=x"), /did you mean ALLOWED_HOSTS\?$/);
  assert.match(refusal("FOO=1"), /no variable FOO; there are STORE_SECONDS, .*\.$/);
  for (const text of ["ALLOWED_HOSTS", "=x", ""]) assert.match(refusal(text), /Give NAME=value/);
  for (const name of ["PUBLISH_TOKEN", "ADMIN_TOKEN", "JWT_SECRETS"])
    assert.match(refusal(`${name}=abc`), new RegExp(`Put ${name} into the environment`));
  for (const value of ["abc", "", "0", "-1", "1e999"]) {
    assert.match(
      refusalOf(() => workerVars(defaults, {}, { STORE_SECONDS: value })),
      /STORE_SECONDS is ".*", and must be a number above 0, such as 900\./,
    );
  }
});

test("[ST13b] a token is made up where none is given, and one that can be guessed is warned of", () => {
  const madeUp = publishToken({});
  assert.ok(madeUp.isMadeUp);
  assert.match(madeUp.value, /^[0-9a-f]{32}$/);
  assert.notEqual(publishToken({}).value, madeUp.value);
  const fifteen = publishToken({ PUBLISH_TOKEN: "123456789012345" });
  assert.match(fifteen.warning ?? "", /15 characters/);
  assert.deepEqual(publishToken({ PUBLISH_TOKEN: "1234567890123456" }), {
    value: "1234567890123456",
    secret: "1234567890123456",
    isMadeUp: false,
  });
  const both = "1234567890123456 6543210987654321";
  assert.deepEqual(publishToken({ PUBLISH_TOKEN: both }), { value: both.slice(0, 16), secret: both, isMadeUp: false });
  for (const value of ["", " ", "a b c", "é"])
    assert.match(
      refusalOf(() => publishToken({ PUBLISH_TOKEN: value })),
      /PUBLISH_TOKEN is empty/,
    );
});

test("[BR11a] npm start takes the token from the file that PUBLISH_TOKEN_FILE names, or says what is wrong with it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plotcast-token-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "token");
  writeFileSync(file, "0123456789abcdef\n", { mode: 0o600 });
  assert.deepEqual(publishToken({ PUBLISH_TOKEN_FILE: file }), {
    value: "0123456789abcdef",
    secret: "0123456789abcdef",
    isMadeUp: false,
  });
  const missing = join(folder, "missing");
  assert.match(
    refusalOf(() => publishToken({ PUBLISH_TOKEN_FILE: missing })),
    /The file that PUBLISH_TOKEN_FILE names cannot be read: there is no such file/,
  );
});

test("[ST13c] [ST13b] ADMIN_TOKEN and JWT_SECRETS come from the environment or a file, and need not be there", (t) => {
  assert.deepEqual(otherSecrets({}), { vars: { ADMIN_TOKEN: "", JWT_SECRETS: "" }, warnings: [] });
  const secrets = { ADMIN_TOKEN: " 0123456789abcdef fedcba9876543210\n", JWT_SECRETS: "a:b c:d" };
  assert.deepEqual(otherSecrets(secrets), {
    vars: { ADMIN_TOKEN: "0123456789abcdef fedcba9876543210", JWT_SECRETS: "a:b c:d" },
    warnings: [],
  });
  const { warnings } = otherSecrets({ ADMIN_TOKEN: "123456789012345 0123456789abcdef" });
  assert.deepEqual(warnings.length, 1);
  assert.match(warnings[0] ?? "", /^ADMIN_TOKEN has 15 characters/);
  assert.match(
    refusalOf(() => otherSecrets({ ADMIN_TOKEN: "schlüssel-des-hauses" })),
    /ADMIN_TOKEN has characters that cannot stand in a header, or more than two/,
  );
  const folder = mkdtempSync(join(tmpdir(), "plotcast-secrets-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "secret");
  writeFileSync(file, "0123456789abcdef\n", { mode: 0o600 });
  assert.deepEqual(otherSecrets({ ADMIN_TOKEN_FILE: file, JWT_SECRETS_FILE: file }).vars, {
    ADMIN_TOKEN: "0123456789abcdef",
    JWT_SECRETS: "0123456789abcdef",
  });
  for (const name of ["ADMIN_TOKEN", "JWT_SECRETS"]) {
    assert.match(
      refusalOf(() => otherSecrets({ [name]: "x", [`${name}_FILE`]: file })),
      new RegExp(`${name} and ${name}_FILE are both set`),
    );
  }
});

test("[ST13c] [AC6a] npm start passes ADMIN_TOKEN on, prints it nowhere, and keeps named tokens over a restart", async (t) => {
  const admin = "the-admins-own-token";
  const env = { PUBLISH_TOKEN: "the-publishers-token", ADMIN_TOKEN: admin };
  const started = await run(t, "dev", { env });
  await live(started);
  const url = new URL(started.url);
  const served = { url, token: null, channelUrl: (name: string) => new URL(`/c/${name}`, url) };
  const { token } = await makeToken(served, "rig", { "lab/**": ["publish"] }, { admin });
  const publish = (bearer: string): Promise<Response> =>
    fetch(served.channelUrl("lab/a"), { method: "POST", headers: { Authorization: `Bearer ${bearer}` }, body: "1" });
  assert.equal((await publish(token)).status, 200);
  const { pid } = await workerdOf(started);
  process.kill(pid, "SIGKILL");
  await waitFor("the Worker is there again", async () => (await publish(token)).status === 200);
  assert.equal((await listTokens(served, admin))[0]?.name, "rig");
  for (const secret of [admin, token]) assert.ok(!started.output().includes(secret), started.output());
});

test("[ST13a] npm start prints a token only if it made it up", async (t) => {
  const token = "given-and-not-to-be-printed";
  const given = await run(t, "dev", { env: { PUBLISH_TOKEN: token } });
  await live(given);
  const curl = 'curl -H "Authorization: Bearer $PUBLISH_TOKEN"';
  await waitFor("the line to publish with", () => given.output().includes(curl));
  assert.ok(!given.output().includes(token), given.output());
  const madeUp = await run(t, "dev");
  await live(madeUp);
  const printed = await waitFor(
    "the token printed",
    () => /Authorization: Bearer ([0-9a-f]{32})"/.exec(madeUp.output())?.[1],
  );
  const response = await fetch(madeUp.url, {
    method: "POST",
    headers: { Authorization: `Bearer ${printed}` },
    body: '{"y":1}',
  });
  assert.equal(response.status, 200, await response.text());
});

test("[ST12b] [ST12c] what is given reaches the Worker, what can never match is said, and an unknown name is exit code 2", async (t) => {
  const started = await run(t, "dev", {
    args: ["--var", "EMBED_ORIGINS=https://frames.example", "--var", "ALLOWED_ORIGINS=board.example"],
    env: { STORE_SECONDS: "60" },
  });
  await live(started);
  await waitFor("what can never match", () => /ALLOWED_ORIGINS: "board.example" has no scheme/.test(started.output()));
  const page = await fetch(`${started.url}?embed=1`, { headers: { Accept: "text/html" } });
  assert.match(page.headers.get("content-security-policy") ?? "", /frame-ancestors 'self' https:\/\/frames\.example/);
  if (process.platform === "linux") {
    const environment = await readFile(`/proc/${(await workerdOf(started)).pid}/environ`, "utf8");
    assert.ok(environment.split("\0").includes("STORE_SECONDS=60"));
    assert.ok(!environment.includes("npm_"), "nothing else of the starting process");
  }
  const wrong = await run(t, "dev", { args: ["--var", "STORE_SECOND=60"] });
  assert.equal(await withDeadline("the end", wrong.exit, 30_000), 2);
  await waitFor("the reason", () => wrong.output().includes("did you mean STORE_SECONDS?") || undefined);
});
