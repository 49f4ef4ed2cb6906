import { type Cursor, cursorText } from "../../protocol/cursor.ts";
import { CATCH_UP_BYTES, CloseCode, EXPIRY_WARNING_MS, VIEWER_BUFFER_BYTES } from "../../protocol/limits.ts";
import type { ServerMessage } from "../../protocol/messages/server-message.ts";
import type { Grant } from "../auth/grant.ts";
import type { ViewerShare } from "../auth/viewer-share.ts";
import { closeQuietly } from "./close.ts";
import type { Format } from "./join-request.ts";
import { stretchMs } from "./rate/stretches.ts";
import type { SessionRecord, SessionState, StatusTold } from "./session-state.ts";
import type { View } from "./text-view.ts";
import { WaitingBytes } from "./waiting-bytes.ts";
import { writtenGap } from "./written.ts";

/** What workerd takes for a message that waits, beside its bytes: some 1.1 KB, as measured. */
const MESSAGE_OVERHEAD_BYTES = 1024;
/**
 * What control messages may take beyond {@link VIEWER_BUFFER_BYTES}: a viewer that reads slowly has its frames skipped, and still is to
 * learn that. One that does not read even these is closed, whatever it is that makes us send them.
 */
export const CONTROL_BUFFER_BYTES = 64 * 1024;
/** What must be free before a step from the log: a whole batch of frames; or as many texts as make it worthwhile. */
const STEP_ROOM_BYTES = {
  frames: CATCH_UP_BYTES,
  json: 64 * 1024,
  stream: 64 * 1024,
} as const satisfies Record<Format, number>;

/** The part of a WebSocket that is used. */
export interface SessionSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
  serializeAttachment(attachment: unknown): void;
}

/** One connected viewer: its socket, how much waits there unread, and where it is in the log. */
export class ViewerSession {
  readonly #socket: SessionSocket;
  readonly #hubWaiting: WaitingBytes;
  #record: SessionRecord;
  /** Messages sent since nothing waited, at most so many wait now. Eviction forgets it, and waits until nothing does. */
  #waitingMessages = 0;
  #isClosed = false;
  /** Whether nothing waited at some time since {@link stuckForMs} was asked last. */
  #hasDrained = true;
  #drainedAtMs: number;
  #pingedAtMs: number | undefined;

  /** @param hubWaiting what waits for all viewers of its hub */
  constructor(socket: SessionSocket, record: SessionRecord, nowMs: number, hubWaiting = new WaitingBytes()) {
    this.#hubWaiting = hubWaiting;
    this.#socket = socket;
    this.#record = record;
    this.#drainedAtMs = nowMs;
  }

  get format(): Format {
    return this.#record.format;
  }

  /** What a viewer of text gets, or one of frames that picks series; undefined: all frames. */
  get view(): View | undefined {
    return this.#record.view;
  }

  /** Whether it says when it has read what it was sent, and wants more. */
  get asksOn(): boolean {
    return this.format !== "json";
  }

  /** The channel's epoch when it joined. */
  get sinceEpoch(): number {
    return this.#record.sinceEpoch;
  }

  get joinedAtMs(): number {
    return this.#record.joinedAtMs;
  }

  /** By what it is counted. */
  get who(): string {
    return this.#record.who;
  }

  /** How many of these may watch; null: there is no bound. */
  get most(): number | null {
    return this.#record.most ?? null;
  }

  get state(): SessionState {
    return this.#record.state;
  }

  /** Each state is an object of its own: whoever waited knows by that whether the viewer was moved meanwhile. */
  moveTo(state: SessionState): void {
    this.#keep({ ...this.#record, state });
  }

  /** How long the stretches are that it gets; undefined: it gets all points. */
  get stretchMs(): number | undefined {
    const maxRate = this.view?.maxRate;
    return maxRate === undefined ? undefined : stretchMs(maxRate);
  }

  /** Up to where one with `max_rate` that is live has everything. */
  get sentSeq(): number {
    const { state } = this;
    return state.kind === "live" ? (state.sentSeq ?? 0) : state.cursor.seq;
  }

  /** How it is live: everything up to there was sent. A viewer of all points that is live has everything, and needs no number. */
  liveAt(seq: number): SessionState {
    return this.view?.maxRate === undefined ? { kind: "live" } : { kind: "live", sentSeq: seq };
  }

  /** The last `status` that it was sent. */
  get told(): StatusTold | undefined {
    return this.#record.told;
  }

  /** Sends a `status`. */
  tellStatus(message: Extract<ServerMessage, { type: "status" }>, told: StatusTold): void {
    this.tell(message);
    this.#keep({ ...this.#record, told });
  }

  /** What it was let in with; undefined: anybody could watch. */
  get grant(): Grant | undefined {
    return this.#record.grant;
  }

