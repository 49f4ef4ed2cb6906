/** Whatever ends `npm start`, and by whatever means, nothing of it stays behind. Linux: it reads /proc. */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { infoInPs, infoInStat, isAdopter } from "../../../scripts/local/parents.ts";
import { freePort } from "../../support/ports.ts";
import { family, isAlive, isWorkerd, live, noneAlive, type ProcessInfo, run } from "../../support/started.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";

const onLinux = { skip: process.platform !== "linux" };
const TOKEN = "a-token-that-is-nowhere-else-0815";

/** The processes of `npm start` by what they are. */
function named(processes: readonly ProcessInfo[]): { npm: ProcessInfo; node: ProcessInfo; workerd: ProcessInfo } {
  const npm = processes[0];
  const node = processes.find(({ command }) => command[1] === "scripts/start.ts");
  const workerd = processes.find(({ command }) => isWorkerd(command));
  assert.ok(npm !== undefined && node !== undefined && workerd !== undefined, "npm, node and workerd are there");
  return { npm, node, workerd };
}

for (const victim of ["npm", "node", "npm and node", "the whole group"] as const) {
  test(`[ST3b] kill -9 of ${victim}: no process stays, and no file with the token`, onLinux, async (t) => {
    const started = await run(t, "start", { env: { PUBLISH_TOKEN: TOKEN } });
    await live(started);
    const processes = await family(started.child.pid);
    const { npm, node } = named(processes);
    if (victim === "the whole group") process.kill(-npm.pid, "SIGKILL");
    if (victim.startsWith("npm")) process.kill(npm.pid, "SIGKILL");
    if (victim.endsWith("node")) process.kill(node.pid, "SIGKILL");
    await noneAlive(processes);
    for (const entry of await readdir(tmpdir(), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const content = await readFile(join(tmpdir(), entry.name)).catch(() => Buffer.alloc(0));
      assert.ok(!content.includes(TOKEN), entry.name);
    }
  });
}

test("[ST3b] kill -9 while it starts: workerd ends, however far it came", onLinux, async (t) => {
  for (let i = 0; i < 3; i++) {
    const started = await run(t, "dev");
    // The moment that there is a workerd, or what is to become one.
    const processes = await waitFor("the process that is workerd", async () => {
      const processes = await family(started.child.pid);
      return processes.some(({ command }) => command.some((word) => word.endsWith("/workerd"))) && processes;
    });
    for (const { pid, command } of processes) {
      if (command[1] === "scripts/start.ts") process.kill(pid, "SIGKILL");
    }
    await noneAlive(processes);
  }
});

test("[ST3b] kill -9 of npm while the program begins: no process stays", onLinux, async (t) => {
  for (let i = 0; i < 2; i++) {
    const started = await run(t, "dev");
    const processes = await waitFor("the program", async () => {
      const processes = await family(started.child.pid);
      return processes.some(({ command }) => command[1] === "scripts/start.ts") && processes;
    });
    process.kill(processes[0]?.pid ?? assert.fail("there is no npm"), "SIGKILL");
    await noneAlive(processes);
  }
});

test("[ST3] who takes over those whose parent has ended is not taken for npm", () => {
  for (const [pid, name] of [
    [1, "systemd"],
    [1, "init"],
    [1, "tini"],
    [1, "bash"],
    [900, "systemd"],
  ] as const) {
    assert.equal(isAdopter(pid, { parent: 0, name }), true, `${pid} ${name}`);
  }
  for (const [pid, name] of [
    [1, "npm start"],
    [1, "node"],
    [900, "npm start"],
    [900, "bash"],
  ] as const) {
    assert.equal(isAdopter(pid, { parent: 0, name }), false, `${pid} ${name}`);
  }
  assert.equal(isAdopter(1, undefined), false);
});

/** The Worker, in a process that does nothing else, tied to it as other systems do. */
async function startHeld(t: TestContext): Promise<{ host: ChildProcess; workerd: number }> {
  const storeDir = await mkdtemp(join(tmpdir(), "plotcast-held-"));
  t.after(() => rm(storeDir, { recursive: true, force: true }));
  const host = fork(fileURLToPath(new URL("./held.ts", import.meta.url)), [
    String(await freePort()),
    storeDir,
    "guard",
  ]);
  t.after(() => host.kill("SIGKILL"));
  const [message]: unknown[] = await withDeadline("the Worker ready", once(host, "message"), 60_000);
  assert.ok(typeof message === "number");
  return { host, workerd: message };
}

async function guardOf(host: ChildProcess): Promise<ProcessInfo> {
  return await waitFor("the guard", async () =>
    (await family(host.pid)).find(({ command }) => command.includes("plotcast-guard")),
  );
}

test("[ST3b] where the kernel does not end workerd, a guard does", onLinux, async (t) => {
  const { host, workerd } = await startHeld(t);
  const guard = await guardOf(host);
  host.kill("SIGKILL");
  await waitFor("the end of workerd", async () => !(await isAlive(workerd)));
  await waitFor("the end of the guard", async () => !(await isAlive(guard.pid)));
});

test("[ST3] a guard that is killed is replaced", onLinux, async (t) => {
  const { host, workerd } = await startHeld(t);
  const guard = await guardOf(host);
  process.kill(guard.pid, "SIGKILL");
  const next = await waitFor("another guard", async () => {
    const found = await guardOf(host);
    return found.pid !== guard.pid && found;
  });
  assert.ok(await isAlive(workerd));
  host.kill("SIGKILL");
  await waitFor("the end of workerd", async () => !(await isAlive(workerd)));
  await waitFor("the end of the guard", async () => !(await isAlive(next.pid)));
});

test("[ST3] a guard leaves with the workerd that it guards", onLinux, async (t) => {
  const { host, workerd } = await startHeld(t);
  const guard = await guardOf(host);
  process.kill(workerd, "SIGKILL");
  await waitFor("the end of the guard", async () => !(await isAlive(guard.pid)));
  host.kill("SIGKILL");
});

test("what the system says of a process is read whatever its name", () => {
  assert.deepEqual(infoInStat("17 (sh) S 4 17 4 0"), { parent: 4, name: "sh" });
  assert.deepEqual(infoInStat("17 (a) S 1 (x) S 4 17 4 0"), { parent: 4, name: "a) S 1 (x" });
  assert.equal(infoInStat(""), undefined);
  assert.deepEqual(infoInPs("  501 /bin/sh\n"), { parent: 501, name: "sh" });
  assert.deepEqual(infoInPs("1 -zsh"), { parent: 1, name: "-zsh" });
  assert.equal(infoInPs(""), undefined);
});
