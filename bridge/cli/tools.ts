import { type Command, InvalidArgumentError, Option } from "commander";
import { addSourceOptions, configFromFlags, type Flags } from "../config/flags.ts";
import { parseBytes, parseDuration } from "../config/syntax/quantities.ts";
import { runInspect } from "../tools/inspect/inspect.ts";
import { runRecord } from "../tools/record/record.ts";
import { REPLAY_HELP, runReplay } from "../tools/replay/replay.ts";
import { ExitCode } from "./exit-code.ts";
import { KNOWN } from "./known.ts";

/** What a command resolves to, told once. */
export type Ended = (code: number) => void;

const MAX_SPEED = 1_000_000;

/** Adds `plotcast inspect`: what comes in, and what would become of it. */
export function addInspectCommand(program: Command, ended: Ended): void {
  const command = program
    .command("inspect")
    .description("shows what comes in, what it is taken for and the series it would make; sends nothing")
    .option("--once", "print one report instead of a table that moves")
    .addOption(new Option("--for <time>", "look for so long, then end").argParser(parseDuration))
    .option("--json", "print the report as JSON")
    .helpOption("--help", "print this help");
  addSourceOptions(command).action(async (flags: Flags & { once?: true; for?: number; json?: true }) => {
    const { sources } = configFromFlags(flags, process.env, KNOWN);
    const { stdout, stderr } = process;
    ended(
      ExitCode[await runInspect({ sources, isOnce: flags.once, forMs: flags.for, isJson: flags.json, stdout, stderr })],
    );
  });
}

/** Adds `plotcast record`: raw messages with their times, in a file. */
export function addRecordCommand(program: Command, ended: Ended): void {
  const command = program
    .command("record")
    .description("keeps raw messages with their times in a file")
    .argument("<file>", "what to keep them in")
    .addOption(new Option("--for <time>", "record for so long, then end").argParser(parseDuration))
    .addOption(new Option("--max <size>", "end when the file has this size").argParser(parseBytes))
    .option("--overwrite", "replace a file that is there")
    .helpOption("--help", "print this help");
  addSourceOptions(command).action(
    async (file: string, flags: Flags & { for?: number; max?: number; overwrite?: true }) => {
      const { sources } = configFromFlags(flags, process.env, KNOWN);
      const { for: forMs, max: maxBytes, overwrite: isOverwriting } = flags;
      ended(ExitCode[await runRecord({ sources, file, forMs, maxBytes, isOverwriting, stderr: process.stderr })]);
    },
  );
}

/** Adds `plotcast replay`, which sets the process's exit code itself and lets it end when all is handed on. */
export function addReplayCommand(program: Command): void {
  const append = (value: string, before: string[]): string[] => [...before, value];
  program
    .command("replay")
    .description("plays a recording back from a PUB socket")
    .argument("<file>", "what plotcast record kept")
    .addOption(new Option("--speed <n>", "so many times as fast, or max").argParser(parseSpeed).default(1))
    .option("--loop", "begin again at the end", false)
    .addOption(
      new Option("--bind <address>", "where subscribers connect to; repeats").argParser(append).default([], "none"),
    )
    .addOption(
      new Option("--connect <address>", "where a bridge is bound (default: tcp://127.0.0.1:5000); repeats")
        .argParser(append)
        .default([], "none"),
    )
    .option("--source <name>", "only this source of the recording")
    .addOption(
      new Option("--wait <time>", "give up if nobody subscribes (default: wait for ever)").argParser(parseDuration),
    )
    .helpOption("--help", "print this help")
    .addHelpText("after", REPLAY_HELP)
    .action(async (file: string, flags: ReplayFlags) => {
      const { speed, loop: isLooping, bind, connect, source, wait: waitMs } = flags;
      const options = { file, speed, isLooping, bind, connect, source, waitMs, stderr: process.stderr };
      process.exitCode = ExitCode[await runReplay(options)];
    });
}

interface ReplayFlags {
  speed: number;
  loop: boolean;
  bind: string[];
  connect: string[];
  source?: string;
  wait?: number;
}

function parseSpeed(text: string): number {
  if (text === "max") return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (!(speed > 0 && speed <= MAX_SPEED)) throw new InvalidArgumentError("Give a number such as 10 or 0.5, or max.");
  return speed;
}
