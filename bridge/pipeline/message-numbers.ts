import { gapOf, mergeLosses, type PublisherGap } from "../../client/publish/collect/gaps.ts";
import { NumbersRoom } from "../batch/sequence/numbers-room.ts";
import { type LastNumber, SequenceTracker, type Verdict } from "../batch/sequence/sequence.ts";
import type { Mapped } from "../map/mapped.ts";
import type { MessageSummary } from "../map/row-writer.ts";
import type { ArrivalPath } from "../sources/inlet.ts";
import type { ChannelUplink } from "../uplink/channel-uplink.ts";

/** Of a channel without points there is nothing to tell a loss beside, so few topics are enough. */
const MAX_TOPICS_WAITING = 64;

interface Waiting {
  tracker: SequenceTracker;
  gaps: PublisherGap[];
}

export interface NumbersOptions {
  /** @throws DecodeError too-many-channels */
  existingUplinkOf: (channel: string | undefined) => Pick<ChannelUplink, "addGap" | "observe"> | undefined;
}

/**
 * The numbers that publishers give the messages of one source, each checked where the points of its topic go, whatever
 * becomes of the message itself: all of it may be held back or refused. A channel is not begun for that. What is known of
 * its topics waits for its first point, with the gaps before that.
 */
export class Numbers {
  readonly #options: NumbersOptions;
  /** By channel; as many as a mapping may name. */
  readonly #waiting = new Map<string | undefined, Waiting>();
  readonly #room = new NumbersRoom();

  constructor(options: NumbersOptions) {
    this.#options = options;
  }

  /** Checks a number, and adds the gap that it tells of. */
  check(
    channel: string | undefined,
    number: LastNumber,
    summary: MessageSummary,
    arrivalPath: ArrivalPath | undefined,
  ): Verdict {
    let waiting = this.#waiting.get(channel);
    if (waiting === undefined) {
      const uplink = this.#options.existingUplinkOf(channel);
      if (uplink !== undefined) {
        const verdict = uplink.observe(number, arrivalPath);
        const gap = gapFrom(verdict, summary);
        if (gap !== undefined) uplink.addGap(gap);
        return verdict;
      }
      waiting = { tracker: new SequenceTracker([], MAX_TOPICS_WAITING, undefined, this.#room), gaps: [] };
      this.#waiting.set(channel, waiting);
    }
    const verdict = waiting.tracker.observe(number, arrivalPath);
    const gap = gapFrom(verdict, summary);
    if (gap !== undefined) waiting.gaps = mergeLosses([...waiting.gaps, { ...gap, series: "" }]);
    return verdict;
  }

  /** The channel has its first point, which comes next. */
  begun(channel: string | undefined, uplink: Pick<ChannelUplink, "addGap" | "adopt">): void {
    const waiting = this.#waiting.get(channel);
    if (waiting === undefined) return;
    this.#waiting.delete(channel);
    waiting.tracker.leave();
    uplink.adopt(waiting.tracker);
    for (const gap of waiting.gaps) uplink.addGap(gap);
  }
}

/** What a message says, before anything of it was held back. */
export function summaryOf(mapped: readonly Mapped[]): MessageSummary {
  const summary = mapped.find((part) => part.summary !== undefined)?.summary;
  if (summary !== undefined) return summary;
  const rows = mapped.flatMap((part) => part.rows);
  const names = new Set(rows.flatMap((row) => row.names));
  const [only = ""] = names;
  const points = rows.reduce((sum, { values }) => sum + values.filter((value) => !Number.isNaN(value)).length, 0);
  return { points, firstX: rows[0]?.x ?? null, lastX: rows.at(-1)?.x ?? null, series: names.size === 1 ? only : "" };
}

function gapFrom(verdict: Verdict, { points, firstX, series }: MessageSummary): PublisherGap | undefined {
  if (verdict.kind !== "jump" && verdict.kind !== "restart") return undefined;
  const where = { fromX: verdict.fromX, toX: firstX, series };
  if (verdict.kind === "restart") return { ...gapOf("publisher-restarted", null), ...where };
  return { ...gapOf("publisher-dropped", missingPoints(verdict.missing, points)), ...where };
}

/** A message that did not come is taken to have had as many points as the one that did. */
function missingPoints(messages: number | null, each: number): number | null {
  if (messages === null) return null;
  const points = messages * each;
  return points > 0 && Number.isSafeInteger(points) ? points : null;
}
