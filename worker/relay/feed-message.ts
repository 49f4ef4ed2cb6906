import { concat } from "../../protocol/bytes.ts";
import type { Cursor } from "../../protocol/cursor.ts";
import { isBoolean, isCount, isCountOrNull, isNumber, isString, isStrings } from "../../protocol/messages/guards.ts";
import { type GuardsByType, type ParsedByType, parseByType } from "../../protocol/messages/parsed.ts";
import type { ViewersElsewhere } from "../hub/status.ts";

/** The Worker's own parts speak this among themselves: both ends are of one deploy, or the feed is opened anew. */
export const FEED_SUBPROTOCOL = "plotcast.feed.v1";

/** And the relay answers with where it is, as JSON. */
export const POSITION_HEADER = "Plotcast-Position";

/** Why a feed ends, as its relay is told: private codes of RFC 6455, 7.4.2. */
export const FeedEnd = {
  /** Nothing was published for long: the relay is dialled again when something is. */
  idle: 4500,
  /** It reads too slowly, or its log is another: it asks to be dialled again. */
  restart: 4501,
  /** Another feed took its place, or the relay is not needed. */
  over: 4502,
} as const;

/** Where a relay is that is dialled. */
export interface RelayPosition extends Cursor {
  /** Whether it has the newest frames up to there, and all that `open` says. */
  isWhole: boolean;
  /** How many frames the channel had rewritten by then, as far as it was told. */
  rewrites: number;
}

/** What a relay tells of a channel beside its points. All times are the channel's. */
export interface FeedStatus {
  elsewhere: ViewersElsewhere;
  /** When the last of the publishers has gone; null while one is here. */
  goneAtMs: number | null;
  /** By how much the channel's time is ahead of the wall clock. */
  aheadMs: number;
  /** Of these tokens and addresses as many watch as may. */
  fullShares: string[];
}

/** What a channel says to a relay, as JSON text beside the frames. */
export type FeedMessage =
  /** The first message: the frames after this cursor follow, then those that are taken from now on. */
  | ({
      type: "open";
      /** Once the relay has come so far it has what the channel had when this was sent. */
      throughSeq: number;
      /** How many frames of the channel were rewritten by now. */
      rewrites: number;
      series: string[];
      scales: (number | null)[];
      arrangement: string;
    } & FeedStatus &
      Cursor)
  /** Series that are new, before the frames that have them. */
  | { type: "series"; series: string[] }
  /** As viewers are told it: scales that were decided, and the owner's arrangement. */
  | { type: "layout"; series: string[]; scales: (number | null)[]; arrangement: string }
  | ({ type: "status" } & FeedStatus)
  /** The numbering began anew; `isFirst`: with the first publish, whose frames follow. */
  | ({ type: "epoch"; isFirst: boolean } & Cursor);

const CURSOR = { epoch: isCount, seq: isCount };
const STATUS = {
  elsewhere: isElsewhere,
  goneAtMs: isCountOrNull,
  aheadMs: isNumber,
  fullShares: isStrings,
};
const FEED_MESSAGES: GuardsByType<FeedMessage> = {
  open: {
    ...CURSOR,
    ...STATUS,
    throughSeq: isCount,
    rewrites: isCount,
    series: isStrings,
    scales: isScales,
    arrangement: isString,
  },
  series: { series: isStrings },
  layout: { series: isStrings, scales: isScales, arrangement: isString },
  status: STATUS,
  epoch: { isFirst: isBoolean, ...CURSOR },
};

export function parseFeedMessage(text: string): ParsedByType<FeedMessage> {
  return parseByType(text, FEED_MESSAGES);
}

/** How many of its viewers a relay counts by one token or address, and how many may watch by it. */
export type RelayShare = [who: string, viewers: number, most: number];

/** What a relay says to its channel. */
export interface RelayCounts extends ViewersElsewhere {
  /** Of tokens and addresses that have a bound. */
  shares: RelayShare[];
}

/** Frames on their way to a relay. */
export type FeedFrames =
  /** Taken together, at this time of the channel's. */
  | { kind: "taken"; atMs: number; frames: Uint8Array }
  /** One frame stands in the place of another with the same numbers; so many were by now. */
  | { kind: "rewritten"; rewrites: number; frames: Uint8Array };

const HEAD_BYTES = 16;
const KINDS = ["taken", "rewritten"] as const;

/** A kind, seven bytes of nothing, and a time or a count as float64, little endian, stand before the frames. */
export function encodeFeedFrames(message: FeedFrames): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint8(0, KINDS.indexOf(message.kind));
  view.setFloat64(8, message.kind === "taken" ? message.atMs : message.rewrites, true);
  return concat([head, message.frames]);
}

/** @returns undefined if it is none */
export function decodeFeedFrames(data: ArrayBuffer): FeedFrames | undefined {
  if (data.byteLength < HEAD_BYTES) return undefined;
  const view = new DataView(data);
  const kind = KINDS[view.getUint8(0)];
  const frames = new Uint8Array(data, HEAD_BYTES);
  switch (kind) {
    case "taken":
      return { kind, atMs: view.getFloat64(8, true), frames };
    case "rewritten":
      return { kind, rewrites: view.getFloat64(8, true), frames };
    case undefined:
      return undefined;
    default:
      return kind satisfies never;
  }
}

function isElsewhere(value: unknown): value is ViewersElsewhere {
  return (
    typeof value === "object" &&
    value !== null &&
    "viewers" in value &&
    isCount(value.viewers) &&
    "behind" in value &&
    isCount(value.behind)
  );
}

function isScales(value: unknown): value is (number | null)[] {
  return Array.isArray(value) && value.every((scale) => scale === null || isNumber(scale));
}

/** Of a message that has more. What is kept of it must have room in an attachment. */
export function statusIn({ elsewhere, goneAtMs, aheadMs, fullShares }: FeedStatus): FeedStatus {
  return { elsewhere, goneAtMs, aheadMs, fullShares };
}

/** Where a relay says that it is; undefined if that cannot be read. */
export function parsePosition(text: string): RelayPosition | undefined {
  const parsed = parseByType<{ type: "position" } & RelayPosition>(text, {
    position: { epoch: isCount, seq: isCount, isWhole: isBoolean, rewrites: isCount },
  });
  return parsed.kind === "message" ? parsed.message : undefined;
}

/** As {@link parsePosition} reads it. */
export function positionText(position: RelayPosition): string {
  return JSON.stringify({ type: "position", ...position });
}

/** What a relay says; undefined if it is none of its messages. */
export function parseCounts(text: string): RelayCounts | undefined {
  const parsed = parseByType<{ type: "counts" } & RelayCounts>(text, {
    counts: { viewers: isCount, behind: isCount, shares: isShares },
  });
  return parsed.kind === "message" ? parsed.message : undefined;
}

/** As {@link parseCounts} reads it. */
export function countsText(counts: RelayCounts): string {
  return JSON.stringify({ type: "counts", ...counts });
}

function isShares(value: unknown): value is RelayShare[] {
  return (
    Array.isArray(value) &&
    value.every((each) => Array.isArray(each) && isString(each[0]) && isCount(each[1]) && isCount(each[2]))
  );
}
