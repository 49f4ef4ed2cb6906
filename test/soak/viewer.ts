/** A viewer that checks every counter it gets. */
import { ChannelViewer, type Frame } from "../../client/viewer.ts";
import { WsEnvironment } from "../support/ws-environment.ts";

export class CountingViewer {
  /** The first and the last counter; undefined before the first. */
  first: number | undefined;
  last: number | undefined;
  points = 0;
  /** All that came, whatever their y. */
  received = 0;
  /** Where the counters did not go on by one: "after 17 came 19". */
  readonly faults: string[] = [];
  /** What was said to be missing. */
  readonly gaps: string[] = [];
  /** How old the newest point was when it came. */
  latencyMs = Number.NaN;
  readonly #environment = new WsEnvironment();
  readonly #viewer: ChannelViewer;

  constructor(url: URL) {
    this.#viewer = new ChannelViewer(
      url,
      {
        frame: (frame) => this.#take(frame),
        missing: ({ reason, points }) => this.#note(this.gaps, `${reason}: ${points} points after ${this.last}`),
      },
      { environment: this.#environment },
    );
    this.#viewer.open();
  }

  get isLive(): boolean {
    return this.#viewer.state.phase === "live";
  }

  /** How many connections opened. */
  get connections(): number {
    return this.#environment.connections;
  }

  /** Bytes of the binary messages that came. */
  get bytes(): number {
    return this.#environment.bytes;
  }

  close(): void {
    this.#viewer.close();
  }

  #take({ header, blocks }: Frame): void {
    this.received += header.points;
    for (const block of blocks) {
      if (block.kind === "gap") {
        this.#note(this.gaps, `${block.reason}: ${block.points} points after ${this.last}`);
        continue;
      }
      for (const { name, y } of block.columns) if (name === "y") for (const value of y) this.#count(value);
    }
    this.latencyMs = performance.timeOrigin + performance.now() - 1000 * header.maxX;
  }

  #count(value: number): void {
    // Below 0 is what only fills.
    if (value < 0) return;
    this.points++;
    if (this.last !== undefined && value !== this.last + 1) {
      this.#note(this.faults, `after ${this.last} came ${value}`);
    }
    this.first ??= value;
    this.last = value;
  }

  #note(list: string[], what: string): void {
    if (list.length < 100) list.push(what);
  }
}
