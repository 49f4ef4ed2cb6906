import type { ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { type Leash, spawnLeashed } from "./leash.ts";
import { removeEmptyChannels } from "./sweep.ts";
import { probe, untilDead } from "./watch.ts";
import { type Listening, SOCKETS, STORE } from "./workerd-config.ts";
import { LineLimit, troubleIn } from "./workerd-log.ts";

export interface WorkerOptions {
  /** Of workerd's configuration (`buildLocal`). */
  configFile: string;
  port: number;
  /** Where to listen: 127.0.0.1, and [::1] if this machine has it. */
  listening: Listening;
  /** The sockets to accept from (`holdPort`); without any, workerd listens by itself. */
  fds?: readonly number[];
  /** Every variable of the Worker, the token too. */
  vars: Readonly<Record<string, string>>;
  /** Where channels are stored. It must exist. */
  storeDir: string;
  /** Warnings and errors of the Worker and of workerd, a line each; so many a minute. */
  onTrouble: (line: string) => void;
  /** How workerd is tied to this process; as this machine can, unless given. */
  leash?: Leash | undefined;
  /** How often to look whether it lives; every three seconds, unless given. */
  lookEveryMs?: number;
}

export interface LocalWorker {
  /** The process id of workerd. */
  readonly pid: number;
  /** Resolves once the Worker answers. Rejects with workerd's last words if it ends, or does not listen in time. */
  readonly ready: Promise<void>;
  /** Rejects when workerd ends, or the Worker is dead, without having been told to end. */
  readonly failed: Promise<never>;
  /** Ends workerd, at any time. What is stored is safe: every frame was, before it was confirmed. */
  close(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const MAX_LAST_LINES = 20;
/** In workerd, of the sockets that it is given: behind its control pipe. */
const FIRST_FD = 4;
const ADDRESSES = { http: "127.0.0.1", http6: "[::1]" } as const;

/** Starts the Worker on workerd: as it runs at Cloudflare, but for what stands around it. */
export function startWorker(options: WorkerOptions): LocalWorker {
  const { port, listening, onTrouble } = options;
  removeEmptyChannels(options.storeDir);
  const child = spawnWorkerd(options);
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once("error", (error) => resolve(error.message));
  });
  const lastLines: string[] = [];
  const limit = new LineLimit(onTrouble);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface(stream).on("line", (line) => {
      const trouble = troubleIn(line);
      if (trouble === undefined) return;
      lastLines.push(trouble);
      if (lastLines.length > MAX_LAST_LINES) lastLines.shift();
      limit.add(trouble);
    });
  }
  const closing = new AbortController();
  const ended = exited.then((how) => {
    // Told to end, it has not failed; whoever waits for a failure then waits for ever.
    if (closing.signal.aborted) return never();
    throw new Error([`The Worker ended by itself (${how}).`, ...lastLines].join("\n"));
  });
  const late = setTimeout(READY_WITHIN_MS, undefined, { signal: closing.signal, ref: false }).then(() => {
    throw new Error([`The Worker does not answer after ${READY_WITHIN_MS / 1000} s.`, ...lastLines].join("\n"));
  }, never);
  const { pid } = child;
  const ready = Promise.race([
    untilListening(child, SOCKETS[listening]).then(() => probe(port, closing.signal)),
    ended,
    late,
  ]).then(() => undefined);
  const dead = ready.then(async () => {
    if (pid === undefined) return await never();
    throw new Error(await untilDead(pid, port, closing.signal, options.lookEveryMs));
  });
  const failed = Promise.race([ended, dead]);
  // Whoever started it may look later.
  for (const promise of [ready, failed]) promise.catch(() => undefined);
  return {
    pid: pid ?? 0,
    ready,
    failed,
    close: async () => {
      closing.abort();
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function spawnWorkerd(options: WorkerOptions): ChildProcess {
  const { configFile, port, listening, fds = [], vars, storeDir, leash } = options;
  const args = ["serve", "--experimental", "--control-fd=3", `--directory-path=${STORE}=${storeDir}`];
  for (const [i, socket] of SOCKETS[listening].entries()) {
    const isHeld = fds[i] !== undefined;
    args.push(
      isHeld ? `--socket-fd=${socket}=${FIRST_FD + i}` : `--socket-addr=${socket}=${ADDRESSES[socket]}:${port}`,
    );
  }
  args.push(configFile, listening);
  // Of this process's own nothing but what starts programs, on Windows too: the Worker has no use for the rest.
  const { PATH, SystemRoot } = process.env;
  const env = {
    ...(PATH !== undefined && { PATH }),
    ...(SystemRoot !== undefined && { SystemRoot }),
    TZ: "UTC",
    ...vars,
  };
  // What is stored is the user's own. The mask is the process's: it is back before anything else runs.
  const mask = process.umask(0o077);
  try {
    return spawnLeashed(workerdBinary(), args, { stdio: ["ignore", "pipe", "pipe", "pipe", ...fds], env }, leash);
  } finally {
    process.umask(mask);
  }
}

/** Resolves once workerd said, on its control pipe, that every socket listens. */
async function untilListening(child: ChildProcess, sockets: readonly string[]): Promise<void> {
  const control = child.stdio[3];
  if (!(control instanceof Readable)) throw new Error("workerd has no control pipe.");
  const waiting = new Set(sockets);
  for await (const line of createInterface(control)) {
    const event: unknown = JSON.parse(line);
    if (typeof event !== "object" || event === null || !("socket" in event)) continue;
    waiting.delete(String(event.socket));
    if (waiting.size === 0) return;
  }
  // The pipe ends with workerd, which says why.
  return await never();
}

function workerdBinary(): string {
  const workerd: unknown = createRequire(import.meta.url)("workerd");
  if (typeof workerd === "object" && workerd !== null && "default" in workerd && typeof workerd.default === "string") {
    return workerd.default;
  }
  throw new Error("The package workerd does not say where its program is.");
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
