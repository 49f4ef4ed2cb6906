import { randomBytes } from "node:crypto";
import { createClock } from "./clock.ts";
import { Collector, type Held } from "./collect.ts";
import { Decoder } from "./decode.ts";
import { Deliverer } from "./deliver.ts";
import { Ledger } from "./ledger.ts";
import type { Log } from "./log.ts";
import { Poster } from "./post.ts";
import { Receiver } from "./receive.ts";
import { reportStatus } from "./status.ts";
import { UndecodableWarnings } from "./warnings.ts";

export interface BridgeOptions {
  /** The channel's URL: `http(s)://host/c/<name>`. */
  to: URL;
  token: string;
  log: Log;
  bind?: readonly string[];
  connect?: readonly string[];
  topics?: readonly string[];
  /** Bound of what is kept undelivered; 64 MiB by default, 1 MiB at least. */
  bufferBytes?: number;
  /** 16 hexadecimal digits. A new one for each start unless given, so that its numbers can begin at 1. */
  publisher?: string;
  statusEveryMs?: number;
  bindWithinMs?: number;
}

export interface Bridge {
  /** The ZeroMQ endpoints in use; a bound port `*` is resolved. */
  readonly addresses: readonly string[];
  readonly ledger: Ledger;
  /** What no 2xx has confirmed yet. */
  held(): Held;
  /** Resolves after {@link close}; rejects if the bridge fails by itself, which only a fault in it can cause. */
  readonly done: Promise<void>;
  /** Stops receiving, delivers what is left within `drainMs`, and ends. @returns how many points stay undelivered */
  close(options: { drainMs: number }): Promise<{ undelivered: number }>;
}

export const DEFAULT_BIND = "tcp://*:5000";
export const DEFAULT_BUFFER_BYTES = 64 * 1024 * 1024;

/**
 * Starts a bridge: receive → decode → collect → deliver. The Worker need not be there yet.
 * @throws AddressError if a ZeroMQ address cannot be used; nothing then goes on running
 */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { to, token, log, bind = [], connect = [], topics = [] } = options;
  const ledger = new Ledger();
  const collector = new Collector({
    publisher: options.publisher ?? randomBytes(8).toString("hex"),
    maxBytes: options.bufferBytes ?? DEFAULT_BUFFER_BYTES,
    lost: (reason, points) => ledger.countDropped(reason, points),
  });
  const decoder = new Decoder();
  const warnings = new UndecodableWarnings(log);
  const unixSeconds = createClock();

  const receiver = await Receiver.open({
    bind: bind.length + connect.length === 0 ? [DEFAULT_BIND] : bind,
    connect,
    topics,
    ...(options.bindWithinMs === undefined ? {} : { bindWithinMs: options.bindWithinMs }),
    onMessage: (frames) => {
      ledger.received++;
      const decoded = decoder.decode(frames, unixSeconds());
      if (decoded.ok) {
        ledger.decoded += collector.add(decoded.rows);
      } else {
        ledger.countRefused(decoded.reason);
        warnings.warn(decoded.reason, decoded.detail, frames);
      }
    },
  });
  const poster = new Poster({ to, token });
  const deliverer = new Deliverer({ collector, ledger, log, post: (body, signal) => poster.post(body, signal) });
  const stopReporting = reportStatus(ledger, () => collector.held, log, options.statusEveryMs ?? 10_000);
  const done = Promise.all([receiver.done, deliverer.run()]).then(() => undefined);
  // Whoever started the bridge may not look; then close() tells.
  done.catch(() => undefined);

  let closing: Promise<{ undelivered: number }> | undefined;
  const close = async (drainMs: number): Promise<{ undelivered: number }> => {
    try {
      // If reading failed, `done` says so; what was read before is delivered all the same.
      await receiver.close().catch(() => undefined);
      await deliverer.drain(drainMs);
    } finally {
      stopReporting();
      await poster.close();
    }
    return { undelivered: collector.held.points };
  };
  return {
    addresses: receiver.addresses,
    ledger,
    held: () => collector.held,
    done,
    close: ({ drainMs }) => {
      closing ??= close(drainMs);
      return closing;
    },
  };
}
