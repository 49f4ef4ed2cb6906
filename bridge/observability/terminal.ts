import type { Totals, Undelivered } from "./ledger.ts";
import { isUsual } from "./left-out.ts";
import { counted, duration, printable, printableLines } from "./printable.ts";

/** What a terminal needs of a stream. */
export interface Terminal {
  write(text: string): unknown;
  /** Undefined where it is none. */
  columns?: number | undefined;
}

const CLEAR = "\r\u001b[K";
const EVERY_MS = 500;

/** One line at the foot of a terminal that is written anew all the time; what is logged goes above it. */
export class FootLine {
  readonly #terminal: Terminal;
  #text = "";

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** A whole line, or several, above the foot. */
  log(lines: string): void {
    const safe = printableLines(lines);
    this.#terminal.write(this.#text === "" ? safe : `${CLEAR}${safe}${this.#text}`);
  }

  show(text: string): void {
    // Some terminals say 0.
    const columns = this.#terminal.columns || 80;
    // A full line would wrap, and could not be cleared any more.
    const safe = printable(text);
    const short = safe.length < columns ? safe : `${safe.slice(0, Math.max(0, columns - 2))}…`;
    if (short === this.#text) return;
    this.#text = short;
    this.#terminal.write(`${CLEAR}${short}`);
  }

  end(): void {
    if (this.#text !== "") this.#terminal.write(CLEAR);
    this.#text = "";
  }
}

/** What happens now, for whoever looks at it: rates since the line before, and what is not in order. */
export function footText(before: Totals, now: Totals, seconds: number, held: Undelivered): string {
  const rate = (of: (totals: Totals) => number): string =>
    Math.round(Math.max(0, of(now) - of(before)) / seconds).toLocaleString("en");
  const refused = [...now.refused.values()].reduce((sum, count) => sum + count, 0);
  const leftOut = [...now.leftOut].reduce((sum, [reason, count]) => sum + (isUsual(reason) ? 0 : count), 0);
  const lost = [...now.gaps.values()].reduce((sum, { points }) => sum + points, 0);
  const parts = [
    counted(now.publishers, "publisher"),
    `${rate(({ received }) => received)} messages/s`,
    `${rate(({ decoded }) => decoded)} points/s`,
    now.viewers === undefined ? "not delivered yet" : `${now.viewers.toLocaleString("en")} watching`,
  ];
  if (held.oldestAgeMs > 2000) {
    parts.push(`behind by ${counted(held.points, "point")}, ${duration(held.oldestAgeMs)}`);
  }
  if (refused > 0) parts.push(`${counted(refused, "message")} not understood`);
  if (leftOut > 0) parts.push(`${counted(leftOut, "value")} left out`);
  if (lost > 0) parts.push(`${counted(lost, "point")} lost`);
  return parts.join(" · ");
}

/** Shows {@link footText} twice a second. @returns how to stop it */
export function showFoot(foot: FootLine, totals: () => Totals, held: () => Undelivered): () => void {
  let before = totals();
  let atMs = performance.now();
  const timer = setInterval(() => {
    const now = totals();
    const nowMs = performance.now();
    foot.show(footText(before, now, (nowMs - atMs) / 1000, held()));
    before = now;
    atMs = nowMs;
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    foot.end();
  };
}
