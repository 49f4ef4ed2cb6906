import type { ClientEnvironment } from "../environment.ts";
import { eventsTransport } from "./events-transport.ts";
import { pollTransport } from "./poll-transport.ts";
import { TRANSPORT_NAMES, type Transport, type TransportName } from "./transport.ts";
import { webSocketTransport } from "./websocket-transport.ts";

/**
 * The transports of these names that the runtime has, best first. Node has a WebSocket from version 22 on.
 * @throws TypeError if there is none
 */
export function transportsHere(names: readonly TransportName[], environment: ClientEnvironment): Transport[] {
  const all = [webSocketTransport(environment), eventsTransport, pollTransport];
  const unknown = names.find((name) => !TRANSPORT_NAMES.includes(name));
  if (unknown !== undefined) throw new TypeError(`There is no transport ${unknown}: take some of ${TRANSPORT_NAMES}.`);
  const found = all.filter(({ name }) => names.includes(name) && (name !== "websocket" || "WebSocket" in globalThis));
  if (found.length === 0) throw new TypeError(`This runtime has none of the transports ${names}: allow "events", too.`);
  return found;
}
