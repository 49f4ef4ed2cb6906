import { decodeFrame, type Frame } from "../../../protocol/frame/frame.ts";
import { splitFrames } from "../../../protocol/frame/header.ts";
import { MAX_SERIES_LISTED } from "../../../protocol/limits.ts";
import type { ReadChannel } from "../../channel/log/slice.ts";
import { readTurns } from "../../channel/read-turns.ts";
import type { ReadQuery } from "./read-query.ts";
import { ReadCut, StoredRead } from "./stored-read.ts";

/** So far back the newest point of each series is looked for: 2 MiB at most. */
export const MAX_LATEST_SLICES = 16;

export interface LatestValue {
  x: number;
  y: number;
}

/**
 * The newest point of each series, by its number: looked for from the newest frame back, until every series of the channel is found or
 * {@link MAX_LATEST_SLICES} were looked at. A series that is not found until then is left out.
 * @throws Problem `too-many-reads`
 */
export async function latestValues(
  channel: ReadChannel,
  query: ReadQuery,
  address: string,
  mayGoOn: () => Promise<boolean>,
): Promise<Map<string, LatestValue>> {
  const { fromX, toX, after, through, series } = query;
  const range = { fromX, toX };
  const request = {
    address,
    direction: "backward",
    after,
    through,
    points: undefined,
    range,
    series: series.wanted,
  } as const;
  const read = await StoredRead.open(channel, request, mayGoOn);
  const found = new Map<string, LatestValue>();
  try {
    let slices = 0;
    for await (const { frames } of read.backward()) {
      await readTurns.take();
      readTurns.spend(() => {
        for (const bytes of splitFrames(frames).reverse()) addLatest(decodeFrame(bytes), query, found);
      });
      if (++slices >= MAX_LATEST_SLICES || found.size >= Math.min(read.seriesCount, MAX_SERIES_LISTED)) break;
    }
  } catch (error) {
    // What was found before is still the newest.
    if (!(error instanceof ReadCut)) throw error;
  } finally {
    await read.close();
  }
  return found;
}

/** Adds the last point of each series of a frame that was not found in a newer one. */
function addLatest({ blocks }: Frame, { fromX, toX, series }: ReadQuery, found: Map<string, LatestValue>): void {
  for (const block of blocks.toReversed()) {
    if (block.kind !== "table") continue;
    const { x, columns } = block;
    for (const { name, y } of columns) {
      if (found.has(name) || !series.has(name) || found.size >= MAX_SERIES_LISTED) continue;
      for (let row = x.length - 1; row >= 0; row--) {
        const [atX, value] = [x[row] ?? Number.NaN, y[row] ?? Number.NaN];
        if (Number.isNaN(value) || atX < fromX || atX > toX) continue;
        found.set(name, { x: atX, y: value });
        break;
      }
    }
  }
}
