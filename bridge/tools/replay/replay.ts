import { errorAdvice } from "../../observability/error-advice.ts";
import { FootLine, type Terminal } from "../../observability/terminal.ts";
import { AddressError } from "../../sources/errors.ts";
import { spanText } from "../figures.ts";
import { openRecording } from "../record/read-recording.ts";
import { RecordingError } from "../record/recording.ts";
import { type Stop, stopOnSignals } from "../stop.ts";
import type { ToolEnd } from "../tool-end.ts";
import { LosslessPublisher } from "./lossless-publisher.ts";
import { Playback } from "./playback.ts";
import { TooManySubscriptionsError } from "./subscriptions.ts";

export interface ReplayOptions {
  file: string;
  /** 2: in half the time; Infinity: as fast as subscribers take it. */
  speed: number;
  isLooping: boolean;
  /** With neither: {@link DEFAULT_CONNECT}. */
  bind: readonly string[];
  connect: readonly string[];
  /** Only this source of the recording. */
  source?: string | undefined;
  /** How long somebody may take to subscribe; undefined: for ever. */
  waitMs?: number | undefined;
  stderr: Terminal & { isTTY?: boolean };
  /** Ends it, instead of SIGINT, SIGTERM and SIGHUP. */
  signal?: AbortSignal;
}

/** Where a bridge is bound unless told otherwise. */
export const DEFAULT_CONNECT = "tcp://127.0.0.1:5000";

export const REPLAY_HELP = `
Sends exactly the frames that plotcast record kept, from a PUB socket, with their distances in time. Times inside the
messages stay as they are: they are those of the recording, and a page shows them there. It begins when somebody
subscribes, and waits for subscribers that read slowly, so that nothing is dropped.
`;

const FOOT_EVERY_MS = 500;
const STATUS_EVERY_MS = 10_000;

/**
 * Plays a recording back. Let the process end by itself afterwards (`process.exitCode`): libzmq may still have the last
 * messages to hand on to subscribers that read slowly, and `process.exit` does not wait for it.
 * @returns how it ended
 */
export async function runReplay(options: ReplayOptions): Promise<ToolEnd> {
  const stop = stopOnSignals(options.signal);
  const foot = new FootLine(options.stderr);
  try {
    return await replay(options, stop, foot);
  } catch (error) {
    foot.end();
    const isKnown =
      error instanceof AddressError || error instanceof RecordingError || error instanceof TooManySubscriptionsError;
    foot.log(`${isKnown ? error.message : `${options.file} cannot be played: ${errorAdvice(error, "file")}.`}\n`);
    return error instanceof AddressError ? "address" : "failed";
  } finally {
    foot.end();
    stop.release();
  }
}

async function replay(options: ReplayOptions, { signal }: Stop, foot: FootLine): Promise<ToolEnd> {
  const { file, bind, connect, waitMs, stderr } = options;
  const say = (sentence: string): void => foot.log(`${sentence}\n`);
  // A file that is none is told before anybody is waited for.
  await (await openRecording(file)).batches.return({ kind: "whole" });
  const outlet = await LosslessPublisher.open({
    bind,
    connect: bind.length + connect.length === 0 ? [DEFAULT_CONNECT] : connect,
  });
  const timers: NodeJS.Timeout[] = [];
  try {
    const addresses = outlet.addresses.join(", ");
    say(`Waiting for a subscriber at ${addresses}; Ctrl-C ends.`);
    if (!(await outlet.subscribed(signal, waitMs))) {
      if (signal.aborted) return "ok";
      say(`Nobody subscribed at ${addresses} within ${spanText((waitMs ?? 0) / 1000)}: is a bridge running there?`);
      return "failed";
    }
    const playback = new Playback(options, outlet);
    const status = (): string => playback.status();
    say(`Playing ${file} to ${addresses}.`);
    timers.push(
      stderr.isTTY
        ? setInterval(() => foot.show(status()), FOOT_EVERY_MS)
        : setInterval(() => say(status()), STATUS_EVERY_MS),
    );
    await playback.run(signal, say);
    for (const timer of timers) clearInterval(timer);
    foot.end();
    for (const sentence of playback.lastSentences()) say(sentence);
    return "ok";
  } finally {
    for (const timer of timers) clearInterval(timer);
    await outlet.close();
  }
}
