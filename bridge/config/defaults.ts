import type { SocketConfig, SourceConfig } from "./config.ts";
import { NO_MAP } from "./config.ts";

/** Where publishers connect to unless an address is given: this machine's alone. */
export const DEFAULT_BIND = "tcp://127.0.0.1:5000";
/** Of a source that needs no other. */
export const DEFAULT_SOURCE_NAME = "main";
export const DEFAULT_TO = "http://localhost:8787/c/main";
export const DEFAULT_BUFFER_BYTES = 64 * 1024 * 1024;
export const DEFAULT_SPOOL_MAX_BYTES = 1024 * 1024 * 1024;

export const DEFAULT_SOCKET: SocketConfig = {
  type: "sub",
  bind: [],
  connect: [],
  topics: [],
  security: { mechanism: "none" },
  highWaterMark: 100_000,
  maxMessageBytes: 256 * 1024 * 1024,
  heartbeatMs: 0,
};

/** A source as it is unless told otherwise, which binds {@link DEFAULT_BIND} if it has no address. */
export function sourceOf(
  given: Partial<Pick<SocketConfig, "bind" | "connect" | "topics">> & Partial<SourceConfig> = {},
): SourceConfig {
  const { bind = [], connect = [], topics = [], ...more } = given;
  return {
    name: DEFAULT_SOURCE_NAME,
    socket: {
      ...DEFAULT_SOCKET,
      bind: bind.length + connect.length === 0 ? [DEFAULT_BIND] : bind,
      connect,
      topics,
    },
    decode: { format: "auto", skipBytes: 0, inflate: "auto" },
    map: NO_MAP,
    ...more,
  };
}
