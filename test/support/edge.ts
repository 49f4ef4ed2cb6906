/**
 * An edge: the real Worker, as `wrangler.toml` describes it, on the real runtime (workerd, started by
 * Miniflare). Any number of edges may run at once; each has its own port, process and storage.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { ChildProcess, execFile } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { takeTurn } from "./wait.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOST = "127.0.0.1";

export interface EdgeOptions {
  /** A free port unless given. */
  port?: number;
  /** Variables that override those of `wrangler.toml`. */
  vars?: Record<string, string>;
  /** Where storage is kept; a directory of the edge's own, removed by `close()`, unless given. */
  persistDir?: string;
  /** The Worker's PUBLISH_TOKEN; null leaves it out. */
  publishToken?: string | null;
}

export async function startEdge(options: EdgeOptions = {}): Promise<Edge> {
  const token = options.publishToken === undefined ? "test-token" : options.publishToken;
  const vars = { ...options.vars, ...(token === null ? {} : { PUBLISH_TOKEN: token }) };
  worker ??= loadWorker();
  const ownDir = options.persistDir === undefined ? await mkdtemp(join(tmpdir(), "plotcast-edge-")) : undefined;
  const edge = new Edge(await worker, { vars, token, persistDir: options.persistDir ?? ownDir ?? "", ownDir });
  try {
    await edge.startOn(options.port);
  } catch (error) {
    await edge.close();
    throw error;
  }
  return edge;
}

export class Edge {
  /** The publish token that the Worker was given. */
  readonly token: string | null;
  /** What the Worker logged and what the runtime complained of, a line each, since the edge began. */
  readonly logs: string[] = [];

  #worker: WorkerBundle;
  #vars: Record<string, string>;
  #persistDir: string;
  #ownDir: string | undefined;
  #port: number | undefined;
  #running: { miniflare: Miniflare; processes: ChildProcess[] } | undefined;

  constructor(
    worker: WorkerBundle,
    given: { vars: Record<string, string>; token: string | null; persistDir: string; ownDir: string | undefined },
  ) {
    this.#worker = worker;
    this.#vars = given.vars;
    this.token = given.token;
    this.#persistDir = given.persistDir;
    this.#ownDir = given.ownDir;
  }

  get url(): URL {
    if (this.#port === undefined) throw new Error("this edge has not started");
    return new URL(`http://${HOST}:${this.#port}`);
  }

  /** The process id of workerd, to measure it. */
  get pid(): number {
    const pid = this.#workerd().pid;
    if (pid === undefined) throw new Error("workerd has no process id");
    return pid;
  }

  channelUrl(name: string): URL {
    return new URL(`/c/${name}`, this.url);
  }

  /**
   * Evicts a channel's Durable Object from memory: whatever it did not store is forgotten, the next event
   * runs its constructor. Its sockets stay open, as in hibernation. Waits for what the object is doing.
   */
  async evict(channelName: string): Promise<void> {
    if (this.#running === undefined) throw new Error("this edge is not running");
    const { scriptName, className } = this.#worker.channel;
    await this.#running.miniflare.unsafeEvictDurableObject(scriptName, className, {
      name: channelName,
      webSockets: "hibernate",
    });
  }

  /** Kills workerd without warning (SIGKILL) and leaves it dead until `restart()`. */
  async kill(): Promise<void> {
    this.#workerd().kill("SIGKILL");
    await this.#stop();
  }

  /** Starts again on the same port and storage, after `kill()` or, ending it as abruptly, while running. */
  async restart(): Promise<void> {
    const { port } = this.url;
    await this.#stop();
    await this.startOn(Number(port));
  }

  async close(): Promise<void> {
    await this.#stop();
    if (this.#ownDir !== undefined) await rm(this.#ownDir, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Starts on `port`, or on a free one. Only `startEdge` and `restart` call this. */
  async startOn(port: number | undefined): Promise<void> {
    for (let attempt = 1; this.#running === undefined; attempt++) {
      const chosen = port ?? randomPort();
      try {
        await this.#start(chosen);
        this.#port = chosen;
      } catch (error) {
        await this.#stop();
        const inUse = error instanceof Error && "code" in error && error.code === "ERR_ADDRESS_IN_USE";
        if (port !== undefined || !inUse || attempt === 20) throw error;
      }
    }
  }

  async #start(port: number): Promise<void> {
    const processes: ChildProcess[] = [];
    const options = this.#worker.optionsFor({ port, vars: this.#vars, persistDir: this.#persistDir, logs: this.logs });
    const miniflare = processesOfMiniflare.run(processes, () => new Miniflare(options));
    this.#running = { miniflare, processes };
    await miniflare.ready;
  }

  /** Miniflare ends workerd with SIGKILL: there is no gentler way, and none is missed, for storage is the truth. */
  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    // Called in the same turn as a kill: a disposed Miniflare does not start a killed workerd again.
    await running.miniflare.dispose();
    await Promise.all(running.processes.filter(isRunning).map((child) => once(child, "exit")));
  }

