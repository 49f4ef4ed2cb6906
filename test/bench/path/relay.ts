/**
 * The obvious alternative that Plotcast is measured against: a small zeromq + ws relay, one message a WebSocket
 * frame, written as its documentation would have it. Prints its two ports as JSON.
 */

import { once } from "node:events";
import WebSocket, { WebSocketServer } from "ws";
import { Subscriber } from "zeromq";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
await once(server, "listening");

const subscriber = new Subscriber();
await subscriber.bind("tcp://127.0.0.1:*");
subscriber.subscribe();
const address = server.address();
process.send?.({ zmq: subscriber.lastEndpoint, port: typeof address === "object" ? address?.port : 0 });

for await (const [message] of subscriber) {
  const text = String(message);
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(text);
  }
}
