#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { ConfigError } from "../config/errors.ts";
import { addBridgeOptions, addSourceOptions, configFromFlags } from "../config/flags.ts";
import { withoutSecrets } from "../config/secrets/usage-errors.ts";
import { errorText, printableLines } from "../observability/printable.ts";
import { addGetCommand, addWatchCommand } from "./channel-commands.ts";
import { ExitCode } from "./exit-code.ts";
import { HELP } from "./help.ts";
import { addKeysCommand } from "./keys-command.ts";
import { KNOWN } from "./known.ts";
import { run } from "./run.ts";
import { addTokenCommand } from "./token-command.ts";
import { addInspectCommand, addRecordCommand, addReplayCommand } from "./tools.ts";

/** Parses the command line and does what it says. @returns the exit code; undefined: the process ends by itself */
async function main(argv: readonly string[]): Promise<number | undefined> {
  let code: number | undefined;
  const { env } = process;
  const program = new Command("plotcast")
    .description("What ZeroMQ publishers send, delivered to a Plotcast channel.")
    .version(manifest.version, "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(printableLines(withoutSecrets(text))) })
    .showHelpAfterError("(--help lists the options)");
  addSourceOptions(addBridgeOptions(program))
    .addHelpText("after", HELP)
    .action(async () => {
      code = await run(configFromFlags(program.opts(), env, KNOWN), env);
    });
  const ended = (result: number): void => {
    code = result;
  };
  addInspectCommand(program, ended);
  addRecordCommand(program, ended);
  addReplayCommand(program);
  addGetCommand(program, ended);
  addWatchCommand(program, ended);
  addKeysCommand(program, ended);
  addTokenCommand(program, ended);
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    process.stderr.write(`${printableLines(errorText(error))}\n`);
    return error instanceof ConfigError ? ExitCode.usage : ExitCode.failed;
  }
}

const code = await main(process.argv);
if (code !== undefined) process.exit(code);
