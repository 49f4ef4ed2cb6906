/** The page of a private channel in a frame of another site, which browsers give no cookie. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, type TestContext, test } from "node:test";
import type { Frame, Page, Request } from "playwright-core";
import { newPage } from "../support/browser.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Stage } from "./stage.ts";

const ADMIN = "the-admin-token";
/** Another site: another host. */
const site = createServer(({ url = "" }, response) => {
  const framed = new URL(url, "http://site").searchParams.get("frame") ?? "";
  response.writeHead(200, { "content-type": "text/html" });
  response.end(`<!doctype html><title>site</title><iframe src="${framed}" width="800" height="500"></iframe>`);
});
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const address = site.address();
assert.ok(typeof address === "object" && address !== null);
const origin = `http://localhost:${address.port}`;
const vars = { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" };
const [named, open] = await Promise.all([
  Stage.open({ vars: { ...vars, EMBED_ORIGINS: origin } }),
  Stage.open({ vars: { ...vars, EMBED_ORIGINS: "*" } }),
]);
after(async () => {
  await Promise.all([named.close(), open.close()]);
  site.closeAllConnections();
  site.close();
});

async function framing(
  t: TestContext,
  stage: Stage,
  query: string,
): Promise<{ page: Page; channel: string; errors: string[]; requests: Request[] }> {
  const channel = newChannel();
  const rows = Array.from({ length: 100 }, (_, y) => ({ y }));
  for (let i = 0; i < 9; i++) await publishJson(stage.edge, channel, rows);
  const { page, errors, close } = await newPage(stage.browser, { width: 900, height: 600, colorScheme: "light" });
  t.after(close);
  const requests: Request[] = [];
  page.on("request", (request) => requests.push(request));
  const framed = new URL(query, stage.edge.channelUrl(channel));
  await page.goto(`${origin}/?frame=${encodeURIComponent(framed.href)}`);
  return { page, channel, errors, requests };
}

function frameOf(page: Page, channel: string): Frame {
  const frame = page.frames().find((one) => one.url().includes(channel));
  assert.ok(frame, "the frame shows the page");
  return frame;
}

async function holds(frame: Frame, count: number): Promise<void> {
  await waitFor(
    `${count} points`,
    async () => (await frame.evaluate(() => plotcast.series()[0]?.x.length ?? 0)) >= count,
  );
}

test("[PG91g] [AC12] in a frame of a site that is named the page keeps the token itself: for its connection, and for what it reads", async (t) => {
  const { page, channel, requests } = await framing(t, named, `?embed=1#token=${ADMIN}`);
  const frame = frameOf(page, channel);
  await holds(frame, 900);
  assert.equal(new URL(frame.url()).hash.includes("token"), false);
  assert.deepEqual(await page.context().cookies(named.edge.channelUrl(channel).href), []);
  const stored = await frame.evaluate<string>(
    "JSON.stringify([localStorage, sessionStorage, document.cookie, document.documentElement.outerHTML])",
  );
  assert.ok(!stored.includes(ADMIN), stored);
  const reads = requests.filter((request) => request.url().includes("?after="));
  assert.ok(reads.length > 0, "the rest of the tail was read");
  for (const read of reads) assert.equal((await read.allHeaders()).authorization, `Bearer ${ADMIN}`);
  for (const request of requests) assert.ok(!request.url().includes(ADMIN) || request.frame() === page.mainFrame());
  await publishJson(named.edge, channel, { y: 1 });
  await holds(frame, 901);
});

test("[PG91g] [PG91b] there it asks for a token without taking the focus from the site, and is live with one", async (t) => {
  const { page, channel } = await framing(t, named, "?embed=1");
  const frame = frameOf(page, channel);
  await frame.getByRole("heading", { name: "This channel is private" }).waitFor();
  assert.equal(await page.evaluate("document.activeElement.tagName"), "BODY");
  await frame.getByLabel("Token or link").fill(ADMIN);
  await page.keyboard.press("Enter");
  await holds(frame, 900);
});

test("[PG91b] there a key without its cookie is no ended access, and is left to the pages that have both", async (t) => {
  const { page, channel } = await framing(t, named, "?embed=1");
  const frame = frameOf(page, channel);
  await frame.getByRole("heading", { name: "This channel is private" }).waitFor();
  // As where a browser does not part the storage of frames from that of pages.
  const name = JSON.stringify(`plotcast:${channel} access`);
  await frame.evaluate(`localStorage.setItem(${name}, "AAAAAAAAAAAAAAAAAAAAAA")`);
  await Promise.all([frame.waitForNavigation(), frame.evaluate("location.reload()")]);
  await frame.getByRole("heading", { name: /private|ended/ }).waitFor();
  assert.equal(await frame.getByRole("heading", { level: 2 }).textContent(), "This channel is private");
  assert.equal(await frame.evaluate(`localStorage.getItem(${name})`), "AAAAAAAAAAAAAAAAAAAAAA");
});

test("[AC12] a site that is not named shows no private channel, though EMBED_ORIGINS is *; a public one it does", async (t) => {
  const { errors } = await framing(t, open, `?embed=1#token=${ADMIN}`);
  await waitFor("the browser's refusal", () => errors.some((error) => /frame/i.test(error)));
  const channel = `open/${newChannel()}`;
  await publishJson(open.edge, channel, { y: 1 });
  const { page, close } = await newPage(open.browser, { width: 900, height: 600, colorScheme: "light" });
  t.after(close);
  await page.goto(`${origin}/?frame=${encodeURIComponent(`${open.edge.channelUrl(channel)}?embed=1`)}`);
  await holds(frameOf(page, channel), 1);
});
