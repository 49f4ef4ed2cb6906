/** The real page of the real Worker, with points in view and more coming. */
import "../../../page/handle.ts";
import type { Browser } from "playwright-core";
import { newPage, type TestPage } from "../../support/browser.ts";
import type { Edge } from "../../support/edge.ts";
import { newChannel } from "../../support/publish.ts";
import { waitFor } from "../../support/wait.ts";
import { SERIES } from "./data.ts";
import { addRecorder, FrameMeter } from "./recorder.ts";
import { Stream } from "./stream.ts";

export const VIEWPORT = { width: 1280, height: 760 };

export interface PlotcastPage extends TestPage {
  channel: string;
  meter: FrameMeter;
  stream: Stream;
  /** Of its one plot, in CSS pixels. */
  plot: { width: number; height: number };
}

/** Opens the page of a new channel, fills it with `backS` seconds of points, and chooses a window. */
export async function openPlotcast(
  browser: Browser,
  edge: Edge,
  perSecond: number,
  backS: number,
  window: string,
): Promise<PlotcastPage> {
  const opened = await newPage(browser, { ...VIEWPORT, colorScheme: "light" });
  const { page } = opened;
  await addRecorder(page);
  const channel = newChannel();
  await page.goto(edge.channelUrl(channel).href);
  await waitFor("the page live", () => page.evaluate(() => plotcast.state() !== "connecting"));
  const stream = new Stream(edge, channel, perSecond, backS);
  // No faster than it takes them, or the Channel would skip some.
  await stream.catchUp(({ seq }) =>
    waitFor("the page has them", () => page.evaluate((to) => (plotcast.cursor()?.seq ?? 0) >= to, seq), { everyMs: 1 }),
  );
  await page.locator("#windows").getByText(window, { exact: true }).click();
  await page.mouse.move(VIEWPORT.width - 1, 1);
  const plot = await page.evaluate<{ width: number; height: number; count: number }>(
    `(() => {
      const canvases = document.querySelectorAll(".plot canvas");
      const { clientWidth: width, clientHeight: height } = canvases[0];
      return { width, height, count: canvases.length };
    })()`,
  );
  if (plot.count !== 1) throw new Error(`${SERIES} series stand in ${plot.count} plots, not in one`);
  return { ...opened, channel, stream, plot, meter: await FrameMeter.of(page) };
}

/** How many points of each series are in view; throws if there are gaps or errors. */
export async function pointsInView({ page, errors }: PlotcastPage): Promise<number> {
  const [lengths, gaps] = await page.evaluate(
    () => [plotcast.seen().map(({ x }) => x.length), plotcast.gaps().length] as const,
  );
  if (gaps > 0 || errors.length > 0) throw new Error(`${gaps} gaps; ${errors.join("\n")}`);
  if (lengths.length !== SERIES) throw new Error(`${lengths.length} series`);
  return Math.min(...lengths);
}
