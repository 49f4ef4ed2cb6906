import { type Command, InvalidArgumentError, Option } from "commander";
import type * as z from "zod/mini";
import { type Configuration, configurationOf } from "./build.ts";
import { ConfigError, KeyFault, type KeyPath, pathText } from "./errors.ts";
import { readConfigFile, type Written } from "./file.ts";
import { ANYTHING, type Known } from "./known.ts";
import { BRIDGE_TABLE } from "./schema/bridge.ts";
import { type Key, keysOf } from "./schema/keys.ts";
import { SOURCE_TABLE } from "./schema/source.ts";
import { valuesOf } from "./schema/tables.ts";
import type { Environment } from "./secrets/security.ts";

const BRIDGE_KEYS = keysOf(BRIDGE_TABLE);
const SOURCE_KEYS = keysOf(SOURCE_TABLE);

/** What commander makes of the flags: `command.opts()`. */
export type Flags = Readonly<Record<string, unknown>>;

/** Adds the flags of one source, and --config. What is not given is not among the options' values. */
export function addSourceOptions(command: Command): Command {
  command.addOption(new Option("--config <file>", "read all this from a file (docs/CONFIG.md); for several sources"));
  return addOptions(command, SOURCE_KEYS);
}

/** Adds the flags of the whole bridge: where it delivers to, and what it keeps. */
export function addBridgeOptions(command: Command): Command {
  return addOptions(command, BRIDGE_KEYS);
}

/**
 * The configuration that flags say, or the file that --config names; then those of the whole bridge go before the file's.
 * @throws ConfigError
 */
export function configFromFlags(flags: Flags, env: Environment, known: Known = ANYTHING): Configuration {
  const bridge = writtenIn(flags, BRIDGE_KEYS);
  const source = writtenIn(flags, SOURCE_KEYS);
  const { config } = flags;
  if (typeof config === "string" && Object.keys(source).length > 0) {
    const surplus = flagsGiven(flags, SOURCE_KEYS).join(", ");
    throw new ConfigError(
      `${surplus}: with --config, sources stand in the file: write it there, or leave --config out.`,
    );
  }
  if (typeof config === "string") return readConfigFile(config, env, known, bridge);
  try {
    const values = valuesOf(SOURCE_TABLE, source);
    return configurationOf(valuesOf(BRIDGE_TABLE, bridge), [values], { env, folder: "", known });
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    throw new ConfigError(`${flagAt(error.path) ?? pathText(error.path)}: ${withFlags(error.message)}`);
  }
}

/** The option of a key that has a flag. */
function optionOf({ kind, isNumber, isYesOrNo, notes }: Key): Option | undefined {
  const { flag, flagMeans, flagTakes, flagSummary, summary, otherwise } = notes;
  if (flag === undefined) return undefined;
  const repeats = flagTakes === "repeat" ? "; repeats" : "";
  const ending = otherwise === undefined || flagMeans !== undefined ? "" : ` (default: ${otherwise})`;
  const option = new Option(flag, `${flagSummary ?? summary}${repeats}${ending}`);
  if (flagMeans !== undefined || isYesOrNo) return option;
  return option.argParser((text: string, before: unknown) => {
    const written = flagTakes === "list" ? partsIn(text) : isNumber ? numberIn(text) : text;
    check(kind, written);
    return flagTakes === "repeat" ? [...(Array.isArray(before) ? before : []), written] : written;
  });
}

/** @throws InvalidArgumentError if it is none of a kind */
function check(kind: z.core.$ZodType, written: unknown): void {
  try {
    valuesOf(kind, written);
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    throw new InvalidArgumentError(error.message.charAt(0).toUpperCase() + error.message.slice(1));
  }
}

function numberIn(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** --frames takes all at once, `topic,payload,time`: they are nothing one by one. */
function partsIn(text: string): string[] {
  const parts = text.trim().split(/\s*,\s*|\s+/);
  if (parts.includes("")) throw new InvalidArgumentError("Give what each frame is, such as topic,payload,time.");
  return parts;
}

function addOptions(command: Command, keys: readonly Key[]): Command {
  for (const key of keys) {
    addOptions(command, key.keys);
    const option = optionOf(key);
    if (option === undefined) continue;
    command.addOption(option);
    if (key.isYesOrNo) command.addOption(new Option(`--no-${longOf(option.flags).slice(2)}`, key.notes.opposite));
  }
  return command;
}

/** What flags say, as a file would have it. */
function writtenIn(flags: Flags, keys: readonly Key[]): Written {
  const written: Record<string, unknown> = {};
  for (const { name, notes, keys: within } of keys) {
    const inner = writtenIn(flags, within);
    const given = givenFor(notes.flag, flags);
    if (Object.keys(inner).length > 0) written[name] = inner;
    else if (given !== undefined) written[name] = notes.flagMeans ?? given;
  }
  return written;
}

function givenFor(flag: string | undefined, flags: Flags): unknown {
  return flag === undefined ? undefined : flags[new Option(flag).attributeName()];
}

function flagsGiven(flags: Flags, keys: readonly Key[]): string[] {
  return keys.flatMap(({ notes: { flag }, keys: within }) => [
    ...(flag !== undefined && givenFor(flag, flags) !== undefined ? [longOf(flag)] : []),
    ...flagsGiven(flags, within),
  ]);
}

/** The flag of the key at a path, if it has one. */
function flagAt(path: KeyPath): string | undefined {
  let among: readonly Key[] = SOURCE_KEYS;
  let key: Key | undefined;
  for (const name of path.filter((part) => typeof part === "string").slice(1)) {
    key = among.find((candidate) => candidate.name === name);
    among = key?.keys ?? [];
  }
  return key?.notes.flag === undefined ? undefined : longOf(key.notes.flag);
}

/** Keys that a sentence names, as flags: `users_file` → `--plain-users-file`. */
function withFlags(message: string): string {
  const all = [...SOURCE_KEYS, ...SOURCE_KEYS.flatMap(({ keys }) => keys)];
  return message.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) => {
    const flag = all.find((key) => key.name === name)?.notes.flag;
    return flag === undefined ? name : longOf(flag);
  });
}

function longOf(flag: string): string {
  return flag.split(" ")[0] ?? flag;
}
