import { basename, dirname, isAbsolute, join } from "node:path";
import { type Configuration, configurationOf } from "./build.ts";
import { ConfigError, KeyFault, pathText } from "./errors.ts";
import { ANYTHING, type Known } from "./known.ts";
import { BRIDGE_TABLE, type BridgeValues, FILE_TABLE } from "./schema/bridge.ts";
import type { SourceValues } from "./schema/source.ts";
import { valuesOf } from "./schema/tables.ts";
import type { Environment } from "./secrets/security.ts";
import { FileFault, readSmallText } from "./secrets/small-file.ts";
import { addressFault, withoutUser } from "./syntax/endpoint.ts";
import { TomlFile } from "./toml.ts";

const MAX_FILE_BYTES = 1024 * 1024;

/** Keys with what is written for them, not looked at yet. */
export type Written = Readonly<Record<string, unknown>>;

/**
 * Reads plotcast.toml (docs/CONFIG.md). Names of files in it are relative to its folder.
 * @param flags of the whole bridge, which go before the file's keys
 * @throws ConfigError that says the file, the line, the key and what to do
 */
export function readConfigFile(
  file: string,
  env: Environment,
  known: Known = ANYTHING,
  flags: Written = {},
): Configuration {
  const name = basename(file);
  const folder = dirname(file);
  const toml = new TomlFile(textOf(file), name);
  try {
    const { source: sources, ...bridge } = valuesOf(FILE_TABLE, toml.root, (path) => toml.lineOf(path));
    checkAddresses(sources);
    const filed = { ...bridge, spool: inFolder(bridge.spool, folder) };
    return configurationOf(overridden(filed, flags), sources, { env, folder, known });
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    throw new ConfigError(`${name}:${toml.lineOf(error.path)}: ${pathText(error.path)}: ${error.message}`);
  }
}

function overridden(filed: BridgeValues, flags: Written): BridgeValues {
  const values = Object.entries(valuesOf(BRIDGE_TABLE, flags));
  return { ...filed, ...Object.fromEntries(values.filter(([name]) => name in flags)) };
}

function textOf(file: string): string {
  try {
    return readSmallText(file, MAX_FILE_BYTES);
  } catch (error) {
    if (error instanceof FileFault) throw new ConfigError(`${file} cannot be read: ${error.message}.`);
    throw error;
  }
}

/** Here they have a line; an address on the command line is found wrong when it is used. */
function checkAddresses(sources: readonly SourceValues[]): void {
  const bound = new Set<string>();
  for (const [i, source] of sources.entries()) {
    for (const side of ["bind", "connect"] as const) {
      for (const address of source[side] ?? []) {
        const fault = addressFault(side, address);
        const wrong = (message: string): KeyFault => new KeyFault(["source", i, side], message);
        if (fault !== undefined) throw wrong(`cannot ${side} to ${withoutUser(address)}: ${fault}.`);
        if (side === "bind" && bound.has(address) && !address.endsWith(":*")) {
          throw wrong(`another source is bound to ${address}: give each its own port.`);
        }
        if (side === "bind") bound.add(address);
      }
    }
  }
}

function inFolder(spool: string | undefined, folder: string): string | undefined {
  return spool === undefined || spool === "none" || isAbsolute(spool) ? spool : join(folder, spool);
}
