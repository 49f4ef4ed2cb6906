import { ChannelData } from "../../page/data/channel-data.ts";
import { HistoryFetcher } from "../../page/data/history/history-fetcher.ts";
import { decodeFrame } from "../../protocol/frame/frame.ts";
import { framesOf, type Row } from "../../protocol/frame/frame-builder.ts";

/** What a page holds, without a Channel behind it, and some series hidden. */
export function channelData(hidden: ReadonlySet<string> = new Set()): ChannelData {
  const outside = {
    read: () => Promise.reject(new Error("no channel")),
    wakeIn: () => {},
    yieldToPage: async () => {},
    random: () => 0,
  };
  return new ChannelData(new HistoryFetcher(outside, () => {}), (name) => hidden.has(name));
}

/** Has the page receive rows. */
export function receive({ store }: ChannelData, rows: readonly Row[]): void {
  for (const frame of framesOf(rows, "00000000000000aa", 1)) store.ingest(decodeFrame(frame));
}

export function rowOf(x: number, values: Record<string, number>): Row {
  return { x, arrival: false, names: Object.keys(values), values: Object.values(values) };
}
