/** A real ZeroMQ publisher for tests: an XPUB, which sends as a PUB does and is told of subscriptions. */
import { type SocketOptions, XPublisher } from "zeromq";
import { withDeadline } from "./wait.ts";

export interface TestPublisher {
  address: string;
  send(...frames: (string | Buffer)[]): Promise<void>;
  close(): void;
}

/** Security and such. */
export type PublisherOptions = SocketOptions<XPublisher>;

/** What a bridge subscribes to that was told no topic. */
const EVERYTHING = [""];

/**
 * Connects to a bridge's address. Resolves when the bridge has subscribed to each topic, so no message is lost.
 * @param topics those of the bridge; it need not have learnt yet that the publisher is there
 */
export async function connectPublisher(
  address: string,
  topics = EVERYTHING,
  options: PublisherOptions = {},
): Promise<TestPublisher> {
  const socket = newPublisher(options);
  socket.connect(address.replace(/0\.0\.0\.0|\*/, "127.0.0.1"));
  await withDeadline(`a subscription at ${address}`, subscriptionsTo(socket, topics));
  return publisher(socket, address);
}

/** One that binds, for bridges that connect; `subscribed` resolves once one has subscribed. */
export async function bindPublisher(
  at = "tcp://127.0.0.1:*",
  options: PublisherOptions = {},
): Promise<TestPublisher & { subscribed: (topics?: readonly string[]) => Promise<void> }> {
  const socket = newPublisher(options);
  await socket.bind(at);
  const address = socket.lastEndpoint ?? "";
  return {
    ...publisher(socket, address),
    subscribed: (topics = EVERYTHING) =>
      withDeadline(`a bridge subscribing at ${address}`, subscriptionsTo(socket, topics)),
  };
}

/** One that neither binds nor connects yet. */
export function newPublisher(options: PublisherOptions = {}): XPublisher {
  return new XPublisher({ linger: 0, sendHighWaterMark: 0, ...options });
}

/** Resolves when each of these topics has been subscribed to. */
export async function subscriptionsTo(socket: XPublisher, topics: readonly string[] = EVERYTHING): Promise<void> {
  const missing = new Set(topics);
  while (missing.size > 0) {
    const [message] = await socket.receive();
    // 1 and the topic is a subscription, 0 and the topic is its end.
    if (message?.[0] === 1) missing.delete(message.subarray(1).toString());
  }
}

function publisher(socket: XPublisher, address: string): TestPublisher {
  return { address, send: (...frames) => socket.send(frames), close: () => socket.close() };
}
