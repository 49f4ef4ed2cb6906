import { rm } from "node:fs/promises";
import type { SourceConfig } from "../../config/config.ts";
import { errorAdvice } from "../../observability/error-advice.ts";
import { counted, errorText } from "../../observability/printable.ts";
import { FootLine, type Terminal } from "../../observability/terminal.ts";
import { SourceError } from "../../sources/errors.ts";
import { bytesText, spanText } from "../figures.ts";
import { stopOnSignals, untilStopped } from "../stop.ts";
import { endOf, type OpenTap, openAll, openTap } from "../tap.ts";
import type { ToolEnd } from "../tool-end.ts";
import { type Recorded, Recorder, type RecorderEnd, type RecorderFile } from "./recorder.ts";

export interface RecordOptions {
  sources: readonly SourceConfig[];
  file: string;
  /** For tests; the sources' own sockets otherwise. */
  openTap?: OpenTap;
  forMs?: number | undefined;
  /** Of the file. */
  maxBytes?: number | undefined;
  isOverwriting?: boolean | undefined;
  /** For status and sentences. */
  stderr: Terminal & { isTTY?: boolean };
  /** Ends it, instead of SIGINT, SIGTERM and SIGHUP. */
  signal?: AbortSignal;
  queueBytes?: number;
  openFile?: (file: string, flags: string, mode: number) => Promise<RecorderFile>;
}

const STATUS_EVERY_MS = 10_000;
const FOOT_EVERY_MS = 500;

/** Keeps the messages of these sources, as they come, in a file. @returns how it ended */
export async function runRecord(options: RecordOptions): Promise<ToolEnd> {
  const stop = stopOnSignals(options.signal);
  const foot = new FootLine(options.stderr);
  const say = (sentence: string): void => foot.log(`${sentence}\n`);
  try {
    return await record(options, stop.signal, foot, say);
  } catch (error) {
    foot.end();
    say(error instanceof SourceError ? error.message : faultText(options.file, error, options.isOverwriting));
    return error instanceof SourceError ? endOf(error) : "failed";
  } finally {
    stop.release();
  }
}

async function record(
  options: RecordOptions,
  stopped: AbortSignal,
  foot: FootLine,
  say: (sentence: string) => void,
): Promise<ToolEnd> {
  const { sources, file, forMs, stderr } = options;
  const open = options.openTap ?? openTap;
  let publishers = 0;
  const recorder = await Recorder.open({
    ...options,
    isOverwriting: options.isOverwriting ?? false,
    info: { startedAt: new Date().toISOString(), sources: sources.map(infoOf) },
  });
  const opening = sources.map((source, index) => () => {
    const { topics } = source.socket;
    return open({
      source,
      topics,
      onMessage: (frames) => recorder.add(index, frames, nowUs()),
      onConnected: () => void publishers++,
      onDisconnected: () => void publishers--,
      onTrouble: say,
    });
  });
  const taps = await openAll(opening).catch(async (error: unknown) => {
    await recorder.close(nowUs());
    await rm(file, { force: true });
    throw error;
  });
  const startMs = performance.now();
  const seconds = (): number => (performance.now() - startMs) / 1000;
  say(`Recording what comes at ${taps.flatMap(({ addresses }) => addresses).join(", ")} in ${file}; Ctrl-C ends.`);
  const status = (): string => statusOf(recorder.counts, publishers, seconds());
  const timer = stderr.isTTY
    ? setInterval(() => foot.show(status()), FOOT_EVERY_MS)
    : setInterval(() => say(status()), STATUS_EVERY_MS);
  const failure = await Promise.race([
    untilStopped(stopped, forMs),
    recorder.ended,
    ...taps.map(({ done }) => done),
  ]).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  await Promise.all(taps.map((tap) => tap.close().catch(() => undefined)));
  clearInterval(timer);
  foot.end();
  await recorder.close(nowUs());
  if (failure !== undefined) say(`Receiving failed: ${errorText(failure.error)}`);
  const end = await Promise.race([recorder.ended, Promise.resolve(undefined)]);
  for (const sentence of lastSentences(file, recorder.counts, end, seconds())) say(sentence);
  return failure !== undefined || end?.kind === "failed" ? "failed" : "ok";
}

function statusOf(
  { messages, fileBytes, leftOut, waitingBytes }: Recorded,
  publishers: number,
  seconds: number,
): string {
  const parts = [counted(messages, "message"), bytesText(fileBytes), counted(publishers, "publisher")];
  if (waitingBytes > 2 ** 20) parts.push(`${bytesText(waitingBytes)} waiting for the disk`);
  if (leftOut > 0) parts.push(`${counted(leftOut, "message")} left out`);
  if (messages === 0) parts.push("nothing came yet (plotcast inspect says why)");
  return `${parts.join(" · ")} · ${spanText(seconds)}`;
}

function lastSentences(
  file: string,
  { messages, fileBytes, leftOut }: Recorded,
  end: RecorderEnd | undefined,
  seconds: number,
): string[] {
  const sentences: string[] = [];
  if (end?.kind === "failed") sentences.push(faultText(file, end.error));
  if (end?.kind === "full") sentences.push("The file is as large as --max says.");
  if (leftOut > 0) {
    const why = end?.kind === "failed" ? "could not be written" : "came faster than the disk took them";
    sentences.push(`${counted(leftOut, "message")} ${why} and ${leftOut === 1 ? "is" : "are"} left out.`);
  }
  sentences.push(
    `Recorded ${counted(messages, "message")} in ${spanText(seconds)}: ${bytesText(fileBytes)} in ${file}.`,
  );
  return sentences;
}

/** What is wrong with a file, and what to do. */
function faultText(file: string, error: unknown, isOverwriting = false): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EEXIST") {
    return isOverwriting
      ? `${file} is a link or a folder: only a file is written over. Give another name.`
      : `${file} is there already. Give another name, or --overwrite.`;
  }
  if (code === "ENOSPC" || code === "EDQUOT")
    return `The disk is full: ${file} is readable up to the last message written.`;
  return `${file} cannot be written: ${errorAdvice(error, "file")}.`;
}

function infoOf({ name, socket }: SourceConfig): { name: string; addresses: readonly string[] } {
  return { name, addresses: [...socket.bind, ...socket.connect] };
}

/** The time at the start of the process, and since then by a clock that nobody sets: distances are true. */
function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
