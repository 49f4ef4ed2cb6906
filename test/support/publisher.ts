/** A real ZeroMQ publisher for tests. */
import { Publisher } from "zeromq";
import { withDeadline } from "./wait.ts";

export interface TestPublisher {
  address: string;
  send(...frames: (string | Buffer)[]): Promise<void>;
  close(): void;
}

/** A PUB that connects to a bridge's address. Resolves when the bridge has subscribed, so no message is lost. */
export async function connectPublisher(address: string): Promise<TestPublisher> {
  const socket = new Publisher({ linger: 0, sendHighWaterMark: 0 });
  const subscribed = handshakeOf(socket);
  socket.connect(address.replace("0.0.0.0", "127.0.0.1"));
  await withDeadline(`the handshake with ${address}`, subscribed);
  return publisher(socket, address);
}

/** A PUB that binds, for bridges that connect; `subscribed` resolves once one has. */
export async function bindPublisher(): Promise<TestPublisher & { subscribed: () => Promise<void> }> {
  const socket = new Publisher({ linger: 0, sendHighWaterMark: 0 });
  const handshake = handshakeOf(socket);
  await socket.bind("tcp://127.0.0.1:*");
  const address = socket.lastEndpoint ?? "";
  return {
    ...publisher(socket, address),
    subscribed: () => withDeadline(`a bridge connecting to ${address}`, handshake),
  };
}

async function handshakeOf(socket: Publisher): Promise<void> {
  for await (const event of socket.events) if (event.type === "handshake") break;
  // The subscription follows the handshake on the same connection, and nothing tells when it has come.
  await new Promise((resolve) => setTimeout(resolve, 100));
}

function publisher(socket: Publisher, address: string): TestPublisher {
  return { address, send: (...frames) => socket.send(frames), close: () => socket.close() };
}
