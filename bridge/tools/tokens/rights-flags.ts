import { type Command, InvalidArgumentError, Option } from "commander";
import type { Capability } from "../../../protocol/access/capability.ts";
import { patternFault } from "../../../protocol/access/channel-pattern.ts";
import { parseRights, type Rights } from "../../../protocol/access/rights.ts";
import { ConfigError } from "../../config/errors.ts";

/** What each flag gives for the channels of its patterns. */
const CAPABILITIES_OF = {
  watch: ["watch", "history"],
  live: ["watch"],
  history: ["history"],
  publish: ["publish"],
  control: ["control"],
  note: ["note"],
  presence: ["presence"],
  // Whoever may make tokens for a channel can give them any right there; and links are made on its page.
  admin: ["admin", "watch", "history"],
} as const satisfies Record<string, readonly Capability[]>;

type RightsFlag = keyof typeof CAPABILITIES_OF;

/** The patterns of each flag, as commander has them. */
export type RightsFlags = Readonly<Record<RightsFlag, readonly string[]>>;

const HELP: Readonly<Record<RightsFlag, string>> = {
  watch: "watch these channels, and read what is stored",
  live: "watch them, without what is stored",
  history: "read what is stored of them",
  publish: "publish to them",
  control: "use their controls",
  note: "leave notes in them",
  presence: "see who watches them",
  admin: "watch and empty them, say what everybody sees of them, make links and tokens for them",
};
const FLAGS = ["watch", "live", "history", "publish", "control", "note", "presence", "admin"] as const;

/** Adds the flags that say what a token may do, each with a pattern of channels such as `lab/**`, each as often as one likes. */
export function addRightsOptions(command: Command): Command {
  for (const flag of FLAGS) {
    command.addOption(
      new Option(`--${flag} <pattern>`, `${HELP[flag]}; repeats`).argParser(appendPattern).default([], "none"),
    );
  }
  return command;
}

/** The rights that these flags give. @throws ConfigError if they give none, or too many */
export function rightsFromFlags(flags: RightsFlags): Rights {
  const given: Record<string, Capability[]> = Object.create(null);
  for (const flag of FLAGS) {
    for (const pattern of flags[flag]) given[pattern] = [...(given[pattern] ?? []), ...CAPABILITIES_OF[flag]];
  }
  if (Object.keys(given).length === 0)
    throw new ConfigError(
      "Say what the token is for: --watch 'lab/**' lets it watch these channels (--help lists the others).",
    );
  const lists = Object.entries(given).map(([pattern, capabilities]) => [pattern, [...new Set(capabilities)]] as const);
  const parsed = parseRights(Object.fromEntries(lists));
  if ("fault" in parsed) throw new ConfigError(parsed.fault);
  return parsed.rights;
}

/** A shell that finds files of that pattern puts them in its place: then the next is no flag, and commander says so. */
function appendPattern(text: string, before: readonly string[]): string[] {
  const fault = patternFault(text);
  if (fault !== undefined) throw new InvalidArgumentError(`A pattern such as 'lab/**' is wanted; this ${fault}`);
  return [...before, text];
}
