/** All viewers outside of any object: on their way in, by the Worker's real routing, and on their way back, by the client's real waiting. */
import { BASE_DELAY_MS, type ConnectionState, connecting, dueAtMs, transition } from "../../client/connection-state.ts";
import { type JoinAnswer, joinByRoute } from "../../worker/http/live/join-route.ts";
import { RelayRoutes } from "../../worker/http/live/relay-routes.ts";
import { RELAY_HEADER } from "../../worker/hub/join-request.ts";
import { retryWithinMs } from "../../worker/hub/status.ts";
import { REGIONS, type Region } from "../../worker/relay/relay-name.ts";
import { FollowedViewer } from "./followed-viewer.ts";
import { Histogram } from "./histogram.ts";
import { latencyMs, SHARES, TO_WORKER_MS } from "./regions.ts";
import { CHANNEL_NAME, type SimulatedChannel } from "./simulated-channel.ts";
import type { SimulatedRelay } from "./simulated-relay.ts";
import type { World } from "./world.ts";

const LIVE = 101;
/** All but so many are to be live again. */
const AWAY_SHARE = 0.001;
const PLACES = REGIONS.map((region) => [SHARES[region], region] as const);

/** Somebody who is not live, and wants to be. */
interface Visitor {
  readonly region: Region;
  readonly followed: FollowedViewer | undefined;
  /** Since when. */
  readonly sinceMs: number;
  /** Over how long it was told to spread its coming back. */
  readonly withinMs: number;
  /** It was live before. */
  readonly wasCut: boolean;
}

export class Crowd {
  readonly #world: World;
  readonly #channel: SimulatedChannel;
  /** Of each region, the tables of its isolates. */
  readonly #isolates: ReadonlyMap<Region, RelayRoutes[]>;
  /** Who is not live now, and wants to be. */
  away = 0;
  /** From wanting to join to being live. */
  readonly joining = new Histogram();
  /** Attempts that were refused, or failed. */
  refused = 0;
  /** Of those who were cut off, how many there were, how many are not live again, and when 99.9 % were. */
  #cut = 0;
  #returning = 0;
  #backAtMs: number | undefined;

  constructor(world: World, channel: SimulatedChannel) {
    this.#world = world;
    this.#channel = channel;
    const count = (region: Region): number => Math.max(1, Math.round(world.settings.isolates * SHARES[region]));
    this.#isolates = new Map(
      REGIONS.map((region) => [region, Array.from({ length: count(region) }, () => new RelayRoutes())]),
    );
  }

  /** Somebody somewhere. */
  someRegion(): Region {
    return this.#world.random.weighted(PLACES);
  }

  /** A viewer comes. */
  comes(region: Region, followed?: FollowedViewer): void {
    const { nowMs } = this.#world;
    const visitor = { region, followed, sinceMs: nowMs, withinMs: BASE_DELAY_MS, wasCut: false };
    this.away++;
    this.#open(visitor, connecting(nowMs));
  }

  /** Somebody new, who is followed. */
  newFollowed(region: Region): FollowedViewer {
    return new FollowedViewer(this.#world, region);
  }

  /** An object's viewers are cut off: each comes back when its client does. */
  cutOff(place: SimulatedRelay | SimulatedChannel): void {
    const withinMs = retryWithinMs(place.audience.count, this.#world.settings.viewers);
    const { strangers, followed } = place.die();
    const lost = (region: Region, viewer?: FollowedViewer): void =>
      this.#lost({ region, followed: viewer, sinceMs: this.#world.nowMs, withinMs, wasCut: true });
    for (const [region, viewers] of strangers) for (let i = 0; i < viewers; i++) lost(region);
    for (const viewer of followed) lost(viewer.region, viewer);
  }

  /** When 99.9 % of those who were cut off were live again; undefined: they are not, or nobody was. */
  get backAtMs(): number | undefined {
    return this.#backAtMs;
  }

  #lost(visitor: Visitor): void {
    this.away++;
    this.#cut++;
    this.#returning++;
    this.#closed(visitor, { phase: "live", pingAtMs: Number.POSITIVE_INFINITY });
  }

  #closed(visitor: Visitor, state: ConnectionState): void {
    const { nowMs, random, queue } = this.#world;
    const { withinMs } = visitor;
    const waiting = transition(state, "closed", nowMs, random.next(), withinMs).state;
    queue.at(dueAtMs(waiting), () => this.#open(visitor, transition(waiting, "due", queue.nowMs, 0, withinMs).state));
  }

  #open(visitor: Visitor, state: ConnectionState): void {
    this.#world.queue.in(TO_WORKER_MS, async () => {
      const status = await this.#join(visitor).catch(() => undefined);
      if (status === LIVE) return this.#joined(visitor);
      this.refused++;
      this.#closed(visitor, state);
    });
  }

  #joined({ sinceMs, wasCut }: Visitor): void {
    this.away--;
    this.joining.add(this.#world.nowMs - sinceMs + TO_WORKER_MS);
    if (!wasCut) return;
    this.#returning--;
    if (this.#returning <= AWAY_SHARE * this.#cut) this.#backAtMs ??= this.#world.nowMs;
  }

  async #join({ region, followed }: Visitor): Promise<number> {
    const { queue, random } = this.#world;
    const tables = this.#isolates.get(region) ?? [];
    const routes = tables[random.integer(0, tables.length - 1)] ?? new RelayRoutes();
    this.#world.workerRequests++;
    const targets = {
      channel: async (refused: string | undefined): Promise<JoinAnswer> => {
        await queue.pause(latencyMs(region, this.#channel.region));
        if (this.#channel.isDown) throw new Error("The channel restarts.");
        const { status, relay } = await this.#channel.join(region, refused, followed);
        if (status !== LIVE) await queue.pause(latencyMs(region, this.#channel.region));
        return answerOf(status, relay);
      },
      relay: async (name: string): Promise<JoinAnswer> => {
        const relay = this.#channel.relayNamed(name);
        await queue.pause(latencyMs(region, relay.region));
        if (relay.isDown) throw new Error("The relay is down.");
        return answerOf(await relay.join(region, followed));
      },
    };
    const nowMs = () => queue.nowMs;
    return (await joinByRoute(targets, CHANNEL_NAME, region, { routes, nowMs })).status;
  }
}

function answerOf(status: number, relay?: string): JoinAnswer {
  return { status, headers: { get: (name) => (name === RELAY_HEADER ? (relay ?? null) : null) } };
}
