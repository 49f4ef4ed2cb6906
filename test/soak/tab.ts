/**
 * A tab that can really be hidden. Pages that Playwright opens are always visible, whatever lies over them; so this one
 * has a window of its own, opened and spoken to by the browser's own protocol.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, CDPSession } from "playwright-core";
import { withDeadline } from "../support/wait.ts";
import { readProcess } from "./measure.ts";

export interface TabMemory {
  /** After garbage was collected, in bytes. */
  heap: number;
  /** Array buffers, in bytes. */
  buffers: number;
  /** The renderer's process, in bytes. */
  rss: number;
  nodes: number;
  listeners: number;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class Tab {
  /** Uncaught errors and what was logged as one. */
  readonly errors: string[] = [];
  readonly #whole: CDPSession;
  readonly #targetId: string;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  static async open(browser: Browser, url: URL, width: number, height: number): Promise<Tab> {
    const whole = await browser.newBrowserCDPSession();
    const { browserContextId } = await whole.send("Target.createBrowserContext");
    const blank = { url: "about:blank", browserContextId, width, height };
    const { targetId } = await whole.send("Target.createTarget", blank);
    const { sessionId } = await whole.send("Target.attachToTarget", { targetId, flatten: false });
    const tab = new Tab(whole, targetId, sessionId);
    for (const domain of ["Page", "Runtime", "Performance", "HeapProfiler", "Log"]) await tab.send(`${domain}.enable`);
    await tab.send("Page.navigate", { url: url.href });
    return tab;
  }

  private constructor(whole: CDPSession, targetId: string, sessionId: string) {
    this.#whole = whole;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    whole.on("Target.receivedMessageFromTarget", ({ message }) => this.#take(JSON.parse(message)));
  }

  async send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    const message = JSON.stringify({ id, method, params });
    await this.#whole.send("Target.sendMessageToTarget", { sessionId: this.#sessionId, message });
    return await withDeadline(`${method} ${JSON.stringify(params).slice(0, 100)}`, promise, 30_000);
  }

  /** What an expression, or its promise, comes to in the page. */
  async read(expression: string): Promise<unknown> {
    const answer = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    const exception = field(answer, "exceptionDetails");
    if (exception !== undefined) throw new Error(`${expression}: ${JSON.stringify(exception)}`);
    return field(field(answer, "result"), "value");
  }

  /** The same, where that is a number; NaN where it is none. */
  async number(expression: string): Promise<number> {
    const value = await this.read(expression);
    return typeof value === "number" ? value : Number.NaN;
  }

  async key(key: string): Promise<void> {
    for (const type of ["keyDown", "keyUp"]) await this.send("Input.dispatchKeyEvent", { type, key });
  }

  async mouse(type: "mouseMoved" | "mousePressed" | "mouseReleased", x: number, y: number, held = true): Promise<void> {
    const button = type === "mouseMoved" && !held ? {} : { button: "left", buttons: 1, clickCount: 1 };
    await this.send("Input.dispatchMouseEvent", { type, x, y, ...button });
  }

  async wheel(x: number, y: number, deltaY: number): Promise<void> {
    await this.send("Input.dispatchMouseEvent", { type: "mouseWheel", x, y, deltaX: 0, deltaY });
  }

  /** Resolves after the next frame. */
  async frame(): Promise<void> {
    await this.read("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
  }

  /** Hides its window, or shows it again; throws if the page does not see that. */
  async show(isShown: boolean): Promise<void> {
    const { windowId } = await this.#whole.send("Browser.getWindowForTarget", { targetId: this.#targetId });
    const bounds = { windowState: isShown ? ("normal" as const) : ("minimized" as const) };
    await this.#whole.send("Browser.setWindowBounds", { windowId, bounds });
    const wanted = isShown ? "visible" : "hidden";
    for (let tries = 0; (await this.read("document.visibilityState")) !== wanted; tries++) {
      if (tries === 100) throw new Error(`the page is not ${wanted}`);
      await sleep(20);
    }
  }

  /** One of the browser's own counters of the page, by its name. */
  async metric(name: string): Promise<number> {
    const metrics = field(await this.send("Performance.getMetrics"), "metrics");
    const found: unknown = Array.isArray(metrics)
      ? metrics.find((metric) => field(metric, "name") === name)
      : undefined;
    return Number(field(found, "value"));
  }

  async memory(): Promise<TabMemory> {
    await this.send("HeapProfiler.collectGarbage");
    const usage = await this.send("Runtime.getHeapUsage");
    const counters = await this.send("Memory.getDOMCounters");
    const { processInfo } = await this.#whole.send("SystemInfo.getProcessInfo");
    let rss = 0;
    for (const { type, id } of processInfo) if (type === "renderer") rss += (await readProcess(id)).rss;
    return {
      heap: Number(field(usage, "usedSize")),
      buffers: Number(field(usage, "backingStorageSize")),
      rss,
      nodes: Number(field(counters, "nodes")),
      listeners: Number(field(counters, "jsEventListeners")),
    };
  }

  #take(message: unknown): void {
    const id = field(message, "id");
    if (typeof id !== "number") return this.#note(field(message, "method"), field(message, "params"));
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    const error = field(message, "error");
    if (error === undefined) waiting?.resolve(field(message, "result"));
    else waiting?.reject(new Error(JSON.stringify(error)));
  }

  #note(method: unknown, params: unknown): void {
    const isError =
      method === "Runtime.exceptionThrown" ||
      (method === "Log.entryAdded" && field(field(params, "entry"), "level") === "error");
    if (isError) this.errors.push(JSON.stringify(params).slice(0, 500));
  }
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
