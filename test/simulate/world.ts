/** What all parts of one simulation share: its clock, its chance, its costs, and what is found out. */
import type { Region } from "../../worker/relay/relay-name.ts";
import { Random } from "../torture/random.ts";
import { type Costs, DEFAULT_COSTS } from "./costs.ts";
import { EventQueue } from "./event-queue.ts";
import { Histogram } from "./histogram.ts";

/** A time at which clocks stand when a simulation begins: some time, but not 0. */
const START_MS = 1_000_000;
export const POINTS_PER_FRAME = 10;

export interface Settings {
  viewers: number;
  framesPerSecond: number;
  seed: number;
  /** `RELAY_AFTER` and `RELAY_VIEWERS` of wrangler.toml. */
  relayAfter: number;
  relayViewers: number;
  /** How many isolates of the Worker there are: each knows its own routes. */
  isolates: number;
  /** For so long a viewer stays on average before another takes its place; Infinity: nobody comes or goes. */
  stayMs: number;
  /** Of viewers, so many are followed one by one. */
  followed: number;
  /** How likely it is that a dial fails, and that a feed is cut in a second. */
  dialFailures: number;
  feedCutsPerSecond: number;
  costs: Costs;
}

export const DEFAULTS: Settings = {
  viewers: 1_000_000,
  framesPerSecond: 10,
  seed: 1,
  relayAfter: 1000,
  relayViewers: 2000,
  isolates: 1000,
  stayMs: 30 * 60_000,
  followed: 2000,
  dialFailures: 0.01,
  feedCutsPerSecond: 0.0001,
  costs: DEFAULT_COSTS,
};

export class World {
  readonly settings: Settings;
  readonly queue = new EventQueue(START_MS);
  readonly random: Random;
  /** From the channel's having a frame to a viewer's having it. */
  latency = new Histogram();
  /** Points that a followed viewer did not get, and that it got twice. */
  lost = 0;
  repeated = 0;
  /** Requests to the Worker. */
  workerRequests = 0;
  /** Nobody reaches a relay there, or gets a new one. */
  lostRegion: { region: Region; untilMs: number } | undefined;
  /** When each frame was taken, by its place. */
  readonly #takenAtMs: number[] = [];

  constructor(settings: Settings) {
    this.settings = settings;
    this.random = new Random(settings.seed);
  }

  get nowMs(): number {
    return this.queue.nowMs;
  }

  /** A frame was taken that ends with this number. */
  taken(seq: number): void {
    this.#takenAtMs[seq / POINTS_PER_FRAME] = this.nowMs;
  }

  takenAtMs(seq: number): number {
    return this.#takenAtMs[seq / POINTS_PER_FRAME] ?? this.nowMs;
  }

  isLost(region: Region): boolean {
    return this.lostRegion?.region === region && this.nowMs < this.lostRegion.untilMs;
  }

  /** A viewer that is followed stands for so many. */
  get weight(): number {
    return this.settings.viewers / Math.max(1, this.settings.followed);
  }
}
