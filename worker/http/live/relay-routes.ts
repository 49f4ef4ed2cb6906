import { keepNewest } from "../../auth/keep-newest.ts";

/** For so long viewers go where others went: after a cut thousands come back within seconds, and the channel is asked by few of them. */
export const ROUTE_MS = 5_000;
/** So long one viewer may ask the channel for the next, while others still go where they went. */
export const ASKING_MS = 1_000;
const MAX_ROUTES = 1024;

interface Route {
  relay: string;
  untilMs: number;
}

/** Where this isolate sends those who want to watch a channel that has relays. */
export class RelayRoutes {
  readonly #routes = new Map<string, Route>();

  /** @returns undefined: the channel is to be asked, by whoever is answered so */
  relayFor(channel: string, region: string, nowMs: number): string | undefined {
    const route = this.#routes.get(keyOf(channel, region));
    if (route === undefined || nowMs >= route.untilMs + ROUTE_MS) return undefined;
    if (nowMs < route.untilMs) return route.relay;
    // Where a hundred come a second, all of them would ask until the first is answered.
    route.untilMs = nowMs + ASKING_MS;
    return undefined;
  }

  remember(channel: string, region: string, relay: string, nowMs: number): void {
    const key = keyOf(channel, region);
    this.#routes.delete(key);
    keepNewest(this.#routes.set(key, { relay, untilMs: nowMs + ROUTE_MS }), MAX_ROUTES);
  }

  forget(channel: string, region: string): void {
    this.#routes.delete(keyOf(channel, region));
  }
}

function keyOf(channel: string, region: string): string {
  return `${region} ${channel}`;
}
