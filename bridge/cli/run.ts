import { SpoolError } from "../batch/spool/open-spool.ts";
import type { Configuration } from "../config/build.ts";
import { publishToken, tokenWarnings } from "../config/secrets/token.ts";
import { createLog } from "../observability/log.ts";
import { MetricsAddressError } from "../observability/metrics.ts";
import { counted, errorText } from "../observability/printable.ts";
import { FootLine, showFoot } from "../observability/terminal.ts";
import { type Bridge, startBridge } from "../pipeline/bridge.ts";
import { AddressError, SourceError } from "../sources/errors.ts";
import { ExitCode } from "./exit-code.ts";
import { exposureLines, lockedOutLines } from "./exposure.ts";
import { checkReaders } from "./known.ts";

const DRAIN_MS = 10_000;

/**
 * Runs a bridge until a signal ends it.
 * @returns the exit code
 * @throws ConfigError
 */
export async function run(config: Configuration, env: Partial<Record<string, string>>): Promise<number> {
  const { stderr } = process;
  const format = config.log ?? (stderr.isTTY ? "text" : "json");
  const foot = new FootLine(stderr);
  const log = createLog(format, "info", (line) => foot.log(line));
  checkReaders(config.sources);
  const publish = publishToken(env);
  if (publish.kind === "fault") {
    log.error(publish.sentence);
    return ExitCode.usage;
  }
  const { token } = publish;
  for (const warning of tokenWarnings(config.to, token)) log.warn(warning);
  const { to, sources, uplink, bufferBytes, metrics } = config;
  const spool = config.spool === "none" ? undefined : { file: config.spool, maxBytes: config.spoolMaxBytes };
  const refused = (code: number, { message }: Error): number => {
    log.error(message);
    return code;
  };
  let started: Bridge | undefined;
  // Listened for before the start: a bridge delivers what its spool holds as soon as it has opened that.
  const signal = untilSignal(() => {
    started?.save();
    foot.end();
    process.exit(started !== undefined && started.held().points > 0 ? ExitCode.undelivered : ExitCode.ok);
  });
  let bridge: Bridge;
  try {
    // Who looks at the foot of a terminal needs no line of the same each ten seconds.
    const statusEveryMs = stderr.isTTY ? 600_000 : 10_000;
    const checksStart = true;
    bridge = await startBridge({
      ...{ to, token, log, sources, uplink, bufferBytes, spool, metrics, statusEveryMs, checksStart },
      ...{ control: config.control, call: config.call },
    });
  } catch (error) {
    if (error instanceof AddressError || error instanceof MetricsAddressError) return refused(ExitCode.address, error);
    if (error instanceof SourceError) return refused(ExitCode.usage, error);
    if (error instanceof SpoolError) return refused(ExitCode.failed, error);
    throw error;
  }
  started = bridge;
  log.info(`${endpointsText(bridge)}; delivering to ${channelsText(config)}`);
  for (const { socket } of sources) for (const line of exposureLines(socket)) log.info(line);
  for (const line of await lockedOutLines(bridge.bound)) log.info(line);
  if (bridge.controls.length > 0) log.info(`Programs are told what is set by ${bridge.controls.join(", ")}`);
  if (bridge.metricsUrl !== undefined) log.info(`Metrics at ${bridge.metricsUrl}`);
  const hideFoot = stderr.isTTY
    ? showFoot(
        foot,
        () => bridge.ledger,
        () => bridge.held(),
      )
    : () => undefined;

  const failure = await Promise.race([
    signal.then(() => undefined),
    bridge.done.catch((error: unknown) => ({ error })),
  ]);
  hideFoot();
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

/** Where publishers come from: `Listening on tcp://127.0.0.1:5000; connecting to tcp://10.0.0.7:5556`. */
function endpointsText({ bound, connected }: Pick<Bridge, "bound" | "connected">): string {
  const to = connected.join(", ");
  if (bound.length === 0) return `Connecting to ${to}`;
  return `Listening on ${bound.join(", ")}${to && `; connecting to ${to}`}`;
}

/** The channels' URLs; those that topics name, as they are templated. */
function channelsText({ to, sources }: Configuration): string {
  const urls = sources.map(({ map }) => (map.channel === undefined ? to.href : `${to.origin}/c/${map.channel}`));
  return [...new Set(urls)].join(", ");
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
