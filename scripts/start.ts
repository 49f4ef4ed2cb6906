/**
 * `npm start` and `npm run dev`: the whole path on this machine. Builds and serves the page and the Worker
 * (`wrangler dev`), runs the bridge, and for `npm start` a demo publisher that speaks real ZeroMQ to it.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type Bridge, startBridge } from "../bridge/bridge.ts";
import { DEFAULT_BIND, sourceOf } from "../bridge/configure/defaults.ts";
import { defaultSpoolFile, tokenFrom } from "../bridge/configure/options.ts";
import { type Demo, startDemo } from "../bridge/demo.ts";
import { AddressError } from "../bridge/receive/address.ts";
import { createLog } from "../bridge/tell/log.ts";
import { isChannelName } from "../worker/protocol/limits.ts";
import { isTaken, openBrowser } from "./machine.ts";
import { type LocalWorker, startWorker, type WorkerOptions } from "./wrangler-dev.ts";

/** SPEC.md, BR10: the same codes as the bridge's. */
const ExitCode = { ok: 0, failed: 1, usage: 2, address: 4 } as const;
const DRAIN_MS = 3000;
const STATUS_EVERY_MS = 60_000;
const SPOOL_MAX_BYTES = 2 ** 30;

interface Flags {
  port: number;
  bind: string[];
  connect: string[];
  topic: string[];
  channel: string;
  store?: string;
  demo: boolean;
  open: boolean;
}

/** What stops a start, in one line, with the exit code that says it to a script. */
class StartError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

function parseFlags(): Flags {
  const append = (value: string, before: string[]): string[] => [...before, value];
  return new Command(process.argv.includes("--demo") ? "npm start --" : "npm run dev --")
    .description("Plotcast on this machine: the Worker, the bridge, and with `npm start` a demo publisher.")
    .addOption(new Option("--port <port>", "of the page and the Worker").argParser(parsePort).default(8787))
    .addOption(
      new Option("--bind <address>", "where publishers connect to; repeats")
        .argParser(append)
        .default([], DEFAULT_BIND),
    )
    .addOption(
      new Option("--connect <address>", "a publisher that binds; repeats").argParser(append).default([], "none"),
    )
    .addOption(
      new Option("--topic <prefix>", "subscribe to what begins so; repeats")
        .argParser(append)
        .default([], "everything"),
    )
    .addOption(new Option("--channel <name>", "the channel").argParser(parseChannelName).default("main"))
    .addOption(
      new Option("--store <dir>", "where Worker and bridge keep what they store (default: .wrangler/state, .plotcast)"),
    )
    .addOption(new Option("--demo", "send a sine, as `npm start` does").default(false))
    .addOption(new Option("--no-open", "do not open a browser"))
    .helpOption("--help", "print this help")
    .addHelpText(
      "after",
      "\nPUBLISH_TOKEN in the environment is the token for publishing; without it one is made up and printed.",
    )
    .exitOverride()
    .parse()
    .opts<Flags>();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError("A port is 1 to 65535.");
  return port;
}

function parseChannelName(text: string): string {
  if (!isChannelName(text))
    throw new InvalidArgumentError("A name is letters, digits and . _ - in segments joined by /.");
  return text;
}

/** Everything that runs, closed in the order of the flow. */
class Running {
  bridge: Bridge | undefined;
  demo: Demo | undefined;
  #worker: LocalWorker | undefined;
  #closed = false;

