/**
 * `npm run bench:page`: what a frame of the page costs with 10 series × 10,000 and × 100,000 points in view, beside uPlot
 * and ECharts with the same points in a plot of the same size; how it keeps up with 10,000 points a second; how soon a page
 * that is opened shows something, and how soon it is live, for ten feeds. The bounds stand beside the figures and are not
 * enforced: machines differ.
 *
 *     npm run bench:page -- [--rounds 3] [--frames 300] [--seconds 20] [--only frames|load|first|join]
 *
 * Each figure is the median of all rounds, and in parentheses the least and the largest of them. Who does not get
 * through the frames in twice the time that they have at 60 Hz is measured by those that there were.
 */
import { parseArgs } from "node:util";
import { openBrowser } from "../../support/browser.ts";
import { startEdge } from "../../support/edge.ts";
import { LIBRARIES, openChart } from "./chart-page.ts";
import { median, quantile, repeat, SERIES, spread, WINDOW_S } from "./data.ts";
import { measureFirstDraw } from "./first-draw.ts";
import { FEEDS, measureJoin, RunningFeed } from "./join.ts";
import { type Load, measureLoad } from "./load.ts";
import { openPlotcast, pointsInView } from "./plotcast-page.ts";
import type { Frames } from "./recorder.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    frames: { type: "string", default: "300" },
    seconds: { type: "string", default: "20" },
    only: { type: "string" },
  },
});
const [rounds, frames, seconds] = [Number(options.rounds), Number(options.frames), Number(options.seconds)];
const WARM_UP_FRAMES = 60;
const MIB = 1024 * 1024;
/** Of a core is without what else the machine did meanwhile; the percentiles are by the clock. */
const COLUMNS: { title: string; of: (frames: Frames) => number }[] = [
  { title: "script p50 ms", of: ({ costs }) => quantile(costs, 0.5) },
  { title: "script p95 ms", of: ({ costs }) => quantile(costs, 0.95) },
  { title: "script, core ms", of: ({ scriptMs }) => scriptMs },
  { title: "with raster, core ms", of: ({ taskMs }) => taskMs },
  { title: "drawn/s", of: ({ drawnPerSecond }) => drawnPerSecond },
  { title: "frames/s", of: ({ perSecond }) => perSecond },
];

const [edge, browser] = await Promise.all([startEdge(), openBrowser()]);
console.log(`Chromium ${browser.version()}, without a GPU; ${rounds} rounds of ${frames} frames\n`);

const wants = (part: string): boolean => options.only === undefined || options.only === part;
if (wants("frames")) {
  await compare(10_000, 8);
  await compare(100_000, 16);
}
if (wants("load")) await load();
if (wants("first")) await firstDraw();
if (wants("join")) await join();
await browser.close();
await edge.close();
process.exit();

/** Frames of the page and of each library, one after the other in every round. */
async function compare(points: number, boundMs: number): Promise<void> {
  const results = new Map<string, Frames[]>();
  const note = (name: string, measured: Frames): unknown => results.set(name, [...(results.get(name) ?? []), measured]);
  let size = "";
  for (let round = 0; round < rounds; round++) {
    const page = await openPlotcast(browser, edge, points / WINDOW_S, WINDOW_S, "5 m");
    page.stream.go();
    await page.meter.measure(WARM_UP_FRAMES);
    note("Plotcast", await page.meter.measure(frames));
    const inView = await pointsInView(page);
    if (inView < 0.99 * points) throw new Error(`${inView} of ${points} points are in view`);
    await page.stream.end();
    await page.close();
    size = `${page.plot.width} × ${page.plot.height} px`;
    for (const library of LIBRARIES) {
      const chart = await openChart(browser, library, points, page.plot);
      await chart.meter.measure(WARM_UP_FRAMES);
      note(library.name, await chart.meter.measure(frames));
      if (chart.errors.length > 0) throw new Error(`${library.name}: ${chart.errors.join("\n")}`);
      await chart.close();
    }
  }
  console.log(`${SERIES} series × ${points.toLocaleString("en")} points in view, streaming, ${size}`);
  row("", ...COLUMNS.map(({ title }) => title));
  for (const [name, some] of results) row(name, ...COLUMNS.map(({ of }) => spread(some.map(of))));
  const own = results.get("Plotcast") ?? [];
  for (const { name } of LIBRARIES) {
    const other = results.get(name) ?? [];
    const ratios = COLUMNS.slice(0, 4).map(({ of }) => median(other.map(of)) / median(own.map(of)));
    row(`${name} / Plotcast`, ...ratios.map((ratio) => `× ${ratio.toFixed(1)}`));
  }
  verdict("Plotcast, script p95", median(own.map(({ costs }) => quantile(costs, 0.95))), boundMs, "ms");
}

async function load(): Promise<void> {
  const runs = await repeat(rounds, () => measureLoad(browser, edge, 1000, seconds));
  console.log(`${SERIES} series × 1,000 points a second coming in, window 30 s, ${seconds} s`);
  const tell = (what: string, of: (run: Load) => number): void => row(what, spread(runs.map(of)));
  tell("points in view, each", ({ inView }) => inView);
  tell("frames/s of an empty page", ({ idlePerSecond }) => idlePerSecond);
  for (const { title, of } of [...COLUMNS].reverse()) tell(title, ({ frames }) => of(frames));
  tell("heap after GC, MiB", ({ heap }) => heap / MIB);
  tell("heap at its peak, MiB", ({ peakHeap }) => peakHeap / MIB);
  tell("array buffers, MiB", ({ buffers }) => buffers / MIB);
  tell("rings, MiB", ({ rings }) => rings / MIB);
  verdict("heap at its peak", median(runs.map(({ peakHeap }) => peakHeap / MIB)), 64, "MiB");
}

async function firstDraw(): Promise<void> {
  const runs = await repeat(Math.max(5, rounds), () => measureFirstDraw(browser, edge));
  console.log(`first points drawn after navigation, ${SERIES} series × 10,000 points stored`);
  const [cold, warm] = [runs.map((run) => run.coldMs), runs.map((run) => run.warmMs)];
  row("nothing cached, ms", spread(cold, 0));
  row("files cached, ms", spread(warm, 0));
  verdict("nothing cached", median(cold), 300, "ms");
}

/** One feed after the other: what is due to others would be measured with it. */
async function join(): Promise<void> {
  console.log("from the navigation to “Live”, nothing cached, while points go on coming");
  row("", "live, ms", "history loaded, ms", "points held");
  let slowest = 0;
  for (const feed of FEEDS) {
    const running = await RunningFeed.start(edge, feed);
    const runs = await repeat(Math.max(5, rounds), () => measureJoin(browser, edge, running.channel));
    await running.end();
    const liveMs = runs.map((run) => run.liveMs);
    slowest = Math.max(slowest, median(liveMs));
    const points = Math.max(...runs.map((run) => run.points));
    row(
      feed.name,
      spread(liveMs, 0),
      spread(
        runs.map((run) => run.historyMs),
        0,
      ),
      points.toLocaleString("en"),
    );
  }
  verdict("the slowest", slowest, 500, "ms");
}

function row(name: string, ...cells: string[]): void {
  console.log(`  ${name.padEnd(28)}${cells.map((cell) => cell.padStart(21)).join("")}`);
}

function verdict(what: string, value: number, bound: number, unit: string): void {
  const kept = value <= bound ? "kept" : "NOT KEPT";
  console.log(`  ${what}: ${value.toFixed(1)} ${unit}; bound ${bound} ${unit}: ${kept}\n`);
}
