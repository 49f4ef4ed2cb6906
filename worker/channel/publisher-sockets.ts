import { CloseCode, MAX_PUBLISHER_SOCKETS } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { parsePublisherClientMessage } from "../../protocol/messages/publisher-message.ts";
import { closeQuietly } from "../hub/close.ts";
import { REVOKED } from "../hub/revoked-tokens.ts";
import {
  type ChannelReply,
  type PublisherRequest,
  type PublishTo,
  parsePublisherRequest,
  readNumberedFrames,
} from "./publisher-request.ts";

/** By which publishers' sockets are known from those of viewers. */
export const PUBLISHER_TAG = "publisher";
/** `WebSocket.OPEN`. */
const OPEN = 1;
/** RFC 6455: something unexpected here; come back. */
const INTERNAL_ERROR = 1011;

/**
 * The WebSockets that the Worker holds for publishers: each body is one message, of which twenty are billed as one request. They
 * hibernate, so a publisher that says nothing keeps nobody awake.
 */
export class PublisherSockets {
  /** Takes what comes, as if it came by RPC. */
  readonly #channel: PublishTo;
  /** "closed": nothing that still comes of it counts. */
  readonly #sockets = new Map<WebSocket, PublisherRequest | "closed">();

  /** @param sockets those that outlived an eviction */
  constructor(channel: PublishTo, sockets: readonly WebSocket[]) {
    this.#channel = channel;
    for (const socket of sockets) {
      const request = parsePublisherRequest(socket.deserializeAttachment());
      if (request !== undefined && socket.readyState === OPEN) this.#sockets.set(socket, request);
      else this.#close(socket, CloseCode.badMessage, "The channel knows nothing of this connection; come back.");
    }
  }

  get isFull(): boolean {
    return this.#sockets.size >= MAX_PUBLISHER_SOCKETS;
  }

  has(socket: WebSocket): boolean {
    return this.#sockets.has(socket);
  }

  add(socket: WebSocket, request: PublisherRequest): void {
    socket.serializeAttachment(request);
    this.#sockets.set(socket, request);
  }

  /** @returns whether it was here */
  remove(socket: WebSocket): boolean {
    return this.#sockets.delete(socket);
  }

  /** A token was revoked: who was let in with it is closed. */
  revoke(tokenId: string): void {
    for (const [socket, request] of this.#sockets) {
      if (request === "closed" || request.grant?.tokenId !== tokenId) continue;
      this.#close(socket, CloseCode.notPermitted, REVOKED);
    }
  }

  /** Does what a publisher sent, and answers. The Worker sends the next when it has the answer, so answers are in order. */
  async receive(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const request = this.#sockets.get(socket) ?? "closed";
    if (request === "closed") return;
    let reply: ChannelReply | undefined;
    try {
      reply = typeof data === "string" ? await this.#announce(data) : await this.#publish(request, data);
    } catch (error) {
      // Nobody knows what was taken: the publisher sends it again.
      this.#close(socket, INTERNAL_ERROR, "Something went wrong here; come back.");
      throw error;
    }
    if (reply === undefined) return this.#close(socket, CloseCode.badMessage, "Not a message of this version.");
    try {
      socket.send(JSON.stringify(reply));
    } catch {
      // It is closed; its publisher sends again what was not answered.
    }
  }

  async #publish({ maxSeries }: PublisherRequest, data: ArrayBuffer): Promise<ChannelReply | undefined> {
    const received = readNumberedFrames(data);
    if (received === undefined) return undefined;
    const { n, frames, series } = received;
    const answer = await this.#channel.publish(frames, series, maxSeries ?? undefined);
    return "code" in answer ? { type: "refused", n, ...answer } : { type: "taken", n, answer };
  }

  async #announce(text: string): Promise<ChannelReply | undefined> {
    const message = messageIn(parsePublisherClientMessage(text));
    if (message === undefined) return undefined;
    const { n, publisher, here } = message;
    await this.#channel.announce({ publisher, here });
    return { type: "taken", n, answer: null };
  }

  /** It stays known until it has ended. */
  #close(socket: WebSocket, code: number, reason: string): void {
    this.#sockets.set(socket, "closed");
    closeQuietly(socket, code, reason);
  }
}
