/** Which counters are exact, and which are written down as bounds. */
import type { Counts } from "../measure.ts";
import { COUNTED, type Counters, NOTHING } from "./counters.ts";

/**
 * What depends on chance: how many alarms and announcements an hour has, and how many rows a query looks at. A tenth more rows than
 * were counted are written down, and a quarter more alarms, with two digits. All else is exact.
 */
const LOOSE = {
  body: ["rowsRead"],
  visit: ["rowsRead", "alarmsSet", "alarms"],
  storedFrame: ["rowsRead"],
  liveHour: ["rowsRead", "alarmsSet", "alarms"],
  idleHour: ["rowsRead", "rowsWritten", "alarmsSet", "alarms"],
  idleViewerHour: ["rowsRead", "alarmsSet", "alarms"],
  wake: ["rowsRead"],
} as const satisfies Record<keyof Counters, readonly (keyof Counts)[]>;

const HEADROOM: Partial<Record<keyof Counts, number>> = { alarms: 1.25, alarmsSet: 1.25 };

export type Kind = keyof Counters;

function isLoose(kind: Kind, name: keyof Counts): boolean {
  return LOOSE[kind].some((each) => each === name);
}

/** What is written down of what was counted. */
export function written(kind: Kind, counted: Counts): Counts {
  const counts = { ...NOTHING };
  for (const name of COUNTED)
    counts[name] = isLoose(kind, name) ? roundedUp((HEADROOM[name] ?? 1.1) * counted[name]) : counted[name];
  // The runtime also evicts by itself what was idle for ten seconds.
  if (kind !== "wake") counts.wakes = 0;
  return counts;
}

/** Where what was counted is not what is written down, a sentence for each; a bound may be twice what was counted. */
export function disagreements(kind: Kind, counted: Counts, committed: Counts): string[] {
  const names = COUNTED.filter((name) => name !== "wakes" || kind === "wake");
  return names.flatMap((name) => {
    const [is, said] = [counted[name], committed[name]];
    const agrees = isLoose(kind, name) ? is <= said && is >= said / 2 : is === said;
    return agrees
      ? []
      : [`${kind}: ${is} ${name} were counted, ${said} ${isLoose(kind, name) ? "at most " : ""}are written down`];
  });
}

function roundedUp(value: number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / unit - 1e-9) * unit).toPrecision(2));
}
