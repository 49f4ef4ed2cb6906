import type { Point } from "../../../protocol/frame/frame.ts";
import { type Output, written } from "./output.ts";
import type { PointWriter } from "./point-writer.ts";
import { addedTo, WideTable } from "./wide-table.ts";

/** What points are written to, as they come. */
export interface PointSink {
  add(points: readonly Point[]): Promise<void>;
  /** These were all. */
  end(): Promise<void>;
  /** There will be no end: what is half is taken away, where it can be. */
  abandon(): void;
}

const WRITTEN_AT_ONCE = 1_000;

/** A line for each point. */
export class LineSink implements PointSink {
  readonly #stdout: Output;
  readonly #writer: PointWriter;
  #isBegun = false;

  constructor(stdout: Output, writer: PointWriter) {
    this.#stdout = stdout;
    this.#writer = writer;
  }

  async add(points: readonly Point[]): Promise<void> {
    await this.#begin();
    await written(this.#stdout, points.map(this.#writer.point).join(""));
  }

  async end(): Promise<void> {
    await this.#begin();
  }

  abandon(): void {}

  async #begin(): Promise<void> {
    if (this.#isBegun) return;
    this.#isBegun = true;
    if (this.#writer.head !== "") await written(this.#stdout, this.#writer.head);
  }
}

/** CSV with a column for each series. */
export class WideSink implements PointSink {
  readonly #stdout: Output;
  readonly #table = new WideTable();

  constructor(stdout: Output) {
    this.#stdout = stdout;
  }

  async add(points: readonly Point[]): Promise<void> {
    addedTo(this.#table, points);
  }

  async end(): Promise<void> {
    let some: string[] = [];
    for (const line of this.#table.lines()) {
      some.push(line);
      if (some.length < WRITTEN_AT_ONCE) continue;
      await written(this.#stdout, some.join(""));
      some = [];
    }
    if (some.length > 0) await written(this.#stdout, some.join(""));
  }

  abandon(): void {}
}
