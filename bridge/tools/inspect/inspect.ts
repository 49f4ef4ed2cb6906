import type { SourceConfig } from "../../config/config.ts";
import { createMapper } from "../../map/mapper.ts";
import { errorText, printable, printableJson, printableLines } from "../../observability/printable.ts";
import { createClock } from "../../pipeline/clock.ts";
import { presets } from "../../presets/index.ts";
import { createReader } from "../../presets/reader.ts";
import { SourceError } from "../../sources/errors.ts";
import { stopOnSignals, untilStopped } from "../stop.ts";
import { endOf, openAll } from "../tap.ts";
import type { ToolEnd } from "../tool-end.ts";
import type { InspectReport } from "./report.ts";
import { type Line, reportLines } from "./report-text.ts";
import { LiveScreen, type Screen } from "./screen.ts";
import { Watch } from "./watch.ts";

export interface InspectOptions {
  sources: readonly SourceConfig[];
  /** Prints one report at the end instead of a table that moves; a stdout that is no terminal has that anyway. */
  isOnce?: boolean | undefined;
  /** How long it looks; undefined: until it is onDecision to end, or {@link ONCE_MS} where it prints one report. */
  forMs?: number | undefined;
  /** Prints the report as JSON ({@link InspectReport}). */
  isJson?: boolean | undefined;
  stdout: Screen & { isTTY?: boolean };
  stderr: Pick<Screen, "write">;
  env?: Partial<Record<string, string>>;
  /** Ends it, instead of SIGINT, SIGTERM and SIGHUP. */
  signal?: AbortSignal;
}

export const ONCE_MS = 5000;
const REFRESH_EVERY_MS = 500;
/** A table of a screen; a report that is printed has them all. */
const LIVE_ROWS = 200;
/** For lines that go to a file or another program. */
const PRINTED_COLUMNS = 160;

/** Shows what comes in and what would become of it, and sends nothing anywhere. @returns how it ended */
export async function runInspect(options: InspectOptions): Promise<ToolEnd> {
  const stop = stopOnSignals(options.signal);
  try {
    return await inspect(options, stop.signal);
  } catch (error) {
    options.stderr.write(`${printableLines(errorText(error))}\n`);
    // A RangeError is about what the configuration names.
    if (error instanceof SourceError) return endOf(error);
    return error instanceof RangeError ? "usage" : "failed";
  } finally {
    stop.release();
  }
}

async function inspect(options: InspectOptions, stopped: AbortSignal): Promise<ToolEnd> {
  const { sources, stdout, env = process.env, isJson = false } = options;
  const isLive = (stdout.isTTY ?? false) && !isJson && !(options.isOnce ?? false) && env.TERM !== "dumb";
  const forMs = options.forMs ?? (isLive ? undefined : ONCE_MS);
  const unixSeconds = createClock();
  const startMs = performance.now();
  const watches = await openAll(
    sources.map(
      (source) => () =>
        Watch.open({
          source,
          createParts: (onDecision, onLeftOut, onTimeHint, onNameHint) => ({
            reader: createReader(source.decode, onDecision, onLeftOut),
            mapper: createMapper(source.map, onLeftOut, onTimeHint, onNameHint),
          }),
          publishers: presets,
          unixSeconds,
        }),
    ),
  );
  const report = (): InspectReport => {
    const at = unixSeconds();
    const seconds = (performance.now() - startMs) / 1000;
    return { at, seconds, sources: watches.map((watch) => watch.report(at, seconds)) };
  };
  const isStyled = env.NO_COLOR === undefined || env.NO_COLOR === "";
  const screen = isLive ? new LiveScreen(stdout, isStyled) : undefined;
  const timer = setInterval(() => {
    for (const watch of watches) watch.tick();
    screen?.draw([title(), ...reportLines(report(), screen.columns, LIVE_ROWS)]);
  }, REFRESH_EVERY_MS);
  try {
    screen?.draw([title()]);
    await Promise.race([untilStopped(stopped, forMs), ...watches.map(({ done }) => done)]);
  } finally {
    clearInterval(timer);
    screen?.end();
    await Promise.all(watches.map((watch) => watch.close()));
  }
  const last = report();
  const columns = stdout.isTTY ? (stdout.columns ?? 80) : PRINTED_COLUMNS;
  const lines = isJson
    ? JSON.stringify(last, undefined, 2).split("\n").map(printableJson)
    : reportLines(last, columns, Number.POSITIVE_INFINITY).map(({ text }) => printable(text));
  stdout.write(`${lines.join("\n")}\n`);
  return "ok";
}

function title(): Line {
  return { kind: "text", text: "plotcast inspect: nothing is sent; Ctrl-C ends" };
}
