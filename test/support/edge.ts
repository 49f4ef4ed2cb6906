/**
 * An edge: the real Worker, as `wrangler.toml` describes it, on the real runtime (workerd, started by Miniflare, which
 * can evict objects; what `npm start` runs is tested in test/start). Any number of edges may run at once; each has its
 * own port, process and storage.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { ChildProcess, execFile } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { isObject } from "../../protocol/json/json.ts";
import { bundleWorker, type DurableObjectBinding, ROOT, readWorkerConfig } from "../../scripts/local/worker-bundle.ts";
import { freePort } from "./ports.ts";
import { relayedVars } from "./relayed.ts";
import { takeTurn } from "./wait.ts";

const HOST = "127.0.0.1";

/** What `[vars]` may hold. */
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface EdgeOptions {
  /** A free port unless given. */
  port?: number;
  /** Variables that override those of `wrangler.toml`: mostly text, but whatever that may hold. */
  vars?: Record<string, Json>;
  /** Where storage is kept; a directory of the edge's own, removed by `close()`, unless given. */
  persistDir?: string;
  /** The Worker's PUBLISH_TOKEN; null leaves it out. */
  publishToken?: string | null;
  /** The file that the Worker begins with; that of `wrangler.toml` unless given. */
  main?: string;
  /** Where the page's files are; where `npm run build` puts them unless given. */
  pageDir?: string;
  /** Rate limiting bindings, by name: so many in so many seconds. */
  ratelimits?: Record<string, { limit: number; period: 10 | 60 }>;
  /** workerd's inspector listens, too. */
  inspected?: boolean;
}

/** Starts an edge; it must be closed, or the test process stays. */
export async function startEdge(options: EdgeOptions = {}): Promise<Edge> {
  const { main = "" } = options;
  workers[main] ??= loadWorker(options.main);
  const loaded = await workers[main];
  for (let attempt = 1; ; attempt++) {
    const ownDir = options.persistDir === undefined ? await mkdtemp(join(tmpdir(), "plotcast-edge-")) : undefined;
    const edge = new Edge(loaded, options, options.port ?? (await freePort()), ownDir);
    try {
      await edge.restart();
      return edge;
    } catch (error) {
      await edge.close();
      const isTaken = error instanceof Error && "code" in error && error.code === "ERR_ADDRESS_IN_USE";
      if (options.port !== undefined || !isTaken || attempt === 20) throw error;
    }
  }
}

export class Edge {
  readonly url: URL;
  /** The publish token that the Worker was given. */
  readonly token: string | null;
  /** What the Worker warned of and what the runtime complained of, a line each, since the edge began. */
  readonly logs: string[] = [];
  /** What the Worker logged that is no warning, as the runtime shows values: its audit log. */
  readonly audited: string[] = [];

  #classes: WorkerBundle["classes"];
  #options: MiniflareOptions;
  #ownDir: string | undefined;
  #running: { miniflare: Miniflare; processes: ChildProcess[] } | undefined;

  /** For `startEdge`. */
  constructor(worker: WorkerBundle, options: EdgeOptions, port: number, ownDir: string | undefined) {
    this.url = new URL(`http://${HOST}:${port}`);
    this.token = options.publishToken === undefined ? "test-token" : options.publishToken;
    this.#classes = worker.classes;
    this.#ownDir = ownDir;
    const inspector = options.inspected === true ? { inspectorPort: 0 } : {};
    const own = worker.optionsFor({
      port,
      vars: { ...relayedVars(), ...options.vars, ...(this.token === null ? {} : { PUBLISH_TOKEN: this.token }) },
      persistDir: options.persistDir ?? ownDir,
      pageDir: options.pageDir,
      ratelimits: options.ratelimits ?? {},
      logs: this.logs,
      audited: this.audited,
    });
    this.#options = { ...own, ...inspector };
  }

  /** The process id of workerd, to measure it. */
  get pid(): number {
    const { pid } = this.#workerd();
    if (pid === undefined) throw new Error("workerd has no process id");
    return pid;
  }

