/** What the end-to-end tests play on: a real Worker, a real browser, and real bridges with real ZeroMQ publishers. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Browser } from "playwright-core";
import { sourceOf } from "../../bridge/config/defaults.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { type Bridge, type BridgeOptions, startBridge } from "../../bridge/pipeline/bridge.ts";
import { newPage, openBrowser, type PageOptions } from "../support/browser.ts";
import { type Edge, type EdgeOptions, startEdge } from "../support/edge.ts";
import { connectPublisher, type TestPublisher } from "../support/publisher.ts";
import { ChannelTab, RECORDER } from "./channel-tab.ts";

export interface TabOptions extends Partial<PageOptions> {
  /** A finger instead of a mouse, and a screen as dense as a phone's. */
  phone?: boolean;
  /** Where the browser finds the Worker, if not at its own address. */
  at?: URL;
  /** Console errors that the test itself provokes. */
  expectedErrors?: RegExp;
  /** The test breaks the Content-Security-Policy itself. */
  breaksPolicy?: boolean;
  /** What follows the channel in the URL. */
  query?: string;
  /** Code that runs in the page before its own scripts. */
  before?: string;
  /** What is not found there, until it is unrouted. */
  blocked?: string;
}

export interface ChannelUplink {
  bridge: Bridge;
  /** Publishes a value as JSON. */
  send(value: unknown, topic?: string): Promise<void>;
}

/** One edge and one browser, for all tests of a file. */
export class Stage {
  readonly edge: Edge;
  readonly browser: Browser;

  static async open(options: EdgeOptions = {}): Promise<Stage> {
    const [edge, browser] = await Promise.all([startEdge(options), openBrowser()]);
    return new Stage(edge, browser);
  }

  private constructor(edge: Edge, browser: Browser) {
    this.edge = edge;
    this.browser = browser;
  }

  async close(): Promise<void> {
    await Promise.all([this.edge.close(), this.browser.close()]);
  }

  /** A bridge to a channel, and a publisher that is connected to it. */
  async feed(t: TestContext, channel: string, options: Partial<BridgeOptions> = {}): Promise<ChannelUplink> {
    const bridge = await startBridge({
      to: this.edge.channelUrl(channel),
      token: this.edge.token ?? "",
      log: createLog("text", "error"),
      sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
      ...options,
    });
    t.after(() => bridge.close({ drainMs: 1000 }));
    const publisher: TestPublisher = await connectPublisher(bridge.addresses[0] ?? "");
    t.after(() => publisher.close());
    return {
      bridge,
      send: (value, topic) => publisher.send(...(topic === undefined ? [] : [topic]), JSON.stringify(value)),
    };
  }

  /** A browser that has the channel's page open. The test fails if the page logs an error or breaks its own policy. */
  async openTab(t: TestContext, channel: string, options: TabOptions = {}): Promise<ChannelTab> {
    const { phone = false, at = this.edge.url, expectedErrors, breaksPolicy = false } = options;
    const { query = "", before, blocked, ...pageOptions } = options;
    const { width = phone ? 390 : 1280, height = phone ? 800 : 760 } = pageOptions;
    const size = { width, height };
    const { page, errors, close } = await newPage(this.browser, { colorScheme: "dark", ...pageOptions, ...size });
    t.after(async () => {
      const violations = await page.evaluate<string[]>("globalThis.recorded.violations");
      await close();
      if (!breaksPolicy) assert.deepEqual(violations, [], "Content-Security-Policy");
      const unexpected = errors.filter((error) => expectedErrors?.test(error) !== true);
      assert.deepEqual(unexpected, [], "errors in the page");
    });
    await page.addInitScript(RECORDER);
    if (before !== undefined) await page.addInitScript(before);
    if (blocked !== undefined) await page.route(blocked, (route) => route.fulfill({ status: 404 }));
    if (phone) {
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 5 });
      await devtools.send("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: 3, mobile: true });
    }
    await page.goto(new URL(`/c/${channel}${query}`, at).href);
    return new ChannelTab(page, blocked !== undefined);
  }
}

export const counting = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);
