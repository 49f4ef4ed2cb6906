/** A publisher's WebSocket in a test's hand: it sends what it is told, right or wrong, and keeps what it is told. */
import { PUBLISH_SUBPROTOCOL } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import {
  numberedBody,
  type PublisherServerMessage,
  parsePublisherServerMessage,
} from "../../protocol/messages/publisher-message.ts";
import { bearer } from "./named-tokens.ts";
import type { Served } from "./publish.ts";
import { openViewer, type Viewer } from "./sockets.ts";

export type Told = PublisherServerMessage;

export class TestPublisher {
  readonly viewer: Viewer;
  #n = 0;

  private constructor(viewer: Viewer) {
    this.viewer = viewer;
  }

  /** Resolves when it is greeted; rejects with `UpgradeRefused`. @param token that of the edge unless given */
  static async open(
    edge: Served,
    channel: string,
    token = edge.token ?? "",
    headers: Record<string, string> = {},
  ): Promise<TestPublisher> {
    const viewer = await openViewer(edge.channelUrl(channel), {
      subprotocol: PUBLISH_SUBPROTOCOL,
      headers: { ...bearer(token), ...headers },
    });
    const publisher = new TestPublisher(viewer);
    await publisher.told("hello");
    return publisher;
  }

  /** The next message, which is of this type. */
  async told<Type extends Told["type"]>(type: Type): Promise<Extract<Told, { type: Type }>> {
    const text = String(await this.viewer.nextMessage(`a message ${type}`));
    const message = messageIn(parsePublisherServerMessage(text));
    if (message === undefined || !isOf(message, type)) throw new Error(`Told ${text}, and not ${type}.`);
    return message;
  }

  /** Sends a body, without waiting. @returns its number */
  send(...frames: Uint8Array[]): number {
    this.viewer.send(numberedBody(++this.#n, Buffer.concat(frames)));
    return this.#n;
  }

  /** Sends a body, and waits until it is taken. */
  async publish(...frames: Uint8Array[]): Promise<Extract<Told, { type: "taken" }>> {
    this.send(...frames);
    return await this.told("taken");
  }
}

function isOf<Type extends Told["type"]>(message: Told, type: Type): message is Extract<Told, { type: Type }> {
  return message.type === type;
}
