import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { AddressError } from "../receive/address.ts";
import { healthOf, type Watched } from "./health.ts";
import { createRegistry, type Metrics } from "./registry.ts";

export interface MetricsAddress {
  host: string;
  /** 0 picks a free one. */
  port: number;
}

export interface MetricsServer {
  /** Of `/metrics`; `/healthz` is beside it. */
  readonly url: string;
  observe: Metrics["observe"];
  close(): Promise<void>;
}

/**
 * `/metrics` in Prometheus' text, and `/healthz`. Whatever reads them counts nothing twice: the ledgers are the only count.
 * @throws AddressError if the port is in use
 */
export async function serveMetrics({ host, port }: MetricsAddress, watched: Watched): Promise<MetricsServer> {
  const { registry, observe } = createRegistry(watched);
  const answer: RequestListener = (request, response) => {
    request.resume();
    const path = request.url?.split("?")[0];
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (isRead && path === "/healthz") {
      const health = healthOf(watched);
      const headers = { "content-type": "application/json", "cache-control": "no-store" };
      response.writeHead(health.ok ? 200 : 503, headers).end(`${JSON.stringify(health)}\n`);
    } else if (isRead && path === "/metrics") {
      registry.metrics().then(
        (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    } else {
      const text = "The metrics are at /metrics; whether all is well is at /healthz.\n";
      response.writeHead(404, { "content-type": "text/plain" }).end(text);
    }
  };
  const server = createServer(answer);
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
