/** `npm start` and `npm run dev`, as their user runs them. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { connectPublisher } from "../support/publisher.ts";
import { waitFor, withDeadline } from "../support/wait.ts";

interface Started {
  child: ChildProcess;
  output: () => string;
  url: string;
  zmq: string;
  exit: Promise<number | null>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

/** Runs a script of package.json in a process group of its own, as a terminal does. */
async function run(t: TestContext, script: string, flags: { port?: number; zmqPort?: number } = {}): Promise<Started> {
  const { port = await freePort(), zmqPort = await freePort() } = flags;
  const storeDir = await mkdtemp(join(tmpdir(), "plotcast-start-"));
  const zmq = `tcp://127.0.0.1:${zmqPort}`;
  const args = ["run", script, "--", "--no-open", "--port", String(port), "--bind", zmq, "--store", storeDir];
  const child = spawn("npm", args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const exit = once(child, "exit").then(([code]) => (typeof code === "number" ? code : null));
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) interrupt(child);
    await withDeadline("the end of what was started", exit);
    await rm(storeDir, { recursive: true, force: true });
  });
  return { child, output: () => text, url: `http://localhost:${port}/c/main`, zmq, exit };
}

/** What Ctrl-C in a terminal does: every process in the foreground gets SIGINT. */
function interrupt({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGINT");
}

async function live(started: Started): Promise<void> {
  await waitFor("the URL printed", () => started.output().includes(started.url) || undefined, { deadlineMs: 60_000 });
}

async function stored(url: string): Promise<{ x: number; y: number }[]> {
  const signal = AbortSignal.timeout(2000);
  return JSON.parse(await (await fetch(url, { headers: { Accept: "application/json" }, signal })).text());
}

/** The process and all that it started, in any group. */
async function family(pid: number | undefined): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid="]);
  const parents = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const all = [pid ?? 0];
  for (const parent of all) all.push(...parents.flatMap(([child, of]) => (of === parent && child ? [child] : [])));
  return all;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("[ST1] [ST3] npm start shows a sine with nothing configured, and Ctrl-C leaves no process behind", async (t) => {
  const started = await run(t, "start");
  await live(started);
  const points = await waitFor("ten points of the demo", async () => {
    const points = await stored(started.url);
    return points.length >= 10 ? points : undefined;
  });
  for (const { x, y } of points) assert.equal(y, Math.sin(x));
  const pids = await family(started.child.pid);
  assert.ok(pids.length >= 5, `only ${pids.length} processes: this test would miss what stays behind`);
  interrupt(started.child);
  await withDeadline("the end after Ctrl-C", started.exit);
  await waitFor("every process ended", () => !pids.some(isAlive));
});

test("[ST1] npm run dev shows what a publisher of one's own sends, and nothing else", async (t) => {
  const started = await run(t, "dev");
  await live(started);
  const publisher = await connectPublisher(started.zmq);
  t.after(() => publisher.close());
  await publisher.send('{"x":1700000000,"y":2.5}');
  const points = await waitFor("the point stored", async () => {
    const points = await stored(started.url);
    return points.length > 0 ? points : undefined;
  });
  assert.deepEqual(points, [{ x: 1700000000, y: 2.5 }]);
});

test("[ST3] Ctrl-C while it starts ends it, too", async (t) => {
  const started = await run(t, "start");
  await waitFor("the start of the Worker", () => started.output().includes("Starting the Worker") || undefined);
  const pids = await waitFor("wrangler", async () => {
    const pids = await family(started.child.pid);
    return pids.length >= 4 ? pids : undefined;
  });
  interrupt(started.child);
  await withDeadline("the end after Ctrl-C", started.exit);
  await waitFor("every process ended", () => !pids.some(isAlive));
});

test("[ST4] the process that listens is killed: the Worker is started again, and no point is lost", async (t) => {
  const started = await run(t, "dev");
  await live(started);
  const publisher = await connectPublisher(started.zmq);
  t.after(() => publisher.close());
  await publisher.send('{"x":1,"y":1}');
  await waitFor("the first point stored", async () => (await stored(started.url)).length === 1 || undefined);
  const { stdout } = await promisify(execFile)("pgrep", [
    "-f",
    `workerd.*entry=localhost:${new URL(started.url).port}`,
  ]);
  process.kill(Number(stdout.trim()), "SIGKILL");
  await publisher.send('{"x":2,"y":2}');
  const points = await waitFor(
    "both points stored",
    async () => {
      const points = await stored(started.url);
      return points.length >= 2 ? points : undefined;
    },
    { deadlineMs: 60_000 },
  );
  assert.deepEqual(points, [
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ]);
});

for (const taken of ["port", "zmqPort"] as const) {
  test(`[ST2] a ${taken} in use is one line that names it and the option that changes it`, async (t) => {
    const server = createServer().listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const started = await run(t, "start", { [taken]: address.port });
    assert.equal(await withDeadline("the end", started.exit, 30_000), 4);
    const lines = started
      .output()
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.startsWith(">"));
    assert.equal(lines.length, 1, started.output());
    assert.match(lines[0] ?? "", new RegExp(`${address.port}.*${taken === "port" ? "--port" : "--bind"}`));
  });
}
