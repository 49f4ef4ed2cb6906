/**
 * A channel. Its relays, who is sent where, and their feeds are the real ones (worker/channel/relays); its log is in memory. The rest it
 * does as worker/channel/channel.ts does, whose class needs the runtime.
 */
import { numberFrame } from "../../protocol/frame/header.ts";
import { type Dialled, type KeptRelays, Relays } from "../../worker/channel/relays/relays.ts";
import { RELAYED_WITH } from "../../worker/hub/join-request.ts";
import { MemoryLog } from "../../worker/hub/log/memory-log.ts";
import { REFUSED_WITH } from "../../worker/hub/vacancy.ts";
import type { RelayCounts } from "../../worker/relay/feed-message.ts";
import type { OlderFrames } from "../../worker/relay/relay-log.ts";
import type { Region } from "../../worker/relay/relay-name.ts";
import { frameOf } from "../support/publish.ts";
import { Audience } from "./audience.ts";
import { FeedLine } from "./feed-line.ts";
import type { FollowedViewer } from "./followed-viewer.ts";
import { latencyMs } from "./regions.ts";
import { SimulatedObject } from "./simulated-object.ts";
import { type FeedingChannel, SimulatedRelay } from "./simulated-relay.ts";
import { StatusPace } from "./status-pace.ts";
import { POINTS_PER_FRAME, type World } from "./world.ts";

export const CHANNEL_NAME = "stadium";
const EPOCH = 1;
/** As much as a channel stores (`STORE_SECONDS`, `STORE_BYTES`). */
const STORE = { seconds: 900, bytes: 32 * 1024 * 1024 };
const TEMPLATE = frameOf("00000000000000aa", 1, Array<number>(POINTS_PER_FRAME).fill(1));
/** Until a write is durable nothing that follows it leaves the object (https://blog.cloudflare.com/sqlite-in-durable-objects/). */
const WRITE_MS = 5;

/** What a channel answers to who joins: 101, the relay to use, or a refusal. */
export interface ChannelAnswer {
  status: number;
  relay?: string;
}

export class SimulatedChannel implements FeedingChannel {
  readonly region: Region;
  readonly object: SimulatedObject;
  readonly audience: Audience;
  readonly relays = new Map<string, SimulatedRelay>();
  readonly #world: World;
  readonly #status: StatusPace;
  readonly #log = new MemoryLog({ epoch: EPOCH, seq: 0 }, STORE);
  /** As its storage has them. */
  #stored: KeptRelays = { names: [], rewrites: 0 };
  #routing: Relays;
  /** Its lines to relays, which end when it is made anew. */
  #lines = new Set<FeedLine>();
  downUntilMs = 0;
  failedDials = 0;
  dials = 0;

  constructor(world: World, region: Region) {
    this.region = region;
    this.#world = world;
    this.object = new SimulatedObject(world.queue);
    this.audience = new Audience(world, region);
    this.#status = new StatusPace(world, this.object, () => this.#settle());
    this.#routing = this.#newRouting();
  }

  get isDown(): boolean {
    return this.#world.nowMs < this.downUntilMs;
  }

  /** The real thing. */
  get routing(): Relays {
    return this.#routing;
  }

  get position(): MemoryLog["position"] {
    return this.#log.position;
  }

