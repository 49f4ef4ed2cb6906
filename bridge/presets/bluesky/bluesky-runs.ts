import type { Message } from "../../decode/message.ts";

/** Runs of which the end is awaited; of more, the oldest are taken to have ended unheard. */
const MAX_OPEN = 256;
const MAX_UID_LENGTH = 128;

/** Counts runs since the bridge came. */
export class BlueskyRuns {
  readonly #open = new Set<string>();
  #started = 0;
  #stopped = 0;
  #failed = 0;

  start(prefix: string, document: Record<string, unknown>): Message {
    this.#started++;
    const uid = uidOf(document.uid);
    if (uid !== undefined) {
      this.#open.add(uid);
      const [oldest] = this.#open;
      if (this.#open.size > MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    }
    return this.#message(prefix, document);
  }

  stop(prefix: string, document: Record<string, unknown>): Message {
    this.#stopped++;
    // success, abort or fail: event-model, src/event_model/schemas/run_stop.json.
    if (document.exit_status !== "success") this.#failed++;
    const uid = uidOf(document.run_start);
    if (uid !== undefined) this.#open.delete(uid);
    return this.#message(prefix, document);
  }

  #message(prefix: string, { time }: Record<string, unknown>): Message {
    const runs = { started: this.#started, stopped: this.#stopped, failed: this.#failed, open: this.#open.size };
    return { topic: prefix, ...timeIn(time), content: { kind: "value", value: { runs } } };
  }
}

export function uidOf(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= MAX_UID_LENGTH ? value : undefined;
}

/** A document's time is unix seconds. */
export function timeIn(time: unknown): { time?: number } {
  return typeof time === "number" && Number.isFinite(time) ? { time } : {};
}
