import { Poster } from "../../../../bridge/uplink/post.ts";
import { SocketTransport } from "../../../../bridge/uplink/socket-transport.ts";
import { uplinkTransportSuite } from "../../../support/uplink-transport-suite.ts";

uplinkTransportSuite("POST", ({ to, token }) => new Poster({ to, token }));

uplinkTransportSuite(
  "WebSocket",
  (place) => new SocketTransport({ ...place, poster: new Poster(place), retryFromMs: 20, retryUpToMs: 200 }),
  ({ openSockets }) => openSockets === 1,
);
