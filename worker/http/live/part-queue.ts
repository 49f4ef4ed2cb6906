import type { Cursor } from "../../../protocol/cursor.ts";
import type { ServerMessage } from "../../../protocol/messages/server-message.ts";
import type { ToldGap } from "../../hub/written.ts";

/** What a viewer by HTTP gets next. A cursor says up to where it then has everything. */
export type Part =
  /** Text, or whole frames one after the other. */
  | { kind: "points"; bytes: Uint8Array; cursor: Cursor }
  | { kind: "gap"; gap: ToldGap; cursor: Cursor }
  /** That is all there is; what is published now comes as it is taken. */
  | { kind: "live"; cursor: Cursor }
  /** The token expires in so long. */
  | { kind: "expiring"; inMs: number }
  /** In place of the three before, where everything is said: a message as the channel sent it, and up to where it leads, if it says that. */
  | { kind: "said"; type: ServerMessage["type"]; text: string; cursor?: Cursor }
  /** Nothing came for as long as was waited. */
  | { kind: "nothing" }
  | { kind: "ended"; why: EndReason; closeCode?: number };

/** Why a channel sends no more: access ended, or it cannot be reached. */
export type EndReason = "access-ended" | "unavailable";

/** What waits here for a client that reads slowly. Beyond, the channel's socket is let go, and joined anew when all is read. */
export const MAX_WAITING_BYTES = 256 * 1024;
/** What a part takes beside its bytes: the runtime's buffer, and its place in the queue. */
const PART_OVERHEAD_BYTES = 512;
/** Of all clients of an isolate, which has 128 MB for everything. Beyond, less may wait for each. */
export const MAX_WAITING_IN_ISOLATE_BYTES = 32 * 1024 * 1024;
const WAITING_BYTES_WHEN_FULL = 16 * 1024;
/** Of this isolate. */
let waitingInIsolateBytes = 0;

/** What waits for one client. It is counted with what waits for all others, until it is taken or cleared. */
export class PartQueue {
  readonly #parts: Part[] = [];
  #bytes = 0;

  /** Whether no more may wait just now. */
  get isFull(): boolean {
    const isIsolateFull = waitingInIsolateBytes > MAX_WAITING_IN_ISOLATE_BYTES;
    return this.#bytes > (isIsolateFull ? WAITING_BYTES_WHEN_FULL : MAX_WAITING_BYTES);
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  add(part: Part): void {
    this.#parts.push(part);
    this.#count(bytesOf(part));
  }

  take(): Part | undefined {
    const part = this.#parts.shift();
    if (part !== undefined) this.#count(-bytesOf(part));
    return part;
  }

  clear(): void {
    this.#parts.length = 0;
    this.#count(-this.#bytes);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    waitingInIsolateBytes += bytes;
  }
}

function bytesOf(part: Part): number {
  switch (part.kind) {
    case "points":
      return PART_OVERHEAD_BYTES + part.bytes.byteLength;
    case "said":
      return PART_OVERHEAD_BYTES + part.text.length;
    default:
      return PART_OVERHEAD_BYTES;
  }
}
