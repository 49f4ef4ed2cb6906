import { toHex } from "../../protocol/bytes.ts";
import { isObject } from "../../protocol/json/json.ts";
import { isCount, isString } from "../../protocol/messages/guards.ts";
import type { QuotaConfig } from "./quota-config.ts";
import { sha256 } from "./secret-tokens.ts";

/** Whose quota counts: of the token, if one was needed and looked at, else of the address. */
export type Asker = { kind: "token"; id: string } | { kind: "address"; address: string };

/** By what a channel counts a viewer, and how many of these may watch it. */
export interface ViewerShare {
  /** Its token or address, as a hash. */
  who: string;
  /** null: no bound but the channel's own. */
  most: number | null;
}

/**
 * What a channel counts a viewer by: its asker, as a hash that means nothing elsewhere. So no address is in what a channel keeps.
 * @param channelId of its object: it differs from channel to channel, and is in no answer
 */
export async function viewerShare(quotas: QuotaConfig, asker: Asker, channelId: string): Promise<ViewerShare> {
  const who = toHex((await sha256(JSON.stringify([channelId, asker]))).subarray(0, 4));
  return { who, most: quotas[asker.kind].viewers ?? null };
}

/** The share from the Worker's own header; undefined if it is none. */
export function parseShare(value: unknown): ViewerShare | undefined {
  if (!isObject(value)) return undefined;
  const { who, most } = value;
  return isString(who) && (most === null || isCount(most)) ? { who, most } : undefined;
}
