import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startBridgeProcess } from "../../support/bridge-process.ts";
import { startFakeWorker } from "../../support/fake-worker.ts";
import { connectPublisher } from "../../support/publisher.ts";
import { withDeadline } from "../../support/wait.ts";

const UNIT = fileURLToPath(new URL("../../../examples/plotcast.service", import.meta.url));
const SYSTEMD = "/usr/bin/systemd-analyze";
const skip = existsSync(SYSTEMD) ? false : "systemd is not installed";
const execute = promisify(execFile);

/** The values of a key in [Service], in their order. */
async function valuesOf(key: string): Promise<string[]> {
  const text = await readFile(UNIT, "utf8");
  return [...text.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value = ""]) => value);
}

async function directoryOf(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-service-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test("[ST6] the unit's command line, environment and credential start a bridge that delivers with the token", async (t) => {
  const [command = ""] = await valuesOf("ExecStart");
  const [, credential = "", file = ""] = /^(.+?):(.+)$/.exec((await valuesOf("LoadCredential"))[0] ?? "") ?? [];
  const [environment = ""] = await valuesOf("Environment");
  const [, variable = "", value = ""] = /^(\w+)=(.*)$/.exec(environment) ?? [];
  assert.match(file, /^\/etc\/plotcast\//);
  const directory = await directoryOf(t);
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  // What stands in /etc/plotcast, and where systemd puts the credential (%d).
  const [program, name, ...args] = command.split(" ");
  assert.deepEqual([program, name], ["/usr/bin/env", "plotcast"]);
  const config = args.find((arg) => arg.startsWith("/etc/plotcast/")) ?? "";
  const ours = join(directory, "plotcast.toml");
  await writeFile(ours, `to = "${worker.url.href}"\n[[source]]\nbind = "tcp://127.0.0.1:*"\n`);
  await mkdir(join(directory, "credentials"));
  await writeFile(join(directory, "credentials", credential), "token of the service\n".replaceAll(" ", "-"), {
    mode: 0o400,
  });
  const bridge = startBridgeProcess(
    t,
    directory,
    args.map((arg) => (arg === config ? ours : arg)),
    { PUBLISH_TOKEN: undefined, [variable]: value.replace("%d", join(directory, "credentials")) },
  );
  const publisher = await connectPublisher(await bridge.address());
  t.after(() => publisher.close());
  await publisher.send('{"x": 1, "y": 2}');
  await worker.waitForPoints(1);
  assert.equal(worker.posts[0]?.headers.authorization, "Bearer token-of-the-service");
  // As systemd ends it.
  bridge.child.kill("SIGTERM");
  assert.equal(await withDeadline("the end", bridge.exit, 20_000), 0);
  assert.doesNotMatch(bridge.stderr(), /token-of-the-service/);
  assert.match(bridge.stderr(), /^\{"level":30/, "JSON, because it is no terminal");
});

test("[ST6] no secret stands in the unit, and what bounds it does", async () => {
  const text = await readFile(UNIT, "utf8");
  assert.doesNotMatch(text, /EnvironmentFile|PUBLISH_TOKEN=/);
  for (const line of ["MemoryMax=3G", "DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict"])
    assert.ok(text.includes(`\n${line}\n`), line);
  assert.doesNotMatch(text, /^MemoryDenyWriteExecute/m, "Node compiles while it runs");
});

test("[ST6] systemd takes the unit as it is, and finds little that it exposes", { skip }, async () => {
  // What is wrong is said on stderr; a warning is no exit code.
  const verified = await execute(SYSTEMD, ["verify", UNIT]);
  assert.doesNotMatch(verified.stderr, /plotcast\.service/);
  const { stdout } = await execute(SYSTEMD, ["security", "--offline=true", "--threshold=20", "--no-pager", UNIT]);
  assert.match(stdout, /Overall exposure level for plotcast\.service: [01]\.\d OK/);
});
