import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

export interface WorkerOptions {
  port: number;
  token: string;
  /** Where what is stored is kept; `.wrangler/state` unless given. */
  storeDir?: string | undefined;
  /** What wrangler prints, a line each. */
  onLine: (line: string) => void;
}

export interface LocalWorker {
  /** Resolves once the Worker answers; rejects with wrangler's last words if it ends, or is silent for too long. */
  ready: Promise<void>;
  /** Rejects when wrangler ends, or the Worker no longer answers, without having been told to. */
  failed: Promise<never>;
  /** Ends wrangler and all that it started, at any time. */
  close(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const END_WITHIN_MS = 5000;
const LOOK_EVERY_MS = 3000;
const MISSED_ANSWERS = 2;

/**
 * Starts the Worker with `wrangler dev`. That starts a workerd that died anew by itself; but of its two, the one that
 * listens does not answer after that, so whether the Worker answers is looked at, too.
 */
export async function startWorker({ port, token, storeDir, onLine }: WorkerOptions): Promise<LocalWorker> {
  // A file that only this user can read: others can read arguments, and .dev.vars is the user's own.
  const secrets = await mkdtemp(join(tmpdir(), "plotcast-"));
  const envFile = join(secrets, "worker.env");
  await writeFile(envFile, `PUBLISH_TOKEN=${JSON.stringify(token)}\n`, { mode: 0o600 });

  const cli = createRequire(import.meta.url).resolve("wrangler");
  const args = ["dev", "--port", String(port), "--inspector-port", "0", "--env-file", envFile];
  if (storeDir !== undefined) args.push("--persist-to", storeDir);
  const child = spawn(process.execPath, ["--no-warnings", cli, ...args, "--show-interactive-dev-session=false"], {
    // A process group of its own: Ctrl-C in the terminal must not end the Worker before the bridge has delivered.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    // Without these it asks cloudflare.com for sample request data, and sends statistics, at every start.
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false", FORCE_COLOR: "0" },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
        lines.push(line);
        if (lines.length > 20) lines.shift();
        onLine(line);
      }
    });
  }

  const exited = once(child, "exit").then(() => undefined);
  const closing = new AbortController();
  const exit = exited.then(() => {
    // Told to end, it has not failed; whoever waits for a failure then waits for ever.
    if (closing.signal.aborted) return new Promise<never>(() => undefined);
    throw new Error(`wrangler dev ended by itself. Its last words:\n${lines.join("\n")}`);
  });
  const url = new URL(`http://localhost:${port}/c/main?points=1`);
  const ready = Promise.race([answers(url, closing.signal), exit]);
  const failed = Promise.race([exit, ready.then(() => silence(url, closing.signal))]);
  failed.catch(() => undefined);
  return {
    ready,
    failed,
    close: async () => {
      closing.abort();
      await endGroup(child, exited);
      await rm(secrets, { recursive: true, force: true });
    },
  };
}

/** Resolves once a GET of `url` is answered. */
async function answers(url: URL, closing: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadlineMs && !closing.aborted) {
    if (await isAnswered(url)) return;
    await setTimeout(100);
  }
  throw new Error(`The Worker does not answer at ${url.href} after ${READY_WITHIN_MS / 1000} s.`);
}

/** Rejects once GETs of `url` have not been answered several times in a row. */
async function silence(url: URL, closing: AbortSignal): Promise<never> {
  for (let missed = 0; missed < MISSED_ANSWERS; ) {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal: closing }).catch(() => new Promise<never>(() => undefined));
    missed = (await isAnswered(url)) ? 0 : missed + 1;
  }
  throw new Error("The Worker no longer answers.");
}

async function isAnswered(url: URL): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening, or busy with something else.
    return false;
  }
}

/** Ends wrangler and the workerds it started; if it does not go by itself, by force. */
async function endGroup(child: ChildProcess, exited: Promise<void>): Promise<void> {
  signalGroup(child, "SIGTERM");
  const late = new AbortController();
  await Promise.race([exited, setTimeout(END_WITHIN_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  signalGroup(child, "SIGKILL");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    // Windows has no process groups; wrangler then ends its own children.
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // All of it has ended.
  }
}