  /** When it is to be told that its token expires, and after that when it ends; by the wall clock. Infinity: never. */
  get expiryDueAtMs(): number {
    const { grant, isWarned, format } = this.#record;
    if (grant === undefined || grant.expiresAtMs === null) return Number.POSITIVE_INFINITY;
    return grant.expiresAtMs - (isWarned || format === "json" ? 0 : EXPIRY_WARNING_MS);
  }

  /** Tells it that its token expires. */
  tellExpiring(inMs: number): void {
    this.tell({ type: "expiring", inMs });
    this.#keep({ ...this.#record, isWarned: true });
  }

  /** Another token counts from now on, and by `share` it is counted. Where that expires as soon as a warning would come, this is the warning. */
  renew(grant: Grant, { who, most }: ViewerShare, wallMs: number): void {
    const expiresInMs = grant.expiresAtMs === null ? null : Math.max(0, grant.expiresAtMs - wallMs);
    this.tell({ type: "renewed", expiresInMs });
    const isWarned = expiresInMs !== null && expiresInMs <= EXPIRY_WARNING_MS;
    this.#keep({ ...this.#record, grant, who, most, isWarned });
  }

  /** For how long something has waited, as far as was seen. */
  stuckForMs(nowMs: number): number {
    if (this.#hasDrained || this.#socket.bufferedAmount === 0) this.#drainedAtMs = nowMs;
    this.#hasDrained = false;
    return nowMs - this.#drainedAtMs;
  }

  /** `send` throws once a socket is closing, which nobody is told before it happens. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** How many bytes more may wait; what a message takes beside its bytes is counted as waiting. */
  get room(): number {
    const waitingBytes = this.#socket.bufferedAmount;
    if (waitingBytes === 0) {
      this.#waitingMessages = 0;
      this.#hasDrained = true;
    }
    const bound = waitingBytes > 0 && this.#hubWaiting.isTooMuch ? 0 : VIEWER_BUFFER_BYTES;
    return bound - waitingBytes - this.#waitingMessages * MESSAGE_OVERHEAD_BYTES;
  }

  /** What waits, with what a message takes beside its bytes. */
  get waitingBytes(): number {
    const bytes = this.#socket.bufferedAmount;
    return bytes === 0 ? 0 : bytes + this.#waitingMessages * MESSAGE_OVERHEAD_BYTES;
  }

  /** Of a view that picks series: up to where it was last told that it has everything. An eviction forgets it. */
  toldSeq = 0;

  /** When it last sent a `ping` that woke the channel; undefined: it never did, or nobody knows any more. */
  get pingedAtMs(): number | undefined {
    return this.#pingedAtMs;
  }

  pinged(nowMs: number): void {
    this.#pingedAtMs = nowMs;
  }

  /** Whether a step from the log has room. */
  get hasStepRoom(): boolean {
    return !this.#hubWaiting.isTooMuch && this.room >= STEP_ROOM_BYTES[this.format];
  }

  /** It left. */
  close(): void {
    this.#isClosed = true;
  }

  /** Sends, whether there is room or not. */
  send(data: string | Uint8Array): void {
    try {
      this.#socket.send(data);
      this.#waitingMessages++;
    } catch {
      this.#isClosed = true;
    }
  }

  /** VW3f. Sends a control message, if the viewer speaks `plotcast.v1`; or closes it, if it has read none for too long. */
  tell(message: ServerMessage): void {
    const text = this.#written(message);
    if (text === "") return;
    if (this.room > -CONTROL_BUFFER_BYTES) return this.send(text);
    this.#isClosed = true;
    closeQuietly(this.#socket, CloseCode.gone, "You read too slowly for what you are told; connect again.");
  }

  /** TR5e. One of text that gets no more than points has no place for it. @param at where the channel is */
  tellNote(detail: string, at: Cursor): void {
    if (this.format !== "json") return this.tell({ type: "note", detail });
    if (this.view?.ids === true) this.send(JSON.stringify({ id: cursorText(at), note: detail }));
  }

  /** As this viewer is told it; "": it is not. A stream has no use for what panels are made from. */
  #written(message: ServerMessage): string {
    if (this.format === "json") return this.#amongPoints(message);
    return this.format === "stream" && message.type === "layout" ? "" : JSON.stringify(message);
  }

  /** A viewer of JSON text is told what is missing, if its points have ids, and nothing else. */
  #amongPoints(message: ServerMessage): string {
    if (message.type !== "gap" || this.view === undefined || this.view.writing === "frames") return "";
    return writtenGap({ ...message, series: "" }, message, this.view);
  }

  #keep(record: SessionRecord): void {
    this.#record = record;
    this.#socket.serializeAttachment(record);
  }
}
