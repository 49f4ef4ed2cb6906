import type { Source } from "../../hub/frame-log.ts";
import type { ChannelLog } from "./channel-log.ts";
import { CATCH_UP } from "./read-limits.ts";

/** A log as the hub still reads it. */
export function sourceOf(log: ChannelLog): Source {
  return {
    get position() {
      return log.position;
    },
    get series() {
      return log.series;
    },
    get keptAfter() {
      return log.keptAfter;
    },
    get takenAtMs() {
      return log.takenAtMs;
    },
    takenEveryMs: () => log.takenEveryMs,
    toldInTrimmed: (seq) => log.lostInTrimmed(seq),
    after: (seq, bytes, values = CATCH_UP.values) => log.after(seq, { bytes, values }),
    tailStart: (points, seconds) => log.tailStartSeq(points, seconds),
  };
}
