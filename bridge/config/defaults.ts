import { sourceConfigOf } from "./build.ts";
import type { SocketConfig, SourceConfig } from "./config.ts";
import { ANYTHING } from "./known.ts";
import { BRIDGE_TABLE } from "./schema/bridge.ts";
import { SOURCE_TABLE } from "./schema/source.ts";
import { valuesOf } from "./schema/tables.ts";

export { DEFAULT_BIND, DEFAULT_SOURCE_NAME } from "./schema/source.ts";

const VALUES = valuesOf(SOURCE_TABLE, {});
const DEFAULT_SOURCE = sourceConfigOf(VALUES, [], [VALUES], { env: {}, folder: "", known: ANYTHING });

export const DEFAULT_SOCKET: SocketConfig = { ...DEFAULT_SOURCE.socket, bind: [] };
export const DEFAULT_BUFFER_BYTES = valuesOf(BRIDGE_TABLE, {}).buffer;

/** A source as it is unless told otherwise, which binds {@link DEFAULT_BIND} if it has no address. */
export function sourceOf(
  given: Partial<Pick<SocketConfig, "bind" | "connect" | "topics">> & Partial<SourceConfig> = {},
): SourceConfig {
  const { bind = [], connect = [], topics = [], ...more } = given;
  const hasAddress = bind.length + connect.length > 0;
  const socket = { ...DEFAULT_SOURCE.socket, ...(hasAddress ? { bind, connect } : {}), topics };
  return { ...DEFAULT_SOURCE, socket, ...more };
}
