import { basename, dirname, isAbsolute, join } from "node:path";
import { type Configuration, configurationOf } from "./build.ts";
import { addressFault, withoutUser } from "./endpoint.ts";
import { ConfigError, KeyFault, type KeyPath, pathText } from "./errors.ts";
import { FILE_KEYS } from "./keys.ts";
import { ANYTHING, type Known } from "./known.ts";
import type { Environment } from "./security.ts";
import { FileFault, readSmallText } from "./small-file.ts";
import { type Node, readToml, type TableNode } from "./toml.ts";
import { type Values, valuesOf } from "./values.ts";

const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads plotcast.toml (docs/CONFIG.md). Names of files in it are relative to its folder.
 * @throws ConfigError that says the file, the line, the key and what to do
 */
export function readConfigFile(file: string, env: Environment, known: Known = ANYTHING): Configuration {
  const name = basename(file);
  const root = readToml(textOf(file), name);
  try {
    const values = valuesOf(root, FILE_KEYS);
    const sources = values.tables("source");
    if (sources.length === 0) {
      throw new KeyFault(["source"], "there is no source: write [[source]] and the keys of one below.");
    }
    checkAddresses(sources);
    const folder = dirname(file);
    const configuration = configurationOf(values, sources, { env, folder, known });
    return { ...configuration, spool: inFolder(configuration.spool, folder) };
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    throw new ConfigError(`${name}:${lineOf(root, error.path)}: ${pathText(error.path)}: ${error.message}`);
  }
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
function checkAddresses(sources: readonly Values[]): void {
  const bound = new Set<string>();
  for (const source of sources) {
    for (const side of ["bind", "connect"] as const) {
      for (const address of source.texts(side) ?? []) {
        const fault = addressFault(side, address);
        if (fault !== undefined) throw source.fault(side, `cannot ${side} to ${withoutUser(address)}: ${fault}.`);
        if (side === "bind" && bound.has(address) && !address.endsWith(":*")) {
          throw source.fault(side, `another source is bound to ${address}: give each its own port.`);
        }
        if (side === "bind") bound.add(address);
      }
    }
  }
}

function inFolder(spool: string | undefined, folder: string): string | undefined {
  return spool === undefined || spool === "none" || isAbsolute(spool) ? spool : join(folder, spool);
}

/** Where the thing at a path stands, or else what it would stand in. */
function lineOf(root: TableNode, path: KeyPath): number {
  let node: Node = root;
  for (const part of path) {
    let next: Node | undefined;
    if (node.kind === "table" && typeof part === "string") next = node.entries.get(part);
    if (node.kind === "array" && typeof part === "number") next = node.items[part];
    if (next === undefined) break;
    node = next;
  }
  return node.line;
}
