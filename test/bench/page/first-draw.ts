/** From the start of the navigation to the first drawing that has points: in a new profile, and again with its cache. */
import type { Browser, Page } from "playwright-core";
import { newPage } from "../../support/browser.ts";
import type { Edge } from "../../support/edge.ts";
import { newChannel } from "../../support/publish.ts";
import { waitFor } from "../../support/wait.ts";
import { WINDOW_S } from "./data.ts";
import { VIEWPORT } from "./plotcast-page.ts";
import { addRecorder } from "./recorder.ts";
import { Stream } from "./stream.ts";

const POINTS = 10_000;

export async function measureFirstDraw(browser: Browser, edge: Edge): Promise<{ coldMs: number; warmMs: number }> {
  const channel = newChannel();
  const stream = new Stream(edge, channel, POINTS / WINDOW_S, WINDOW_S);
  await stream.catchUp();
  const { page, close } = await newPage(browser, { ...VIEWPORT, colorScheme: "light" });
  await addRecorder(page);
  const url = edge.channelUrl(channel).href;
  const coldMs = await firstDrawMs(page, url);
  await page.goto("about:blank");
  const warmMs = await firstDrawMs(page, url);
  await close();
  return { coldMs, warmMs };
}

/** The page's clock starts with the navigation. */
async function firstDrawMs(page: Page, url: string): Promise<number> {
  await page.goto(url);
  return await waitFor("the first drawing", () => page.evaluate<number | undefined>("frames_.firstDrawMs"));
}
