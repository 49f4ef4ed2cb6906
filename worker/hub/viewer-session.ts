import { CATCH_UP_BYTES, VIEWER_BUFFER_BYTES } from "../../protocol/limits.ts";
import type { ServerMessage } from "../../protocol/messages/server-message.ts";
import type { Format } from "./join-request.ts";
import type { SessionRecord, SessionState, StatusTold } from "./session-state.ts";

/** What workerd takes for a message that waits, beside its bytes: some 1.1 KB, as measured. */
const MESSAGE_OVERHEAD_BYTES = 1024;
/** What must be free before a step from the log: a whole batch of frames; or as many texts as make it worthwhile. */
const STEP_ROOM_BYTES = { frames: CATCH_UP_BYTES, json: 64 * 1024 } as const satisfies Record<Format, number>;

/** The part of a WebSocket that is used. */
export interface SessionSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  serializeAttachment(attachment: unknown): void;
}

/** One connected viewer: its socket, how much waits there unread, and where it is in the log. */
export class ViewerSession {
  readonly #socket: SessionSocket;
  #record: SessionRecord;
  /** Messages sent since nothing waited, at most so many wait now. Eviction forgets it, and waits until nothing does. */
  #waitingMessages = 0;
  #isClosed = false;
  /** Whether nothing waited at some time since {@link stuckForMs} was asked last. */
  #hasDrained = true;
  #drainedAtMs: number;

  constructor(socket: SessionSocket, record: SessionRecord, nowMs: number) {
    this.#socket = socket;
    this.#record = record;
    this.#drainedAtMs = nowMs;
  }

  get format(): Format {
    return this.#record.format;
  }

  /** The channel's epoch when it joined. */
  get sinceEpoch(): number {
    return this.#record.sinceEpoch;
  }

  get joinedAtMs(): number {
    return this.#record.joinedAtMs;
  }

  get state(): SessionState {
    return this.#record.state;
  }

  /** Each state is an object of its own: whoever waited knows by that whether the viewer was moved meanwhile. */
  moveTo(state: SessionState): void {
    this.#keep({ ...this.#record, state });
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
    return VIEWER_BUFFER_BYTES - waitingBytes - this.#waitingMessages * MESSAGE_OVERHEAD_BYTES;
  }

  /** Whether a step from the log has room. */
  get hasStepRoom(): boolean {
    return this.room >= STEP_ROOM_BYTES[this.format];
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

  /** Sends a control message, if the viewer speaks `plotcast.v1`. */
  tell(message: ServerMessage): void {
    if (this.format === "frames") this.send(JSON.stringify(message));
  }

  #keep(record: SessionRecord): void {
    this.#record = record;
    this.#socket.serializeAttachment(record);
  }
}
