/** A page with something to be saved, and saving it as a person does. */
import { readFile } from "node:fs/promises";
import type { TestContext } from "node:test";
import type { FileChooser, Locator } from "playwright-core";
import { newChannel, rowOf } from "../support/publish.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Source } from "./source.ts";
import { counting, type Stage } from "./stage.ts";

export const COUNT = 121;
export const TEMP = 'temp "in", °C [°C]';
const wave = (i: number): number => Math.sin(i / 12);

export interface Scene {
  channel: string;
  tab: ChannelTab;
  x: number[];
}

/** A page with two panels of 121 points each. */
export async function scene(stage: Stage, t: TestContext): Promise<Scene> {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const x = counting(COUNT).map((i) => start + i / 4);
  const rows = x.map((each, i) => rowOf(each, { [TEMP]: 20 + wave(i), load: 300 * wave(2 * i) }));
  await new Source(stage.edge, channel).publish(rows);
  const tab = await stage.openTab(t, channel);
  await tab.holds(COUNT, "load");
  await tab.drawn();
  return { channel, tab, x };
}

export async function openShare({ page }: ChannelTab): Promise<Locator> {
  // On a phone only the menu has it.
  const button = page.locator("#share");
  if (await button.isVisible()) await button.click();
  else await page.keyboard.press("s");
  const dialog = page.getByRole("dialog", { name: "Share" });
  await dialog.waitFor();
  return dialog;
}

/** Opens a snapshot by the menu. */
export async function openSnapshot({ page }: ChannelTab, file: Parameters<FileChooser["setFiles"]>[0]): Promise<void> {
  await page.locator("#menu").click();
  const choosers = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: /Open a snapshot/ }).click();
  await (await choosers).setFiles(file);
}

/** Saves what is in view. @returns its name and its bytes */
export async function saved(
  tab: ChannelTab,
  what: "CSV" | "PNG" | "Snapshot",
): Promise<{ name: string; path: string; bytes: Buffer }> {
  const dialog = await openShare(tab);
  const downloads = tab.page.waitForEvent("download");
  await dialog.getByRole("button", { name: what, exact: true }).click();
  const download = await downloads;
  await dialog.getByText(`${what} saved.`).waitFor();
  await tab.page.keyboard.press("Escape");
  const path = await download.path();
  return { name: download.suggestedFilename(), path, bytes: await readFile(path) };
}