  #workerd(): ChildProcess {
    const workerd = this.#running?.processes.find(isRunning);
    if (workerd === undefined) throw new Error("this edge is not running");
    return workerd;
  }
}

/** The Worker, bundled and ready to be started any number of times. */
interface WorkerBundle {
  channel: { scriptName: string; className: string };
  optionsFor(edge: {
    port: number;
    vars: Record<string, string>;
    persistDir: string;
    logs: string[];
  }): MiniflareOptions;
}

let worker: Promise<WorkerBundle> | undefined;

/** Reads `wrangler.toml`, bundles the Worker it names as wrangler does, and sees to it that the page is built. */
async function loadWorker(): Promise<WorkerBundle> {
  const configFile = join(ROOT, "wrangler.toml");
  const { name, vars: ownVars, className, assetsDirectory } = narrowConfig(unstable_readConfig({ config: configFile }));
  const { workerOptions, main, define } = unstable_getMiniflareWorkerOptions(configFile);
  if (main === undefined) throw new Error("wrangler.toml names no main");
  await buildPageIfMissing(join(ROOT, assetsDirectory));
  const bundle = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    sourcemap: "inline",
    define,
    outfile: "worker.js",
    logLevel: "silent",
  });
  const contents = bundle.outputFiles[0]?.text ?? "";
  return {
    channel: { scriptName: name, className },
    optionsFor: ({ port, vars, persistDir, logs }) =>
      convertV4MiniflareOptions({
        host: HOST,
        port,
        // Without this Miniflare asks cloudflare.com what `request.cf` is to be.
        cf: false,
        telemetry: { enabled: false },
        resourcePersistencePath: persistDir,
        logRequests: false,
        log: new LogInto(logs),
        handleStructuredLogs: ({ message }) => logs.push(message),
        workers: [
          {
            ...workerOptions,
            name,
            modules: [{ type: "ESModule", path: "worker.js", contents }],
            modulesRoot: ".",
            // Wrangler would mix in the developer's own .dev.vars.
            bindings: { ...ownVars, ...vars },
          },
        ],
      }),
  };
}

/** What the tests need to know of `wrangler.toml`. (Wrangler's own type of it is not published: it would be `any`.) */
function narrowConfig(config: unknown): {
  name: string;
  vars: Record<string, string>;
  className: string;
  assetsDirectory: string;
} {
  const name = field(config, "name");
  const bindings = field(field(config, "durable_objects"), "bindings");
  const channel = Array.isArray(bindings) ? bindings.find((binding) => field(binding, "name") === "CHANNEL") : undefined;
  const className = field(channel, "class_name");
  const assetsDirectory = field(field(config, "assets"), "directory");
  if (typeof name !== "string" || typeof className !== "string" || typeof assetsDirectory !== "string") {
    throw new Error("wrangler.toml lacks a name, the CHANNEL binding or an assets directory");
  }
  const vars: Record<string, string> = {};
  for (const [key, value] of Object.entries(field(config, "vars") ?? {})) {
    if (typeof value !== "string") throw new Error(`wrangler.toml: the variable ${key} is not a string`);
    vars[key] = value;
  }
  return { name, vars, className, assetsDirectory };
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? new Map<string, unknown>(Object.entries(value)).get(key) : undefined;
}

/** `npm test` builds the page first; this is for a test file that is run by itself. */
async function buildPageIfMissing(directory: string): Promise<void> {
  await takeTurn(`${directory}.lock`, async () => {
    await mkdir(directory, { recursive: true });
    if ((await readdir(directory)).length > 0) return;
    const scripts = await readdir(join(ROOT, "scripts")).catch((): string[] => []);
    if (scripts.includes("build-page.ts")) {
      await promisify(execFile)(process.execPath, [join("scripts", "build-page.ts")], { cwd: ROOT });
    }
  });
}

class LogInto extends Log {
  #lines: string[];

  constructor(lines: string[]) {
    super(LogLevel.WARN);
    this.#lines = lines;
  }

  protected override log(message: string): void {
    this.#lines.push(message);
  }
}

/**
 * Miniflare keeps its workerd private. Node announces every child process on a diagnostics channel, within
 * the call that starts it: so each edge learns of its own, even when several start at once.
 */
const processesOfMiniflare = new AsyncLocalStorage<ChildProcess[]>();
subscribe("child_process", (message) => {
  if (typeof message === "object" && message !== null && "process" in message) {
    if (message.process instanceof ChildProcess) processesOfMiniflare.getStore()?.push(message.process);
  }
});

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Below the range from which the kernel picks ports, so that an edge finds its own free when it restarts. */
function randomPort(): number {
  return 20_000 + Math.floor(Math.random() * 12_000);
}
