import { FIRST_DATE } from "../../protocol/json/time.ts";
import type { TimeHint } from "../observability/time-hints.ts";
import { epochOf } from "./epochs.ts";

/** Times that differ less from their arrival are not strange. */
export const NEAR_SECONDS = 600;
const QUARTER_SECONDS = 900;
/** As far from UTC as zones are. */
const MAX_QUARTERS = 14 * 4;
/** How much the clocks may differ beside a zone. */
const ZONE_TOLERANCE_SECONDS = 15;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365.25 * DAY_SECONDS;
/** The year 2100: what is beyond is no date, unless it is text. */
const LAST_DATE = 4.1e9;

/** A time that is not of now. */
export interface OddTime {
  place: string;
  sample: unknown;
  /** As x has it. */
  seconds: number;
  arrivedAt: number;
  /** Whether it is a date for sure, such as text, or a number with a unit that is configured. */
  isDate: boolean;
  /** The number, if that is all that there is, and nothing has been said of its unit. */
  number: number | undefined;
  /** Whether it is no date, or has grown from one that is none. */
  isCount: boolean;
  /** Whether it is one of the first of its topic: a count comes by everything. */
  isEarly: boolean;
  /** Whether dates before it are a count from now on. */
  isRevised: boolean;
}

/** What is strange about a time; undefined if it is only some minutes off, or where a coordinate may be. */
export function hintOf(odd: OddTime): Pick<TimeHint, "oddity" | "advice"> | undefined {
  const { place, seconds, arrivedAt, isDate, number, isCount, isEarly, isRevised } = odd;
  if (isRevised) {
    return {
      oddity: "unit-revised",
      advice:
        "they were taken for dates of another year, but count as from a start. From now on x is the number as it is. " +
        "If they are dates, give time_unit.",
    };
  }
  // Beside numbers of any kind, x is a coordinate as often as a time.
  const isTime = place !== "x" && place !== "";
  const epoch = number !== undefined && isEarly ? epochOf(number, arrivedAt, isTime) : undefined;
  if (epoch !== undefined) {
    const { name, config } = epoch;
    const todo = config === undefined ? "" : `give ${config}, or `;
    return { oddity: "other-epoch", advice: `this is like ${name}. Nothing is converted: ${todo}send unix seconds.` };
  }
  if (isDate || (!isCount && seconds >= FIRST_DATE && seconds < LAST_DATE))
    return clockHint(seconds - arrivedAt, number !== undefined);
  if (!isTime) return undefined;
  return {
    oddity: "no-date",
    advice:
      "this is no date in s, ms, us or ns since 1970, so x is the number as it is. For the time of day send unix " +
      "seconds, or leave such a field out: then the arrival counts.",
  };
}

function clockHint(ahead: number, isNumber: boolean): Pick<TimeHint, "oddity" | "advice"> | undefined {
  const off = Math.abs(ahead);
  const quarters = Math.round(off / QUARTER_SECONDS);
  const when = `${spanOf(off)} ${ahead > 0 ? "after" : "before"} their arrival`;
  if (quarters > 0 && quarters <= MAX_QUARTERS && Math.abs(off - quarters * QUARTER_SECONDS) < ZONE_TOLERANCE_SECONDS) {
    const [hours, minutes] = [Math.floor(quarters / 4), (quarters % 4) * 15];
    const offset = `${ahead > 0 ? "+" : "-"}${two(hours)}:${two(minutes)}`;
    return {
      oddity: "time-zone",
      advice: isNumber
        ? `they are ${when}. Time zone? Unix seconds count in UTC: make them of UTC, not of local time, as time.time() does.`
        : `they are ${when}. Time zone? Without an offset a time is UTC: send ${offset} behind it, or unix seconds.`,
    };
  }
  if (off < HOUR_SECONDS) return undefined;
  return {
    oddity: "clock-off",
    advice: `they are ${when}. Set the publisher's clock, or that of this machine, if this is no recording.`,
  };
}

/** `1 h`, `5 h 45 min`, `12 days`, `16.9 years`. */
function spanOf(seconds: number): string {
  if (seconds >= YEAR_SECONDS) return `${(seconds / YEAR_SECONDS).toFixed(1)} years`;
  if (seconds >= 2 * DAY_SECONDS) return `${Math.round(seconds / DAY_SECONDS)} days`;
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 ? [`${rest} min`] : [])].join(" ");
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
