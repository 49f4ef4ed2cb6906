import { valuesIn } from "../../protocol/frame/frame.ts";
import { readHeader } from "../../protocol/frame/header.ts";
import { type PickedFrame, pickedFrames, sendPicked } from "./picked-frames.ts";
import { keptPoints } from "./rate/kept-points.ts";
import type { Ended } from "./rate/live-stretches.ts";
import { type Stretch, stretchMs } from "./rate/stretches.ts";
import { Turn } from "./send-budget.ts";
import { sendBatches } from "./send-texts.ts";
import { tellProgress } from "./tell-progress.ts";
import {
  chosenBy,
  type FramesView,
  isThinned,
  type TextView,
  type ThinnedView,
  type View,
  viewKey,
} from "./text-view.ts";
import type { EncodedBatch, ViewEncoder } from "./view-encoder.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** Texts that one publish sends to all viewers of text, beside the first to each. */
const MAX_LIVE_TEXTS = 512;

/** Sends a viewer what it gets of a stretch, beyond a number. @returns undefined if that is all of it, or the number up to which it then has all */
type SendStretch = (session: ViewerSession, after: number) => number | undefined;

/** The frames of one publish, on the way to those who are live: the bytes as they came, or texts that are made once. */
export class LiveBroadcast {
  readonly #frames: readonly Uint8Array[];
  readonly #encoder: ViewEncoder;
  /** Of each view a batch for each frame: what is kept of a body of many points is bounded so. */
  readonly #encoded = new Map<string, readonly EncodedBatch[]>();
  readonly #picked = new Map<string, readonly PickedFrame[]>();
  readonly #sends = new Map<string, readonly SendStretch[]>();
  readonly #turn = new Turn(MAX_LIVE_TEXTS);

  readonly #endedOf: (lengthMs: number) => Ended;

  /**
   * @param frames numbered
   * @param endedOf what has ended with these, for viewers with `max_rate`
   */
  constructor(frames: readonly Uint8Array[], encoder: ViewEncoder, endedOf: (lengthMs: number) => Ended) {
    this.#frames = frames;
    this.#encoder = encoder;
    this.#endedOf = endedOf;
  }

  /** Sends a viewer what it has room for. @returns undefined if that is everything, or the number of the last point sent */
  sendTo(session: ViewerSession): number | undefined {
    const { view } = session;
    if (view === undefined) return this.#sendFrames(session);
    if (isThinned(view)) return this.#sendEnded(session, view);
    return view.writing === "frames" ? this.#sendPicked(session, view) : this.#sendTexts(session, view);
  }

  #sendFrames(session: ViewerSession): number | undefined {
    for (const frame of this.#frames) {
      if (frame.byteLength > session.room) {
        const { seq, points } = readHeader(frame);
        return seq - points;
      }
      session.send(frame);
    }
    return undefined;
  }

  /**
   * What viewers of a view get, made once. Who picks series decides how often frames are decoded: beyond the turn's bound viewers of text
   * fall behind.
   */
  #made<T>(of: Map<string, T>, view: View, make: () => T): T {
    const key = viewKey(view);
    const known = of.get(key);
    if (known !== undefined) return known;
    if (view.series.length > 0) this.#decoded(this.#frames);
    const made = make();
    of.set(key, made);
    return made;
  }

  #sendPicked(session: ViewerSession, view: FramesView): number | undefined {
    const picked = this.#made(this.#picked, view, () => pickedFrames(this.#frames, view));
    const seq = sendPicked(session, picked);
    const at = picked.at(-1)?.at;
    if (seq === undefined && at !== undefined) tellProgress(session, at, () => session.tell({ type: "live", ...at }));
    return seq;
  }

  /** VW22. Sends a viewer the stretches that have ended. */
  #sendEnded(session: ViewerSession, view: ThinnedView): number | undefined {
    const { stretches, openAfter } = this.#endedOf(stretchMs(view.maxRate));
    const sends = this.#sendsOf(view, stretches);
    let sent = session.sentSeq;
    for (const [i, { after, seq }] of stretches.entries()) {
      if (seq <= sent) continue;
      // What has ended before is not known here any more.
      if (sent < after) return sent;
      const stopped = sends[i]?.(session, sent);
      if (stopped !== undefined) return stopped;
      sent = seq;
    }
    if (sent !== session.sentSeq) session.moveTo(session.liveAt(sent));
    return openAfter !== undefined && sent < openAfter ? sent : undefined;
  }

  #sendsOf(view: ThinnedView, stretches: readonly Stretch[]): readonly SendStretch[] {
    const key = viewKey(view);
    const known = this.#sends.get(key);
    if (known !== undefined) return known;
    const sends = stretches.map((stretch) => this.#sendOf(view, stretch));
    this.#sends.set(key, sends);
    return sends;
  }

  #sendOf(view: ThinnedView, stretch: Stretch): SendStretch {
    const { frames } = stretch;
    this.#decoded(frames);
    const kept = keptPoints(stretch, { has: chosenBy(view), maxRate: view.maxRate });
    if (view.writing !== "frames") {
      const encoded = this.#encoder.encode(frames, view, kept);
      return (session, after) => sendBatches(session, [encoded], this.#turn, after);
    }
    const picked = pickedFrames(frames, view, kept);
    const at = picked.at(-1)?.at;
    return (session, after) => {
      const seq = sendPicked(session, picked, after);
      if (seq === undefined && at !== undefined) tellProgress(session, at, () => session.tell({ type: "live", ...at }));
      return seq;
    };
  }

  #decoded(frames: readonly Uint8Array[]): void {
    this.#turn.decoded(frames.reduce((sum, frame) => sum + valuesIn(frame), 0));
  }

  #sendTexts(session: ViewerSession, view: TextView): number | undefined {
    const encoded = this.#made(this.#encoded, view, () =>
      this.#frames.map((frame) => this.#encoder.encode([frame], view)),
    );
    return sendBatches(session, encoded, this.#turn);
  }
}
