import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

const LOOK_EVERY_MS = 1000;

interface ProcessInfo {
  parent: number;
  /** The program's name, without a folder. */
  name: string;
}

/**
 * Resolves once whoever started this process has ended: its parent, and npm where a shell stands between. (npm runs
 * scripts by `sh -c`, and not every shell makes room for the program that it starts. Whoever kills npm kills neither.)
 */
export async function parentsEnded(): Promise<void> {
  const parent = process.ppid;
  const isOfNpm = process.env.npm_lifecycle_event !== undefined;
  const shell = isOfNpm ? await processInfo(parent) : undefined;
  const npm = shell !== undefined && /sh$/.test(shell.name) ? shell.parent : undefined;
  if (isOfNpm && isAdopter(npm ?? parent, await processInfo(npm ?? parent))) return;
  while (process.ppid === parent && (npm === undefined || (await processInfo(parent))?.parent === npm)) {
    await setTimeout(LOOK_EVERY_MS, undefined, { ref: false });
  }
}

/**
 * Whether a process is none that starts scripts, but one that takes those over whose parent has ended: npm ended before this
 * program had begun. (In a container npm itself may have the number 1.)
 */
export function isAdopter(pid: number, info: ProcessInfo | undefined): boolean {
  if (info === undefined) return false;
  return info.name === "systemd" || (pid === 1 && !/^(npm|node|npx|pnpm|yarn|bun)/.test(info.name));
}

/** What the system says of a process; undefined if it has ended, or the system does not say. */
async function processInfo(pid: number): Promise<ProcessInfo | undefined> {
  try {
    if (process.platform === "linux") return infoInStat(await readFile(`/proc/${pid}/stat`, "utf8"));
    // Windows does not say in a form that is worth a look each second: there only the parent counts.
    if (process.platform === "win32") return undefined;
    const { stdout } = await promisify(execFile)("ps", ["-o", "ppid=,comm=", "-p", String(pid)]);
    return infoInPs(stdout);
  } catch {
    return undefined;
  }
}

/** Of proc(5): the name stands in parentheses and may have anything in it. */
export function infoInStat(stat: string): ProcessInfo | undefined {
  const [, name, parent] = /^\d+ \((.*)\) . (\d+) /s.exec(stat) ?? [];
  return name === undefined ? undefined : { parent: Number(parent), name };
}

/** Of ps(1): `  501 /bin/sh`. */
export function infoInPs(line: string): ProcessInfo | undefined {
  const [, parent, name] = /^\s*(\d+)\s+(?:.*\/)?([^/]+)$/.exec(line.trim()) ?? [];
  return name === undefined ? undefined : { parent: Number(parent), name };
}
