import type { SocketConfig } from "../../bridge/config/config.ts";
import { DEFAULT_SOCKET } from "../../bridge/config/defaults.ts";

/** A socket as it is unless told otherwise: SUB, everything, no security. It has no address yet. */
export function defaultSocket(given: Partial<SocketConfig> = {}): SocketConfig {
  return { ...DEFAULT_SOCKET, ...given };
}
