import type { ServerMessage } from "../../protocol/messages/server-message.ts";
import { MIN_PAUSE_MS, usualPauseMs } from "../../protocol/pause.ts";

/** What is remembered of the newest frames. Those close together count as one, so that they reach far enough back. */
const MAX_ARRIVALS = 128;
const SAME_MS = 2_000;
const RATE_WINDOW_MS = 5_000;
const STALE_AFTER_MS = 5_000;
const STALE_AFTER_PAUSES = 10;

/** Frames that came together. */
interface Arrival {
  atMs: number;
  points: number;
}

/** A frame, as far as it matters here. */
export interface ReceivedFrame {
  /** When it came, by our clock. */
  nowMs: number;
  points: number;
  /** The number of its last point. */
  seq: number;
  /** It comes from the store: it was not taken just now. */
  stored: boolean;
}

/** What the Channel says of itself, as far as it matters here. */
type ChannelStatus =
  | Pick<Extract<ServerMessage, { type: "hello" }>, "type" | "seq" | "goneForMs" | "takenForMs" | "takenEveryMs">
  | Pick<Extract<ServerMessage, { type: "status" }>, "type" | "goneForMs" | "takenForMs">;

/**
 * How often points come, and since when none did: by when frames come and by when the Channel says that it took them,
 * never by x, which may be no time, or that of a wrong clock, or of long ago.
 */
export class FeedRate {
  /** Every publisher was gone after the last frame was taken. */
  wasGone = false;
  /** When the last frame was taken, by our clock. */
  takenMs: number | undefined;
  /** Of frames that came as they were taken, by this connection. */
  readonly #arrivals: Arrival[] = [];
  /** Since when points are counted. */
  #sinceMs: number | undefined;
  /** What the Channel had taken when the connection began, and its usual pause. */
  #seqAtHello = Infinity;
  #channelPauseMs: number | undefined;

  /** Notes what the Channel says of itself. With a hello a connection begins, and what came before says nothing of now. */
  noteStatus(nowMs: number, message: ChannelStatus): void {
    const { goneForMs, takenForMs } = message;
    this.wasGone ||= goneForMs !== null;
    const takenMs = takenForMs === null ? undefined : nowMs - takenForMs;
    const isHello = message.type === "hello";
    // Of one frame the time that was said first stays: another differs by how long a message was on its way.
    if (isHello || Math.abs((takenMs ?? 0) - (this.takenMs ?? 0)) > SAME_MS) this.takenMs = takenMs;
    if (!isHello) return;
    this.#forget();
    this.#seqAtHello = message.seq;
    this.#channelPauseMs = message.takenEveryMs ?? undefined;
  }

  /** Notes a frame. */
  noteFrame({ nowMs, points, seq, stored }: ReceivedFrame): void {
    // What was taken while this page caught up comes from the store, too.
    if (stored && seq <= this.#seqAtHello) return;
    this.takenMs = nowMs;
    this.wasGone = false;
    if (stored) return;
    // Our clock was set back: what was before cannot be compared.
    if (nowMs < (this.#arrivals.at(-1)?.atMs ?? nowMs)) this.#forget();
    if (points > 0) this.#sinceMs ??= nowMs;
    const last = this.#arrivals.at(-1);
    if (last !== undefined && nowMs - last.atMs < MIN_PAUSE_MS) {
      last.points += points;
      return;
    }
    this.#arrivals.push({ atMs: nowMs, points });
    if (this.#arrivals.length > MAX_ARRIVALS) this.#arrivals.shift();
  }

  /** Points a second of late; undefined before anything came. */
  rate(nowMs: number): number | undefined {
    if (this.#sinceMs === undefined) return undefined;
    const pauseMs = this.#usualPauseMs() ?? 0;
    const windowMs = Math.max(RATE_WINDOW_MS, 3 * pauseMs);
    const recent = this.#arrivals.filter(({ atMs }) => atMs > nowMs - windowMs);
    const [first, ...later] = recent;
    const sum = (some: Arrival[]): number => some.reduce((points, arrival) => points + arrival.points, 0);
    if (first === undefined || later.length < 2) {
      return (sum(recent) * 1_000) / Math.min(windowMs, Math.max(1_000, nowMs - this.#sinceMs));
    }
    // From arrival to arrival a steady feed has a steady rate; from edge to edge of the window it would tremble by one.
    const lastMs = later.at(-1)?.atMs ?? nowMs;
    const endMs = nowMs - lastMs > 2 * pauseMs + 2 * MIN_PAUSE_MS ? nowMs : lastMs;
    return (sum(later) * 1_000) / (endMs - first.atMs);
  }

  /** When the last frame was taken, if that is too long ago. */
  staleSinceMs(nowMs: number): number | undefined {
    if (this.takenMs === undefined) return undefined;
    const patienceMs = Math.max(STALE_AFTER_MS, STALE_AFTER_PAUSES * (this.#usualPauseMs() ?? 0));
    return nowMs - this.takenMs > patienceMs ? this.takenMs : undefined;
  }

  #forget(): void {
    this.#arrivals.length = 0;
    this.#sinceMs = undefined;
  }

  /** As it is seen here; until there is enough of it, as the Channel has seen it. */
  #usualPauseMs(): number | undefined {
    return usualPauseMs(this.#arrivals.map(({ atMs }) => atMs)) ?? this.#channelPauseMs;
  }
}
