import { type Command, InvalidArgumentError, Option } from "commander";
import { type Configuration, configurationOf, type Surroundings } from "./build.ts";
import { ConfigError, KeyFault, type KeyPath, pathText } from "./errors.ts";
import { readConfigFile } from "./file.ts";
import type { Key, KeyOfValue, Keys } from "./key.ts";
import { BRIDGE_KEYS } from "./keys.ts";
import { ANYTHING, type Known } from "./known.ts";
import type { Environment } from "./security.ts";
import { SOURCE_KEYS } from "./source-keys.ts";
import { Values } from "./values.ts";

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
  const bridge = valuesIn(flags, BRIDGE_KEYS, []);
  const source = valuesIn(flags, SOURCE_KEYS, ["source", 0]);
  const { config } = flags;
  if (typeof config === "string" && !source.isEmpty) {
    const surplus = flagsGiven(flags, SOURCE_KEYS).join(", ");
    throw new ConfigError(
      `${surplus}: with --config, sources stand in the file: write it there, or leave --config out.`,
    );
  }
  const given = fromValues(bridge, source, { env, folder: "", known });
  return typeof config === "string" ? overridden(readConfigFile(config, env, known), bridge, given) : given;
}

function fromValues(bridge: Values, source: Values, around: Surroundings): Configuration {
  try {
    return configurationOf(bridge, [source], around);
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    throw new ConfigError(`${flagAt(error.path, SOURCE_KEYS) ?? pathText(error.path)}: ${withFlags(error.message)}`);
  }
}

/** A file's, but for what flags say of the whole bridge. */
function overridden(filed: Configuration, flags: Values, given: Configuration): Configuration {
  return {
    ...filed,
    ...(flags.has("to") ? { to: given.to } : {}),
    ...(flags.has("buffer") ? { bufferBytes: given.bufferBytes } : {}),
    ...(flags.has("spool") ? { spool: given.spool } : {}),
    ...(flags.has("spool_max") ? { spoolMaxBytes: given.spoolMaxBytes } : {}),
    ...(flags.has("metrics") ? { metrics: given.metrics } : {}),
    ...(flags.has("log") ? { log: given.log } : {}),
  };
}

/** The option of a key that has a flag. */
function optionOf(key: Key): Option | undefined {
  if (!isFlagged(key)) return undefined;
  const repeats = key.shape === "many" && key.name !== "frames" ? "; repeats" : "";
  const otherwise = key.otherwise === undefined || key.flagMeans !== undefined ? "" : ` (default: ${key.otherwise})`;
  const option = new Option(key.flag, `${key.flagSummary ?? key.summary}${repeats}${otherwise}`);
  if (key.flagMeans !== undefined) return option;
  return option.argParser((text: string, before: unknown) => {
    const values = partsIn(key, text).map((part) => key.scalar.fromText(part));
    return key.shape === "one" ? values[0] : [...(Array.isArray(before) ? before : []), ...values];
  });
}

type FlaggedKey = KeyOfValue & { flag: string };

function isFlagged(key: Key): key is FlaggedKey {
  return (key.shape === "one" || key.shape === "many") && key.flag !== undefined;
}

/** --frames takes all at once, `topic,payload,time`: they are nothing one by one. */
function partsIn(key: FlaggedKey, text: string): string[] {
  if (key.name !== "frames") return [text];
  const parts = text.trim().split(/\s*,\s*|\s+/);
  if (parts.includes("")) throw new InvalidArgumentError("Give what each frame is, such as topic,payload,time.");
  return parts;
}

function addOptions(command: Command, keys: Keys): Command {
  for (const key of keys) {
    if (key.shape === "table") addOptions(command, key.keys);
    const option = optionOf(key);
    if (option !== undefined) command.addOption(option);
  }
  return command;
}

function valuesIn(flags: Flags, keys: Keys, path: KeyPath): Values {
  const values = new Values(path);
  for (const key of keys) {
    if (key.shape === "table") {
      const inner = valuesIn(flags, key.keys, [...path, key.name]);
      if (!inner.isEmpty) values.set(key.name, inner);
    } else if (isFlagged(key)) {
      const given = flags[attributeOf(key)];
      if (given === undefined) continue;
      if (key.flagMeans !== undefined) values.set(key.name, key.flagMeans);
      else if (typeof given === "string" || typeof given === "number") values.set(key.name, given);
      else if (Array.isArray(given))
        values.set(
          key.name,
          given.filter((item) => typeof item === "string" || typeof item === "number"),
        );
    }
  }
  return values;
}

function flagsGiven(flags: Flags, keys: Keys): string[] {
  return keys.flatMap((key) => {
    if (key.shape === "table") return flagsGiven(flags, key.keys);
    return isFlagged(key) && flags[attributeOf(key)] !== undefined ? [longOf(key)] : [];
  });
}

/** The flag of the key at a path, if it has one. */
function flagAt(path: KeyPath, keys: Keys): string | undefined {
  const names = path.filter((part) => typeof part === "string").slice(1);
  let among: Keys = keys;
  for (const name of names) {
    const key = among.find((candidate) => candidate.name === name);
    if (key === undefined) return undefined;
    if (key.shape === "table") among = key.keys;
    else return isFlagged(key) ? longOf(key) : undefined;
  }
  return undefined;
}

/** Keys that a sentence names, as flags: `users_file` → `--plain-users-file`. */
function withFlags(message: string): string {
  return message.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) => {
    for (const keys of [SOURCE_KEYS, ...SOURCE_KEYS.flatMap((key) => (key.shape === "table" ? [key.keys] : []))]) {
      const key = keys.find((candidate) => candidate.name === name);
      if (key !== undefined && isFlagged(key)) return longOf(key);
    }
    return name;
  });
}

function longOf(key: FlaggedKey): string {
  return key.flag.split(" ")[0] ?? key.flag;
}

function attributeOf(key: FlaggedKey): string {
  return new Option(key.flag).attributeName();
}
