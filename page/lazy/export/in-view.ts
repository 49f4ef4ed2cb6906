import { rangeText } from "../../input/cursor-text.ts";
import { unitOf } from "../../layout/unit.ts";
import { BOTTOM_PX, TOP_PX } from "../../render/plot-canvas.ts";
import { rendererOf } from "../../render/renderers/registry.ts";
import { valueText } from "../../ui/format.ts";
import { expectedRange } from "../../ui/legend-item.ts";
import { lineColour } from "../../ui/theme.ts";
import type { ViewModel } from "../../viewport/viewport.ts";
import { appearanceOf } from "../appearance.ts";
import { APART_PX } from "../gaps/gap-marks.ts";
import { gapsOf, marksOf } from "../gaps/gap-spans.ts";
import { undrawnTexts } from "../log-notes.ts";
import type { Context } from "../module.ts";
import { valueStyle } from "../quantity.ts";
import type { PanelPicture, Picture } from "./png.ts";
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
  const panels = board.onScreen.map(
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
          const { series, slot, colour } = one;
          const { label, unit } = unitOf(one.label ?? series.name);
          const { value, text } = cursor.read(one, viewModel);
          const style = valueStyle(...expectedRange(one, panel.axes), series.integers, unit);
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
