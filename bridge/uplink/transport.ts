import type { Outcome, Sent } from "../../client/publish/deliver/answer.ts";
import type { BridgeConfig } from "../config/config.ts";

export type UplinkTransportName = BridgeConfig["uplink"];

/**
 * What brings bodies to a channel, one after the other: a body that is given while another is under way waits for it. What became of each is
 * an outcome, whatever goes wrong. Whoever sends the same body again after a failure loses and doubles nothing (SPEC.md, CH3).
 */
export interface UplinkTransport {
  /**
   * Sends a body. Never rejects.
   * @param signal ends the wait for its outcome, which is then `failed`
   */
  send(body: Uint8Array, signal: AbortSignal, sent: Sent): Promise<Outcome>;
  /** Ends all connections. */
  close(): Promise<void>;
}
