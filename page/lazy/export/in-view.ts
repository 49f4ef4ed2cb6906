import type { Arrangement } from "../../layout/arrangement.ts";
import { LINE_COLOURS } from "../../layout/colours.ts";
import type { SeriesStyles } from "../../layout/panels.ts";
import { unitOf } from "../../layout/unit.ts";
import { BOTTOM_PX, TOP_PX } from "../../render/plot-canvas.ts";
import { rendererOf } from "../../render/renderers/registry.ts";
import { valueText } from "../../ui/format.ts";
import { axisOf, expectedRange, wholeNumbersIn } from "../../ui/legend-item.ts";
import { lineColour } from "../../ui/theme.ts";
import type { ViewModel } from "../../viewport/viewport.ts";
import { appearanceOf, appearanceText } from "../appearance.ts";
import { APART_PX } from "../gaps/gap-marks.ts";
import { gapsOf, marksOf } from "../gaps/gap-spans.ts";
import { undrawnTexts } from "../log-notes.ts";
import type { Context } from "../module.ts";
import { rangeText } from "../pointing/cursor-text.ts";
import { valueStyle } from "../quantity.ts";
import type { PanelPicture, Picture } from "./png.ts";
import { brokenIn } from "./snapshot.ts";
import { brokenLists, panelsFragment, type SnapshotView } from "./snapshot-view.ts";
import type { WindowData } from "./window-data.ts";

/** All points in view, of the series that are not hidden, in the order of the panels. */
export function windowData({ channel, arrangement, source }: Context, viewModel: ViewModel): WindowData {
  const style = getComputedStyle(document.documentElement);
  const series = arrangement.shown.flatMap(({ names, slots }) =>
    names.flatMap((name, i) => {
      const one = source.seriesOf(name);
      if (one === undefined || source.isHidden(name)) return [];
      const { colour: chosen } = appearanceOf(arrangement.styles, name);
      const own = style.getPropertyValue(lineColour(typeof chosen === "number" ? chosen : (slots[i] ?? 0))).trim();
      const colour = typeof chosen === "string" ? chosen : own;
      const { hasLongTexts } = rendererOf(one);
      return [{ name, colour, valueNames: one.valueNames, hasLongTexts, segments: viewModel.segments(one) }];
    }),
  );
  return { channel, minX: viewModel.x.min, maxX: viewModel.x.max, time: viewModel.time, series };
}

/** From when to when, in words; where x is a time with its date, whatever day it is read on. */
export function datedRange({ x, time }: ViewModel): string {
  return rangeText(x, time, x, Number.NaN);
}

/** What a picture of the panels that can be seen is made of. */
export function pictureOf({ channel, board, cursor }: Context, viewModel: ViewModel): Picture {
  const style = getComputedStyle(document.documentElement);
  const read = (property: string): string => style.getPropertyValue(property).trim();
  const { left, right } = board.gutters;
  const { min, max } = viewModel.x;
  const panels = board.onScreen
    .filter(({ root }) => !root.hasAttribute("data-other"))
    .map(
      (panel): PanelPicture => ({
        canvas: panel.canvas,
        title: panel.plan.title ?? "",
        lines: { left, right, top: TOP_PX, bottom: BOTTOM_PX },
        gaps: marksOf(
          gapsOf(viewModel.gaps, panel.plan.names),
          viewModel.x,
          (APART_PX * (max - min)) / (panel.canvas.width / devicePixelRatio - left - right),
        ).map(({ fromX, toX }) => [(fromX - min) / (max - min), (toX - min) / (max - min)]),
        legend: panel.series
          .filter(({ isHidden }) => !isHidden)
          .map((one) => {
            const isWhole = wholeNumbersIn(panel.series)(one);
            const { series, slot, colour } = one;
            const { label, unit } = unitOf(one.label ?? series.name);
            const { value, text } = cursor.read(one, viewModel);
            const style = valueStyle(
              ...expectedRange(one, panel.axes, isWhole),
              isWhole,
              unit,
              undefined,
              axisOf(one, panel.axes).exponent,
            );
            const number = valueText(value, style);
            return {
              name: label,
              colour: colour ?? read(lineColour(slot)),
              value: text ?? number,
              unit: style.unit,
            };
          }),
        notes: undrawnTexts(panel, viewModel),
      }),
    );
  const theme = {
    ground: read("--ground"),
    ink: read("--ink"),
    quiet: read("--quiet"),
    fontFamily: getComputedStyle(document.body).fontFamily,
  };
  return {
    title: channel,
    range: datedRange(viewModel),
    panels,
    xAxis: board.xAxisCanvas,
    scale: devicePixelRatio,
    theme,
  };
}

/** How the points are seen, as a snapshot keeps it. */
export function snapshotView(
  { channel, arrangement, source }: Context,
  { x, dataEndX, segments, gaps }: ViewModel,
  window: WindowData,
): SnapshotView {
  const panels = arrangement.shown;
  return {
    channel,
    madeMs: Date.now(),
    fragment: panelsFragment({ ...arrangement.state, styles: withColours(arrangement) }, panels, (name) =>
      source.isHidden(name),
    ),
    seen: { ...x, ...(Number.isFinite(dataEndX) ? { endX: dataEndX } : {}) },
    paths: [...source.series].flatMap((one) => (segments(one)[0]?.isPath ? one.name : [])),
    broke: brokenLists(brokenIn(window, gaps)),
  };
}

/** With the colour that each series has now: beside other series it might have another. */
function withColours({ shown, styles }: Arrangement): SeriesStyles {
  const all = new Map(styles);
  for (const { names, slots } of shown) {
    for (const [i, name] of names.entries()) {
      const [slot = 0, own] = [slots[i], appearanceOf(styles, name)];
      // Past the last colour a line has dashes, which nobody chooses.
      if (slot < LINE_COLOURS) all.set(name, appearanceText({ colour: slot, ...own }));
    }
  }
  return all;
}
