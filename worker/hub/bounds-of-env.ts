import { isCount } from "../../protocol/messages/guards.ts";

const DEFAULT_STORE_SECONDS = 900;
const DEFAULT_STORE_BYTES = 32 * 1024 * 1024;
const DEFAULT_RELAY_AFTER = 1000;
const DEFAULT_RELAY_VIEWERS = 2000;

/** The Worker's variables that bound what a channel keeps and serves. */
interface BoundsEnv {
  STORE_SECONDS?: unknown;
  STORE_BYTES?: unknown;
  RELAY_AFTER?: unknown;
  RELAY_VIEWERS?: unknown;
}

/** How much of a channel is kept: so long before its newest frame, or so many bytes, whichever is less. */
export function storeBounds({ STORE_SECONDS, STORE_BYTES }: BoundsEnv): { seconds: number; bytes: number } {
  return {
    seconds: positiveOr(DEFAULT_STORE_SECONDS, STORE_SECONDS, "STORE_SECONDS"),
    bytes: positiveOr(DEFAULT_STORE_BYTES, STORE_BYTES, "STORE_BYTES"),
  };
}

/** Frames in the memory of a relay, of the 48 MiB that it takes at most. */
const RING_BYTES = 12 * 1024 * 1024;

/** How much of that a relay has in memory: what its channel does not keep any more is not there, either. */
export function ringBounds(env: BoundsEnv): { seconds: number; bytes: number } {
  const { seconds, bytes } = storeBounds(env);
  return { seconds, bytes: Math.min(RING_BYTES, bytes / 2) };
}

/** How many viewers a channel serves itself, 0: all; and how many one of its relays serves. */
export function relayBounds({ RELAY_AFTER, RELAY_VIEWERS }: BoundsEnv): { after: number; viewers: number } {
  return {
    after: countOr(DEFAULT_RELAY_AFTER, RELAY_AFTER, "RELAY_AFTER"),
    viewers: positiveOr(DEFAULT_RELAY_VIEWERS, RELAY_VIEWERS, "RELAY_VIEWERS"),
  };
}

/** A bound from the configuration. What is no number must not be taken for "keep nothing". */
export function positiveOr(fallback: number, text: unknown, name: string): number {
  const value = typeof text === "string" || typeof text === "number" ? Number(text) : Number.NaN;
  if (value > 0) return value;
  if (text !== undefined) console.warn(`${name} must be a number above 0, not "${text}"; ${fallback} is used.`);
  return fallback;
}

/** The same for a whole number, 0 included. */
function countOr(fallback: number, text: unknown, name: string): number {
  const value = typeof text === "string" && text.trim() !== "" ? Number(text) : text;
  if (isCount(value)) return value;
  if (text !== undefined) console.warn(`${name} must be a whole number, not "${text}"; ${fallback} is used.`);
  return fallback;
}
