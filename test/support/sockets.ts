/**
 * A viewer as small as it can be: a WebSocket client that keeps all it receives, can stop reading, and
 * tells why an upgrade was refused.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { DEFAULT_DEADLINE_MS, withDeadline } from "./wait.ts";

/** A message as it came: binary as bytes, text as a string. */
export type ViewerMessage = Uint8Array<ArrayBuffer> | string;

/** For `nextMessage`: frames, and no control messages. */
export function isBinary(message: ViewerMessage): message is Uint8Array<ArrayBuffer> {
  return typeof message !== "string";
}

export interface ViewerOptions {
  subprotocol?: string;
  /** Offered beside it. */
  extraSubprotocols?: readonly string[];
  origin?: string;
  headers?: Record<string, string>;
  /** Offer permessage-deflate, as browsers do. Off unless asked, so that bytes on the wire can be reckoned. */
  deflate?: boolean;
}

export interface Closed {
  code: number;
  reason: string;
}

/** The answer to an upgrade that was not 101. */
export class UpgradeRefused extends Error {
  override readonly name = "UpgradeRefused";
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;

  constructor(status: number, headers: IncomingHttpHeaders, body: string) {
    super(`the upgrade was refused with HTTP ${status}: ${body}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** Opens a live connection. Rejects with `UpgradeRefused` if the answer is not 101. */
export async function openViewer(url: URL, options: ViewerOptions = {}): Promise<Viewer> {
  const { subprotocol, extraSubprotocols = [] } = options;
  const socket = new WebSocket(url, [...(subprotocol === undefined ? [] : [subprotocol]), ...extraSubprotocols], {
    perMessageDeflate: options.deflate ?? false,
    headers: options.headers ?? {},
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  });
  // Listens before the connection opens, so that the first message is not missed.
  const viewer = new Viewer(socket);
  const opened = new Promise<Viewer>((resolve, reject) => {
    socket.once("open", () => resolve(viewer));
    socket.once("error", reject);
    socket.once("unexpected-response", (_request, response) => {
      readAll(response)
        .then((body) => reject(new UpgradeRefused(response.statusCode ?? 0, response.headers, body)), reject)
        .finally(() => socket.terminate());
    });
  });
  try {
    return await withDeadline(`a live connection to ${url}`, opened);
  } catch (error) {
    socket.terminate();
    throw error;
  }
}

export class Viewer {
  /** Everything received so far, in order. */
  readonly messages: ViewerMessage[] = [];
  /** When each of `messages` was received, by `performance.now()`. */
  readonly receivedAtMs: number[] = [];
  /** Resolves once the connection has ended, however it ended (1006: without a close frame). */
  readonly closed: Promise<Closed>;

  #socket: WebSocket;
  /** How many messages `nextMessage` has gone past. */
  #passed = 0;
  #ended: Closed | undefined;
  #wake: () => void = () => {};

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.on("message", (data, isBinary) => {
      this.messages.push(isBinary ? new Uint8Array(bytesOf(data)) : bytesOf(data).toString());
      this.receivedAtMs.push(performance.now());
      this.#wake();
    });
    // The close that follows every error tells the test; without a listener the error would end the process.
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => {
        this.#ended = { code, reason: reason.toString() };
        resolve(this.#ended);
        this.#wake();
      });
    });
  }

  /** The subprotocol the server chose; empty if none. */
  get subprotocol(): string {
    return this.#socket.protocol;
  }

  /** The extensions the server agreed to, such as `permessage-deflate`. */
  get extensions(): string {
    return this.#socket.extensions;
  }

  /**
   * The first message that satisfies `predicate` and that no earlier `nextMessage` has gone past, whether
   * it has come already or is yet to come. Messages in between are skipped (they stay in `messages`).
   * Rejects when the deadline passes or the connection ends first. One call at a time.
   */
  nextMessage<M extends ViewerMessage>(
    what: string,
    predicate: (message: ViewerMessage) => message is M,
    deadlineMs?: number,
  ): Promise<M>;
  nextMessage(
    what: string,
    predicate?: (message: ViewerMessage) => boolean,
    deadlineMs?: number,
  ): Promise<ViewerMessage>;
  async nextMessage(
    what: string,
    predicate: (message: ViewerMessage) => boolean = () => true,
    deadlineMs: number = DEFAULT_DEADLINE_MS,
  ): Promise<ViewerMessage> {
    const find = new Promise<ViewerMessage>((resolve, reject) => {
      this.#wake = () => {
        try {
          while (this.#passed < this.messages.length) {
            const message = this.messages[this.#passed++];
            if (message === undefined || !predicate(message)) continue;
            // More may come in this turn, before the caller goes on: they are the next call's.
            this.#wake = () => {};
            return resolve(message);
          }
        } catch (error) {
          return reject(error);
        }
        if (this.#ended !== undefined) {
          const { code, reason } = this.#ended;
          reject(new Error(`${what} did not happen: the connection ended first, ${code} ${reason}`));
        }
      };
      this.#wake();
    });
    try {
      return await withDeadline(what, find, deadlineMs);
    } finally {
      this.#wake = () => {};
    }
  }

  send(message: string | Uint8Array): void {
    this.#socket.send(message);
  }

  /** Sends a close frame and resolves once the connection has ended. */
  close(code = 1000, reason = ""): Promise<Closed> {
    this.#socket.resume();
    this.#socket.close(code, reason);
    return withDeadline("the end of the connection", this.closed);
  }

  /** Whether the server has sent a close frame, or the connection has ended. */
  get isClosing(): boolean {
    return this.#socket.readyState >= WebSocket.CLOSING;
  }

  /** Cuts the connection without a close frame, as a lost network does. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Stops reading from the network: what the server sends fills the kernel's buffers, then waits at the server. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

async function readAll(response: IncomingMessage): Promise<string> {
  let body = "";
  response.setEncoding("utf8");
  for await (const chunk of response) body += chunk;
  return body;
}
