#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { type Bridge, startBridge } from "./bridge.ts";
import { SpoolError } from "./collect/open-spool.ts";
import { DEFAULT_BIND, sourceOf } from "./configure/defaults.ts";
import {
  parseBytes,
  parseChannelUrl,
  parseDuration,
  parseFieldName,
  parseMetricsAddress,
  parseSpoolFile,
  tokenFrom,
} from "./configure/options.ts";
import { AddressError } from "./receive/address.ts";
import { createLog, type Log, type LogFormat } from "./tell/log.ts";
import type { MetricsAddress } from "./tell/metrics.ts";
import { counted, errorText } from "./tell/text.ts";

/** SPEC.md, BR10. */
const ExitCode = { ok: 0, failed: 1, usage: 2, undelivered: 3, address: 4 } as const;
const DRAIN_MS = 10_000;
const DEFAULT_TO = "http://localhost:8787/c/main";

interface Flags {
  to: URL;
  bind: string[];
  connect: string[];
  topic: string[];
  buffer: number;
  /** Undefined: the channel's default file. */
  spool?: SpoolFlag;
  spoolMax: number;
  sequenceField?: string;
  expectEvery?: number;
  metrics?: MetricsAddress;
  log: LogFormat;
}

/** Undefined: none. */
interface SpoolFlag {
  file: string | undefined;
}

const HELP = `
The token for publishing comes from PUBLISH_TOKEN in the environment, never from a flag.

Examples:
  PUBLISH_TOKEN=… npm run bridge
      publishers connect to port 5000 of this machine; the channel is http://localhost:8787/c/main
  PUBLISH_TOKEN=… npm run bridge -- --to https://plots.example.org/c/lab/motor --bind "tcp://*:5556"
      another channel, another port
  PUBLISH_TOKEN=… npm run bridge -- --connect tcp://192.168.1.20:5556 --topic temp --topic hum
      the publisher binds; only topics that begin with temp or hum
  PUBLISH_TOKEN=… npm run bridge -- --sequence-field seq --expect-every 1s
      messages are like {"seq": 17, "y": 1.5}: a number left out is shown as a gap of that size; more than
      three seconds without a message are reported, and connections opened anew
  PUBLISH_TOKEN=… npm run bridge -- --spool /var/lib/plotcast/lab.db --spool-max 10GiB
      what is undelivered is kept there too, and delivered by the next start
  PUBLISH_TOKEN=… npm run bridge -- --metrics 9464
      counters for Prometheus at http://127.0.0.1:9464/metrics

What is undelivered outlives the bridge in the spool: by default a file of the channel's own in .plotcast/ of the
working directory (--spool none: in memory alone). Two bridges cannot have the same.

Exit codes:
  0  ended as told        1  something failed     2  wrong usage, or no PUBLISH_TOKEN
     (the spool is another bridge's, or holds points for another channel: 1)
  3  ended with points undelivered                4  an address cannot be used (ZeroMQ, metrics)
`;

const SET_TOKEN =
  "PUBLISH_TOKEN is not set. Set it in the environment to the token that the Worker has, for example: " +
  "PUBLISH_TOKEN=… npm run bridge -- … (never as a flag, which others could read).";

