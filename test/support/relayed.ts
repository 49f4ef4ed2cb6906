/**
 * Imported before a suite, it makes the suite one of relays: its edges have RELAY_AFTER=2, and two viewers are in each channel before the
 * suite's own come. The suite itself is the same.
 */
import { once } from "node:events";
import WebSocket from "ws";

const VARIABLE = "PLOTCAST_TEST_RELAYED";

/** The variables of an edge, in such a suite. */
export function relayedVars(): Record<string, string> {
  return process.env[VARIABLE] === undefined ? {} : { RELAY_AFTER: "2" };
}

const occupied = new Map<string, Promise<void>>();

/** In such a suite: the places that a channel has itself are taken, before somebody else joins it. */
export async function occupy(url: URL, headers: Record<string, string> = {}): Promise<void> {
  if (process.env[VARIABLE] === undefined) return;
  const { origin, pathname } = url;
  const key = origin + pathname;
  const taken = occupied.get(key) ?? takePlaces(new URL(`${pathname}?points=0`, origin), headers);
  occupied.set(key, taken);
  await taken;
}

async function takePlaces(url: URL, headers: Record<string, string>): Promise<void> {
  const at = new URL(url);
  at.protocol = "ws:";
  for (let place = 0; place < 2; place++) {
    const socket = new WebSocket(at, { headers });
    // Whoever may not watch is told so when the suite's own viewer joins.
    socket.on("error", () => undefined);
    await Promise.race([once(socket, "open"), once(socket, "close")]);
  }
}

/** The suite that is imported after this is one of relays. */
export function beRelayed(): void {
  process.env[VARIABLE] = "1";
}
