import { usualPauseMs } from "../../protocol/pause.ts";
import { isFarBehind, type PointSource } from "../data/point-source.ts";

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The last points of each series, the last seconds before the newest x, or everything that is stored. */
export type WindowName = "100 pts" | "All" | `${number} ${"s" | "m" | "h" | "d"}`;

/** The windows that are offered; any other length can be typed. */
export const WINDOWS: readonly WindowName[] = ["100 pts", "10 s", "30 s", "1 m", "5 m", "15 m", "1 h", "6 h", "All"];

const LENGTH = /^([\d.]+) ?([smhd])$/;
const MAX_SECONDS = 366 * 86_400;
/** A window that nobody chose has at least so many points. */
const FEW_POINTS = 15;
const SHORTEST_S = 30;
/** Among so many of its last points a series' pace is looked for. */
const SAMPLE = 17;

/** How many seconds a window shows; NaN of one that is no length of time. */
export function spanOf(window: string): number {
  const [, count, unit = ""] = LENGTH.exec(window) ?? [];
  return Number(count) * (SECONDS[unit] ?? 0);
}

/** The window that a text names, with or without its blank: `5 m`, `90s`. */
export function readWindow(text: string): WindowName | undefined {
  const window = text.replace(/(\d) ?(?=[a-z])/, "$1 ");
  return (
    WINDOWS.find((name) => name === window || spanOf(name) === spanOf(text)) ?? (isLength(window) ? window : undefined)
  );
}

/** The window for the pace of the quickest series of now; undefined while none has three points. */
export function windowFor({ store }: PointSource, newest: number): WindowName | undefined {
  const pauses = [...store.series]
    .filter(({ headX, ring }) => ring.length > 2 && !isFarBehind(headX, newest))
    .map(({ ring }) => usualPauseMs([...ring.x.slice(-SAMPLE)].map((x) => x * 1000)) ?? 0);
  if (pauses.length === 0) return undefined;
  const least = Math.max(SHORTEST_S, (FEW_POINTS * Math.min(...pauses)) / 1000);
  return WINDOWS.find((name) => spanOf(name) >= least) ?? "All";
}

function isLength(text: string): text is WindowName {
  const span = spanOf(text);
  return span > 0 && span <= MAX_SECONDS;
}
