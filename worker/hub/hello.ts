import { MAX_SERIES_LISTED_BYTES } from "../../protocol/limits.ts";
import type { ServerMessage } from "../../protocol/messages/server-message.ts";
import type { FrameLog } from "./frame-log.ts";
import { type ChannelStatus, momentOf } from "./status.ts";

/** Who is greeted, and where. */
interface Greeted {
  /** The session's id, for logs. */
  viewer: string;
  channel: string;
  build: string;
}

/** The first message to a viewer that speaks `plotcast.v1`. */
export function helloTo(greeted: Greeted, log: FrameLog, status: ChannelStatus, nowMs: number): ServerMessage {
  const { viewers, retryWithinMs } = status;
  const series = within(MAX_SERIES_LISTED_BYTES, log.series);
  return {
    type: "hello",
    version: 1,
    ...greeted,
    ...log.position,
    series,
    scales: log.scales.slice(0, series.length),
    arrangement: log.arrangement,
    viewers,
    retryWithinMs,
    takenEveryMs: log.takenEveryMs,
    ...momentOf(status, nowMs),
  };
}

/** The first of these texts, as many as fit. */
function within(maxBytes: number, texts: readonly string[]): string[] {
  let bytes = 0;
  const end = texts.findIndex((text) => {
    // As JSON a text takes six bytes a code unit at most.
    bytes += 6 * text.length;
    return bytes > maxBytes;
  });
  return texts.slice(0, end < 0 ? texts.length : end);
}
