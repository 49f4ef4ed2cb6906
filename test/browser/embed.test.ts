/** The page in a frame of another site. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import type { Page } from "playwright-core";
import { newPage, openBrowser } from "../support/browser.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";

const [edge, closed, browser] = await Promise.all([
  startEdge(),
  startEdge({ vars: { EMBED_ORIGINS: "none" } }),
  openBrowser(),
]);
/** Another site: another host, and a policy as strict as a site may have that embeds. */
const site = createServer(({ url = "" }, response) => {
  const framed = new URL(url, "http://site").searchParams.get("frame") ?? "";
  response.writeHead(200, { "content-type": "text/html", "content-security-policy": "default-src *" });
  response.end(`<!doctype html><title>site</title><iframe src="${framed}" width="800" height="500"></iframe>`);
});
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
after(async () => {
  await Promise.all([edge.close(), closed.close(), browser.close()]);
  site.closeAllConnections();
  site.close();
});

function siteUrl(framed: URL): string {
  const address = site.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://localhost:${address.port}/?frame=${encodeURIComponent(framed.href)}`;
}

async function framing(framed: URL): Promise<{ page: Page; errors: string[]; close: () => Promise<void> }> {
  const opened = await newPage(browser, { width: 900, height: 600, colorScheme: "light" });
  await opened.page.goto(siteUrl(framed));
  return opened;
}

async function viewers(at: Edge, channel: string): Promise<number> {
  return (await publishJson(at, channel, 1)).viewers;
}

test("[RT7a] [RT7c] [GD3b] the page with ?embed=1 is live in a frame of another site", async () => {
  const channel = newChannel();
  const { page, errors, close } = await framing(new URL("?embed=1", edge.channelUrl(channel)));
  await waitFor("a viewer", async () => (await viewers(edge, channel)) === 1);
  const frame = page.frames().find((one) => one.url().includes(channel));
  assert.ok(frame, "the frame shows the page");
  await waitFor("live", async () => /live/i.test((await frame.locator("#state").textContent()) ?? ""));
  assert.deepEqual(errors, []);
  await close();
});

for (const [what, at, query] of [
  ["without ?embed=1", edge, ""],
  ["with EMBED_ORIGINS none", closed, "?embed=1"],
] as const) {
  test(`[RT6] [RT7a] the page ${what} is shown in no frame of another site`, async () => {
    const channel = newChannel();
    const { errors, close } = await framing(new URL(query, at.channelUrl(channel)));
    await waitFor("the browser's refusal", () => errors.some((error) => /frame/i.test(error)));
    assert.equal(await viewers(at, channel), 0);
    await close();
  });
}
