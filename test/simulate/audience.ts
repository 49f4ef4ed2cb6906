/** The viewers that one object has: most are counted, by region; some are followed one by one. */
import { readHeader } from "../../protocol/frame/header.ts";
import { REGIONS, type Region } from "../../worker/relay/relay-name.ts";
import type { FollowedViewer } from "./followed-viewer.ts";
import { latencyMs } from "./regions.ts";
import type { World } from "./world.ts";

/** So many moments stand for the sends of one frame to all. */
const MOMENTS = 4;

export class Audience {
  readonly #world: World;
  readonly #region: Region;
  readonly #counts = new Map<Region, number>();
  readonly followed = new Set<FollowedViewer>();
  count = 0;

  /** @param region of the object */
  constructor(world: World, region: Region) {
    this.#world = world;
    this.#region = region;
  }

  add(region: Region, by = 1): void {
    this.#counts.set(region, (this.#counts.get(region) ?? 0) + by);
    this.count += by;
  }

  follow(viewer: FollowedViewer): void {
    this.add(viewer.region);
    this.followed.add(viewer);
  }

  /** Somebody who is not followed leaves. @returns from where; undefined: there is nobody */
  leave(): Region | undefined {
    const places = REGIONS.map((region) => [this.#strangers(region), region] as const).filter(([count]) => count > 0);
    if (places.length === 0) return undefined;
    const region = this.#world.random.weighted(places);
    this.add(region, -1);
    return region;
  }

  /** All are cut off. @returns who they were: how many of each region beside those that are followed */
  cut(): { strangers: [Region, number][]; followed: FollowedViewer[] } {
    const strangers = REGIONS.map((region): [Region, number] => [region, this.#strangers(region)]);
    const followed = [...this.followed];
    this.#counts.clear();
    this.followed.clear();
    this.count = 0;
    return { strangers, followed };
  }

  /** Frames that were taken together are sent to all, one after the other. */
  deliver(frames: readonly Uint8Array[], fromMs: number, untilMs: number): void {
    for (const frame of frames) {
      const takenAtMs = this.#world.takenAtMs(readHeader(frame).seq);
      for (const [region, count] of this.#counts) {
        if (count <= 0) continue;
        const wayMs = latencyMs(this.#region, region) - takenAtMs;
        for (let i = 1; i <= MOMENTS; i++)
          this.#world.latency.add(fromMs + ((untilMs - fromMs) * i) / MOMENTS + wayMs, count / MOMENTS);
      }
    }
    for (const viewer of this.followed) viewer.receive(frames);
  }

  #strangers(region: Region): number {
    let count = this.#counts.get(region) ?? 0;
    for (const viewer of this.followed) if (viewer.region === region) count--;
    return count;
  }
}
