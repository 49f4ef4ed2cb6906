import { Holdings } from "../../worker/page/hold/holdings.ts";
import { Past } from "../../worker/page/hold/past.ts";
import { framesOf, type Row } from "../../worker/protocol/builder.ts";
import { decodeFrame } from "../../worker/protocol/frame.ts";

/** What a page holds, without a Channel behind it, and some series hidden. */
export function holdings(hidden: ReadonlySet<string> = new Set()): Holdings {
  const outside = {
    read: () => Promise.reject(new Error("no channel")),
    wakeIn: () => {},
    turn: async () => {},
    random: () => 0,
  };
  return new Holdings(new Past(outside, () => {}), (name) => hidden.has(name));
}

/** Has the page receive rows. */
export function receive({ store }: Holdings, rows: readonly Row[]): void {
  for (const frame of framesOf(rows, "00000000000000aa", 1)) store.ingest(decodeFrame(frame));
}

export function rowOf(x: number, values: Record<string, number>): Row {
  return { x, arrival: false, names: Object.keys(values), values: Object.values(values) };
}
