import type { ChannelViewer } from "../client/viewer.ts";
import type { Holdings } from "./data/channel-data.ts";
import type { HeldSeries, PlotcastHandle } from "./handle.ts";
import type { Cursor } from "./input/plot-cursor.ts";
import type { Board } from "./render/board.ts";
import type { Sight, View } from "./viewport/viewport.ts";

/** What the handle answers from. */
export interface Answering {
  view: View;
  source: Holdings;
  board: Board;
  cursor: Cursor;
  viewer: ChannelViewer;
  status(): string;
  sight(): Sight | undefined;
  draws(): number;
}

/** Puts the handle where scripts find it. */
export function offerHandle({ view, source, board, cursor, viewer, status, sight, draws }: Answering): void {
  const handle: PlotcastHandle = {
    state: status,
    cursor: () => (viewer.cursor === undefined ? null : { ...viewer.cursor }),
    series: () => [...source.store.series].map(({ name, ring }) => copied(name, [ring])),
    window: () => {
      const { min = null, max = null } = sight()?.x ?? {};
      return { name: view.window(source), minX: min, maxX: max, paused: !view.isLive };
    },
    seen: () => {
      const seen = sight();
      return seen === undefined ? [] : [...source.series].map((one) => copied(one.name, seen.parts(one)));
    },
    panels: () =>
      board.panels.map(({ plan: { id, names }, axes: { left, right } }) => ({
        id,
        names: [...names],
        left: { ...left.range, log: left.log },
        right: right === undefined ? null : { ...right.range, log: right.log },
      })),
    reading: () => {
      const seen = sight();
      const x = seen && cursor.pointing.at(seen.x);
      if (seen === undefined || x === undefined) return null;
      const values = [...source.series].map((series) => {
        const { value } = cursor.read({ series, parts: seen.parts(series) }, seen);
        return [series.name, Number.isNaN(value) ? null : value] as const;
      });
      return { x, mark: cursor.pointing.mark ?? null, values: Object.fromEntries(values) };
    },
    gaps: () => source.store.gaps.map(({ reason, points, series }) => ({ reason, points, series })),
    counters: () => ({
      draws: draws(),
      ringBytes: source.budget.bytes,
      badFrames: viewer.badFrames,
      past: source.past.state,
    }),
  };
  Object.defineProperty(globalThis, "plotcast", { value: Object.freeze(handle) });
}

function copied(name: string, parts: readonly { x: Float64Array; y: Float64Array }[]): HeldSeries {
  return {
    name,
    x: parts.flatMap(({ x }) => [...x]),
    y: parts.flatMap(({ y }) => Array.from(y, (value) => (Number.isNaN(value) ? null : value))),
  };
}
