import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Held } from "../collect/collect.ts";
import { AddressError } from "../receive/address.ts";
import type { Ledger } from "./ledger.ts";

export interface MetricsAddress {
  host: string;
  /** 0 picks a free one. */
  port: number;
}

export interface MetricsSource {
  ledger: Ledger;
  held: () => Held;
  backlog: () => { frames: number; bytes: number; memoryBytes: number; bytesOnDisk: number };
  isStale: () => boolean;
  isSpoolFailing: () => boolean;
}

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * `/metrics` in Prometheus' text. Whatever reads it counts nothing twice: the ledger is the only count.
 * @throws AddressError if the port is in use
 */
export async function serveMetrics({ host, port }: MetricsAddress, source: MetricsSource): Promise<MetricsServer> {
  const registry = registryOf(source);
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.split("?")[0] !== "/metrics" || (request.method !== "GET" && request.method !== "HEAD")) {
      response.writeHead(404, { "content-type": "text/plain" }).end("The metrics are at /metrics.\n");
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  }).catch((error: unknown) => {
    const why =
      error instanceof Error && "code" in error && error.code === "EADDRINUSE"
        ? "another program is using it"
        : String(error instanceof Error ? error.message : error);
    throw new AddressError(
      `${host}:${port}`,
      `Cannot serve metrics on ${host}:${port}: ${why}. Give another with --metrics.`,
    );
  });
  server.unref();
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${portOf(server.address())}/metrics`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      registry.clear();
    },
  };
}

function registryOf({ ledger, held, backlog, isStale, isSpoolFailing }: MetricsSource): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const count = (name: string, help: string, read: () => number): void => {
    const counter: Counter = new Counter({
      name: `plotcast_bridge_${name}_total`,
      help,
      registers,
      collect: () => set(counter, [[{}, read()]]),
    });
  };
  const countBy = (name: string, help: string, read: () => Iterable<readonly [string, number]>): void => {
    const counter: Counter<"reason"> = new Counter({
      name: `plotcast_bridge_${name}_total`,
      help,
      labelNames: ["reason"],
      registers,
      collect: () =>
        set(
          counter,
          [...read()].map(([reason, value]) => [{ reason }, value]),
        ),
    });
  };
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({
      name: `plotcast_bridge_${name}`,
      help,
      registers,
      collect: () => made.set(read()),
    });
  };
  const each = <V>(map: ReadonlyMap<string, V>, of: (value: V) => number): [string, number][] =>
    [...map].map(([reason, value]) => [reason, of(value)]);

  count("received_messages", "ZeroMQ messages received.", () => ledger.received);
  count("decoded_points", "Points understood; all of them are collected.", () => ledger.decoded);
  countBy("refused_messages", "Messages that hold no points, by reason.", () => ledger.refused);
  count("delivered_points", "Points that a 2xx has confirmed.", () => ledger.delivered);
  count("posts", "POSTs sent.", () => ledger.posts);
  count("retries", "POSTs sent again.", () => ledger.retries);
  countBy("dropped_points", "Points lost in the bridge, by reason.", () =>
    each(ledger.dropped, ({ points }) => points),
  );
  countBy("dropped_frames", "Frames lost in the bridge, by reason.", () =>
    each(ledger.dropped, ({ frames }) => frames),
  );
  countBy("gaps", "Gaps told to viewers, by reason.", () => each(ledger.gaps, ({ gaps }) => gaps));
  countBy("gap_points", "Points known to be missing in these gaps.", () => each(ledger.gaps, ({ points }) => points));
  count("repeats", "Messages left out because they had come before.", () => ledger.repeats);
  count("unnumbered_messages", "Messages without the number that --sequence-field names.", () => ledger.unnumbered);
  count(
    "shared_topics",
    "Topics not checked any more, because several publishers number them.",
    () => ledger.sharedTopics,
  );
  count("publisher_disconnects", "Publishers that went.", () => ledger.disconnects);
  count("silences", "Times that publishers fell silent without a word.", () => ledger.silences);
  count("spool_write_failures", "Writes to the spool that failed.", () => ledger.spoolFailures);
  gauge("publishers", "Publishers connected.", () => ledger.publishers);
  gauge("viewers", "Viewers, as the last answer said.", () => ledger.viewers ?? Number.NaN);
  gauge("undelivered_points", "Points that no 2xx has confirmed.", () => held().points);
  gauge("undelivered_bytes", "Bytes of frames that no 2xx has confirmed.", () => held().bytes);
  gauge("oldest_undelivered_seconds", "Age of the oldest of them.", () => held().oldestAgeMs / 1000);
  gauge("undelivered_frames", "Closed frames that no 2xx has confirmed.", () => backlog().frames);
  gauge("memory_bytes", "Bytes of frames in memory.", () => backlog().memoryBytes);
  gauge("spooled_bytes", "Bytes of frames that only the spool holds.", () => backlog().bytesOnDisk);
  gauge("spool_failing", "1 while the spool cannot be written.", () => Number(isSpoolFailing()));
  gauge("stale", "1 while no message comes though one is due.", () => Number(isStale()));
  const posts = new Histogram({
    name: "plotcast_bridge_post_seconds",
    help: "From sending a POST to its outcome.",
    buckets: SECONDS,
    registers,
  });
  ledger.onPost = (seconds) => posts.observe(seconds);
  return registry;
}

/** prom-client's counters only grow; the ledger's numbers are there already. */
function set<T extends string>(
  counter: Counter<T>,
  values: readonly (readonly [Partial<Record<T, string>>, number])[],
): void {
  counter.reset();
  for (const [labels, value] of values) counter.inc(labels, value);
}

function portOf(address: AddressInfo | string | null): number {
  return address === null || typeof address === "string" ? 0 : address.port;
}
