/** A reverse proxy, as careless as they come: it passes on what it is told to, and keeps or loses the rest. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { TestContext } from "node:test";

export interface ReverseProxyOptions {
  /** Passes on the name that it was asked by. Without it, as nginx does unless it is told, that of the target. */
  keepsHost?: boolean;
  /** Passes on upgrades. Without it they become plain GETs. */
  upgrades?: boolean;
  /** Answers upgrades with this status. */
  refusesUpgrades?: number | undefined;
  /** Takes upgrades, and never answers. */
  swallowsUpgrades?: boolean;
  /** Ends each WebSocket so long after it began. */
  cutsAfterMs?: number | undefined;
  /** Answers 502 in place of events. */
  refusesEvents?: boolean;
  /** Passes on an answer when it is whole. */
  buffers?: boolean;
  /** Passes on only what is below this path, and takes it off. */
  below?: string;
  /** Answers everything by itself. */
  instead?: ((response: ServerResponse) => void) | undefined;
}

export class ReverseProxy {
  readonly url: URL;
  /** May be changed at any time. */
  readonly options: ReverseProxyOptions;
  /** How many WebSockets came, whatever became of them. */
  upgradesAsked = 0;
  /** What was asked for beside them. */
  readonly asked: IncomingMessage[] = [];
  readonly #upgraded = new Set<Duplex>();
  readonly #target: URL;

  /** Starts one on a free port of loopback; it is closed with the test. */
  static async to(t: TestContext, target: URL, options: ReverseProxyOptions): Promise<ReverseProxy> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const proxy = new ReverseProxy(new URL(`http://127.0.0.1:${port}`), target, options);
    server.on("request", (incoming, response) => proxy.#pass(incoming, response));
    server.on("upgrade", (incoming, near) => proxy.#upgrade(incoming, near));
    t.after(() => {
      proxy.cut();
      server.closeAllConnections();
      server.close();
    });
    return proxy;
  }

  private constructor(url: URL, target: URL, options: ReverseProxyOptions) {
    this.url = url;
    this.#target = target;
    this.options = options;
  }

  /** Ends every WebSocket. */
  cut(): void {
    for (const socket of this.#upgraded) socket.destroy();
  }

  #headersFor(incoming: IncomingMessage): Record<string, string | string[] | undefined> {
    const { host, connection: _, upgrade: __, ...headers } = incoming.headers;
    return { ...headers, host: this.options.keepsHost ? host : this.#target.host };
  }

  #pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { below = "", instead, buffers = false } = this.options;
    this.asked.push(incoming);
    if (instead !== undefined) return instead(response);
    const { method, url = "" } = incoming;
    if (this.options.refusesEvents === true && incoming.headers.accept === "text/event-stream") {
      response.writeHead(502).end();
      return;
    }
    if (!url.startsWith(below)) {
      response.writeHead(404).end();
      return;
    }
    const { hostname, port } = this.#target;
    const path = url.slice(below.length);
    const onward = request({ hostname, port, method, path, headers: this.#headersFor(incoming) }, (answer) => {
      answer.on("error", () => response.destroy());
      if (buffers) return void passWhole(answer, response);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  #upgrade(incoming: IncomingMessage, near: Duplex): void {
    const { upgrades = false, below = "", instead, refusesUpgrades, swallowsUpgrades, cutsAfterMs } = this.options;
    this.upgradesAsked++;
    const path = incoming.url?.slice(below.length) ?? "";
    near.on("error", () => near.destroy());
    if (instead !== undefined) {
      near.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    if (refusesUpgrades !== undefined) {
      near.end(`HTTP/1.1 ${refusesUpgrades} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    if (swallowsUpgrades === true) {
      this.#upgraded.add(near);
      near.on("close", () => this.#upgraded.delete(near));
      near.resume();
      return;
    }
    if (cutsAfterMs !== undefined) setTimeout(() => near.destroy(), cutsAfterMs).unref();
    const { hostname, port } = this.#target;
    if (!upgrades) {
      const onward = request({ hostname, port, path, headers: this.#headersFor(incoming) }, (answer) => {
        near.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nContent-Length: 0\r\n\r\n`);
        answer.resume();
      });
      onward.on("error", () => near.destroy());
      onward.end();
      return;
    }
    const far = connect(Number(port), hostname);
    const headers = { ...this.#headersFor(incoming), connection: "Upgrade", upgrade: "websocket" };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    far.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#upgraded.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#upgraded.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}

async function passWhole(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of answer) pieces.push(piece);
  } catch {
    // Its client has gone, or the target has: that is a cut.
    response.destroy();
    return;
  }
  const { "transfer-encoding": _, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, headers).end(Buffer.concat(pieces));
}
