/** The same points in a plot of the same size, with chart libraries as their documentation would have it. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { newPage, type TestPage } from "../../support/browser.ts";
import { SERIES, valueAt, WINDOW_S } from "./data.ts";
import { VIEWPORT } from "./plotcast-page.ts";
import { addRecorder, FrameMeter } from "./recorder.ts";

export interface ChartPage extends TestPage {
  meter: FrameMeter;
}

/** `make` is given all columns, and gives back what is called in each frame to show the points from one to another. */
interface Library {
  name: string;
  script: string;
  styles?: string;
  make: string;
}

/** `setData` with all columns. Typed arrays, no legend and no cursor: nothing but the lines, the axes and the grid. */
const UPLOT: Library = {
  name: "uPlot 1.6.32",
  script: "uplot/dist/uPlot.iife.min.js",
  styles: "uplot/dist/uPlot.min.css",
  make: `(host, width, height, xs, ys, colours) => {
    const chart = new uPlot({
      width, height, legend: { show: false }, cursor: { show: false },
      series: [{}, ...ys.map((_, i) => ({ stroke: colours[i], width: 1.5, points: { show: false } }))],
    }, undefined, host);
    return (from, to) => chart.setData([xs.subarray(from, to), ...ys.map((y) => y.subarray(from, to))]);
  }`,
};

/**
 * `setOption` with all points, animation off, reduced to what a pixel column shows ("minmax"). Of a dataset, arrays of
 * pairs and typed arrays of x, y, x, y, … these last are what it draws in the least time.
 */
const ECHARTS: Library = {
  name: "ECharts 6.1.0",
  script: "echarts/dist/echarts.min.js",
  make: `(host, width, height, xs, ys, colours) => {
    const chart = echarts.init(host, null, { renderer: "canvas", width, height, devicePixelRatio });
    const flat = ys.map((y) => Float64Array.from({ length: 2 * xs.length }, (_, i) =>
      i % 2 === 0 ? xs[i >> 1] * 1000 : y[i >> 1]));
    chart.setOption({
      animation: false, grid: { left: 54, right: 12, top: 8, bottom: 26 },
      xAxis: { type: "time", min: "dataMin", max: "dataMax" }, yAxis: { type: "value", scale: true },
      series: ys.map((_, i) => ({
        type: "line", showSymbol: false, symbol: "none", silent: true, sampling: "minmax", animation: false,
        lineStyle: { width: 1.5, color: colours[i] },
      })),
    });
    return (from, to) => chart.setOption({ series: flat.map((of) => ({ data: of.subarray(2 * from, 2 * to) })) });
  }`,
};

export const LIBRARIES = [UPLOT, ECHARTS];

/** All points that will be looked at lie ready; each frame looks at those of the last {@link WINDOW_S} seconds. */
const DRIVE = `({ series, points, perSecond, width, height, extra }) => {
  const total = points + extra;
  const startS = Math.floor(Date.now() / 1000) - points / perSecond;
  const xs = Float64Array.from({ length: total }, (_, i) => startS + i / perSecond);
  const ys = Array.from({ length: series }, (_, s) => Float64Array.from({ length: total }, (_, i) => valueAt(s, i)));
  const colours = ys.map((_, i) => "hsl(" + i * 36 + " 70% 45%)");
  const show = make(document.getElementById("host"), width, height, xs, ys, colours);
  const frame = () => {
    const from = Math.min(extra, Math.max(0, Math.floor((Date.now() / 1000 - startS) * perSecond) - points));
    show(from, from + points);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}`;
/** Until so long after its start there are points for it. */
const AHEAD_S = 120;

export async function openChart(
  browser: Browser,
  library: Library,
  points: number,
  plot: { width: number; height: number },
): Promise<ChartPage> {
  const opened = await newPage(browser, { ...VIEWPORT, colorScheme: "light" });
  const { page } = opened;
  await addRecorder(page);
  // Where a machine has no locale, Chromium's own name for that is one that `Intl` refuses, and uPlot asks it.
  await page.addInitScript(`Object.defineProperty(navigator, "language", { value: "en-US" })`);
  await page.goto("about:blank");
  await page.setContent(`<!doctype html><body style="margin:0"><div id="host"></div></body>`);
  const read = (path: string): Promise<string> => readFile(fileURLToPath(import.meta.resolve(path)), "utf8");
  if (library.styles !== undefined) await page.addStyleTag({ content: await read(library.styles) });
  await page.addScriptTag({ content: await read(library.script) });
  const perSecond = points / WINDOW_S;
  const options = { series: SERIES, points, perSecond, ...plot, extra: Math.ceil(perSecond * AHEAD_S) };
  await page.evaluate(
    `{ const valueAt = ${valueAt.toString()}; const make = ${library.make}; (${DRIVE})(${JSON.stringify(options)}); }`,
  );
  return { ...opened, meter: await FrameMeter.of(page) };
}
