import { isObject } from "../../protocol/json/json.ts";
import { isCount, isString } from "../../protocol/messages/guards.ts";
import { type GuardsByType, type ParsedByType, parseByType } from "../../protocol/messages/parsed.ts";
import { type Announcement, isPublishAnswer, type PublishAnswer } from "../../protocol/messages/publish.ts";
import { isProblemCode, type Refusal } from "../../protocol/problem.ts";
import { type Grant, parseGrant } from "../auth/grant.ts";

/** A channel, as far as publishers reach it: by RPC, or by a WebSocket. */
export interface PublishTo {
  /** Numbers and stores checked frames of one publisher, one after the other. @param maxSeries with more in the channel, frames with a new one are refused */
  publish(frames: Uint8Array, series: string[], maxSeries?: number): Promise<PublishAnswer | Refusal>;
  announce(announcement: Announcement): Promise<void>;
}

/**
 * What the Worker and a channel say to each other over the WebSocket of one publisher. The Worker has checked what it sends. Both are of one
 * version but while another is deployed: what cannot be read ends the connection, and the publisher comes back.
 */

/** For whom it is opened: in the header `Plotcast-Publisher`, and then in the socket's attachment, which outlives an eviction. */
export interface PublisherRequest {
  /** What the publisher was let in with; undefined: what does not expire and cannot be taken back. */
  grant: Grant | undefined;
  /** As in {@link PublishTo.publish}; null: there is no such bound. */
  maxSeries: number | null;
}

/** Checked frames, one after the other, and the series in them. */
export interface NumberedFrames {
  n: number;
  series: string[];
  frames: Uint8Array<ArrayBuffer>;
}

/** What the channel answers to each. */
export type ChannelReply =
  | { type: "taken"; n: number; answer: PublishAnswer | null }
  | ({ type: "refused"; n: number } & Refusal);

const HEAD_BYTES = 8;
const REPLIES: GuardsByType<ChannelReply> = {
  taken: { n: isCount, answer: (value): value is PublishAnswer | null => value === null || isPublishAnswer(value) },
  refused: { n: isCount, code: isProblemCode, detail: isString },
};

export function parsePublisherRequest(value: unknown): PublisherRequest | undefined {
  if (!isObject(value)) return undefined;
  const { grant, maxSeries } = value;
  const parsed = parseGrant(grant);
  if (grant !== undefined && parsed === undefined) return undefined;
  return maxSeries === null || isCount(maxSeries) ? { grant: parsed, maxSeries } : undefined;
}

export function parseChannelReply(text: string): ParsedByType<ChannelReply> {
  return parseByType(text, REPLIES);
}

/** As bytes: the number and the length of the names as uint32, little-endian; the names as a JSON array; the frames. */
export function writeNumberedFrames({ n, series, frames }: Omit<NumberedFrames, "frames"> & { frames: Uint8Array }) {
  const names = new TextEncoder().encode(JSON.stringify(series));
  const bytes = new Uint8Array(HEAD_BYTES + names.byteLength + frames.byteLength);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, n, true);
  head.setUint32(4, names.byteLength, true);
  bytes.set(names, HEAD_BYTES);
  bytes.set(frames, HEAD_BYTES + names.byteLength);
  return bytes;
}

/** @returns undefined if it is none */
export function readNumberedFrames(data: ArrayBuffer): NumberedFrames | undefined {
  if (data.byteLength < HEAD_BYTES) return undefined;
  const head = new DataView(data);
  const framesAt = HEAD_BYTES + head.getUint32(4, true);
  if (framesAt > data.byteLength) return undefined;
  const series = namesIn(new Uint8Array(data, HEAD_BYTES, framesAt - HEAD_BYTES));
  return series && { n: head.getUint32(0, true), series, frames: new Uint8Array(data, framesAt) };
}

function namesIn(bytes: Uint8Array): string[] | undefined {
  try {
    const names: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(names) && names.every(isString) ? names : undefined;
  } catch {
    return undefined;
  }
}
