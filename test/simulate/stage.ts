/** A channel that publishes, with its viewers in their places; and what is seen of it for a while. */
import { REGIONS, type Region } from "../../worker/relay/relay-name.ts";
import { Crowd } from "./crowd.ts";
import { SHARES } from "./regions.ts";
import { SimulatedChannel } from "./simulated-channel.ts";
import { NO_USE, type Peaks, type Use } from "./simulated-object.ts";
import type { SimulatedRelay } from "./simulated-relay.ts";
import { type Settings, World } from "./world.ts";

const CHANNEL_REGION: Region = "enam";
const SECOND_MS = 1000;

/** What was seen in a while. */
export interface Seen {
  seconds: number;
  relays: number;
  viewers: number;
  /** In ms, from the channel's having a frame to a viewer's having it. */
  latency: { p50: number; p99: number; max: number };
  joining: { p50: number; p99: number; max: number };
  channel: Peaks & { meanShare: number; backlogMs: number };
  /** The most of any relay. */
  relay: Peaks & { meanShare: number; backlogMs: number };
  use: { channel: Use; relays: Use; workerRequests: number };
  /** Points of viewers that are followed. */
  lost: number;
  repeated: number;
  /** Viewers that are not live at the end. */
  away: number;
  refusedJoins: number;
  /** When 99.9 % of those who were cut off were live again; undefined: they are not, or nobody was. */
  backAfterMs: number | undefined;
}

export class Stage {
  readonly world: World;
  readonly channel: SimulatedChannel;
  readonly crowd: Crowd;

  constructor(settings: Settings) {
    this.world = new World(settings);
    this.channel = new SimulatedChannel(this.world, CHANNEL_REGION);
    this.crowd = new Crowd(this.world, this.channel);
  }

  /** Puts all viewers into the places that the channel's routing has for them, as if they had come over hours. */
  async fill(): Promise<void> {
    const { viewers, relayAfter, relayViewers } = this.world.settings;
    const own = Math.min(viewers, relayAfter);
    for (let i = 0; i < own; i++) this.channel.audience.add(this.crowd.someRegion());
    for (const [region, count] of sharesOf(viewers - own)) {
      for (let left = count; left > 0; ) {
        const name = this.channel.routing.routeFor(region);
        if (name === undefined) return;
        const relay = this.channel.relayNamed(name);
        const places = Math.min(left, relayViewers - relay.audience.count);
        relay.audience.add(region, places);
        left -= places;
        this.channel.routing.counted(name, { viewers: relay.audience.count, behind: 0, shares: [] });
      }
    }
    for (const name of this.channel.routing.names)
      void this.channel.feedRelay(name, this.channel.relayNamed(name).region);
    this.follow();
    await this.world.queue.runUntil(this.world.nowMs + 60 * SECOND_MS);
  }

  /** Some of the viewers that are there are followed from now on. */
  follow(): void {
    const { followed, viewers } = this.world.settings;
    const places = [this.channel, ...this.relays];
    let owed = 0;
    for (const { audience } of places) {
      owed += (followed * audience.count) / Math.max(1, viewers);
      for (; owed >= 1; owed--) {
        const region = audience.leave();
        if (region !== undefined) audience.follow(this.crowd.newFollowed(region));
      }
    }
  }

  get relays(): SimulatedRelay[] {
    return [...this.channel.relays.values()];
  }

  /** Frames are published, people come and go, and lines break, until this time. */
  live(untilMs: number): void {
    const { queue, random, settings } = this.world;
    const { framesPerSecond, stayMs, viewers, feedCutsPerSecond } = settings;
    const every = (ms: number, act: () => void): void => {
      const again = (n: number): void => {
        const atMs = fromMs + n * ms;
        if (atMs >= untilMs) return;
        queue.at(atMs, () => {
          act();
          again(n + 1);
        });
      };
      const fromMs = queue.nowMs;
      again(1);
    };
    every(SECOND_MS / framesPerSecond, () => {
      if (!this.channel.isDown) this.channel.publish();
    });
    if (stayMs < Number.POSITIVE_INFINITY) every(stayMs / viewers, () => this.#replaceOne());
    if (feedCutsPerSecond > 0) {
      every(SECOND_MS, () => {
        for (const relay of this.relays) if (random.next() < feedCutsPerSecond) relay.cutFeed();
      });
    }
  }

  /** Lets time pass, and says what was seen. */
  async see(untilMs: number, act: () => void = () => {}): Promise<Seen> {
    const { world, channel, crowd } = this;
    const fromMs = world.nowMs;
    const before = { workerRequests: world.workerRequests, refused: crowd.refused };
    this.live(untilMs);
    act();
    await world.queue.runUntil(untilMs);
    const seconds = (untilMs - fromMs) / SECOND_MS;
    const relays = this.relays.map(({ object }) => object);
    const uses = relays.map((object) => object.useBetween(fromMs, untilMs));
    const shareOf = (cpuMs: number): number => cpuMs / (untilMs - fromMs);
    const ofChannel = channel.object.useBetween(fromMs, untilMs);
    return {
      seconds,
      relays: channel.routing.count,
      viewers: channel.audience.count + this.relays.reduce((sum, { audience }) => sum + audience.count, 0),
      latency: summaryOf(world.latency),
      joining: summaryOf(crowd.joining),
      channel: {
        ...channel.object.peaksBetween(fromMs, untilMs),
        meanShare: shareOf(ofChannel.cpuMs),
        backlogMs: channel.object.backlogMs,
      },
      relay: {
        ...mostOf(relays.map((object) => object.peaksBetween(fromMs, untilMs))),
        meanShare: Math.max(0, ...uses.map(({ cpuMs }) => shareOf(cpuMs))),
        backlogMs: Math.max(0, ...relays.map(({ backlogMs }) => backlogMs)),
      },
      use: {
        channel: sumOf([ofChannel]),
        relays: sumOf(uses),
        workerRequests: world.workerRequests - before.workerRequests,
      },
      lost: world.lost,
      repeated: world.repeated,
      away: crowd.away,
      refusedJoins: crowd.refused - before.refused,
      backAfterMs: crowd.backAtMs === undefined ? undefined : crowd.backAtMs - fromMs,
    };
  }

  #replaceOne(): void {
    const { random } = this.world;
    const places = this.relays;
    const i = random.integer(-1, places.length - 1);
    const region = (i < 0 ? this.channel : (places[i] ?? this.channel)).leave();
    if (region !== undefined) this.crowd.comes(this.crowd.someRegion());
  }
}

/** How many viewers of these are in each region. */
function sharesOf(viewers: number): [Region, number][] {
  let left = viewers;
  return REGIONS.map((region, i) => {
    const count = i === REGIONS.length - 1 ? left : Math.min(left, Math.round(viewers * SHARES[region]));
    left -= count;
    return [region, count];
  });
}

function summaryOf(of: { percentileMs(share: number): number; maxMs: number }): Seen["latency"] {
  return { p50: of.percentileMs(0.5), p99: of.percentileMs(0.99), max: of.maxMs };
}

function mostOf(peaks: readonly Peaks[]): Peaks {
  const most = (of: keyof Peaks): number => peaks.reduce((max, each) => Math.max(max, each[of]), 0);
  return { cpuShare: most("cpuShare"), sends: most("sends"), requests: most("requests") };
}

function sumOf(uses: readonly Use[]): Use {
  const sum = { ...NO_USE };
  for (const use of uses)
    for (const name of ["requests", "messages", "sends", "alarms", "rowsWritten"] as const) sum[name] += use[name];
  return sum;
}
