/** The page's own connection on a socket of Node's, which checks every counter it gets. */
import { Connection } from "../../client/connection.ts";
import type { Frame } from "../../protocol/frame/frame.ts";
import { NodeOutside } from "../support/node-outside.ts";

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
  readonly connection: Connection;
  readonly #outside: NodeOutside;

  constructor(url: URL) {
    this.#outside = new NodeOutside(url);
    this.connection = new Connection(this.#outside, {
      frame: (frame) => this.#take(frame),
      lost: ({ reason, points }) => this.#note(this.gaps, `${reason}: ${points} points after ${this.last}`),
      told: () => {},
      changed: () => {},
    });
    this.connection.start();
  }

  get isLive(): boolean {
    return this.connection.state.phase === "live";
  }

  /** How many connections opened. */
  get connections(): number {
    return this.#outside.connections;
  }

  /** Bytes of the binary messages that came. */
  get bytes(): number {
    return this.#outside.bytes;
  }

  close(): void {
    this.#outside.close();
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
