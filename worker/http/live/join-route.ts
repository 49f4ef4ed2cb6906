import { RELAY_HEADER, RELAYED_WITH } from "../../hub/join-request.ts";
import { NOT_FED, REFUSED_WITH } from "../../hub/vacancy.ts";
import type { RelayRoutes } from "./relay-routes.ts";

/** Relays fill up while viewers are on their way to them. */
const MAX_ATTEMPTS = 4;

/** What a channel or a relay answers to who wants to join: the part of a Response that routes depend on. */
export interface JoinAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** Whoever has the viewers of a channel: it, and its relays. */
export interface JoinTargets<Answer extends JoinAnswer> {
  /** @param refused the relay that the channel named before, which is full */
  channel(refused: string | undefined): Promise<Answer>;
  relay(name: string): Promise<Answer>;
}

/** Where viewers were sent before, and what time it is. */
export interface Routing {
  readonly routes: RelayRoutes;
  nowMs(): number;
}

/**
 * Sends a viewer to the channel, or to the relay that the channel names.
 * @param region where the viewer is
 * @returns what that answers
 */
export async function joinByRoute<Answer extends JoinAnswer>(
  targets: JoinTargets<Answer>,
  channel: string,
  region: string,
  { routes, nowMs }: Routing,
): Promise<Answer> {
  let relay = routes.relayFor(channel, region, nowMs());
  let refused: string | undefined;
  for (let attempt = 1; ; attempt++) {
    if (relay === undefined) {
      const answer = await targets.channel(refused);
      relay = answer.status === RELAYED_WITH ? (answer.headers.get(RELAY_HEADER) ?? undefined) : undefined;
      if (relay === undefined) return answer;
      routes.remember(channel, region, relay, nowMs());
    }
    const answer = await joinRelay(targets, relay, () => routes.forget(channel, region));
    if (answer.status === REFUSED_WITH.full || answer.status === NOT_FED) routes.forget(channel, region);
    if (answer.status !== REFUSED_WITH.full || attempt === MAX_ATTEMPTS) return answer;
    [refused, relay] = [relay, undefined];
  }
}

async function joinRelay<Answer extends JoinAnswer>(
  targets: JoinTargets<Answer>,
  relay: string,
  forget: () => void,
): Promise<Answer> {
  try {
    return await targets.relay(relay);
  } catch (error) {
    forget();
    throw error;
  }
}
