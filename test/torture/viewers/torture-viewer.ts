import type { Account } from "../account.ts";

/** One viewer of the stage, whatever it watches by. */
export interface TortureViewer {
  readonly name: string;
  readonly account: Account;
  /** Of these series alone; undefined: all. */
  readonly series: readonly string[] | undefined;
  /** Connections that were made. */
  readonly connections: number;
  /** By which ways it was live, and how often. */
  readonly ways: ReadonlyMap<string, number>;
  /** How often a connection ended with which code. */
  readonly closeCodes: ReadonlyMap<number, number>;
  /** What neither the Channel nor a library may do. */
  readonly faults: readonly string[];
  start(): void;
  /** Loses its connection without a word, and comes back after a while. */
  cut(awayMs: number): void;
  stopReading(forMs: number): void;
  readOn(): void;
  stop(): void;
}

/** Whether a viewer gets the points of a series. */
export function watches({ series }: Pick<TortureViewer, "series">, name: string): boolean {
  return series === undefined || series.includes(name);
}
