import type { Taking } from "../../hub/log/takings.ts";
import type { StoredPublisher } from "./publishers.ts";

/**
 * What can be told from no single segment, as it was once a segment was taken. It is written into every so many-th segment,
 * so that it costs no row, and an object that wakes reads that one and the few after it.
 */
export interface Checkpoint {
  publishers: StoredPublisher[];
  takings: Taking[];
}

export function writeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify(checkpoint);
}

/** @throws Error if it is none: then what is stored is damaged, and a repeat could not be told from a new frame */
export function readCheckpoint(text: string | undefined): Checkpoint {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  if (typeof value !== "object" || value === null || !("publishers" in value) || !("takings" in value)) throw damaged();
  return { publishers: listOf(value.publishers, isPublisher), takings: listOf(value.takings, isTaking) };
}

function listOf<T>(value: unknown, isItem: (item: unknown) => item is T): T[] {
  if (!Array.isArray(value) || !value.every(isItem)) throw damaged();
  return value;
}

function isPublisher(item: unknown): item is StoredPublisher {
  return (
    Array.isArray(item) && item.length === 4 && typeof item[0] === "string" && item.slice(1).every(Number.isFinite)
  );
}

function isTaking(item: unknown): item is Taking {
  return Array.isArray(item) && item.length === 3 && item.every(Number.isFinite);
}

function damaged(): Error {
  return new Error("A stored checkpoint is damaged.");
}
