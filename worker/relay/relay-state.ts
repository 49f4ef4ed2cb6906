import type { Cursor } from "../../protocol/cursor.ts";
import { isObject } from "../../protocol/json/json.ts";
import { isBoolean, isCount, isCountOrNull, isNumber, isStrings } from "../../protocol/messages/guards.ts";
import type { FeedStatus } from "./feed-message.ts";

/** What a relay must know again after it was evicted, to go on with the viewers that it has. */
export interface RelayState {
  /** Up to there the viewers that are live were sent everything. */
  position: Cursor;
  /** When the newest frame was taken. */
  takenAtMs: number | null;
  status: FeedStatus;
  /** Its feed ended because nothing is published: the channel dials it with the next frame. */
  isIdle: boolean;
}

/** Of a relay that never had a feed. */
export const NOTHING_FED: RelayState = {
  position: { epoch: 0, seq: 0 },
  takenAtMs: null,
  status: { elsewhere: { viewers: 0, behind: 0 }, goneAtMs: null, aheadMs: 0, fullShares: [] },
  isIdle: false,
};

/** @returns undefined if it is none, or another version's */
export function parseRelayState(value: unknown): RelayState | undefined {
  if (!isObject(value) || !isObject(value.position) || !isObject(value.status)) return undefined;
  const { takenAtMs, isIdle } = value;
  const { epoch, seq } = value.position;
  const { elsewhere, goneAtMs, aheadMs, fullShares } = value.status;
  if (!isCount(epoch) || !isCount(seq) || !isCountOrNull(takenAtMs) || !isObject(elsewhere)) return undefined;
  const { viewers, behind } = elsewhere;
  if (!isCount(viewers) || !isCount(behind) || !isCountOrNull(goneAtMs)) return undefined;
  if (!isNumber(aheadMs) || !isStrings(fullShares) || !isBoolean(isIdle)) return undefined;
  return {
    position: { epoch, seq },
    takenAtMs,
    status: { elsewhere: { viewers, behind }, goneAtMs, aheadMs, fullShares },
    isIdle,
  };
}