function parseFlags(argv: readonly string[]): Flags {
  const append = (value: string, before: string[]): string[] => [...before, value];
  return new Command("plotcast-bridge")
    .description("What ZeroMQ publishers send, delivered to a Plotcast channel.")
    .addOption(
      new Option("--to <url>", "the channel")
        .argParser(parseChannelUrl)
        .default(parseChannelUrl(DEFAULT_TO), DEFAULT_TO),
    )
    .addOption(
      new Option("--bind <address>", "where publishers connect to; repeats")
        .argParser(append)
        .default([], DEFAULT_BIND),
    )
    .addOption(
      new Option("--connect <address>", "a publisher that binds; repeats, mixes with --bind")
        .argParser(append)
        .default([], "none"),
    )
    .addOption(
      new Option("--topic <prefix>", "subscribe to what begins so; repeats")
        .argParser(append)
        .default([], "everything"),
    )
    .addOption(
      new Option("--buffer <size>", "kept in memory at most while the Worker is away")
        .argParser(parseBytes)
        .default(parseBytes("64MiB"), "64MiB"),
    )
    .addOption(
      new Option(
        "--spool <file>",
        "where it is kept on disk, too; none: nowhere (default: .plotcast/spool-….db)",
      ).argParser((text: string): SpoolFlag => ({ file: parseSpoolFile(text) })),
    )
    .addOption(
      new Option("--spool-max <size>", "kept on disk at most; beyond, the oldest goes")
        .argParser(parseBytes)
        .default(parseBytes("1GiB"), "1GiB"),
    )
    .addOption(
      new Option("--sequence-field <name>", "JSON field with the publisher's own number").argParser(parseFieldName),
    )
    .addOption(
      new Option("--expect-every <time>", "a message is due so often (default: learnt)").argParser(parseDuration),
    )
    .addOption(
      new Option("--metrics <[host:]port>", "serve /metrics for Prometheus (default: off)").argParser(
        parseMetricsAddress,
      ),
    )
    .addOption(new Option("--log <format>", "to stderr").choices(["text", "json"]).default("text"))
    .version(version(), "--version", "print the version")
    .helpOption("--help", "print this help")
    .addHelpText("after", HELP)
    .exitOverride()
    .showHelpAfterError("(--help lists the options)")
    .parse(argv)
    .opts<Flags>();
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const known =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : undefined;
  return typeof known === "string" ? known : "unknown";
}

/** Resolves when a signal asks for the end; a second one ends the process at once. */
function untilSignal(onSecond: () => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = true;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (!first) onSecond();
      first = false;
      resolve(signal);
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  });
}

async function run(flags: Flags, token: string, log: Log): Promise<number> {
  let bridge: Bridge;
  try {
    const { to, bind, connect, topic: topics, buffer: bufferBytes, sequenceField, metrics } = flags;
    const isSpooling = flags.spool === undefined || flags.spool.file !== undefined;
    const spool = isSpooling ? { file: flags.spool?.file, maxBytes: flags.spoolMax } : undefined;
    const sources = [sourceOf({ bind, connect, topics, sequenceField, expectEveryMs: flags.expectEvery })];
    bridge = await startBridge({ to, token, log, sources, bufferBytes, spool, metrics });
  } catch (error) {
    if (error instanceof SpoolError) {
      log.error(error.message);
      return ExitCode.failed;
    }
    if (!(error instanceof AddressError)) throw error;
    log.error(error.message);
    return ExitCode.address;
  }
  const signal = untilSignal(() => {
    bridge.save();
    process.exit(bridge.held().points > 0 ? ExitCode.undelivered : ExitCode.ok);
  });
  log.info(`Listening on ${bridge.addresses.join(", ")}; delivering to ${flags.to.href}`);
  if (bridge.metricsUrl !== undefined) log.info(`Metrics at ${bridge.metricsUrl}`);

  const failure = await Promise.race([
    signal.then(() => undefined),
    bridge.done.catch((error: unknown) => ({ error })),
  ]);
  if (failure !== undefined) log.error(`The bridge failed: ${errorText(failure.error)}`);
  log.info("Delivering what is left; Ctrl-C again ends at once.");
  const { undelivered } = await bridge.close({ drainMs: DRAIN_MS });
  const delivered = `${counted(bridge.ledger.delivered, "point")} delivered`;
  if (undelivered > 0) {
    const kept = bridge.isSpooling ? "; they are in the spool, for the next start" : "";
    log.error(`Ended; ${delivered}, ${counted(undelivered, "point")} undelivered${kept}.`);
    return ExitCode.undelivered;
  }
  log.info(`Ended; ${delivered}.`);
  return failure === undefined ? ExitCode.ok : ExitCode.failed;
}

async function main(): Promise<number> {
  let flags: Flags;
  try {
    flags = parseFlags(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    throw error;
  }
  const log = createLog(flags.log);
  const token = tokenFrom(process.env);
  if (token === undefined) {
    log.error(
      process.env.PUBLISH_TOKEN?.trim() ? "PUBLISH_TOKEN has characters that cannot stand in a header." : SET_TOKEN,
    );
    return ExitCode.usage;
  }
  try {
    return await run(flags, token, log);
  } catch (error) {
    log.error(`The bridge failed: ${errorText(error)}`);
    return ExitCode.failed;
  }
}

process.exit(await main());
