import { isSeriesName } from "../../protocol/names.ts";
import type { Message } from "../decode/message.ts";
import { ownText } from "../decode/text.ts";

export interface DelaysOptions {
  /** Names the series: `<owner>.<field>.median`, `.min` and `.max`, in seconds. */
  field: string;
  /** Names the series of how many journeys these are of. */
  count: string;
}

/** A vehicle says where it is once a minute at least (KV6, MESSAGE INTERVAL): after two it is not on its way any more. */
const REMEMBERED_SECONDS = 120;
const TOLD_EVERY_SECONDS = 10;
const MAX_OWNERS = 32;
/** Of one owner; the one of which nothing was heard the longest goes first, and `count` then stays at this. */
const MAX_JOURNEYS = 4096;
const MAX_NAME_LENGTH = 64;
const MAX_KEY_LENGTH = 160;
const OTHER = "other";

interface Report {
  seconds: number;
  at: number;
}

/**
 * How late the journeys of each owner are, of which the last report of each is taken: a vehicle by itself would be a
 * series of its own for an hour, and one series of all of them, one after the other, would be noise.
 */
export class Delays {
  /** By owner and journey; those heard of last are last. */
  readonly #owners = new Map<string, Map<string, Report>>();
  readonly #options: DelaysOptions;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: DelaysOptions) {
    this.#options = options;
  }

  /** @param at unix seconds, of the same clock as `now` below */
  report(owner: string, journey: string, seconds: number, at: number): void {
    const journeys = this.#owners.get(owner) ?? this.#add(owner);
    // Two operators number their journeys alike.
    const key = ownText(`${owner} ${journey}`.slice(0, MAX_KEY_LENGTH));
    if (!journeys.delete(key) && journeys.size >= MAX_JOURNEYS) {
      for (const oldest of journeys.keys()) {
        journeys.delete(oldest);
        break;
      }
    }
    journeys.set(key, { seconds, at });
  }

  /** To be called about once a second; what is told is told once in ten. The owner is the topic. */
  tick(now: number): Message[] {
    // A clock that was set back must not silence it for as long.
    if (now >= this.#toldAt && now - this.#toldAt < TOLD_EVERY_SECONDS) return [];
    this.#toldAt = now;
    return [...this.#owners].map(([owner, journeys]) => {
      forgetOld(journeys, now);
      const { field, count } = this.#options;
      const delays = summary([...journeys.values()].map(({ seconds }) => seconds));
      const value = { [count]: journeys.size, ...(delays === undefined ? {} : { [field]: delays }) };
      return { topic: owner, time: now, content: { kind: "value", value } };
    });
  }

  #add(owner: string): Map<string, Report> {
    const isOwn = this.#owners.size < MAX_OWNERS && owner.length <= MAX_NAME_LENGTH && isSeriesName(owner);
    const name = isOwn ? ownText(owner) : OTHER;
    const journeys = this.#owners.get(name) ?? new Map<string, Report>();
    this.#owners.set(name, journeys);
    return journeys;
  }
}

function forgetOld(journeys: Map<string, Report>, now: number): void {
  for (const [journey, { at }] of journeys) {
    if (Math.abs(now - at) > REMEMBERED_SECONDS) journeys.delete(journey);
  }
}

/** @returns undefined if there is nothing to sum up */
function summary(values: number[]): { median: number; min: number; max: number } | undefined {
  values.sort((a, b) => a - b);
  const [min] = values;
  const max = values.at(-1);
  const upper = values[values.length >> 1];
  const lower = values[(values.length - 1) >> 1];
  if (min === undefined || max === undefined || upper === undefined || lower === undefined) return undefined;
  return { median: (lower + upper) / 2, min, max };
}