  /** A frame is published. */
  publish(): void {
    this.object.count("requests");
    this.#world.workerRequests++;
    this.object.post(() => {
      const { costs } = this.#world.settings;
      this.object.spend(costs.publishUs);
      this.object.count("rowsWritten");
      const seq = this.#log.position.seq + POINTS_PER_FRAME;
      const frame = TEMPLATE.slice();
      numberFrame(frame, EPOCH, seq);
      this.#world.taken(seq);
      const nowMs = Math.max(this.#world.nowMs, (this.#log.takenAtMs ?? 0) + 1);
      this.#log.append([frame], ["y"], nowMs);
      const { count } = this.audience;
      const fromMs = this.object.spend(0);
      const untilMs = this.object.spend(count * costs.sendUs);
      this.object.count("sends", count);
      this.audience.deliver([frame], fromMs + WRITE_MS, untilMs + WRITE_MS);
      this.#routing.taken([frame], nowMs);
      this.#settle();
      return Promise.resolve();
    });
  }

  /** A viewer joins. @param refused a relay that is full */
  join(region: Region, refused: string | undefined, followed: FollowedViewer | undefined): Promise<ChannelAnswer> {
    return new Promise((resolve) => {
      this.object.count("requests");
      this.object.post(async () => {
        const { costs, relayAfter } = this.#world.settings;
        if (this.audience.count >= relayAfter || this.#routing.count > 0) {
          this.object.spend(costs.messageUs + costs.routeUs + costs.routePerRelayUs * this.#routing.count);
          const relay = this.#routing.routeFor(region, refused);
          return resolve(relay === undefined ? { status: REFUSED_WITH.full } : { status: RELAYED_WITH, relay });
        }
        const untilMs = this.object.spend(costs.joinUs);
        if (followed === undefined) this.audience.add(region);
        else {
          await followed.catchUp(this.#log, () => untilMs + latencyMs(this.region, region));
          this.audience.follow(followed);
        }
        this.#settle();
        resolve({ status: 101 });
      });
    });
  }

  leave(): Region | undefined {
    const region = this.audience.leave();
    if (region !== undefined) {
      this.object.count("messages");
      this.object.post(() => {
        this.object.spend(this.#world.settings.costs.messageUs);
        this.#settle();
      });
    }
    return region;
  }

  /** A relay asks for a feed. Resolves once it has one, or it cannot be had. */
  async feedRelay(name: string, from: Region): Promise<void> {
    await this.#world.queue.pause(latencyMs(from, this.region));
    if (this.isDown) return;
    this.object.count("requests");
    this.object.spend(this.#world.settings.costs.messageUs);
    await this.#routing.feed(name);
  }

  /** A relay without a feed tells its counts. */
  countRelay(name: string, counts: RelayCounts): void {
    if (this.isDown) return;
    this.object.count("requests");
    this.object.post(() => this.#counted(() => this.#routing.counted(name, counts)));
  }

  /** What a relay asks of what it has not. */
  olderFor(region: Region): OlderFrames {
    const asked = async <T>(ask: (log: MemoryLog) => Promise<T>): Promise<T> => {
      await this.#world.queue.pause(2 * latencyMs(region, this.region));
      this.object.count("requests");
      this.object.spend(this.#world.settings.costs.joinUs);
      return await ask(this.#log);
    };
    return {
      tailStart: (points, seconds) => asked((log) => log.tailStart(points, seconds)),
      framesAfter: (cursor, bounds) => asked((log) => log.framesAfter(cursor, bounds)),
      framesBefore: (seq, bounds) => asked((log) => log.framesBefore(seq, bounds)),
      takings: (after, through) => asked((log) => log.takings(after, through)),
      takenSince: (ms) => asked((log) => log.takenSince(ms)),
    };
  }

  /** It loses its memory, its feeds and its viewers. @returns these */
  die(): ReturnType<Audience["cut"]> {
    const cut = this.audience.cut();
    this.object.restart();
    for (const line of this.#lines) line.cut();
    this.#lines = new Set();
    this.#routing = this.#newRouting();
    return cut;
  }

  #newRouting(): Relays {
    const routing: Relays = new Relays(CHANNEL_NAME, this.#world.settings.relayViewers, {
      log: () => this.#log,
      pause: (ms) => this.#world.queue.pause(ms),
      nowMs: () => this.#world.nowMs,
      dial: (name) => this.#dial(name),
      status: () => ({ goneAtMs: null, aheadMs: 0 }),
      viewersHere: () => this.audience.count,
      behindHere: () => 0,
      countOf: () => 0,
      sharesHere: () => [],
      changed: () => this.#settle(),
      kept: this.#keptBy(() => routing === this.#routing),
    });
    return routing;
  }

  /** @param isNow what one that is gone still wants to keep is nobody's */
  #keptBy(isNow: () => boolean): KeptRelays {
    const keep = (change: Partial<KeptRelays>): void => {
      if (!isNow()) return;
      this.#stored = { ...this.#stored, ...change };
      this.object.count("rowsWritten");
    };
    const stored = (): KeptRelays => this.#stored;
    return {
      get names() {
        return stored().names;
      },
      set names(names) {
        keep({ names });
      },
      get rewrites() {
        return stored().rewrites;
      },
      set rewrites(rewrites) {
        keep({ rewrites });
      },
    };
  }

  async #dial(name: string): Promise<Dialled> {
    this.dials++;
    const relay = this.relayNamed(name);
    const { costs, dialFailures } = this.#world.settings;
    const wayMs = latencyMs(this.region, relay.region);
    await this.#world.queue.pause(wayMs);
    const fails = this.#world.random.next() < dialFailures;
    if (fails || relay.isDown) {
      this.failedDials++;
      await this.#world.queue.pause(wayMs);
      return { kind: "failed" };
    }
    relay.object.count("requests");
    const line = new FeedLine(this.#world, wayMs, () => {
      this.object.count("sends");
      return this.object.spend(costs.sendUs) + WRITE_MS;
    });
    const position = relay.accept(line);
    await this.#world.queue.pause(wayMs + costs.dialMs);
    if (position === undefined) return { kind: "not-needed" };
    if (!line.isOpen) return { kind: "failed" };
    this.#lines.add(line);
    return {
      kind: "connected",
      socket: line.socket,
      position,
      onMessage: ({ message, closed }) => {
        line.channelEnd = {
          message: (data) => this.object.post(() => this.#counted(() => message(String(data)))),
          closed: () => {
            this.#lines.delete(line);
            this.object.post(closed);
          },
        };
      },
    };
  }

  relayNamed(name: string): SimulatedRelay {
    const known = this.relays.get(name);
    if (known !== undefined) return known;
    const relay = new SimulatedRelay(this.#world, this, name);
    this.relays.set(name, relay);
    return relay;
  }

  #counted(take: () => void): void {
    const { costs } = this.#world.settings;
    this.object.count("messages");
    this.object.spend(costs.messageUs + costs.countUs + costs.countPerRelayUs * this.#routing.count);
    take();
  }

  #settle(): void {
    const { count } = this.audience;
    this.#status.tell(count, count + this.#routing.viewers);
    this.#routing.tellStatus(this.#world.nowMs);
    const dueInMs = this.#routing.dueInMs(this.#world.nowMs);
    if (dueInMs !== undefined && dueInMs <= 1000) this.#status.wake();
  }
}
