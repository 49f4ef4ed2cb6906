/**
 * What is said over a publisher's WebSocket (`plotcast.publish.v1`). A body, frames one after the other, is a binary message: its number, which
 * the publisher chooses, as four bytes, little-endian, and then the frames. Everything else is JSON text; `ping` and `pong` are not.
 */
import { isProblemCode, type ProblemCode } from "../problem.ts";
import { isBoolean, isCount, isCountOrNull, isString } from "./guards.ts";
import { type FieldGuard, type GuardsByType, type ParsedByType, parseByType } from "./parsed.ts";
import { type Announcement, isKnownPublisher, isPublishAnswer, type PublishAnswer } from "./publish.ts";

const MAX_NUMBER = 2 ** 32 - 1;
const NUMBER_BYTES = 4;

/** What a publisher says beside bodies. `n` is its number, as of a body. */
export type PublisherClientMessage = { type: "announce"; n: number } & Announcement;

/** And what it is told: after `hello` one message for each that it sent, in the same order. */
export type PublisherServerMessage =
  /** The first of all: the channel is reached, and bodies may come. */
  | { type: "hello"; version: 1 }
  /** What a POST would have been answered; null: it was an announcement. */
  | { type: "taken"; n: number; answer: PublishAnswer | null }
  /** As a POST would have been refused. `retryAfterMs` is null where that says nothing of it. */
  | { type: "refused"; n: number; status: number; code: ProblemCode; detail: string; retryAfterMs: number | null };

const isNumber: FieldGuard<number> = (value): value is number => isCount(value) && value >= 1 && value <= MAX_NUMBER;
const isVersion: FieldGuard<1> = (value): value is 1 => value === 1;

function isAnswerOrNull(value: unknown): value is PublishAnswer | null {
  return value === null || isPublishAnswer(value);
}

const CLIENT_MESSAGES: GuardsByType<PublisherClientMessage> = {
  announce: { n: isNumber, publisher: isKnownPublisher, here: isBoolean },
};
const SERVER_MESSAGES: GuardsByType<PublisherServerMessage> = {
  hello: { version: isVersion },
  taken: { n: isNumber, answer: isAnswerOrNull },
  refused: { n: isNumber, status: isCount, code: isProblemCode, detail: isString, retryAfterMs: isCountOrNull },
};

/** One of an unknown type comes from a newer publisher. */
export function parsePublisherClientMessage(text: string): ParsedByType<PublisherClientMessage> {
  return parseByType(text, CLIENT_MESSAGES);
}

/** One of an unknown type comes from a newer Worker. */
export function parsePublisherServerMessage(text: string): ParsedByType<PublisherServerMessage> {
  return parseByType(text, SERVER_MESSAGES);
}

/** A body under its number. */
export function numberedBody(n: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(NUMBER_BYTES + body.byteLength);
  new DataView(bytes.buffer).setUint32(0, n, true);
  bytes.set(body, NUMBER_BYTES);
  return bytes;
}

/** A body and its number; undefined if this is none. */
export function splitNumberedBody(data: ArrayBuffer): { n: number; body: Uint8Array<ArrayBuffer> } | undefined {
  if (data.byteLength < NUMBER_BYTES) return undefined;
  const n = new DataView(data).getUint32(0, true);
  return isNumber(n) ? { n, body: new Uint8Array(data, NUMBER_BYTES) } : undefined;
}
