/** Lines that can be cut or played tricks on: plain TCP for anybody, and one that understands a POST at a time. */
import { Agent, createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, createServer, type Server, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { PLOTCAST_HEADER } from "../../protocol/limits.ts";
import { problem } from "./fake-worker.ts";
import { listen } from "./listen.ts";

/** What happens to one request. */
export type Trick =
  /** The Worker's answer is held back. */
  | { kind: "answer late"; ms: number }
  /** The Worker took the request; the connection ends before its answer. */
  | { kind: "answer lost" }
  /** The Worker gets it twice, and the second answer goes back. */
  | { kind: "sent twice" }
  /** It is answered; later, among others, the Worker gets it again. */
  | { kind: "sent again later"; ms: number }
  /** The connection ends; the Worker gets it later all the same. */
  | { kind: "taken after it was given up"; ms: number }
  /** The Worker gets half of the body, and the connections end. */
  | { kind: "cut in the middle" }
  /** The Worker never sees it. */
  | { kind: "answered 503" }
  | { kind: "answered 429" };

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Connections that can be ended together, and refused. */
class Connections {
  readonly #sockets = new Set<Socket>();
  isCut = false;

  /** @returns false if it was refused */
  take(socket: Socket): boolean {
    // A reset is what a cut is; without a listener it would end the process.
    socket.on("error", () => {});
    if (this.isCut) {
      socket.destroy();
      return false;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return true;
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** A TCP line to a server. */
export class Line {
  readonly url: URL;
  readonly #server: Server;
  readonly #near: Connections;

  static async to(target: URL): Promise<Line> {
    const near = new Connections();
    const server = createServer((socket) => {
      if (!near.take(socket)) return;
      const far = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [socket, far],
        [far, socket],
      ] as const) {
        from.on("error", () => to.destroy());
        from.on("close", () => to.destroy());
        from.pipe(to);
      }
    });
    return new Line(await listen(server), server, near);
  }

  private constructor(url: URL, server: Server, near: Connections) {
    this.url = url;
    this.#server = server;
    this.#near = near;
  }

  /** Ends every connection, and takes none for so long. */
  cut(awayMs = 0): void {
    this.#near.end();
    if (awayMs <= 0) return;
    this.#near.isCut = true;
    setTimeout(() => {
      this.#near.isCut = false;
    }, awayMs).unref();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

/** Between a bridge and the Worker: takes a request whole, then does with it as it is told. */
export class PostProxy {
  readonly url: URL;
  /** For the requests that come next, one each. */
  readonly tricks: Trick[] = [];
  /** How often each was played. */
  readonly played = new Map<Trick["kind"], number>();
  posts = 0;
  readonly #server: Server;
  readonly #near: Connections;
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });

  static async to(target: URL): Promise<PostProxy> {
    const near = new Connections();
    const server = createHttpServer((incoming, response) => {
      // Whatever fails on the far side is a connection that ends on the near one.
      proxy.#handle(incoming, response).catch(() => incoming.socket.destroy());
    });
    server.on("connection", (socket) => near.take(socket));
    server.on("upgrade", (incoming, socket) => {
      // That of a server is a Socket of the network.
      if (socket instanceof Socket) proxy.#tunnel(incoming, socket);
    });
    const proxy = new PostProxy(await listen(server), target, server, near);
    return proxy;
  }

  private constructor(url: URL, target: URL, server: Server, near: Connections) {
    this.url = url;
    this.#target = target;
    this.#server = server;
    this.#near = near;
  }

  /** Ends every connection, and takes none until {@link mend}. */
  cut(): void {
    this.#near.isCut = true;
    this.#near.end();
  }

  mend(): void {
    this.#near.isCut = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
    this.#agent.destroy();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const segments: Buffer[] = [];
    for await (const segment of incoming) segments.push(segment);
    const body = Buffer.concat(segments);
    this.posts++;
    const trick = this.tricks.shift();
    if (trick !== undefined) this.played.set(trick.kind, (this.played.get(trick.kind) ?? 0) + 1);
    const pass = (): Promise<Answer> => this.#pass(incoming, body);
    switch (trick?.kind) {
      case undefined:
        return give(response, await pass());
      case "answer late": {
        const answer = await pass();
        await sleep(trick.ms);
        return give(response, answer);
      }
      case "answer lost":
        await pass();
        incoming.socket.destroy();
        return;
      case "sent twice":
        await pass();
        return give(response, await pass());
      case "sent again later":
        give(response, await pass());
        await sleep(trick.ms);
        await pass();
        return;
      case "taken after it was given up":
        incoming.socket.destroy();
        await sleep(trick.ms);
        await pass();
        return;
      case "cut in the middle":
        this.#passHalf(incoming, body);
        incoming.socket.destroy();
        return;
      case "answered 503":
      case "answered 429":
        return give(response, refusal(trick.kind === "answered 503" ? 503 : 429));
      default:
        trick satisfies never;
    }
  }

  /** A WebSocket. What goes over it next can be cut in the middle, and its answer lost. */
  #tunnel(incoming: IncomingMessage, near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on("error", end).on("close", end);
    const lines = incoming.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []));
    far.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    near.on("data", (data) => {
      if (this.#plays("cut in the middle")) far.write(data.subarray(0, data.length / 2), end);
      else far.write(data);
    });
    far.on("data", (data) => {
      if (this.#plays("answer lost")) end();
      else near.write(data);
    });
  }

  /** Whether one of these tricks is still to be played; then it is. Others wait for a POST. */
  #plays(kind: Trick["kind"]): boolean {
    const at = this.tricks.findIndex((trick) => trick.kind === kind);
    if (at < 0) return false;
    this.tricks.splice(at, 1);
    this.played.set(kind, (this.played.get(kind) ?? 0) + 1);
    return true;
  }

  #pass(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#optionsOf(incoming, body.length), (answer) => {
        const segments: Buffer[] = [];
        answer.on("data", (segment: Buffer) => segments.push(segment));
        answer.on("error", reject);
        answer.on("end", () => {
          const headers: Record<string, string> = {};
          for (const name of ["content-type", "retry-after", PLOTCAST_HEADER.name]) {
            const value = answer.headers[name];
            if (typeof value === "string") headers[name] = value;
          }
          resolve({ status: answer.statusCode ?? 502, headers, body: Buffer.concat(segments) });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  #passHalf(incoming: IncomingMessage, body: Buffer): void {
    const outgoing = request({ ...this.#optionsOf(incoming, body.length), agent: false });
    outgoing.on("error", () => {});
    outgoing.write(body.subarray(0, body.length / 2), () => setTimeout(() => outgoing.destroy(), 20));
  }

  #optionsOf({ method, url, headers }: IncomingMessage, length: number) {
    const { hostname: host, port } = this.#target;
    const kept = Object.fromEntries(
      ["content-type", "authorization", "accept"].map((name) => [name, String(headers[name] ?? "")]),
    );
    return { host, port, method, path: url, agent: this.#agent, headers: { ...kept, "content-length": length } };
  }
}

function give(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, headers).end(body);
}

function refusal(status: number): Answer {
  const body = Buffer.from(problem(status === 503 ? "channel-unavailable" : "too-many-requests"));
  return { status, headers: { "content-type": "application/problem+json", "retry-after": "1" }, body };
}
