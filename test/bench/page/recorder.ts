/**
 * Measures a page's animation frames from within: what its own callbacks take, the microtasks after them included,
 * summed for each frame. What the browser does after them (rastering) shows only in {@link Frames.taskMs}.
 */
import type { CDPSession, Page } from "playwright-core";

/** Runs before the page's own scripts. */
const RECORDER = `{
  const frames = globalThis.frames_ = { costs: [], ticks: 0, firstDrawMs: undefined, dashes: 0 };
  const request = globalThis.requestAnimationFrame.bind(globalThis);
  let at = -1;
  globalThis.requestAnimationFrame = (callback) => request((time) => {
    const from = performance.now();
    try { callback(time); } finally {
      queueMicrotask(() => {
        const cost = performance.now() - from;
        if (time === at) frames.costs[frames.costs.length - 1] += cost;
        else frames.costs.push(cost);
        at = time;
      });
    }
  });
  const tick = () => { frames.ticks++; request(tick); };
  request(tick);
  new MutationObserver((_, observer) => {
    if (document.querySelector("#board[data-drawn]") === null) return;
    frames.firstDrawMs = performance.now();
    observer.disconnect();
  }).observe(document, { subtree: true, attributeFilter: ["data-drawn"] });
}`;

/** What some seconds of frames cost. */
export interface Frames {
  /** Script of each frame in which the page did anything, in ms. */
  costs: number[];
  /** Frames that the browser made a second, whether the page did anything or not. */
  perSecond: number;
  /** Frames in which the page did anything, a second. */
  drawnPerSecond: number;
  /** The mean of all script, that for what came included, in ms of a core a drawn frame. */
  scriptMs: number;
  /** All that the page's main thread did, in ms of a core a drawn frame: script, what came, rastering, layout. */
  taskMs: number;
}

export async function addRecorder(page: Page): Promise<void> {
  await page.addInitScript(RECORDER);
}

export class FrameMeter {
  readonly #page: Page;
  readonly #devtools: CDPSession;

  static async of(page: Page): Promise<FrameMeter> {
    const devtools = await page.context().newCDPSession(page);
    // What else the machine does meanwhile is not counted.
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    return new FrameMeter(page, devtools);
  }

  private constructor(page: Page, devtools: CDPSession) {
    this.#page = page;
    this.#devtools = devtools;
  }

  /** Measures so many frames in which something is done; ends sooner after twice the time they would take at 60 Hz. */
  async measure(count: number): Promise<Frames> {
    await this.#page.evaluate("frames_.costs.length = frames_.ticks = 0");
    const before = { script: await this.metric("ScriptDuration"), task: await this.metric("TaskDuration") };
    const startMs = performance.now();
    const deadlineMs = startMs + (2 * count * 1000) / 60;
    for (let done = 0; done < count && performance.now() < deadlineMs; ) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      done = await this.#page.evaluate<number>("frames_.costs.length");
    }
    const { costs, ticks } = await this.#page.evaluate<{ costs: number[]; ticks: number }>(
      "({ costs: [...frames_.costs], ticks: frames_.ticks })",
    );
    const seconds = (performance.now() - startMs) / 1000;
    const scriptMs = 1000 * ((await this.metric("ScriptDuration")) - before.script);
    const taskMs = 1000 * ((await this.metric("TaskDuration")) - before.task);
    return {
      costs: costs.slice(0, count),
      perSecond: ticks / seconds,
      drawnPerSecond: costs.length / seconds,
      scriptMs: scriptMs / costs.length,
      taskMs: taskMs / costs.length,
    };
  }

  async metric(name: string): Promise<number> {
    const { metrics } = await this.#devtools.send("Performance.getMetrics");
    return metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  }

  async collectGarbage(): Promise<void> {
    await this.#devtools.send("HeapProfiler.collectGarbage");
  }

  /** JavaScript's own heap, and the array buffers beside it, in bytes. */
  async memory(): Promise<{ heap: number; buffers: number }> {
    const usage: { usedSize: number; backingStorageSize?: number } = await this.#devtools.send("Runtime.getHeapUsage");
    return { heap: usage.usedSize, buffers: usage.backingStorageSize ?? Number.NaN };
  }
}
