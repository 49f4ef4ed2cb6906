import type { SourceConfig } from "../config/config.ts";
import { SourceError } from "./errors.ts";
import type { Inlet, InletKind, InletOptions } from "./inlet.ts";
import { zeromqInlets } from "./zeromq/inlet.ts";

/**
 * What a bridge can read: a new kind of source is a folder beside this file, and a line here. The first that reads a source's
 * configuration opens it. (`socket` is ZeroMQ's part of that: with a second kind it becomes optional, and the compiler names
 * each place that must ask.)
 */
const KINDS: readonly InletKind[] = [zeromqInlets];

/** All events of connections that any kind of source counts ({@link InletKind.events}). */
export const CONNECTION_EVENTS: Readonly<Record<string, string>> = Object.assign(
  {},
  ...KINDS.map(({ events }) => events),
);

/**
 * Opens a source, whatever kind it is.
 * @throws AddressError if an address cannot be used, SourceError if the rest of the configuration cannot
 */
export async function openInlet(options: InletOptions): Promise<Inlet> {
  return await kindOf(options.config).open(options);
}

function kindOf(config: SourceConfig): InletKind {
  const kind = KINDS.find((each) => each.reads(config));
  if (kind === undefined) throw new SourceError(`Nothing reads the source ${config.name}.`);
  return kind;
}
