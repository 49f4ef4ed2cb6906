import type { ConnectionState } from "../../../client/connection-state.ts";
import { ChannelViewer, pointsOf, type StatusMessage } from "../../../client/viewer.ts";
import type { Frame } from "../../../protocol/frame/frame.ts";
import { SeriesFilter } from "../../../protocol/series-filter.ts";
import { printableLines } from "../../observability/printable.ts";
import { stopOnSignals } from "../stop.ts";
import type { ToolEnd } from "../tool-end.ts";
import { askWhetherWatchable, type ChannelAccess } from "./ask.ts";
import type { ToldGap } from "./point-writer.ts";

/** What a channel that is watched is shown by: a screen, or lines. */
export interface WatchView {
  frame(frame: Frame, filter: SeriesFilter, isStored: boolean): void;
  gap(gap: ToldGap): void;
  /** What the channel says of what was asked for, in a sentence. */
  note(detail: string): void;
  status(message: StatusMessage): void;
  line(state: LineState): void;
  /** Resolves once all is written. */
  end(): Promise<void>;
}

/** How the line to the channel is. */
export type LineState =
  | { kind: "live" }
  /** `why` is a sentence, where that is known; it is tried again. */
  | { kind: "down"; why: string | undefined };

/** What a view may do: one that cannot write any more lets the channel go on later, where it was. */
export interface WatchControl {
  pause(): void;
  resume(): void;
  /** It is over: nobody reads any more. */
  stop(): void;
}

export interface WatchOptions {
  access: ChannelAccess;
  /** Names, in which `*` stands for any characters; none: all. */
  series: readonly string[];
  /** So many points a second of each series at most; undefined: all. */
  maxRate?: number | undefined;
  /** Begins with the points that were taken in the last so many seconds; undefined: with the last 100. */
  seconds: number | undefined;
  createView(control: WatchControl): WatchView;
  stderr: { write(text: string): unknown };
  /** Ends it, instead of SIGINT, SIGTERM and SIGHUP. */
  signal?: AbortSignal;
}

const FIRST_POINTS = 100;
/** Where it has to be asked again why nothing comes. */
const MIN_ASK_PAUSE_MS = 5_000;

/** Shows what a channel takes, as it takes it, until it is asked to end. @returns how it ended */
export async function runWatch(options: WatchOptions): Promise<ToolEnd> {
  const stop = stopOnSignals(options.signal);
  try {
    const sentence = await watch(options, stop.signal);
    if (sentence === undefined) return "ok";
    options.stderr.write(`${printableLines(sentence)}\n`);
    return "failed";
  } finally {
    stop.release();
  }
}

/** @returns why it ended by itself, in a sentence */
async function watch(options: WatchOptions, stopped: AbortSignal): Promise<string | undefined> {
  const { access, series, maxRate, seconds, createView } = options;
  let wasLive = false;
  const picks = picksOf(series, maxRate);
  const filter = new SeriesFilter(series);
  const over = Promise.withResolvers<string | undefined>();
  const ended = new AbortController();
  let isPaused = false;
  const view = createView({
    pause: () => {
      isPaused = true;
      viewer.close();
    },
    resume: () => {
      isPaused = false;
      if (!ended.signal.aborted) viewer.open();
    },
    stop: () => over.resolve(undefined),
  });
  const viewer = new ChannelViewer(
    access.url,
    {
      frame: (frame, isStored) => view.frame(frame, filter, isStored),
      missing: ({ reason, points }) => {
        // Of what is picked the numbers leave out the rest.
        if (reason !== "hole" || viewer.picks === "") view.gap({ reason, points, series: "" });
      },
      lost: ({ reason, points, series }) => view.gap({ reason, points, series }),
      note: (detail) => view.note(detail),
      status: (message) => view.status(message),
      stateChanged: (state) => changed(state),
    },
    {
      tail: seconds === undefined ? { points: FIRST_POINTS } : { seconds },
      picks: picks.shift() ?? "",
      token: access.token,
    },
  );

  // A WebSocket that is refused does not say why (RT9).
  let isAsking = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const askWhy = async (): Promise<void> => {
    if (isAsking || performance.now() - askedAtMs < MIN_ASK_PAUSE_MS) return;
    isAsking = true;
    askedAtMs = performance.now();
    const answer = await askWhetherWatchable(access, ended.signal);
    isAsking = false;
    if (ended.signal.aborted || viewer.state.phase === "live" || viewer.state.phase === "probing") return;
    switch (answer.kind) {
      case "yes":
        // An older Worker refuses to pick what it does not know: then all comes, and series are picked here.
        if (!wasLive) viewer.picks = picks.shift() ?? "";
        return;
      case "no":
        return over.resolve(answer.sentence);
      case "later":
        view.line({ kind: "down", why: answer.sentence });
        if (answer.retryAfterMs > 0) viewer.holdOff(answer.retryAfterMs);
        return;
      default:
        return answer satisfies never;
    }
  };
  const changed = (state: ConnectionState): void => {
    if (isPaused) return;
    switch (state.phase) {
      case "live":
      case "probing":
        wasLive = true;
        return view.line({ kind: "live" });
      case "connecting":
        return;
      case "waiting":
      case "offline":
        view.line({ kind: "down", why: undefined });
        void askWhy();
        return;
      case "refused":
        return over.resolve(
          state.reason === "token"
            ? "Access has ended: the token has expired, or the channel needs one now (WATCH_TOKEN)."
            : "Access has ended: the token was revoked, or may not watch this channel any more.",
        );
      default:
        return state satisfies never;
    }
  };

  const onStop = (): void => over.resolve(undefined);
  stopped.addEventListener("abort", onStop);
  if (stopped.aborted) onStop();
  viewer.open();
  try {
    return await over.promise;
  } finally {
    stopped.removeEventListener("abort", onStop);
    ended.abort();
    viewer.close();
    await view.end();
  }
}

/** The points of a frame that are wanted, and what its publisher says is missing, in their order. */
export function shownOf(frame: Frame, filter: SeriesFilter): { gaps: ToldGap[]; points: ReturnType<typeof wanted> } {
  const gaps = frame.blocks
    .filter((block) => block.kind === "gap")
    .filter(({ series }) => series === "" || filter.has(series))
    .map(({ reason, points, series }) => ({ reason, points, series }));
  return { gaps, points: wanted(frame, filter) };
}

function wanted(frame: Frame, filter: SeriesFilter) {
  return [...pointsOf(frame)].filter(({ series }) => filter.has(series));
}

/** What a Worker is asked to pick, and what less if it does not know that. */
function picksOf(series: readonly string[], maxRate: number | undefined): string[] {
  const names = series.map((name) => `series=${encodeURIComponent(name)}`);
  return [
    ...new Set(
      [[...names, ...(maxRate === undefined ? [] : [`max_rate=${maxRate}`])], names].map((all) => all.join("&")),
    ),
  ];
}
