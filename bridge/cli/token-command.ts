import { type Command, InvalidArgumentError, Option } from "commander";
import { isTokenName } from "../../protocol/messages/named-tokens.ts";
import { parseWorkerUrl } from "../config/syntax/web-address.ts";
import { parseTokenDuration } from "../tools/tokens/duration.ts";
import { runTokenAdd, runTokenList, runTokenRevoke, type TokenToolOptions } from "../tools/tokens/named-token-tools.ts";
import { addRightsOptions, type RightsFlags, rightsFromFlags } from "../tools/tokens/rights-flags.ts";
import { ExitCode } from "./exit-code.ts";
import { addMintCommand } from "./mint-command.ts";

const DEFAULT_WORKER = "http://localhost:8787";

const HELP = `
The token to do this with comes from ADMIN_TOKEN in the environment, or the file that ADMIN_TOKEN_FILE names; where the
Worker has none, from PUBLISH_TOKEN. Never from a flag. It needs the right "admin" for every pattern of the token.

Examples:
  plotcast token add lab-rig --publish 'lab/**' --to https://board.example
      a token for the bridge of one lab:  PUBLISH_TOKEN=$(plotcast token add …) plotcast --to …/c/lab/rig
  plotcast token add visitors --watch lab/demo --for 30d
      to watch one private channel for a month
  plotcast token list
  plotcast token revoke visitors
`;

/** Adds `plotcast token`: who may watch, publish and more. */
export function addTokenCommand(program: Command, ended: (code: number) => void): void {
  const token = program
    .command("token")
    .description("makes, lists and revokes tokens: who may watch, publish and more, in which channels")
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption("--help", "print this help")
    .addHelpText("after", HELP);
  addAdd(token, ended);
  addList(token, ended);
  addRevoke(token, ended);
  addMintCommand(token, ended);
}

function addAdd(token: Command, ended: (code: number) => void): void {
  const command = token
    .command("add")
    .description("makes a token, and prints it alone on standard output: it is never told again")
    .addArgument(token.createArgument("<name>", "what it is listed by, such as lab-rig").argParser(parseName))
    .addOption(new Option("--for <time>", "it counts for so long (default: for ever)").argParser(parseTokenDuration));
  addRightsOptions(command);
  addWorkerOption(command).action(async (name: string, flags: RightsFlags & WorkerFlags) => {
    const rights = rightsFromFlags(flags);
    ended(ExitCode[await runTokenAdd({ ...optionsOf(flags), name, rights, forMs: flags.for })]);
  });
}

function addList(token: Command, ended: (code: number) => void): void {
  const command = token
    .command("list")
    .description("shows the tokens that you may revoke, what they may do, and where they published or watched live")
    .option("--json", "print them as JSON");
  addWorkerOption(command).action(async (flags: WorkerFlags & { json?: true }) => {
    ended(ExitCode[await runTokenList({ ...optionsOf(flags), isJson: flags.json ?? false })]);
  });
}

function addRevoke(token: Command, ended: (code: number) => void): void {
  const command = token
    .command("revoke")
    .description("takes a token back; connections that came in with it end")
    .addArgument(token.createArgument("<name>", "as token list has it").argParser(parseName));
  addWorkerOption(command).action(async (name: string, flags: WorkerFlags) => {
    ended(ExitCode[await runTokenRevoke({ ...optionsOf(flags), name })]);
  });
}

interface WorkerFlags {
  to: URL;
  for?: number;
}

function addWorkerOption(command: Command): Command {
  return command
    .addOption(
      new Option("--to <url>", "the Worker; the path of a channel is left aside")
        .argParser(parseWorkerUrl)
        .default(new URL(DEFAULT_WORKER), DEFAULT_WORKER),
    )
    .helpOption("--help", "print this help");
}

function optionsOf({ to }: WorkerFlags): TokenToolOptions {
  const { env, stdout, stderr } = process;
  return { to, env, stdout, stderr };
}

function parseName(text: string): string {
  if (!isTokenName(text))
    throw new InvalidArgumentError("A name is 1 to 64 letters, digits and . _ -, such as lab-rig.");
  return text;
}
