/**
 * What is said over one connection for several channels (`plotcast.shared.v1`). Each of them has an id, from 1 to 2^32 − 1, which its client
 * gives it. What a channel says, or is told, as text has that id and a space ahead of it; what is binary has it as four bytes, little-endian.
 */
import { isCount, isCountOrNull, isString, isStrings } from "./guards.ts";
import { type FieldGuard, type GuardsByType, type ParsedByType, parseByType } from "./parsed.ts";

const MAX_ID = 2 ** 32 - 1;
const ID_BYTES = 4;

/** What a client says of the connection itself, as JSON text. */
export type SharedClientMessage =
  /** A channel is joined: `to` is its path with the query that a WebSocket of its own would have, `protocols` what that would offer. */
  | { type: "join"; id: number; to: string; protocols: string[] }
  /** And left. Nothing more comes of it. */
  | { type: "leave"; id: number };

/** And what it is told. */
export type SharedServerMessage =
  /** The first of all: channels may be joined, so many at once. */
  | { type: "hello"; channels: number }
  /** It is joined. `protocol`: which of those offered is spoken; "": none was. */
  | { type: "joined"; id: number; protocol: string }
  /** It is not: as a request of its own would have been refused. `retryAfterMs` is null where that says nothing of it. */
  | { type: "refused"; id: number; status: number; code: string; detail: string; retryAfterMs: number | null }
  /** The channel has ended it, with a WebSocket's close code. */
  | { type: "left"; id: number; code: number };

const isId: FieldGuard<number> = (value): value is number => isCount(value) && value >= 1 && value <= MAX_ID;

const CLIENT_MESSAGES: GuardsByType<SharedClientMessage> = {
  join: { id: isId, to: isString, protocols: isStrings },
  leave: { id: isId },
};
const SERVER_MESSAGES: GuardsByType<SharedServerMessage> = {
  hello: { channels: isCount },
  joined: { id: isId, protocol: isString },
  refused: { id: isId, status: isCount, code: isString, detail: isString, retryAfterMs: isCountOrNull },
  left: { id: isId, code: isCount },
};

/** One of an unknown type comes from a newer client. */
export function parseSharedClientMessage(text: string): ParsedByType<SharedClientMessage> {
  return parseByType(text, CLIENT_MESSAGES);
}

/** One of an unknown type comes from a newer Worker. */
export function parseSharedServerMessage(text: string): ParsedByType<SharedServerMessage> {
  return parseByType(text, SERVER_MESSAGES);
}

/** A text of one channel. */
export function sharedText(id: number, text: string): string {
  return `${id} ${text}`;
}

/** Of which channel a text is, and what it is there; undefined: it is of the connection itself, or of nothing. */
export function splitSharedText(text: string): { id: number; text: string } | undefined {
  const digits = /^[1-9]\d{0,9} /.exec(text)?.[0];
  if (digits === undefined) return undefined;
  const id = Number(digits);
  return isId(id) ? { id, text: text.slice(digits.length) } : undefined;
}

/** Bytes of one channel. */
export function sharedBytes(id: number, data: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ID_BYTES + data.byteLength);
  new DataView(bytes.buffer).setUint32(0, id, true);
  bytes.set(new Uint8Array(data), ID_BYTES);
  return bytes;
}

/** Of which channel bytes are, and what they are there; undefined if they are too few. */
export function splitSharedBytes(data: ArrayBuffer): { id: number; data: ArrayBuffer } | undefined {
  if (data.byteLength < ID_BYTES) return undefined;
  return { id: new DataView(data).getUint32(0, true), data: data.slice(ID_BYTES) };
}
