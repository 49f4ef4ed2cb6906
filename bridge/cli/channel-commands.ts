import { type Command, InvalidArgumentError, Option } from "commander";
import { MAX_RATE, MIN_RATE } from "../../protocol/limits.ts";
import { tokenIn, tokenWarnings } from "../config/secrets/token.ts";
import { parseChannelUrl } from "../config/syntax/web-address.ts";
import type { ChannelAccess } from "../tools/channel/ask.ts";
import { type GetFormat, runGet } from "../tools/channel/get.ts";
import { createLineView } from "../tools/channel/line-view.ts";
import { parseAgo, parseMoment } from "../tools/channel/moment.ts";
import { CSV_WRITER, JSON_WRITER } from "../tools/channel/point-writer.ts";
import { createScreenView } from "../tools/channel/screen-view.ts";
import { runWatch, type WatchControl, type WatchView } from "../tools/channel/watch.ts";
import { ExitCode } from "./exit-code.ts";
import type { Ended } from "./tools.ts";

const TOKEN_HELP =
  "For a private channel the token comes from WATCH_TOKEN in the environment, or from the file that WATCH_TOKEN_FILE\n" +
  "names, never from a flag.";

const GET_HELP = `
Times are -30s, -15m, -1h or -2d before now, dates (UTC, if they have no offset), or x as a number; both ends are
included. In --series * stands for any characters. What is stored is the last 15 minutes, unless the Worker was told
otherwise (STORE_SECONDS). If not all could be read, the exit code is 1, and the last line of stderr says why. A Parquet
file is then not written at all; where x is unix time, it has a column "time", too.

${TOKEN_HELP}

Examples:
  plotcast get http://localhost:8787/c/main --from -5m > last.csv
  plotcast get http://localhost:8787/c/main --wide --series 'cell.*' > cells.csv
  plotcast get http://localhost:8787/c/main --parquet last.parquet
  plotcast get https://board.example/c/lab/a --from "2026-11-30 12:00" --to "2026-11-30 12:05" --json
`;

const WATCH_HELP = `
On a terminal there is a line for each series, drawn anew in place: its last value, how old that is, and the values before.
Elsewhere, or with --json or --csv, each point is a line, as it comes, and so is what is missing. It comes back by itself
after the line was lost, where it was. Ctrl-C ends it.

${TOKEN_HELP}

Examples:
  plotcast watch http://localhost:8787/c/main
  plotcast watch https://board.example/c/lab/a --series 'cell.*' --from -5m
  plotcast watch http://localhost:8787/c/main --max-rate 10
  plotcast watch http://localhost:8787/c/main --csv >> log.csv
`;

interface WatchFlags {
  from?: number;
  series: string[];
  maxRate?: number;
  csv?: true;
  json?: true;
}

interface GetFlags {
  from?: number;
  to?: number;
  series: string[];
  wide?: true;
  json?: true;
  parquet?: string;
  overwrite?: true;
}

/** Adds `plotcast get`: what a channel has stored, as CSV, JSON or Parquet. */
export function addGetCommand(program: Command, ended: Ended): void {
  const moment = (text: string): number => parseMoment(text, Date.now());
  addSeriesOption(channelCommand(program, "get", "prints what a channel has stored, as CSV: x, series, y"))
    .addOption(new Option("--from <time>", "begin there").argParser(moment))
    .addOption(new Option("--to <time>", "end there").argParser(moment))
    .addOption(new Option("--wide", "a column for each series, and a row for each x").conflicts("json"))
    .option("--json", "a line of JSON for each point")
    .addOption(new Option("--parquet <file>", "write a Parquet file, also with --wide").conflicts("json"))
    .option("--overwrite", "replace a Parquet file that is there")
    .addHelpText("after", GET_HELP)
    .action(async (url: URL, { from, to, series, wide, json, parquet: file, overwrite }: GetFlags) => {
      const access = accessTo(url);
      if (access === undefined) return ended(ExitCode.usage);
      const format: GetFormat = wide === true ? "wide" : json === true ? "json" : "csv";
      const { stdout, stderr } = process;
      quietAtPipes();
      const parquet = file === undefined ? undefined : { file, isOverwriting: overwrite === true };
      ended(ExitCode[await runGet({ access, from, to, series, format, parquet, stdout, stderr })]);
    });
}

/** Adds `plotcast watch`: what a channel takes, as it takes it. */
export function addWatchCommand(program: Command, ended: Ended): void {
  addSeriesOption(
    channelCommand(program, "watch", "shows a channel live in the terminal, or prints points as they come"),
  )
    .addOption(new Option("--from <time>", "begin with what came since then, such as -5m").argParser(parseAgo))
    .addOption(
      new Option(
        "--max-rate <n>",
        "so many points a second of each series at most: the least and the greatest stay",
      ).argParser(parseRate),
    )
    .option("--json", "a line of JSON for each point, as it comes; so it is where stdout is no terminal")
    .addOption(new Option("--csv", "CSV: x, series, y").conflicts("json"))
    .addHelpText("after", WATCH_HELP)
    .action(async (url: URL, { from: seconds, series, maxRate, csv, json }: WatchFlags) => {
      const access = accessTo(url);
      if (access === undefined) return ended(ExitCode.usage);
      const { stdout, stderr, env } = process;
      const isScreen = stdout.isTTY && env.TERM !== "dumb" && csv !== true && json !== true;
      const isStyled = env.NO_COLOR === undefined || env.NO_COLOR === "";
      const title = url.host + url.pathname;
      const createView = (control: WatchControl): WatchView =>
        isScreen
          ? createScreenView({ title, screen: stdout, isStyled })
          : createLineView(csv === true ? CSV_WRITER : JSON_WRITER, stdout, stderr, control);
      ended(ExitCode[await runWatch({ access, series, maxRate, seconds, createView, stderr })]);
    });
}

function parseRate(text: string): number {
  const rate = text.trim() === "" ? Number.NaN : Number(text);
  if (rate >= MIN_RATE && rate <= MAX_RATE) return rate;
  throw new InvalidArgumentError(`Give a number from ${MIN_RATE} to ${MAX_RATE}.`);
}

function channelCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addArgument(program.createArgument("<url>", "the channel's URL").argParser(parseChannelUrl))
    .helpOption("--help", "print this help");
}

function addSeriesOption(command: Command): Command {
  const append = (value: string, before: string[]): string[] => [...before, value];
  return command.addOption(
    new Option("--series <name>", "only this series; * stands for any characters; repeats")
      .argParser(append)
      .default([], "all"),
  );
}

/** A channel with the token of the environment. @returns undefined if that cannot be used, which it says */
function accessTo(url: URL): ChannelAccess | undefined {
  const given = tokenIn(process.env, "WATCH_TOKEN");
  switch (given.kind) {
    case "absent":
      return { url, token: undefined };
    case "fault":
      process.stderr.write(`${given.sentence}\n`);
      return undefined;
    case "token":
      for (const warning of tokenWarnings(url, given.token, "WATCH_TOKEN")) process.stderr.write(`${warning}\n`);
      return { url, token: given.token };
    default:
      return given satisfies never;
  }
}

/** What a pipe's end says is told to whoever writes; Node would end the process with a stack besides. */
function quietAtPipes(): void {
  process.stdout.on("error", () => undefined);
}
