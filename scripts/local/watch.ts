/** Whether the Worker lives: looked at from outside, by what it answers and by what its process does. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { Liveness } from "./liveness.ts";

const LOOK_EVERY_MS = 3000;
/** Busy is not dead: a probe waits longer than the watch does. */
const PROBE_WITHIN_MS = 120_000;
const MAX_PROBES = 10;
/** Answered with 404 by the Worker itself, without a channel. */
const PROBE_PATH = "/nothing-here";

/** Resolves with what is wrong once the Worker is dead; looks every `everyMs` until `closing` aborts. */
export async function untilDead(
  pid: number,
  port: number,
  closing: AbortSignal,
  everyMs = LOOK_EVERY_MS,
): Promise<string> {
  const liveness = new Liveness();
  let isAnswered = false;
  let probes = 0;
  for (;;) {
    // What is not answered yet still may be; but there is no need of more than a few.
    if (probes < MAX_PROBES) {
      probes++;
      void probe(port, closing).then((answered) => {
        probes--;
        if (answered) isAnswered = true;
      });
    }
    await setTimeout(everyMs, undefined, { signal: closing }).catch(() => new Promise<never>(() => undefined));
    const answered = isAnswered;
    isAnswered = false;
    const verdict = liveness.look({ answered, cpuMs: answered ? undefined : await cpuMsOf(pid) });
    switch (verdict) {
      case "alive":
      case "silent":
        break;
      case "stopped":
        return "The Worker answers nothing and does nothing.";
      case "hung":
        return "The Worker answers nothing, though it works.";
      default:
        verdict satisfies never;
    }
  }
}

/** Whether a GET of a path that there is not is answered, whatever the answer: on a connection of its own. */
export async function probe(port: number, closing: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(PROBE_WITHIN_MS)]);
  return await new Promise((resolve) => {
    get({ host: "127.0.0.1", port, path: PROBE_PATH, agent: false, signal }, (response) => {
      response.resume();
      // Cut off after the answer began: an answer it is.
      response.on("error", () => undefined);
      resolve(true);
    }).on("error", () => resolve(false));
  });
}

/** Processor time that a process has used, in milliseconds; undefined where the system does not tell. */
export async function cpuMsOf(pid: number): Promise<number | undefined> {
  try {
    if (process.platform === "linux") return cpuMsInStat(await readFile(`/proc/${pid}/stat`, "utf8"));
    if (process.platform === "win32") return undefined;
    return cpuMsInPs((await promisify(execFile)("ps", ["-o", "time=", "-p", String(pid)])).stdout);
  } catch {
    // It has ended, which is told otherwise.
    return undefined;
  }
}

/** utime and stime of proc(5), in ticks, of which Linux has 100 a second for every user program. */
export function cpuMsInStat(stat: string): number | undefined {
  // The second field is the program's name in parentheses, and may have anything in it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks * 10 : undefined;
}

/** `[[dd-]hh:]mm:ss[.hh]` of ps(1). */
export function cpuMsInPs(time: string): number | undefined {
  const [, days = "0", hours = "0", minutes, seconds] =
    /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(time.trim()) ?? [];
  if (minutes === undefined || seconds === undefined) return undefined;
  return Math.round((((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
}
