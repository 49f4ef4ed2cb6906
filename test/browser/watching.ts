/** A page that watches a private channel by a token of its own, which ends or is taken back. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { claimsAt, signed } from "../support/jwt.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import type { Stage } from "./stage.ts";

/** What a browser logs of a page that is refused, and asks for a token. */
export const REFUSED =
  /the server responded with a status of (?:401|403|404|429)|WebSocket connection to '[^']+' failed/;

export interface Watching {
  tab: ChannelTab;
  channel: string;
  /** How often it connected. */
  sockets(): number;
}

/** A JWT for a channel, until the end of a second. */
export function jwtFor(channel: string, expiresAtMs: number, capabilities = ["watch", "history"]): string {
  const exp = Math.ceil(expiresAtMs / 1000);
  return signed(claimsAt(Date.now(), { exp, plotcast: { [channel]: capabilities } }));
}

/** A JWT that counts for longer than any test. */
export function lastingFor(channel: string, capabilities?: string[]): string {
  return jwtFor(channel, Date.now() + 3_600_000, capabilities);
}

/** A page that is live on a private channel with three points. @param tokenFor makes its token, as late as can be */
export async function watching(
  stage: Stage,
  t: TestContext,
  tokenFor: (channel: string) => string | Promise<string>,
  phone = false,
): Promise<Watching> {
  const channel = newChannel();
  for (const y of [1, 2, 3]) await publishJson(stage.edge, channel, { y });
  const tab = await stage.openTab(t, newChannel(), { phone, expectedErrors: REFUSED });
  await tab.says("Private");
  let sockets = 0;
  tab.page.on("websocket", () => sockets++);
  await tab.page.goto(new URL(`#token=${await tokenFor(channel)}`, stage.edge.channelUrl(channel)).href);
  await tab.holds(3);
  return { tab, channel, sockets: () => sockets };
}

/** Resolves once a notice says this. */
export async function noticed(tab: ChannelTab, text: RegExp): Promise<void> {
  await waitFor(`the notice ${text}`, async () => text.test(await tab.text("#notice")));
}

/** Enters a token, by the button of the notice or of the menu. */
export async function enter({ page }: ChannelTab, text: string, button = "Enter a new token"): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  const dialog = page.getByRole("dialog", { name: /^Access/ });
  await dialog.getByLabel("Token or link").fill(text);
  await page.keyboard.press("Enter");
}

/** What is published afterwards arrives, and nothing is missing. @param values all that there are then */
export async function goesOn(stage: Stage, { tab, channel }: Watching, values: number[]): Promise<void> {
  await publishJson(stage.edge, channel, { y: values.at(-1) });
  await tab.holds(values.length);
  assert.deepEqual((await tab.series()).y, values);
  assert.deepEqual(await tab.gaps(), []);
}

/** Neither a network that is there again nor time makes it connect. */
export async function triesNothing({ tab, sockets }: Watching): Promise<void> {
  const before = sockets();
  await tab.page.evaluate("dispatchEvent(new Event('online'))");
  await tab.drawn();
  assert.equal(sockets(), before);
}
