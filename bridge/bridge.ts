import { createClock } from "./clock.ts";
import { Collector, type Held } from "./collect/collect.ts";
import { gapOf } from "./collect/gaps.ts";
import { Keeper } from "./collect/keep.ts";
import { openSpool, type SpoolOptions } from "./collect/open-spool.ts";
import { SequenceTracker } from "./collect/sequence.ts";
import { Announcer } from "./deliver/announce.ts";
import { Deliverer } from "./deliver/deliver.ts";
import { Poster } from "./deliver/post.ts";
import { Intake } from "./intake.ts";
import { Peers } from "./receive/peers.ts";
import { Receiver } from "./receive/receiver.ts";
import { Silence } from "./receive/silence.ts";
import { Ledger } from "./tell/ledger.ts";
import type { Log } from "./tell/log.ts";
import { type MetricsAddress, type MetricsServer, serveMetrics } from "./tell/metrics.ts";
import { reportStatus, statusLine } from "./tell/status.ts";
import { counted, duration } from "./tell/text.ts";
import { UndecodableWarnings } from "./tell/warnings.ts";

export interface BridgeOptions {
  /** The channel's URL: `http(s)://host/c/<name>`. */
  to: URL;
  token: string;
  log: Log;
  bind?: readonly string[];
  connect?: readonly string[];
  topics?: readonly string[];
  /** Bound of what is kept in memory; 64 MiB by default, 1 MiB at least. */
  bufferBytes?: number;
  /** Where what is undelivered is kept on disk too; without it, in memory alone. */
  spool?: SpoolOptions | undefined;
  /** 16 hexadecimal digits; without it the spool's own, or else a new one for each start. */
  publisher?: string;
  /** The JSON field in which publishers number their messages. */
  sequenceField?: string | undefined;
  /** How often a message is expected at least; learnt unless given. */
  expectEveryMs?: number | undefined;
  metrics?: MetricsAddress | undefined;
  statusEveryMs?: number;
  bindWithinMs?: number;
}

export interface Bridge {
  /** The ZeroMQ endpoints in use; a bound port `*` is resolved. */
  readonly addresses: readonly string[];
  readonly ledger: Ledger;
  /** Of `/metrics`, if asked for. */
  readonly metricsUrl: string | undefined;
  /** Whether what is undelivered outlives the process. */
  readonly isSpooling: boolean;
  /** What no 2xx has confirmed yet. */
  held(): Held;
  /** The line of status, now. */
  status(): string;
  /** Writes everything to the spool at once, for an end that cannot wait. */
  save(): void;
  /** Resolves after {@link close}; rejects if the bridge fails by itself, which only a fault in it can cause. */
  readonly done: Promise<void>;
  /** Stops receiving, delivers what is left within `drainMs`, and ends. @returns how many points stay undelivered */
  close(options: { drainMs: number }): Promise<{ undelivered: number }>;
}

export const DEFAULT_BIND = "tcp://*:5000";
export const DEFAULT_BUFFER_BYTES = 64 * 1024 * 1024;
/** What SIGKILL may cost at most: points that wait longer are in the spool. */
const SAVE_EVERY_MS = 100;
const CHECK_EVERY_MS = 1000;
const ANNOUNCE_EVERY_MS = 100;

