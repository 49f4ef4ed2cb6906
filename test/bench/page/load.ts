/** Many points a second: do frames still come, and what does the page hold? */
import type { Browser } from "playwright-core";
import { newPage } from "../../support/browser.ts";
import type { Edge } from "../../support/edge.ts";
import { openPlotcast, pointsInView, VIEWPORT } from "./plotcast-page.ts";
import { addRecorder, FrameMeter, type Frames } from "./recorder.ts";

const WINDOW_S = 30;
const FRAMES_PER_SECOND = 60;
const IDLE_FRAMES = 90;

export interface Load {
  frames: Frames;
  /** Frames of a page that does nothing, just before: what the machine has to give. */
  idlePerSecond: number;
  /** Points of each series. */
  inView: number;
  /** All in bytes: after garbage was collected, and the largest with garbage. */
  heap: number;
  peakHeap: number;
  /** Array buffers, those of the rings among them. */
  buffers: number;
  rings: number;
}

export async function measureLoad(browser: Browser, edge: Edge, perSecond: number, seconds: number): Promise<Load> {
  const idlePerSecond = await measureIdle(browser);
  const opened = await openPlotcast(browser, edge, perSecond, WINDOW_S, "30 s");
  const { page, meter, stream } = opened;
  stream.go();
  await meter.measure(FRAMES_PER_SECOND);
  let peakHeap = 0;
  const timer = setInterval(async () => {
    const heap = await meter.metric("JSHeapUsedSize").catch(() => 0);
    peakHeap = Math.max(peakHeap, heap);
  }, 100);
  const frames = await meter.measure(FRAMES_PER_SECOND * seconds);
  clearInterval(timer);
  const inView = await pointsInView(opened);
  await meter.collectGarbage();
  const memory = await meter.memory();
  const rings = await page.evaluate(() => plotcast.counters().ringBytes);
  await stream.end();
  await opened.close();
  return { frames, idlePerSecond, inView, peakHeap, rings, ...memory };
}

async function measureIdle(browser: Browser): Promise<number> {
  const { page, close } = await newPage(browser, { ...VIEWPORT, colorScheme: "light" });
  await addRecorder(page);
  await page.goto("about:blank");
  const { perSecond } = await (await FrameMeter.of(page)).measure(IDLE_FRAMES);
  await close();
  return perSecond;
}
