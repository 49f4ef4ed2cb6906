import type { ChannelViewer } from "../client/viewer.ts";
import type { ChannelData } from "./data/channel-data.ts";
import type { HeldSeries, PlotcastHandle } from "./handle.ts";
import type { PlotCursor } from "./input/plot-cursor.ts";
import type { Board } from "./render/board.ts";
import type { ViewModel, Viewport } from "./viewport/viewport.ts";

/** What the handle reads. */
export interface HandleSources {
  viewport: Viewport;
  source: ChannelData;
  board: Board;
  cursor: PlotCursor;
  viewer: ChannelViewer;
  status(): string;
  viewModel(): ViewModel | undefined;
  draws(): number;
}

/** Sets `globalThis.plotcast`. */
export function installHandle({
  viewport,
  source,
  board,
  cursor,
  viewer,
  status,
  viewModel,
  draws,
}: HandleSources): void {
  const handle: PlotcastHandle = {
    state: status,
    cursor: () => viewer.cursor ?? null,
    series: () => [...source.store.series].map(({ name, ring }) => copied(name, [ring])),
    window: () => {
      const { min = null, max = null } = viewModel()?.x ?? {};
      return { name: viewport.window(source), minX: min, maxX: max, paused: !viewport.isLive };
    },
    seen: () => {
      const seen = viewModel();
      return seen === undefined ? [] : [...source.series].map((one) => copied(one.name, seen.segments(one)));
    },
    panels: () =>
      board.panels.map(({ plan: { id, names }, axes: { left, right } }) => ({
        id,
        names: [...names],
        left: { ...left.range, log: left.log },
        right: right === undefined ? null : { ...right.range, log: right.log },
      })),
    reading: () => {
      const seen = viewModel();
      const x = seen && cursor.state.xIn(seen.x);
      if (seen === undefined || x === undefined) return null;
      const values = [...source.series].map((series) => {
        const { value } = cursor.read({ series, segments: seen.segments(series) }, seen);
        return [series.name, Number.isNaN(value) ? null : value] as const;
      });
      return { x, mark: cursor.state.mark ?? null, values: Object.fromEntries(values) };
    },
    gaps: () => source.store.gaps.map(({ reason, points, series }) => ({ reason, points, series })),
    counters: () => ({
      draws: draws(),
      ringBytes: source.budget.bytes,
      badFrames: viewer.badFrames,
      past: source.fetchState,
    }),
  };
  Object.defineProperty(globalThis, "plotcast", { value: Object.freeze(handle) });
}

function copied(name: string, segments: readonly { x: Float64Array; y: Float64Array }[]): HeldSeries {
  return {
    name,
    x: segments.flatMap(({ x }) => [...x]),
    y: segments.flatMap(({ y }) => Array.from(y, (value) => (Number.isNaN(value) ? null : value))),
  };
}
