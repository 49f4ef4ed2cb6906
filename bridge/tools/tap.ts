import type { SourceConfig } from "../config/config.ts";
import { createLog } from "../observability/log.ts";
import { presetNamed } from "../presets/index.ts";
import { AddressError, type SourceError } from "../sources/errors.ts";
import { Receiver } from "../sources/zeromq/receiver.ts";
import type { ToolEnd } from "./tool-end.ts";

/** A socket that is only looked at. */
export interface Tap {
  /** The endpoints actually bound, then those connected to. */
  readonly addresses: readonly string[];
  /** Settles when reading ends: after {@link close}, or rejects if it fails. */
  readonly done: Promise<void>;
  close(): Promise<void>;
}

export interface TapOptions {
  source: SourceConfig;
  /** Instead of the source's own. */
  topics: readonly string[];
  onMessage: (frames: Buffer[]) => void;
  onConnected?: (address: string) => void;
  onDisconnected?: (address: string) => void;
  /** What keeps publishers from being connected, in sentences. */
  onTrouble?: (sentence: string) => void;
}

/** @throws SourceError if an address, or the rest of the configuration, cannot be used */
export type OpenTap = (options: TapOptions) => Promise<Tap>;

/** Opens a source's socket as the bridge does, with what its preset needs beside. */
export const openTap: OpenTap = async (options) => {
  const { source, topics, onMessage } = options;
  const ignore = (): void => undefined;
  const { onConnected = ignore, onDisconnected = ignore, onTrouble = ignore } = options;
  const receiver = await Receiver.open({
    socket: { ...source.socket, topics },
    onMessage,
    peers: {
      came: ({ address }) => onConnected(address),
      left: ({ address }) => onDisconnected(address),
      reopened: (all) => all.forEach(onDisconnected),
    },
    log: createLog("json", "warn", (line) => onTrouble(messageIn(line))),
  });
  const preset = source.decode.preset === undefined ? undefined : presetNamed(source.decode.preset);
  const companion = preset?.accompany?.(source.socket.connect);
  return {
    addresses: receiver.addresses,
    done: receiver.done,
    close: async () => {
      companion?.close();
      await receiver.close();
    },
  };
};

function messageIn(line: string): string {
  const entry: unknown = JSON.parse(line);
  return typeof entry === "object" && entry !== null && "msg" in entry ? String(entry.msg) : "";
}

/** Opens all, or none. */
export async function openAll<T extends Pick<Tap, "close">>(opening: readonly (() => Promise<T>)[]): Promise<T[]> {
  const taps: T[] = [];
  try {
    for (const open of opening) taps.push(await open());
    return taps;
  } catch (error) {
    await Promise.all(taps.map((tap) => tap.close()));
    throw error;
  }
}

/** The exit code for a socket that cannot be opened. */
export function endOf(error: SourceError): ToolEnd {
  return error instanceof AddressError ? "address" : "usage";
}
