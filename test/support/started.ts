/** `npm start` and `npm run dev` as their user runs them, and what their processes do. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort } from "./ports.ts";
import { waitFor, withDeadline } from "./wait.ts";

export interface Started {
  child: ChildProcess;
  output: () => string;
  port: number;
  /** Of the channel `main`. */
  url: string;
  zmq: string;
  storeDir: string;
  exit: Promise<number | null>;
  /** Resolves when nobody is left who could print anything, and all of it is in `output`. */
  printed: Promise<unknown>;
}

export interface StartedOptions {
  port?: number;
  zmqPort?: number;
  args?: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a script of package.json in a process group of its own, as a terminal does; all of it ends with the test. */
export async function run(t: TestContext, script: string, options: StartedOptions = {}): Promise<Started> {
  const { port = await freePort(), zmqPort = await freePort(), args: more = [], env = {} } = options;
  const storeDir = await mkdtemp(join(tmpdir(), "plotcast-start-"));
  const zmq = `tcp://127.0.0.1:${zmqPort}`;
  const args = ["run", script, "--", "--no-open", "--port", String(port), "--bind", zmq, "--store", storeDir, ...more];
  const child = spawn("npm", args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PUBLISH_TOKEN: undefined, ...env },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (segment) => (text += segment));
  const printed = once(child, "close");
  const exit = once(child, "exit").then(([code]) => (typeof code === "number" ? code : null));
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) interrupt(child);
    await withDeadline("the end of what was started", exit);
    await rm(storeDir, { recursive: true, force: true });
  });
  return { child, output: () => text, port, url: `http://localhost:${port}/c/main`, zmq, storeDir, exit, printed };
}

/** What Ctrl-C in a terminal does: every process in the foreground gets SIGINT. */
export function interrupt({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGINT");
}

export async function live(started: Started): Promise<void> {
  await waitFor("the URL printed", () => started.output().includes(started.url) || undefined, { deadlineMs: 60_000 });
}

export async function stored(url: string): Promise<{ x: number; y: number }[]> {
  const signal = AbortSignal.timeout(2000);
  return JSON.parse(await (await fetch(url, { headers: { Accept: "application/json" }, signal })).text());
}

export interface ProcessInfo {
  pid: number;
  parent: number;
  /** Program and arguments. */
  command: string[];
}

/** A process and all that it started, in any group (Linux). */
export async function family(pid: number | undefined): Promise<ProcessInfo[]> {
  const all = await everyProcess();
  const members = all.filter((info) => info.pid === pid);
  for (const member of members) members.push(...all.filter(({ parent }) => parent === member.pid));
  return members;
}

/** The workerd among them. */
export async function workerdOf(started: Started): Promise<ProcessInfo> {
  return await waitFor("workerd among the processes", async () =>
    (await family(started.child.pid)).find(({ command }) => isWorkerd(command)),
  );
}

export function isWorkerd([program = ""]: readonly string[]): boolean {
  return program.endsWith("/workerd");
}

async function everyProcess(): Promise<ProcessInfo[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const infos = await Promise.all(
    pids.map(async (pid) => {
      try {
        const [stat, command] = await Promise.all(
          ["stat", "cmdline"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8")),
        );
        const parent = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return [{ pid: Number(pid), parent, command: command?.split("\0") ?? [] }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    }),
  );
  return infos.flat();
}

/** Whether a process runs: one that ended and nobody waited for does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** Resolves once all of these have ended. */
export async function noneAlive(processes: readonly ProcessInfo[], deadlineMs?: number): Promise<void> {
  const left = async (): Promise<ProcessInfo[]> => {
    const alive = await Promise.all(processes.map(({ pid }) => isAlive(pid)));
    return processes.filter((_, i) => alive[i]);
  };
  const check = async (): Promise<boolean> => (await left()).length === 0;
  await waitFor("the end of every process", check, deadlineMs === undefined ? {} : { deadlineMs }).catch(
    async (error: unknown) => {
      const commands = (await left()).map(({ pid, command }) => `${pid} ${command.join(" ")}`);
      throw new Error(`Left behind: ${commands.join("; ")}`, { cause: error });
    },
  );
}

export interface ListeningSocket {
  /** `127.0.0.1:8787`, `[::1]:8787`. */
  address: string;
  pid: number;
}

/** Every TCP port that these processes listen on (Linux: proc(5), `/proc/net/tcp`; state 0A is LISTEN). */
export async function listeningSockets(pids: readonly number[]): Promise<ListeningSocket[]> {
  const addresses = new Map<string, string>();
  for (const file of ["tcp", "tcp6"]) {
    const table = await readFile(`/proc/net/${file}`, "utf8").catch(() => "");
    for (const line of table.split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state === "0A") addresses.set(inode, addressText(local));
    }
  }
  const found: ListeningSocket[] = [];
  for (const pid of pids) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch((): string[] => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
      const address = addresses.get(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "");
      if (address !== undefined) found.push({ address, pid });
    }
  }
  return found;
}

/** `0100007F:2253`: 32-bit words, each in this machine's byte order, which is taken to be little endian. */
function addressText(local: string): string {
  const [hex = "", port = ""] = local.split(":");
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const host =
    bytes.length === 4
      ? bytes.map((byte) => Number.parseInt(byte, 16)).join(".")
      : new URL(`http://[${(bytes.join("").match(/.{4}/g) ?? []).join(":")}]`).hostname;
  return `${host}:${Number.parseInt(port, 16)}`;
}
