/**
 * `npm start` and `npm run dev`: the whole path on this machine. Builds and serves the page and the Worker
 * (on workerd), runs the bridge, and for `npm start` a demo publisher that speaks real ZeroMQ to it.
 */
import { chmod, lstat, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { CommanderError } from "commander";
import { exposureLines } from "../bridge/cli/exposure.ts";
import { DEFAULT_BIND, sourceOf } from "../bridge/config/defaults.ts";
import { DEFAULT_SPOOL_DIR, defaultSpoolFile } from "../bridge/config/spool-file.ts";
import { errorAdvice } from "../bridge/observability/error-advice.ts";
import { createLog } from "../bridge/observability/log.ts";
import { type Bridge, startBridge } from "../bridge/pipeline/bridge.ts";
import { AddressError } from "../bridge/sources/errors.ts";
import { type Demo, startDemo } from "../bridge/tools/demo.ts";
import { audienceOf, parseWatch } from "../worker/auth/watch-policy.ts";
import { accessFaults, fetchesKeys } from "../worker/http/access/access.ts";
import { bannerText } from "./banner.ts";
import { buildLocal } from "./local/build-local.ts";
import { holdPort, PortError } from "./local/held-port.ts";
import { type LocalWorker, startWorker, type WorkerOptions } from "./local/local-worker.ts";
import { parentsEnded } from "./local/parents.ts";
import { readWorkerConfig } from "./local/worker-bundle.ts";
import { isTaken, openBrowser } from "./machine.ts";
import {
  ExitCode,
  type Flags,
  otherSecrets,
  parseFlags,
  portFault,
  publishToken,
  StartError,
  workerVars,
} from "./start-options.ts";

const DRAIN_MS = 3000;
const STATUS_EVERY_MS = 60_000;
const SPOOL_MAX_BYTES = 2 ** 30;
/** Between the end of a Worker and the start of the next: one that ends at once must not be started without end. */
const RESTART_AFTER_MS = 1000;

/** Everything that runs, closed in the order of the flow. */
class Running {
  bridge: Bridge | undefined;
  demo: Demo | undefined;
  #worker: LocalWorker | undefined;
  #closed = false;

  /** Starts the Worker and resolves once it answers. */
  async startWorker(options: WorkerOptions): Promise<void> {
    const worker = startWorker(options);
    this.#worker = worker;
    if (this.#closed) await worker.close();
    await worker.ready;
  }

  /** Starts the Worker again whenever it fails. Rejects if it cannot be started. */
  async keepWorker(options: WorkerOptions): Promise<never> {
    for (;;) {
      await this.#worker?.failed.catch((error) => console.error(`${messageOf(error)}\nStarting the Worker again …`));
      await this.#worker?.close();
      await setTimeout(RESTART_AFTER_MS);
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

async function start(running: Running): Promise<WorkerOptions> {
  const config = await readWorkerConfig();
  const flags = parseFlags(process.argv.slice(2), Object.keys(config.vars));
  const { port, connect: connects, topic: topics } = flags;
  // The demo needs a bound address to connect to, even where the user's publishers bind.
  const bind = flags.demo && flags.bind.length === 0 && connects.length > 0 ? ["tcp://127.0.0.1:*"] : flags.bind;
  const token = publishToken(process.env);
  const { vars: others, warnings } = otherSecrets(process.env);
  for (const warning of [token.warning ?? [], warnings].flat()) console.error(warning);
  const vars: Record<string, string> = {
    ...workerVars(config.vars, flags.var, process.env),
    PUBLISH_TOKEN: token.secret,
    ...others,
  };
  const faults = accessFaults(vars);
  for (const fault of faults) console.error(fault);
  if ((await isTaken(port, "127.0.0.1")) || (await isTaken(port, "::1"))) {
    throw new StartError(ExitCode.address, portFault({ code: "EADDRINUSE" }, flags));
  }
  // Before the bridge has anything to deliver there.
  const held = await holdPort(port).catch((error: unknown) => {
    throw error instanceof PortError ? new StartError(ExitCode.address, portFault(error, flags)) : error;
  });
  const log = createLog("text");
  const url = new URL(`http://localhost:${port}/c/${flags.channel}`);
  const storeDir = await makeStore(flags);
  const source = sourceOf({ bind, connect: connects, topics });
  // The bridge first: what it receives it keeps until the Worker is there.
  running.bridge = await startBridge({
    to: url,
    token: token.value,
    log,
    sources: [source],
    control: flags.control,
    call: flags.call,
    statusEveryMs: STATUS_EVERY_MS,
    spool: {
      file: flags.store === undefined ? defaultSpoolFile(url) : join(flags.store, "spool.db"),
      maxBytes: SPOOL_MAX_BYTES,
    },
  });
  console.log("Starting the Worker …");
  const worker: WorkerOptions = {
    configFile: await buildLocal(config, Object.keys(vars), undefined, fetchesKeys(vars)),
    port,
    ...held,
    vars,
    storeDir,
    onTrouble: (line) => {
      // The Worker logs these, too.
      if (!faults.includes(line)) console.error(line);
    },
  };
  await running.startWorker(worker);
  const { bound, connected } = running.bridge;
  if (flags.demo) running.demo = startDemo({ connect: addressForDemo(bound[0] ?? DEFAULT_BIND) });

  console.log(
    bannerText({
      url,
      publicUrl: vars.PUBLIC_URL ?? "",
      bound,
      connected,
      controls: running.bridge.controls,
      isDemo: flags.demo,
      isPrivate: audienceOf(parseWatch(vars.WATCH ?? ""), flags.channel) === "token",
      bearer: token.isMadeUp ? token.value : "$PUBLISH_TOKEN",
      hasAdminToken: (vars.ADMIN_TOKEN ?? "") !== "",
      exposure: exposureLines(source.socket),
    }),
  );
  if (flags.open) openBrowser(url);
  return worker;
}

/**
 * Makes the folder of the channels, which only this user can open: each port's own, as two Workers must not share one.
 * @throws StartError if somebody else's folder stands there
 */
async function makeStore({ store, port }: Flags): Promise<string> {
  const dir = resolve(store ?? DEFAULT_SPOOL_DIR, store === undefined ? `channels-${port}` : "channels");
  await mkdir(dir, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    const advice = errorAdvice(error, "file");
    throw new StartError(ExitCode.usage, `The folder ${dir} cannot be made: ${advice}. Choose another with --store.`);
  });
  const stats = await lstat(dir);
  // (Windows has no user ids.)
  if (!stats.isDirectory() || (process.getuid !== undefined && stats.uid !== process.getuid())) {
    throw new StartError(ExitCode.usage, `${dir} is not a folder of your own. Choose another with --store.`);
  }
  await chmod(dir, 0o700);
  return dir;
}

/** Where the demo connects to reach what is bound there. */
function addressForDemo(bound: string): string {
  return bound.replace(/^tcp:\/\/(\*|0\.0\.0\.0|\[::\])/, "tcp://127.0.0.1");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<number> {
  const running = new Running();
  // A terminal that is gone takes no more words; what runs ends in order all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
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
    // Whoever kills npm (a supervisor, say) does not end what npm started.
    void parentsEnded().then(() => resolve("signal"));
  });
  try {
    const started = start(running);
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
