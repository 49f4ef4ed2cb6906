import { printableLines } from "../../observability/printable.ts";
import type { PointWriter } from "./point-writer.ts";
import { shownOf, type WatchControl, type WatchView } from "./watch.ts";

/** Where lines are written: process.stdout, or what a test brings. */
export interface LineOutput {
  write(text: string, done?: () => void): unknown;
  /** What waits to be written, in bytes. */
  readonly writableLength: number;
  once(event: "drain", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** So much waits for a reader that is slow; then the channel is let go until that is read. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Points and gaps as lines, for files and pipes; how the line is goes to `stderr`. */
export function createLineView(
  writer: PointWriter,
  stdout: LineOutput,
  stderr: { write(text: string): unknown },
  control: WatchControl,
): WatchView {
  let isPaused = false;
  let told: string | undefined;
  const write = (text: string): void => {
    if (text !== "") stdout.write(text);
    if (isPaused || stdout.writableLength <= MAX_WAITING_BYTES) return;
    isPaused = true;
    control.pause();
    stdout.once("drain", () => {
      isPaused = false;
      control.resume();
    });
  };
  // As after `| head`: nobody reads any more.
  stdout.on("error", () => control.stop());
  write(writer.head);
  return {
    frame(frame, filter) {
      const { gaps, points } = shownOf(frame, filter);
      write([...gaps.map(writer.gap), ...points.map(writer.point)].join(""));
    },
    gap: (gap) => write(writer.gap(gap)),
    note: (detail) => void stderr.write(`${printableLines(detail)}\n`),
    status: () => undefined,
    line(state) {
      // That it was lost for a moment is no news: nothing is missing.
      const now = state.kind === "live" ? undefined : (state.why ?? told);
      if (now === told) return;
      told = now;
      stderr.write(`${printableLines(now === undefined ? "The line is there again." : `${now} Trying again.`)}\n`);
    },
    // A pipe may be written later (nodejs.org/api/process.html, "A note on process I/O"), and the process ends after this.
    end: () => new Promise((resolve) => stdout.write("", () => resolve())),
  };
}
