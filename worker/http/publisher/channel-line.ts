import { messageIn } from "../../../protocol/messages/parsed.ts";
import type { Announcement, PublishAnswer } from "../../../protocol/messages/publish.ts";
import type { PublisherClientMessage } from "../../../protocol/messages/publisher-message.ts";
import type { Refusal } from "../../../protocol/problem.ts";
import {
  type ChannelReply,
  type PublishTo,
  parseChannelReply,
  writeNumberedFrames,
} from "../../channel/publisher-request.ts";
import type { ChannelSocketEvents, PublisherSocket } from "../channel-socket.ts";
import { LineLost } from "./publisher-connection.ts";

/** A channel that answers later than this is given up: its publisher waits no longer either (BR28). */
const ANSWER_WITHIN_MS = 30_000;

/** The Worker's WebSocket to a channel, for one publisher: what is asked, one after the other, and what is answered. */
export class ChannelLine implements PublishTo {
  readonly #socket: PublisherSocket;
  readonly #answerWithinMs: number;
  #n = 0;
  #waiting: { n: number; answered(reply: ChannelReply): void; lost(): void } | undefined;
  #isLost = false;

  /**
   * @param open begins the events of the socket
   * @param onLost is told, once, that the line is no more, and the close code
   */
  constructor(
    open: (events: ChannelSocketEvents) => PublisherSocket,
    onLost: (code: number) => void,
    answerWithinMs = ANSWER_WITHIN_MS,
  ) {
    this.#answerWithinMs = answerWithinMs;
    this.#socket = open({
      message: (data) => this.#heard(data),
      closed: (code) => {
        this.#lose();
        onLost(code);
      },
    });
  }

  /** As {@link Channel.publish}. @throws LineLost */
  async publish(frames: Uint8Array, series: string[]): Promise<PublishAnswer | Refusal> {
    const reply = await this.#ask((n) => writeNumberedFrames({ n, series, frames }));
    if (reply.type === "refused") return { code: reply.code, detail: reply.detail };
    if (reply.answer === null) throw new LineLost("the channel answers something else");
    return reply.answer;
  }

  /** As {@link Channel.announce}. @throws LineLost */
  async announce(announcement: Announcement): Promise<void> {
    await this.#ask((n) => JSON.stringify({ type: "announce", n, ...announcement } satisfies PublisherClientMessage));
  }

  close(): void {
    this.#lose();
    this.#socket.close();
  }

  async #ask(write: (n: number) => string | Uint8Array): Promise<ChannelReply> {
    if (this.#isLost) throw new LineLost("the line to the channel is no more");
    const n = ++this.#n;
    const { promise, resolve, reject } = Promise.withResolvers<ChannelReply>();
    const lost = (): void => reject(new LineLost("the line to the channel is no more"));
    const timer = setTimeout(lost, this.#answerWithinMs);
    this.#waiting = { n, answered: resolve, lost };
    try {
      this.#socket.send(write(n));
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  #heard(data: string | ArrayBuffer): void {
    const reply = typeof data === "string" ? messageIn(parseChannelReply(data)) : undefined;
    if (reply?.n === this.#waiting?.n && reply !== undefined) this.#waiting?.answered(reply);
    else this.#waiting?.lost();
  }

  #lose(): void {
    this.#isLost = true;
    this.#waiting?.lost();
  }
}
