/** A proxy between a client and a Worker that lets through what it likes, and can be told otherwise at any time. */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** What becomes of something. */
export type Meddling =
  | "passes"
  /** A page of the proxy's own, with this status. */
  | { status: number; html: string }
  /** The connection ends. */
  | "cut"
  /** Nothing comes back, ever. */
  | "silence";

export interface Rules {
  upgrades: Meddling | "loses its header";
  /** Of a WebSocket for several channels, where that is another. */
  shared?: Rules["upgrades"] | undefined;
  /** A stream of events; `held`: until it is whole; `in lumps`: of 4 KiB each. */
  events: Meddling | "held" | "in lumps";
  /** Long polls, and reads that follow. */
  others: Meddling | "held";
  /** A connection on which nothing goes either way for so long is cut. */
  idleMs?: number | undefined;
}

export class MeddlingProxy {
  readonly url: URL;
  rules: Rules;
  /** What was asked for, in order. */
  readonly asked: ("websocket" | "events" | "other")[] = [];
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  readonly #upgraded = new Set<Socket>();
  #server: Server | undefined;

  /** Starts one on a free port of loopback; it is closed with the test. */
  static async to(t: TestContext, target: URL, rules: Partial<Rules> = {}): Promise<MeddlingProxy> {
    const proxy = await MeddlingProxy.start(target, rules);
    t.after(() => proxy.close());
    return proxy;
  }

  /** Starts one that must be closed. */
  static async start(target: URL, rules: Partial<Rules> = {}): Promise<MeddlingProxy> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const proxy = new MeddlingProxy(new URL(target.pathname, `http://127.0.0.1:${port}`), target, rules);
    server.on("connection", (socket) => proxy.#take(socket));
    server.on("request", (incoming, response) => proxy.#answer(incoming, response));
    server.on("upgrade", (incoming, socket) => {
      // That of a server is a Socket of the network.
      proxy.#upgrade(
        incoming,
        [...proxy.#sockets].find((each) => each === socket),
      );
    });
    proxy.#server = server;
    return proxy;
  }

  private constructor(url: URL, target: URL, rules: Partial<Rules>) {
    this.url = url;
    this.#target = target;
    this.rules = { upgrades: "passes", events: "passes", others: "passes", ...rules };
  }

  /** WebSockets that are open through it. */
  get upgraded(): number {
    return this.#upgraded.size;
  }

  close(): void {
    this.cut();
    this.#server?.close();
  }

  /** Ends every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends every WebSocket. */
  cutUpgraded(): void {
    for (const socket of this.#upgraded) socket.destroy();
  }

  /** From now on connections on which nothing goes either way for so long are cut, those that there are included. */
  setIdleMs(idleMs: number | undefined): void {
    this.rules.idleMs = idleMs;
    for (const socket of this.#sockets) socket.setTimeout(idleMs ?? 0);
  }

  /** From now on nothing comes out of the connections that there are, and they stay. */
  freeze(): void {
    for (const socket of this.#sockets) socket.cork();
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("timeout", () => socket.destroy());
    // 0 is never (https://nodejs.org/api/net.html#socketsettimeouttimeout-callback).
    socket.setTimeout(this.rules.idleMs ?? 0);
  }

  #answer(incoming: IncomingMessage, response: ServerResponse): void {
    const isEvents = incoming.headers.accept === "text/event-stream";
    this.asked.push(isEvents ? "events" : "other");
    const rule = isEvents ? this.rules.events : this.rules.others;
    if (rule === "silence") return;
    if (rule === "cut") {
      incoming.socket.destroy();
      return;
    }
    if (typeof rule === "object") {
      response.writeHead(rule.status, { "Content-Type": "text/html" }).end(rule.html);
      return;
    }
    this.#pass(incoming, response, rule);
  }

  #pass(incoming: IncomingMessage, response: ServerResponse, rule: "passes" | "held" | "in lumps"): void {
    const outgoing = request(this.#optionsOf(incoming), (answer) => {
      answer.on("error", () => response.destroy());
      if (rule === "held") {
        const pieces: Buffer[] = [];
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("end", () => response.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(pieces)));
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      if (rule === "passes") {
        answer.pipe(response);
        return;
      }
      let waiting = Buffer.alloc(0);
      answer.on("data", (piece: Buffer) => {
        const all = Buffer.concat([waiting, piece]);
        const whole = all.length - (all.length % 4096);
        response.write(all.subarray(0, whole));
        waiting = Buffer.from(all.subarray(whole));
      });
    });
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  }

  #upgrade(incoming: IncomingMessage, near: Socket | undefined): void {
    this.asked.push("websocket");
    const rule = (incoming.url === "/c" ? this.rules.shared : undefined) ?? this.rules.upgrades;
    if (near === undefined || rule === "silence") return;
    if (rule === "cut") {
      near.destroy();
      return;
    }
    if (typeof rule === "object") {
      const { status, html } = rule;
      near.end(`HTTP/1.1 ${status} No\r\nContent-Type: text/html\r\nContent-Length: ${html.length}\r\n\r\n${html}`);
      return;
    }
    const isLost = rule === "loses its header";
    const far = connect(Number(this.#target.port), this.#target.hostname);
    this.#take(far);
    const lines = incoming.rawHeaders.flatMap((name, i, all) => {
      const isOfUpgrade = /^(upgrade|connection)$/i.test(name);
      return i % 2 === 1 || (isLost && isOfUpgrade) ? [] : [`${name}: ${all[i + 1]}`];
    });
    far.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    this.#upgraded.add(near);
    near.pipe(far).pipe(near);
    near.on("close", () => {
      this.#upgraded.delete(near);
      far.destroy();
    });
    far.on("close", () => near.destroy());
  }

  #optionsOf({ method, url, headers }: IncomingMessage) {
    const kept: OutgoingHttpHeaders = { ...headers, connection: "close" };
    return { host: this.#target.hostname, port: this.#target.port, method, path: url, headers: kept, agent: false };
  }
}
