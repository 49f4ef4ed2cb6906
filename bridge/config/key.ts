import type { Scalar } from "./scalars.ts";

/** One key of plotcast.toml, and its flag. The file's reader, the flags and the schema for editors come from these. */
export type Key = KeyOfValue | KeyOfTable;
export type Keys = readonly Key[];

export interface KeyOfValue extends More {
  /** `many`: one, or an array; its flag repeats. */
  shape: "one" | "many";
  name: string;
  scalar: Scalar;
  /** For --help, for editors and for docs/CONFIG.md. */
  summary: string;
}

interface More {
  /** As commander has it: `--bind <address>`. */
  flag?: string;
  /** What a flag without a value stands for. */
  flagMeans?: string;
  /** For --help, where the key's says too much. */
  flagSummary?: string;
  /** What it is if it is not given, in words. */
  otherwise?: string;
}

export interface KeyOfTable {
  shape: "table" | "tables";
  name: string;
  summary: string;
  keys: Keys;
}

export function one(name: string, scalar: Scalar, summary: string, more: More = {}): Key {
  return { shape: "one", name, scalar, summary, ...more };
}

export function many(name: string, scalar: Scalar, summary: string, more: More = {}): Key {
  return { shape: "many", name, scalar, summary, ...more };
}

export function table(name: string, keys: Keys, summary: string): Key {
  return { shape: "table", name, keys, summary };
}

export function tables(name: string, keys: Keys, summary: string): Key {
  return { shape: "tables", name, keys, summary };
}
