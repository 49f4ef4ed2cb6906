/** The chat of examples/, in the browsers of people who have nothing in common but a room. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { buildClient } from "../../scripts/build-client.ts";
import { ROOT } from "../../scripts/local/worker-bundle.ts";
import { openBrowser } from "../support/browser.ts";
import { startEdge } from "../support/edge.ts";
import { startSite } from "../support/site.ts";
import { TcpRelay } from "./tcp-relay.ts";

const OWNER = "an-admin-token-of-a-test";
const built = await mkdtemp(join(tmpdir(), "plotcast-chat-"));
await buildClient(built);
const html = await readFile(join(ROOT, "examples/chat.html"), "utf8");
const { origin: site, close: closeSite } = await startSite({
  "/": { type: "text/html", text: html },
  "/room.js": { type: "text/javascript", text: await readFile(join(built, "room.js"), "utf8") },
});
const vars = { ALLOWED_ORIGINS: site, PUBLIC_RIGHTS: "chat/**=presence", ADMIN_TOKEN: OWNER };
const edge = await startEdge({ vars });
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await edge.close();
  await rm(built, { recursive: true, force: true });
  await closeSite();
});

/** Somebody's browser, in a room. */
async function visitor(
  t: TestContext,
  room: string,
  name: string,
  { token = "", board = edge.url } = {},
): Promise<Page> {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.on("pageerror", (error) => assert.fail(error));
  await page.goto(site);
  await page.getByLabel("Board").fill(board.href);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Token").fill(token);
  await goInto(page, room);
  return page;
}

async function goInto(page: Page, room: string): Promise<void> {
  await page.getByLabel("Room").fill(room);
  await page.getByRole("button", { name: "Enter" }).click();
  await sees(page, `in ${room}.`);
}

async function send(page: Page, text: string, button = "Send"): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: button }).click();
}

const sees = (page: Page, text: string): Promise<void> => page.getByRole("log").getByText(text).waitFor();

test("[CL10f] [CL10h] two browsers chat: names, messages with receipts, announcements, rooms, and a line that breaks", async (t) => {
  const [lobby, other] = ["lobby", "kitchen"];
  const relay = await TcpRelay.to(t, edge.url);
  const ada = await visitor(t, lobby, "Ada", { board: relay.url });
  const ben = await visitor(t, lobby, "Ada", { token: OWNER });
  await sees(ben, `You are Ada 2 in ${lobby}.`);
  await sees(ada, "Ada 2 is here.");
  await ada.getByText("2 here: Ada, Ada 2").waitFor();
  await send(ada, "<b>hello</b>");
  await sees(ben, "Ada: <b>hello</b>");
  await sees(ada, "read by 1 of 1");
  await send(ben, "Lunch at noon", "Announce");
  await sees(ada, "Ada 2 announces: Lunch at noon");
  await send(ada, "Me too", "Announce");
  await sees(ada, "Only a publisher, or whoever has admin, announces something.");
  relay.cut();
  await ada.getByText("waiting…").or(ada.getByText("connecting…")).waitFor();
  await send(ada, "after the cut");
  relay.mend();
  await sees(ben, "Ada: after the cut");
  await goInto(ben, other);
  await send(ben, "is anybody here?");
  await sees(ben, "read by 0 of 0");
  await goInto(ada, other);
  await send(ada, "I am");
  // Who comes later to a room with that name is the second there.
  await sees(ben, "Ada 2: I am");
});

test("the chat is written in less than 80 lines", () => {
  assert.ok(html.trimEnd().split("\n").length < 80);
});
