/** A real page in a real browser, with its rings full from the start: until they are, they grow as they should. */
import { framesOf } from "../../protocol/frame/frame-builder.ts";
import "../../page/handle.ts";
import { newPage, openBrowser } from "../support/browser.ts";
import type { Edge } from "../support/edge.ts";
import { publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { readProcess } from "./measure.ts";

const RING_BYTES = 64 * 1024 * 1024;
/** What these hold, and some. */
const FILL_POINTS = 2_100_000;
const POINTS_A_BODY = 40_000;
const FILL_PUBLISHER = "f111f111f111f111";

export interface SoakPage {
  /** After garbage was collected: the JavaScript heap, array buffers, the process. */
  measure(): Promise<{ heap: number; buffers: number; rss: number; nodes: number; listeners: number }>;
  /** What is wrong with it: errors, gaps, or the last point missing. */
  faults(last: number): Promise<string[]>;
  close(): Promise<void>;
}

export async function openSoakPage(edge: Edge, channel: string): Promise<SoakPage> {
  const browser = await openBrowser();
  const { page, errors, close } = await newPage(browser, { width: 1280, height: 760, colorScheme: "dark" });
  await page.goto(edge.channelUrl(channel).href);
  let filled = 0;
  await fill(edge, channel, async (points) => {
    filled += points;
    // What comes too fast it would skip, and its ring would only seem to be full.
    await waitFor(`the page holding ${filled} points`, () =>
      page.evaluate((seq) => (plotcast.cursor()?.seq ?? 0) >= seq, filled),
    );
  });
  const bytes = await page.evaluate(() => plotcast.counters().ringBytes);
  if (bytes < RING_BYTES) throw new Error(`the page's rings have ${bytes} bytes`);
  const gapsOfFilling = await page.evaluate(() => plotcast.gaps().length);
  const devtools = await page.context().newCDPSession(page);
  const whole = await browser.newBrowserCDPSession();
  await devtools.send("HeapProfiler.enable");
  return {
    measure: async () => {
      await devtools.send("HeapProfiler.collectGarbage");
      const usage: { usedSize: number; backingStorageSize?: number } = await devtools.send("Runtime.getHeapUsage");
      const { nodes, jsEventListeners: listeners } = await devtools.send("Memory.getDOMCounters");
      const { processInfo } = await whole.send("SystemInfo.getProcessInfo");
      let rss = 0;
      for (const { type, id } of processInfo) if (type === "renderer") rss += (await readProcess(id)).rss;
      return { heap: usage.usedSize, buffers: usage.backingStorageSize ?? Number.NaN, rss, nodes, listeners };
    },
    faults: async (last) => {
      const [gaps, lastY, { badFrames }] = await page.evaluate(
        () => [plotcast.gaps(), plotcast.series()[0]?.y.at(-1), plotcast.counters()] as const,
      );
      return [
        ...errors,
        ...gaps.slice(gapsOfFilling).map((gap) => `gap ${JSON.stringify(gap)}`),
        ...(lastY === last ? [] : [`its last point is ${lastY}, not ${last}`]),
        ...(badFrames === 0 ? [] : [`${badFrames} bad frames`]),
      ].map((fault) => `the page: ${fault}`);
    },
    close: async () => {
      await close();
      await browser.close();
    },
  };
}

/** Publishes points of before, all of them -1, with regular x: so they are few bytes. */
async function fill(edge: Edge, channel: string, published: (points: number) => Promise<void>): Promise<void> {
  const firstX = Math.floor(Date.now() / 1000) - FILL_POINTS / 1000 - 60;
  let publisherSeq = 1;
  for (let from = 0; from < FILL_POINTS; from += POINTS_A_BODY) {
    const rows = Array.from({ length: POINTS_A_BODY }, (_, i) => rowOf(firstX + (from + i) / 1000, { y: -1 }));
    const frames = framesOf(rows, FILL_PUBLISHER, publisherSeq);
    publisherSeq += frames.length;
    await publishFrames(edge, channel, ...frames);
    await published(rows.length);
  }
}
