import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { boundConnections, namesOf, refusalOf } from "./admission.ts";
import { errorAdvice } from "./error-advice.ts";
import { healthOf, type Watched } from "./health.ts";
import { type ConnectionEvents, createRegistry, type Metrics } from "./registry.ts";

export interface MetricsAddress {
  host: string;
  /** 0 picks a free one. */
  port: number;
}

/** Why metrics cannot be served at their address, in a sentence for whoever gave it. */
export class MetricsAddressError extends Error {
  override readonly name = "MetricsAddressError";
}

export interface MetricsServer {
  /** Of `/metrics`; `/healthz` is beside it. */
  readonly url: string;
  observe: Metrics["observe"];
  close(): Promise<void>;
}

/** A scraper's headers are a few hundred bytes. */
const MAX_HEADER_BYTES = 8 * 1024;
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff", connection: "close" };

/**
 * `/metrics` in Prometheus' text, and `/healthz`. Whatever reads them counts nothing twice: the ledgers are the only count.
 * Who may ask, and how long, is in ./admission.ts.
 * @param connectionEvents all that sources of this build count of connections
 * @throws MetricsAddressError if the port is in use
 */
export async function serveMetrics(
  { host, port }: MetricsAddress,
  watched: Watched,
  connectionEvents: ConnectionEvents,
): Promise<MetricsServer> {
  const { registry, observe, countCutOff } = createRegistry(watched, connectionEvents);
  const names = namesOf(host);
  const answer: RequestListener = (request, response) => {
    // One request a connection: what a client sends beyond it is not kept.
    request.resume();
    const path = request.url?.split("?")[0];
    const say = (status: number, text: string, headers = {}): void => {
      response.writeHead(status, { ...HEADERS, "content-type": "text/plain", ...headers }).end(text);
    };
    const refusal = refusalOf(request, names);
    if (refusal !== undefined) {
      const { status, code, detail } = refusal;
      say(status, `${detail} (${code})\n`, status === 405 ? { allow: "GET, HEAD" } : {});
    } else if (path === "/healthz") {
      const health = healthOf(watched);
      say(health.ok ? 200 : 503, `${JSON.stringify(health)}\n`, { "content-type": "application/json" });
    } else if (path === "/metrics") {
      registry.metrics().then(
        (text) => say(200, text, { "content-type": registry.contentType }),
        () => say(500, "The metrics cannot be read.\n"),
      );
    } else {
      say(404, "The metrics are at /metrics; whether all is well is at /healthz.\n");
    }
  };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, answer);
  // Of what is sent behind it without waiting, a client is told that it is not answered.
  server.maxRequestsPerSocket = 1;
  boundConnections(server, countCutOff);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  }).catch((error: unknown) => {
    const advice = errorAdvice(error, "listen");
    throw new MetricsAddressError(`Cannot serve metrics on ${host}:${port}: ${advice}. Give another with --metrics.`);
  });
  server.unref();
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${portOf(server.address())}/metrics`,
    observe,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      registry.clear();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return address === null || typeof address === "string" ? 0 : address.port;
}
