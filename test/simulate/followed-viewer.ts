/** A viewer that is followed: it remembers where it is, and finds out whether every number comes once, with the client's own code. */
import { advance } from "../../client/cursor.ts";
import type { Cursor } from "../../protocol/cursor.ts";
import { readHeader, splitFrames } from "../../protocol/frame/header.ts";
import type { FrameLog } from "../../worker/hub/frame-log.ts";
import type { Region } from "../../worker/relay/relay-name.ts";
import type { World } from "./world.ts";

/** As one step of a viewer that is behind (worker/hub/batch-reader.ts). */
const STEP = { bytes: 128 * 1024, values: 262_144 };

export class FollowedViewer {
  readonly region: Region;
  readonly #world: World;
  #cursor: Cursor | undefined;

  constructor(world: World, region: Region) {
    this.#world = world;
    this.region = region;
  }

  /** Where it goes on; undefined: it has nothing yet. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** Frames come as they are taken. */
  receive(frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      const header = readHeader(frame);
      const next = advance(this.#cursor, header);
      if (next === undefined) this.#world.repeated += header.points;
      else {
        this.#world.lost += next.missing?.points ?? 0;
        this.#cursor = next.cursor;
      }
    }
  }

  /** What was missed comes from a log. Resolves when that is all, in the same turn in which the log said so. */
  async catchUp(log: FrameLog, arrivesAtMs: () => number): Promise<void> {
    this.#cursor ??= log.position;
    for (;;) {
      const { epoch, seq } = this.#cursor;
      if (epoch === log.position.epoch && seq >= log.position.seq) return;
      const batch = await log.framesAfter({ epoch, seq }, STEP);
      if (batch === undefined) return;
      const frames = splitFrames(batch.frames);
      this.receive(frames);
      for (const frame of frames) {
        const lateMs = arrivesAtMs() - this.#world.takenAtMs(readHeader(frame).seq);
        this.#world.latency.add(lateMs, this.#world.weight);
      }
      if (batch.seq <= seq) return;
    }
  }
}
