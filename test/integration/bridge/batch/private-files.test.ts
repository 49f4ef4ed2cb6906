import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { openSpool, SpoolError } from "../../../../bridge/batch/spool/open-spool.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     a bridge whose spool stands where others can write, too

const TO = new URL("http://localhost/c/main");
const log = createLog("text", "silent");

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

async function runningBridge(t: TestContext, cwd: string, args: string[] = []) {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  worker.script = () => ({ take: false, status: 503 });
  const bridge = startBridgeProcess(t, cwd, ["--to", worker.url.href, "--bind", "tcp://127.0.0.1:*", ...args]);
  const publisher = await connectPublisher(await bridge.address());
  t.after(() => publisher.close());
  await publisher.send("[1,1]");
  await worker.waitForPosts(1);
  return bridge;
}

test("[BR27a] spool, mark, log and folder are their owner's alone, whatever the umask is", async (t) => {
  const cwd = await directoryOf(t);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const bridge = await runningBridge(t, cwd);
  const folder = join(cwd, ".plotcast");
  assert.equal(modeOf(folder), "700");
  const names = readdirSync(folder);
  for (const suffix of [".db", ".db-wal", ".db.whole"])
    assert.ok(
      names.some((name) => name.endsWith(suffix)),
      suffix,
    );
  for (const name of names) assert.equal(modeOf(join(folder, name)), "600", name);
  bridge.child.kill("SIGKILL");
  await bridge.exit;
});

test("[BR27a] files of an earlier version are made so; what is set aside stays so", async (t) => {
  const cwd = await directoryOf(t);
  const file = join(cwd, "s.db");
  const bridge = await runningBridge(t, cwd, ["--spool", file]);
  bridge.child.kill("SIGKILL");
  await bridge.exit;
  for (const suffix of ["", "-wal"]) chmodSync(file + suffix, 0o644);
  const { spool } = openSpool({ file, maxBytes: 2 ** 24 }, new URL(spoolTarget(file)), log);
  assert.ok(spool);
  for (const suffix of ["", "-wal"]) assert.equal(modeOf(file + suffix), "600", suffix);
  spool.close();
  writeFileSync(file, "no database".repeat(1000));
  chmodSync(file, 0o644);
  openSpool({ file, maxBytes: 2 ** 24 }, TO, log).spool?.close();
  const aside = readdirSync(cwd).filter((name) => name.includes(".damaged-"));
  assert.ok(aside.length > 0);
  for (const name of aside) assert.equal(modeOf(join(cwd, name)), "600", name);
});

/** The channel that a spool is for. */
function spoolTarget(file: string): string {
  const db = new DatabaseSync(file);
  const row = db.prepare("SELECT value FROM meta WHERE key = 'to'").get();
  db.close();
  return String(row?.value);
}

for (const suffix of ["", "-wal", "-shm", "-journal", ".whole"]) {
  test(`[BR27b] a spool whose ${suffix || "file"} is a link is not used, and what it leads to stays as it is`, async (t) => {
    const cwd = await directoryOf(t);
    const [file, victim] = [join(cwd, "s.db"), join(cwd, "victim")];
    writeFileSync(victim, "precious");
    symlinkSync(victim, file + suffix);
    assert.throws(() => openSpool({ file, maxBytes: 2 ** 24 }, TO, log), {
      name: "SpoolError",
      message: `The spool ${file} is not used: ${file}${suffix} is a link to another file. Give another file with --spool.`,
    });
    assert.equal(readFileSync(victim, "utf8"), "precious");
  });
}

test("[BR27b] a link to nothing makes no file where it leads", async (t) => {
  const cwd = await directoryOf(t);
  const [file, target] = [join(cwd, "s.db"), join(cwd, "elsewhere")];
  symlinkSync(target, file);
  assert.throws(() => openSpool({ file, maxBytes: 2 ** 24 }, TO, log), SpoolError);
  assert.ok(!existsSync(target));
});

test("[BR27b] [BR10b] the command ends with 1 for a link, and says what to do", async (t) => {
  const cwd = await directoryOf(t);
  writeFileSync(join(cwd, "victim"), "");
  symlinkSync(join(cwd, "victim"), join(cwd, "s.db"));
  const args = ["--to", "http://127.0.0.1:9/c/main", "--bind", "tcp://127.0.0.1:*", "--spool", "s.db"];
  const bridge = startBridgeProcess(t, cwd, args);
  assert.equal(await withDeadline("the exit", bridge.exit), 1);
  assert.match(
    bridge.stderr(),
    /The spool s\.db is not used: s\.db is a link to another file\. Give another file with --spool\./,
  );
});

test("[BR27b] a folder or a pipe is no spool", async (t) => {
  const cwd = await directoryOf(t);
  mkdirSync(join(cwd, "folder.db"));
  assert.equal(spawnSync("mkfifo", [join(cwd, "pipe.db")]).status, 0);
  for (const name of ["folder.db", "pipe.db"]) {
    const open = (): unknown => openSpool({ file: join(cwd, name), maxBytes: 2 ** 24 }, TO, log);
    assert.throws(open, /is no regular file/);
  }
});

test("[BR27b] another user's file is not used", { skip: process.getuid?.() !== 0 && "needs root" }, async (t) => {
  const file = join(await directoryOf(t), "s.db");
  writeFileSync(file, "");
  chownSync(file, 12_345, 12_345);
  assert.throws(() => openSpool({ file, maxBytes: 2 ** 24 }, TO, log), /s\.db belongs to another user/);
});

test("[BR27] a link in the default folder is not opened to look for channels, either", async (t) => {
  const cwd = await directoryOf(t);
  const folder = join(cwd, ".plotcast");
  mkdirSync(folder);
  const victim = join(cwd, "victim.db");
  new DatabaseSync(victim).close();
  symlinkSync(victim, join(folder, "spool-x.db"));
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const args = ["--to", worker.url.href, "--bind", "tcp://127.0.0.1:*", "--channel", "{topic}"];
  const bridge = startBridgeProcess(t, cwd, args);
  await bridge.address();
  await waitFor("the start", () => bridge.stderr().includes("Listening"));
  assert.equal(readFileSync(victim).length, 0);
});