/**
 * Starts a bridge: receive → decode → collect → deliver. The Worker need not be there yet.
 * @throws AddressError if an address cannot be used, SpoolError if the spool must not; nothing then goes on running
 */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { to, token, log, bind = [], connect = [], topics = [], sequenceField: field } = options;
  const ledger = new Ledger();
  const { spool, state, failure } = openSpool(options.spool, to, log);
  const tracker = new SequenceTracker(state.numbers);
  const keeper = spool === undefined ? undefined : new Keeper({ spool, tracker, failure, log, ledger });
  const publisher = spool === undefined ? (options.publisher ?? state.publisher) : state.publisher;
  const collector = new Collector({
    publisher,
    firstSeq: state.nextSeq,
    maxBytes: options.bufferBytes ?? DEFAULT_BUFFER_BYTES,
    maxSpoolBytes: options.spool?.maxBytes ?? 0,
    ...(keeper === undefined ? {} : { keeper }),
    state,
    lost: (reason, points) => ledger.countDropped(reason, points),
  });
  for (const gap of state.gaps) ledger.countGap(gap);
  const addGap = (gap: ReturnType<typeof gapOf>): void => {
    collector.addGap(gap);
    ledger.countGap(gap);
  };
  // What publishers sent while no bridge was there, only their own numbers can tell.
  const isTold =
    (field !== undefined && state.numbers.length > 0) || state.gaps.some(({ reason }) => reason === "bridge-restarted");
  if (!isTold && (state.sentSeq > 0 || state.frames.length > 0)) addGap(gapOf("bridge-restarted", null));
  tellSpooled(collector.held, log);
  const sequence = field === undefined ? undefined : { field, tracker, log };
  const intake = new Intake({
    collector,
    ledger,
    warnings: new UndecodableWarnings(log),
    unixSeconds: createClock(),
    ...(sequence === undefined ? {} : { sequence }),
  });
  const poster = new Poster({ to, token });
  const announcer = new Announcer({
    publisher,
    log,
    post: (body, signal, type) => poster.post(body, signal, type),
    isIdle: () => collector.held.points === 0,
    isKnown: state.sentSeq > 0,
  });
  const peers = new Peers({
    log,
    onReturn: () => {
      if (field === undefined) addGap(gapOf("publisher-reconnected", null));
    },
    onGone: () => ledger.disconnects++,
    onCount: (connected) => {
      ledger.publishers = connected;
      announcer.count(connected);
    },
  });

  let receiver: Receiver | undefined;
  let metrics: MetricsServer | undefined;
  const silence = new Silence({
    log,
    ...(options.expectEveryMs === undefined ? {} : { expectEveryMs: options.expectEveryMs }),
    isConnected: () => ledger.publishers > 0,
    reopen: () => receiver?.reopen(),
    onStale: () => ledger.silences++,
  });
  const backlog = () => {
    const { frames, bytes, memoryBytes } = collector.backlog;
    return { frames, bytes, memoryBytes, bytesOnDisk: keeper === undefined ? 0 : Math.max(0, bytes - memoryBytes) };
  };
  const isSpoolFailing = () => keeper?.isFailing ?? false;
  try {
    if (options.metrics !== undefined) {
      const isStale = () => silence.isStale;
      metrics = await serveMetrics(options.metrics, {
        ledger,
        held: () => collector.held,
        backlog,
        isStale,
        isSpoolFailing,
      });
    }
    receiver = await Receiver.open({
      bind: bind.length + connect.length === 0 ? [DEFAULT_BIND] : bind,
      connect,
      topics,
      peers,
      ...(options.bindWithinMs === undefined ? {} : { bindWithinMs: options.bindWithinMs }),
      onMessage: (frames) => {
        silence.heard();
        intake.take(frames);
      },
    });
  } catch (error) {
    await metrics?.close();
    await poster.close();
    keeper?.close(collector.unusedSeq);
    throw error;
  }
  const reading = receiver;
  const deliverer = new Deliverer({ collector, ledger, log, post: (body, signal) => announcer.post(body, signal) });
  const status = () =>
    statusLine(ledger, collector.held, { bytesOnDisk: backlog().bytesOnDisk, isFailing: isSpoolFailing() });
  const stopReporting = reportStatus(status, ledger, log, options.statusEveryMs ?? 10_000);
  const timers = [
    setInterval(() => collector.save(), SAVE_EVERY_MS),
    setInterval(() => announcer.check(), ANNOUNCE_EVERY_MS),
    setInterval(() => {
      // Once nothing is read any more, silence says nothing of publishers.
      if (closing === undefined) silence.check(CHECK_EVERY_MS);
      keeper?.shrink();
    }, CHECK_EVERY_MS),
  ];
  for (const timer of timers) timer.unref();
  const done = Promise.all([reading.done, deliverer.run()]).then(() => undefined);
  // Whoever started the bridge may not look; then close() tells.
  done.catch(() => undefined);

  /** For an end, so there may be no other time. */
  const save = (): void => {
    keeper?.retryNow();
    collector.save();
  };
  let closing: Promise<{ undelivered: number }> | undefined;
  const close = async (drainMs: number): Promise<{ undelivered: number }> => {
    try {
      // If reading failed, `done` says so; what was read before is delivered all the same.
      await reading.close().catch(() => undefined);
      save();
      const drainUntilMs = performance.now() + drainMs;
      await deliverer.drain(drainMs);
      await announcer.end(drainUntilMs - performance.now());
    } finally {
      stopReporting();
      for (const timer of timers) clearInterval(timer);
      save();
      keeper?.close(collector.unusedSeq);
      await metrics?.close();
      await poster.close();
    }
    return { undelivered: collector.held.points };
  };
  return {
    addresses: reading.addresses,
    ledger,
    metricsUrl: metrics?.url,
    get isSpooling() {
      return keeper !== undefined && !keeper.isFailing;
    },
    held: () => collector.held,
    status,
    save,
    done,
    close: ({ drainMs }) => {
      closing ??= close(drainMs);
      return closing;
    },
  };
}

function tellSpooled(held: Held, log: Log): void {
  if (held.points === 0) return;
  log.info(
    `${counted(held.points, "point")} of before in the spool (the oldest is ${duration(held.oldestAgeMs)} old).`,
  );
}
