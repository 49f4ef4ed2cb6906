/** A topic is as long as one of a message may be. */
const MAX_TOPIC_BYTES = 1024;
/** What a SUBSCRIBE command has before its topic, as ZMTP 3.1 has it (https://rfc.zeromq.org/spec/37/); before, 1 byte. */
const COMMAND_BYTES = 10;
/** Of what a subscriber sends. libzmq ends the connection of who sends more. */
export const MAX_SUBSCRIBER_BYTES = MAX_TOPIC_BYTES + COMMAND_BYTES;
const MAX_TOPICS = 4096;
/** libzmq takes about 50 bytes for each of them: a node of a tree (zeromq/libzmq, src/generic_mtrie.hpp). */
const MAX_ALL_TOPICS_BYTES = 2 ** 20;
/** With more, everything counts as wanted: each message is compared with each. */
const MAX_COMPARED = 1000;

/** Subscribers ask for more topics than libzmq may keep. */
export class TooManySubscriptionsError extends Error {
  override readonly name = "TooManySubscriptionsError";
  constructor() {
    super(
      `Subscribers ask for more than ${MAX_TOPICS} topics, or for topics of more than ${MAX_ALL_TOPICS_BYTES} bytes in all. ` +
        "Let them ask for what their topics begin with, and bind where only they can connect.",
    );
  }
}

/** What the subscribers of one socket want. */
export class Subscriptions {
  readonly #topics = new Map<string, Buffer>();
  #bytes = 0;

  /**
   * @param message of an XPUB: 1 and a topic is the first subscription to it, 0 and the topic the end of the last one
   * @throws TooManySubscriptionsError
   */
  take(message: Buffer): void {
    const topic = message.subarray(1);
    const key = topic.toString("latin1");
    if (message[0] === 0) {
      if (this.#topics.delete(key)) this.#bytes -= topic.length;
      return;
    }
    if (message[0] !== 1 || this.#topics.has(key)) return;
    if (this.#topics.size >= MAX_TOPICS || this.#bytes + topic.length > MAX_ALL_TOPICS_BYTES) {
      throw new TooManySubscriptionsError();
    }
    this.#topics.set(key, Buffer.from(topic));
    this.#bytes += topic.length;
  }

  /** Whether any subscriber gets a message that begins with this frame. */
  wants(first: Uint8Array): boolean {
    if (this.#topics.size > MAX_COMPARED || this.#topics.has("")) return true;
    for (const topic of this.#topics.values()) {
      if (first.length >= topic.length && topic.compare(first, 0, topic.length) === 0) return true;
    }
    return false;
  }
}
