import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { counted, escaped } from "../../observability/printable.ts";
import { bytesText, spanText } from "../figures.ts";
import { type Ending, openRecording } from "../record/read-recording.ts";
import { type RecordingEntry, RecordingError, type RecordingInfo } from "../record/recording.ts";
import type { LosslessPublisher } from "./lossless-publisher.ts";
import { Schedule } from "./schedule.ts";

export interface PlaybackOptions {
  file: string;
  speed: number;
  isLooping: boolean;
  source?: string | undefined;
}

type MessageEntry = Extract<RecordingEntry, { kind: "message" }>;

/** Timers are not more exact; what is due by then goes out in one go. */
const MIN_SLEEP_MS = 1;
/** A signal is heard at once all the same. */
const MAX_SLEEP_MS = 60_000;
/** Other things get their turn after so many messages in one go. */
const MESSAGES_A_TURN = 200;
const SAY_LATE_MS = 2000;
/** A recording may have any pause, by its times: who waits is told how long. */
const SAY_PAUSE_MS = 10_000;

/** Sends a recording, once or again and again. */
export class Playback {
  readonly #options: PlaybackOptions;
  readonly #outlet: Pick<LosslessPublisher, "send" | "unheard" | "isHeld">;
  readonly #startMs = performance.now();
  readonly #schedule: Schedule;
  #rounds = 0;
  #sent = 0;
  #bytes = 0;
  #lateMs = 0;
  #sinceTurn = 0;
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(options: PlaybackOptions, outlet: Pick<LosslessPublisher, "send" | "unheard" | "isHeld">) {
    this.#options = options;
    this.#outlet = outlet;
    this.#schedule = new Schedule(options.speed, this.#startMs);
  }

  /**
   * @param say is told what is wrong with the recording
   * @throws RecordingError if it holds no messages
   */
  async run(stopped: AbortSignal, say: (sentence: string) => void): Promise<void> {
    do {
      const sentBefore = this.#sent;
      await this.#round(stopped, this.#rounds === 0 ? say : () => undefined);
      if (this.#sent === sentBefore && !stopped.aborted) throw new RecordingError(this.#emptyText());
      this.#rounds++;
      this.#schedule.again();
    } while (this.#options.isLooping && !stopped.aborted);
  }

  async #round(stopped: AbortSignal, say: (sentence: string) => void): Promise<void> {
    const { file, source } = this.#options;
    const { info, batches } = await openRecording(file);
    const wanted = numberOf(info, source, file);
    let leftOut = 0;
    try {
      for (;;) {
        const { value, done } = await batches.next();
        if (done) {
          for (const sentence of endingSentences(value, leftOut)) say(sentence);
          return;
        }
        for (const entry of value) {
          if (entry.kind === "left-out") leftOut += entry.messages;
          if (entry.kind !== "message" || (wanted !== undefined && entry.source !== wanted)) continue;
          if (!(await this.#play(entry, stopped))) return;
        }
      }
    } finally {
      await batches.return({ kind: "whole" });
    }
  }

  /** @returns false if the signal came first */
  async #play({ atUs, frames }: MessageEntry, stopped: AbortSignal): Promise<boolean> {
    const dueMs = this.#schedule.due(atUs);
    this.#dueMs = dueMs;
    for (let leftMs = dueMs - performance.now(); leftMs > 0; leftMs = dueMs - performance.now()) {
      this.#sinceTurn = 0;
      const ms = Math.min(MAX_SLEEP_MS, Math.max(MIN_SLEEP_MS, leftMs));
      await sleep(ms, undefined, { signal: stopped }).catch(() => undefined);
      if (stopped.aborted) return false;
    }
    if (++this.#sinceTurn >= MESSAGES_A_TURN) {
      this.#sinceTurn = 0;
      await turn();
    }
    if (stopped.aborted || !(await this.#outlet.send(frames, stopped))) return false;
    this.#lateMs = performance.now() - dueMs;
    this.#sent++;
    for (const frame of frames) this.#bytes += frame.length;
    return true;
  }

  status(): string {
    const parts = [counted(this.#sent, "message"), bytesText(this.#bytes)];
    if (this.#options.isLooping) parts.push(`round ${this.#rounds + 1}`);
    if (this.#outlet.isHeld) parts.push("a subscriber does not keep up");
    if (this.#options.speed !== Number.POSITIVE_INFINITY && this.#lateMs > SAY_LATE_MS) {
      parts.push(`${spanText(this.#lateMs / 1000)} late`);
    }
    const pauseMs = this.#dueMs - performance.now();
    if (pauseMs > SAY_PAUSE_MS) parts.push(`the next message in ${spanText(pauseMs / 1000)}`);
    if (this.#outlet.unheard > 0) parts.push(`${counted(this.#outlet.unheard, "message")} that nobody subscribed to`);
    return `${parts.join(" · ")} · ${this.#span()}`;
  }

  lastSentences(): string[] {
    const { unheard } = this.#outlet;
    const sentences = [`Played ${counted(this.#sent, "message")} (${bytesText(this.#bytes)}) in ${this.#span()}.`];
    if (unheard > 0)
      sentences.push(`Of these nobody subscribed to ${unheard.toLocaleString("en")}: they went nowhere.`);
    return sentences;
  }

  #span(): string {
    return spanText((performance.now() - this.#startMs) / 1000);
  }

  #emptyText(): string {
    const { file, source } = this.#options;
    return `${file} holds no messages${source === undefined ? "" : ` of the source ${escaped(source, 80)}`}.`;
  }
}

function numberOf(info: RecordingInfo, source: string | undefined, file: string): number | undefined {
  if (source === undefined) return undefined;
  const number = info.sources.findIndex(({ name }) => name === source);
  if (number >= 0) return number;
  const names = escaped(info.sources.map(({ name }) => name).join(", "), 200);
  throw new RecordingError(`${file} has no source ${escaped(source, 80)}; it has ${names}.`);
}

function endingSentences(ending: Ending, leftOut: number): string[] {
  const sentences: string[] = [];
  if (ending.kind === "cut-off") {
    sentences.push(
      `The recording was cut off at byte ${ending.atByte.toLocaleString("en")}: it ends with the last whole message before.`,
    );
  }
  if (ending.kind === "damaged") {
    sentences.push(`The recording is damaged at byte ${ending.atByte.toLocaleString("en")}: what follows is not read.`);
  }
  if (leftOut > 0) sentences.push(`${counted(leftOut, "message")} came while recording and could not be kept.`);
  return sentences;
}
