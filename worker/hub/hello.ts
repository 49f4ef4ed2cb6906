import { MAX_SERIES_LISTED_BYTES } from "../../protocol/limits.ts";
import type { ServerMessage } from "../../protocol/messages/server-message.ts";
import type { Source } from "./frame-log.ts";
import { momentOf, type Standing } from "./status.ts";

/** The first message to a viewer that speaks `plotcast.v1`. */
export function helloTo(
  viewer: string,
  channel: string,
  build: string,
  source: Source,
  standing: Standing,
  nowMs: number,
): ServerMessage {
  const { viewers, retryWithinMs } = standing;
  return {
    type: "hello",
    version: 1,
    viewer,
    channel,
    build,
    ...source.position,
    series: within(MAX_SERIES_LISTED_BYTES, source.series),
    viewers,
    retryWithinMs,
    takenEveryMs: source.takenEveryMs(),
    ...momentOf(standing, nowMs),
  };
}

/** The first of these texts, as many as fit. */
function within(maxBytes: number, texts: string[]): string[] {
  let bytes = 0;
  const end = texts.findIndex((text) => {
    // As JSON a text takes six bytes a code unit at most.
    bytes += 6 * text.length;
    return bytes > maxBytes;
  });
  return end < 0 ? texts : texts.slice(0, end);
}