  /** Starts the Worker and resolves once it answers. */
  async startWorker(options: WorkerOptions): Promise<void> {
    const worker = await startWorker(options);
    this.#worker = worker;
    if (this.#closed) await worker.close();
    await worker.ready;
  }

  /** Starts the Worker again whenever it fails. Rejects if it cannot be started. */
  async keepWorker(options: WorkerOptions): Promise<never> {
    for (;;) {
      await this.#worker?.failed.catch((error) => console.error(`${messageOf(error)}\nStarting the Worker again …`));
      await this.#worker?.close();
      await this.startWorker(options);
    }
  }

  /** Ends all, and says if points were left. */
  async close(): Promise<void> {
    this.#closed = true;
    this.demo?.close();
    const left = await this.bridge?.close({ drainMs: DRAIN_MS });
    if (left && left.undelivered > 0) {
      console.error(`${left.undelivered} points are not delivered yet; they are kept, and go out at the next start.`);
    }
    await this.endWorker();
  }

  async endWorker(): Promise<void> {
    await this.#worker?.close();
  }
}

async function start(flags: Flags, running: Running): Promise<WorkerOptions> {
  const { port, connect: connects, topic: topics } = flags;
  // The demo needs a bound address to connect to, even where the user's publishers bind.
  const bind = flags.demo && flags.bind.length === 0 && connects.length > 0 ? ["tcp://127.0.0.1:*"] : flags.bind;
  const again = flags.demo ? "npm start" : "npm run dev";
  if (process.env.PUBLISH_TOKEN !== undefined && tokenFrom(process.env) === undefined) {
    throw new StartError(ExitCode.usage, "PUBLISH_TOKEN is empty, or has characters that cannot stand in a header.");
  }
  const token = tokenFrom(process.env) ?? randomBytes(16).toString("hex");
  if ((await isTaken(port, "127.0.0.1")) || (await isTaken(port, "::1"))) {
    throw new StartError(
      ExitCode.address,
      `Port ${port} is in use. Free it, or choose another: ${again} -- --port ${port + 1}`,
    );
  }
  const log = createLog("text");
  const url = new URL(`http://localhost:${port}/c/${flags.channel}`);
  // The bridge first: what it receives it keeps until the Worker is there.
  running.bridge = await startBridge({
    to: url,
    token,
    log,
    sources: [sourceOf({ bind, connect: connects, topics })],
    statusEveryMs: STATUS_EVERY_MS,
    spool: {
      file: flags.store === undefined ? defaultSpoolFile(url) : join(flags.store, "spool.db"),
      maxBytes: SPOOL_MAX_BYTES,
    },
  });
  console.log("Starting the Worker …");
  const worker = { port, token, storeDir: flags.store, onLine: tellTrouble };
  await running.startWorker(worker);
  if (flags.demo) running.demo = startDemo({ connect: addressForDemo(running.bridge.addresses[0] ?? DEFAULT_BIND) });

  console.log(`
  Plotcast is live     ${url.href}
  publishers           ${running.bridge.addresses.join("  ")}${flags.demo ? "   (a demo sends a sine)" : ""}
  or with curl         curl -H "Authorization: Bearer ${token}" -d '{"y":1}' ${url.href}

  Ctrl-C ends it.
`);
  if (flags.open) openBrowser(url);
  return worker;
}

/** Where the demo connects to reach what is bound there. */
function addressForDemo(bound: string): string {
  return bound.replace(/^tcp:\/\/(\*|0\.0\.0\.0|\[::\])/, "tcp://127.0.0.1");
}

/** Of what wrangler says, what its user needs to know. */
function tellTrouble(line: string): void {
  if (/warn|error|✘|crash/i.test(line) && !/telemetry/i.test(line)) console.error(line);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<number> {
  const running = new Running();
  let told = 0;
  const signal = new Promise<"signal">((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(name, () => {
        // The terminal and npm may each pass on the same Ctrl-C; only one that comes later is meant as "now".
        if (told > 0 && performance.now() - told > 500) {
          running.endWorker().finally(() => process.exit(ExitCode.failed));
        }
        if (told === 0) told = performance.now();
        resolve("signal");
      });
    }
    // Whoever ends npm (a supervisor, say) does not end what npm started.
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve("signal");
    }, 1000).unref();
  });
  try {
    const started = start(parseFlags(), running);
    // Told to end while it starts, what then fails to start is no news.
    started.catch(() => undefined);
    await Promise.race([
      signal,
      started.then((worker) => Promise.race([signal, running.keepWorker(worker), running.bridge?.done])),
    ]);
    console.log("\nEnding …");
    return ExitCode.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    console.error(messageOf(error));
    if (error instanceof StartError) return error.exitCode;
    return error instanceof AddressError ? ExitCode.address : ExitCode.failed;
  } finally {
    await running.close();
  }
}

process.exit(await main());
