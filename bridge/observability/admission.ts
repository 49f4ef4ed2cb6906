import type { IncomingMessage } from "node:http";
import type { Server, Socket } from "node:net";
import { isIP } from "node:net";
import { hostname } from "node:os";

/** What a request is refused with. */
export interface MetricsRefusal {
  status: 403 | 405;
  code: "host-not-allowed" | "cross-site" | "method-not-allowed";
  /** A sentence that says what to do. It repeats nothing of the request. */
  detail: string;
}

/** What of a request decides whether it is answered. */
export type Asked = Pick<IncomingMessage, "method" | "headers" | "headersDistinct">;

/**
 * Whether a request for metrics is refused, and why; undefined: it is answered. No web page has business here: one of
 * another site is refused by what its browser says (Sec-Fetch-Site, Origin), and one whose name was made to lead to this
 * machine (DNS rebinding) by its Host.
 * @param names hosts that are known beside addresses and localhost, in lower case
 */
export function refusalOf(
  { method, headers, headersDistinct }: Asked,
  names: ReadonlySet<string>,
): MetricsRefusal | undefined {
  // HTTP/1.0 has no Host; every browser sends one.
  if (!(headersDistinct.host ?? []).every((host) => isKnownHost(host, names))) {
    return {
      status: 403,
      code: "host-not-allowed",
      detail: "This name is not known here. Ask by an address or localhost, or start with --metrics NAME:PORT.",
    };
  }
  const site = headers["sec-fetch-site"];
  if (site === "cross-site" || site === "same-site" || headers.origin !== undefined) {
    return {
      status: 403,
      code: "cross-site",
      detail: "Metrics are not served to pages of other sites. Open the address by itself.",
    };
  }
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, code: "method-not-allowed", detail: "Only GET and HEAD are served here." };
  }
  return undefined;
}

/** An address, localhost, a name below it, or one of `names`; with a port or without. An address needs no DNS. */
function isKnownHost(host: string, names: ReadonlySet<string>): boolean {
  const [, bracketed, plain = ""] = /^(?:\[([^\]]*)\]|([^:]+))(?::\d{1,5})?$/.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = plain.toLowerCase().replace(/\.$/, "");
  return isIP(name) === 4 || name === "localhost" || name.endsWith(".localhost") || names.has(name);
}

/**
 * The names by which this machine is asked: its host name, whole and without its domain, the same in a local network
 * (mDNS), and the host that was configured.
 */
export function namesOf(configured: string, own = hostname()): ReadonlySet<string> {
  const whole = own.toLowerCase();
  const first = whole.split(".")[0] ?? "";
  return new Set([configured.toLowerCase(), whole, first, `${first}.local`].filter((name) => name !== ""));
}

/** Connections at once; a scraper needs one. */
const MAX_CONNECTIONS = 32;
/** From a connection's beginning to its end, however slowly it is written to or read. */
const MAX_CONNECTION_MS = 10_000;

/**
 * Bounds what clients can hold: each connection ends after ten seconds, and of more than 32 the oldest is cut off, so that
 * those that only wait lock nobody out.
 * @param onCut is called for each connection that is cut off
 */
export function boundConnections(server: Server, onCut: () => void, maxMs = MAX_CONNECTION_MS): void {
  const open = new Set<Socket>();
  const cut = (socket: Socket): void => {
    onCut();
    open.delete(socket);
    socket.destroy();
  };
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    const [oldest] = open;
    if (open.size > MAX_CONNECTIONS && oldest !== undefined) cut(oldest);
    const timer = setTimeout(() => cut(socket), maxMs);
    timer.unref();
    socket.once("close", () => {
      clearTimeout(timer);
      open.delete(socket);
    });
  });
}