  /** Where the inspector listens, of an edge that has one. */
  async inspectorUrl(): Promise<URL> {
    if (this.#running === undefined) throw new Error("this edge is not running");
    return await this.#running.miniflare.getInspectorURL();
  }

  channelUrl(name: string): URL {
    return new URL(`/c/${name}`, this.url);
  }

  /**
   * Evicts a channel's Durable Object from memory: what it did not store is forgotten, and the next event
   * runs its constructor. Its sockets stay open, as in hibernation. Waits for requests under way; rejects if
   * the object is not in memory, or, after 30 s, if bytes wait in it for a viewer that does not read.
   */
  async evict(channelName: string): Promise<void> {
    await this.evictObject("CHANNEL", channelName);
  }

  /** The same of an object of any class, by its binding. */
  async evictObject(binding: string, objectName: string): Promise<void> {
    if (this.#running === undefined) throw new Error("this edge is not running");
    const { scriptName, durableObjects } = this.#classes;
    const className = durableObjects.find((each) => each.binding === binding)?.className;
    if (className === undefined) throw new Error(`there is no binding ${binding}`);
    await this.#running.miniflare.unsafeEvictDurableObject(scriptName, className, {
      name: objectName,
      webSockets: "hibernate",
    });
  }

  /** Kills workerd without warning (SIGKILL) and leaves it dead until `restart()`. */
  async kill(): Promise<void> {
    this.#workerd().kill("SIGKILL");
    await this.#stop();
  }

  /** Starts again on the same port and storage; an edge that is running is killed first. */
  async restart(): Promise<void> {
    await this.#stop();
    const processes: ChildProcess[] = [];
    const miniflare = processesOfMiniflare.run(processes, () => new Miniflare(this.#options));
    this.#running = { miniflare, processes };
    await miniflare.ready;
  }

  /** Ends the edge, and removes its storage if that is its own. */
  async close(): Promise<void> {
    await this.#stop();
    if (this.#ownDir !== undefined) await rm(this.#ownDir, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Miniflare itself ends workerd with SIGKILL. It starts a workerd that died by itself again, unless it was
   * disposed in the same turn: so nothing may be awaited between a kill and this.
   */
  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    // If it did not start, this rejects with the reason again, which restart() has told.
    await running.miniflare.dispose().catch(() => undefined);
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
  classes: { scriptName: string; durableObjects: readonly DurableObjectBinding[] };
  optionsFor(edge: {
    port: number;
    vars: Record<string, Json>;
    persistDir: string | undefined;
    pageDir: string | undefined;
    ratelimits: NonNullable<EdgeOptions["ratelimits"]>;
    logs: string[];
    audited: string[];
  }): MiniflareOptions;
}

const workers: Record<string, Promise<WorkerBundle>> = {};

/** Reads `wrangler.toml`, bundles the Worker it names as `npm start` does, and sees to it that the page is built. */
async function loadWorker(otherMain: string | undefined): Promise<WorkerBundle> {
  const { name, vars: ownVars, durableObjects, main, assets } = await readWorkerConfig();
  const { workerOptions } = quietly(() => unstable_getMiniflareWorkerOptions(join(ROOT, "wrangler.toml")));
  await buildPageIfMissing(assets.directory);
  const contents = await bundleWorker(otherMain ?? main);
  return {
    classes: { scriptName: name, durableObjects },
    optionsFor: ({ port, vars, persistDir, pageDir, ratelimits, logs, audited }) =>
      convertV4MiniflareOptions({
        host: HOST,
        port,
        // Without this Miniflare asks cloudflare.com what `request.cf` is to be.
        cf: false,
        telemetry: { enabled: false },
        ...(persistDir === undefined ? {} : { resourcePersistencePath: persistDir }),
        logRequests: false,
        log: new LogInto(logs),
        handleStructuredLogs: ({ level, message }) => (level === "log" ? audited : logs).push(message),
        workers: [
          {
            ...workerOptions,
            name,
            modules: [{ type: "ESModule", path: "worker.js", contents }],
            modulesRoot: ".",
            ...(pageDir !== undefined && isObject(workerOptions.assets)
              ? { assets: { ...workerOptions.assets, directory: pageDir } }
              : {}),
            // Wrangler would mix in the developer's own .dev.vars.
            bindings: { ...ownVars, ...vars },
            ratelimits: Object.fromEntries(
              Object.entries(ratelimits).map(([of, simple]) => [of, { namespace_id: "1", simple }]),
            ),
          },
        ],
      }),
  };
}

/** Runs `read` without wrangler telling which of the developer's secrets it found or missed: an edge takes none. */
function quietly<T>(read: () => T): T {
  const before = process.env.WRANGLER_LOG;
  process.env.WRANGLER_LOG = "error";
  try {
    return read();
  } finally {
    if (before === undefined) delete process.env.WRANGLER_LOG;
    else process.env.WRANGLER_LOG = before;
  }
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
