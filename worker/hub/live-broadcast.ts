import { readHeader } from "../../protocol/frame/header.ts";
import { sendTexts } from "./catch-up.ts";
import type { EncodedBatch, JsonEncoder } from "./json-encoder.ts";
import { Turn } from "./send-budget.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** Texts that one publish sends to all viewers of text, beside the first to each. */
const MAX_LIVE_TEXTS = 512;

/** The frames of one publish, on the way to those who are live: the bytes as they came, or texts that are made once. */
export class LiveBroadcast {
  readonly #frames: readonly Uint8Array[];
  readonly #encoder: JsonEncoder;
  #encoded: readonly EncodedBatch[] | undefined;
  readonly #turn = new Turn(MAX_LIVE_TEXTS);

  /** @param frames numbered */
  constructor(frames: readonly Uint8Array[], encoder: JsonEncoder) {
    this.#frames = frames;
    this.#encoder = encoder;
  }

  /** Sends a viewer what it has room for. @returns undefined if that is everything, or the number of the last point sent */
  sendTo(session: ViewerSession): number | undefined {
    return session.format === "frames" ? this.#sendFrames(session) : this.#sendTexts(session);
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

  #sendTexts(session: ViewerSession): number | undefined {
    // A batch for each frame: what is kept of a body of many points is bounded so.
    this.#encoded ??= this.#frames.map((frame) => this.#encoder.encode([frame]));
    return sendTexts(session, textsOf(this.#encoded), this.#turn);
  }
}

function* textsOf(batches: readonly EncodedBatch[]) {
  for (const batch of batches) yield* batch.textsAfter(batch.after);
}
