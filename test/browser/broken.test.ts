/** The page after a deploy, without a part of it, in a browser that lacks something, and in a frame. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { ROOT } from "../../scripts/local/worker-bundle.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { assertFits } from "./fits.ts";
import { Source, THREE } from "./source.ts";
import { Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

const notice = ({ page }: ChannelTab) => page.locator("#notice");
const MISSING = /Failed to load resource: the server responded with a status of 404/;

/** A Worker with another page, though that does the same: the script has another name. */
async function otherPage(t: TestContext): Promise<string> {
  const pageDir = await mkdtemp(join(tmpdir(), "plotcast-page-"));
  t.after(() => rm(pageDir, { recursive: true, force: true }));
  await cp(join(ROOT, "dist/page"), pageDir, { recursive: true });
  const html = await readFile(join(pageDir, "page.html"), "utf8");
  const script = /page-[A-Z0-9]{8}\.js/.exec(html)?.[0] ?? "";
  await rename(join(pageDir, "assets", script), join(pageDir, "assets", "page-AFTERWARD.js"));
  await writeFile(join(pageDir, "page.html"), html.replace(script, "page-AFTERWARD.js"));
  return pageDir;
}

/** A Worker on its own port that is deployed anew, with another page. */
async function deployable(t: TestContext): Promise<{ edge: Edge; deploy(): Promise<void> }> {
  const persistDir = await mkdtemp(join(tmpdir(), "plotcast-deploy-"));
  const edge = await startEdge({ persistDir });
  t.after(async () => {
    await edge.close();
    await rm(persistDir, { recursive: true, force: true });
  });
  return {
    edge,
    async deploy() {
      const pageDir = await otherPage(t);
      await edge.close();
      const after = await startEdge({ persistDir, pageDir, port: Number(edge.url.port) });
      t.after(() => after.close());
    },
  };
}

/** Whether the line says so. It may say something else before and after: older points could not be fetched meanwhile. */
async function offersReload(tab: ChannelTab): Promise<boolean> {
  const [isVisible, text] = await Promise.all([notice(tab).isVisible(), notice(tab).textContent()]);
  return isVisible && /^There is a new version of this page\./.test(text ?? "");
}

async function reconnect(tab: ChannelTab, relay: TcpRelay): Promise<void> {
  relay.cut();
  await tab.says(/^Reconnecting/);
  relay.mend();
  await tab.connected();
}

test("[PG20b] [VW19] after a deploy the page offers to be loaded anew when it is live again, without having asked for itself, and goes on meanwhile", async (t) => {
  const { edge, deploy } = await deployable(t);
  const relay = await TcpRelay.to(t, edge.url);
  const source = new Source(edge);
  await source.past(THREE);
  const tab = await stage.openTab(t, source.channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  await tab.connected();
  const asked: string[] = [];
  tab.page.on("request", (request) => {
    // Older points, which are in view, may be fetched; and what shows in the tab's icon that it is not live. Why it cannot connect is asked, too.
    const { pathname, search } = new URL(request.url());
    const isWhy = request.headers().accept?.includes("problem+json") === true;
    if (search === "" && !isWhy && !pathname.startsWith("/assets/lazy-")) asked.push(request.url());
  });
  // Nothing was deployed: nothing is offered.
  await reconnect(tab, relay);
  await tab.drawn();
  assert.equal(await offersReload(tab), false);
  await deploy();
  await waitFor("the offer", () => offersReload(tab));
  await tab.connected();
  assert.deepEqual(asked, [], "what the page asked for when it came back");
  await assertFits(tab, "the offer");
  await source.now(THREE);
  await tab.holds(121, "vib.x");
  const again = tab.page.waitForEvent("load");
  await notice(tab).getByRole("button", { name: "Reload" }).click();
  await again;
  await tab.holds(121, "vib.x");
  await tab.connected();
  assert.ok(await notice(tab).isHidden());
});

test("[PG20b] [PG20c] a part that is gone with a deploy is not asked for again: the page offers to be loaded anew", async (t) => {
  const { edge, deploy } = await deployable(t);
  const source = new Source(edge);
  await source.past(THREE);
  const expectedErrors = new RegExp(`${MISSING.source}|${NETWORK_ERROR.source}`);
  const options = { at: edge.url, expectedErrors, blocked: "**/assets/lazy-*" };
  const tab = await stage.openTab(t, source.channel, options);
  await tab.holds(120, "vib.x");
  await deploy();
  await waitFor("the offer", () => offersReload(tab));
  // By key: a mouse would then point at the plot under the line, which needs that part.
  await notice(tab).getByRole("button", { name: "Dismiss" }).press("Enter");
  assert.equal(await offersReload(tab), false);
  await tab.page.keyboard.press("t");
  await waitFor("the offer again", () => offersReload(tab));
  assert.ok(await tab.page.locator("#board").isVisible(), "the plots stay");
});

test("[PG20c] a part that cannot be had now is said to be missing, and is had when the Worker is there again", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  const tab = await stage.openTab(t, source.channel, {
    phone: true,
    expectedErrors: MISSING,
    blocked: "**/assets/lazy-*",
  });
  await tab.holds(120, "vib.x");
  await tab.page.locator("#menu").click();
  await waitFor("it is said", () => notice(tab).isVisible());
  assert.match((await notice(tab).textContent()) ?? "", /^This part could not be loaded/);
  await assertFits(tab, "the notice");
  await tab.page.unroute("**/assets/lazy-*");
  await tab.page.locator("#menu").click();
  await tab.page.getByRole("dialog", { name: "Menu" }).waitFor();
  assert.ok(await notice(tab).isHidden(), "what was said is not true any more");
});

test("[PG20] without the part that marks gaps the lines go on, it is asked for now and then, and they are marked when it is there", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  await source.now(THREE, 7);
  const tab = await stage.openTab(t, source.channel, {
    expectedErrors: MISSING,
    blocked: "**/assets/lazy-*",
  });
  const asked: string[] = [];
  const startMs = performance.now();
  tab.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  source.goOn(t, THREE, 40);
  await tab.holds(180, "vib.x");
  // Now and then is once in 5 s; each drawing would be dozens.
  const most = 4 + (performance.now() - startMs) / 5000;
  assert.ok(asked.length <= most, `asked for ${asked}`);
  await tab.page.unroute("**/assets/lazy-*");
  await tab.page.locator(".gap").first().waitFor({ state: "attached" });
});

test("[PG20e] [PG7b] in a frame of 300 × 200 it shows what comes and how things stand, and nothing to press but what leads back", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  const tab = await stage.openTab(t, source.channel, { width: 300, height: 200, query: "?embed=1" });
  const end = source.goOn(t, (i) => ({ "vib.x": Math.sin(i / 10) }));
  await tab.says("Live");
  await tab.holds(122, "vib.x");
  await tab.drawn();
  await assertFits(tab, "embedded");
  for (const id of ["pause", "windows", "share", "menu"]) {
    assert.ok(await tab.page.locator(`#${id}`).isHidden(), `#${id}`);
  }
  assert.ok(await tab.page.locator("footer").isHidden());
  assert.ok(await tab.page.locator(".panel-menu").first().isHidden());
  const plot = await tab.page.locator(".over").first().boundingBox();
  assert.ok(plot && plot.height >= 70 && plot.width >= 200, `the lines have ${plot?.width} × ${plot?.height}`);
  await tab.page.keyboard.press(" ");
  await tab.says("Paused");
  await tab.page.locator("#go-live").click();
  await tab.says("Live");
  await end();
  await tab.says(/^Stale since/);
});
