import { counted } from "../../observability/printable.ts";
import type { Line } from "../inspect/report-text.ts";
import { LiveScreen, type Screen } from "../inspect/screen.ts";
import type { ToldGap } from "./point-writer.ts";
import { SeriesBoard } from "./series-board.ts";
import { type LineState, shownOf, type WatchView } from "./watch.ts";

const REDRAW_EVERY_MS = 250;

export interface ScreenViewOptions {
  /** What is watched, as its title. */
  title: string;
  screen: Screen;
  isStyled: boolean;
}

/** A line for each series, drawn anew in place. */
export function createScreenView({ title, screen, isStyled }: ScreenViewOptions): WatchView {
  const live = new LiveScreen(screen, isStyled, "--series picks");
  const board = new SeriesBoard();
  let watching: number | undefined;
  let line: LineState = { kind: "down", why: undefined };
  let note = "";
  let lost = { points: 0, isMore: false, reason: "" };
  const draw = (): void => {
    const state = line.kind === "live" ? `live · ${watching ?? 0} watching` : "connecting";
    const lines: Line[] = [{ kind: "title", text: `${title} · ${state} · Ctrl-C ends` }];
    if (line.kind === "down" && line.why !== undefined) lines.push({ kind: "advice", text: line.why });
    if (note !== "") lines.push({ kind: "advice", text: note });
    if (lost.reason !== "") lines.push({ kind: "advice", text: lostText(lost) });
    const rows = board.lines(live.columns, performance.now(), Date.now() / 1000);
    live.draw([...lines, ...rows.map((text): Line => ({ kind: "text", text }))]);
  };
  const addGap = ({ reason, points }: ToldGap): void => {
    lost = { points: lost.points + (points ?? 0), isMore: lost.isMore || points === null, reason };
  };
  const timer = setInterval(draw, REDRAW_EVERY_MS);
  draw();
  return {
    frame(frame, filter, isStored) {
      const { gaps, points } = shownOf(frame, filter);
      gaps.forEach(addGap);
      const nowMs = performance.now();
      if (points.length > 0) note = "";
      for (const point of points) board.add(point, isStored, nowMs);
    },
    gap: addGap,
    note: (detail) => {
      note = detail;
    },
    status: ({ viewers }) => {
      watching = viewers;
    },
    line(now) {
      // Why it is down is known later, and stays known while it is.
      line = now.kind === "down" && line.kind === "down" ? { kind: "down", why: now.why ?? line.why } : now;
    },
    async end() {
      clearInterval(timer);
      live.end();
    },
  };
}

function lostText({ points, isMore, reason }: { points: number; isMore: boolean; reason: string }): string {
  const most = isMore ? (points === 0 ? "Points" : `${counted(points, "point")} and more`) : counted(points, "point");
  return `${most} missing; the last reason: ${reason}`;
}
