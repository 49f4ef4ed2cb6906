/** The page after a deploy, without a part of it, in a browser that lacks something, and in a frame. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { ROOT } from "../../scripts/local/worker-bundle.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { waitFor } from "../support/wait.ts";
import { assertFits } from "./fits.ts";
import { type Look, NETWORK_ERROR } from "./look.ts";
import { Relay } from "./relay.ts";
import { Source, THREE } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const notice = ({ page }: Look) => page.locator("#notice");
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
async function offersReload(look: Look): Promise<boolean> {
  const [isVisible, text] = await Promise.all([notice(look).isVisible(), notice(look).textContent()]);
  return isVisible && /^There is a new version of this page\./.test(text ?? "");
}

async function reconnect(look: Look, relay: Relay): Promise<void> {
  relay.cut();
  await look.says(/^Reconnecting/);
  relay.mend();
  await look.says("Live");
}

test("[PG20b] [VW19] after a deploy the page offers to be loaded anew when it is live again, without having asked for itself, and goes on meanwhile", async (t) => {
  const { edge, deploy } = await deployable(t);
  const relay = await Relay.to(t, edge.url);
  const source = new Source(edge);
  await source.past(THREE);
  const look = await stage.look(t, source.channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  await look.says("Live");
  const asked: string[] = [];
  look.page.on("request", (request) => {
    // Older points, which are in view, may be fetched.
    if (new URL(request.url()).search === "") asked.push(request.url());
  });
  // Nothing was deployed: nothing is offered.
  await reconnect(look, relay);
  await look.drawn();
  assert.equal(await offersReload(look), false);
  await deploy();
  await waitFor("the offer", () => offersReload(look));
  await look.says("Live");
  assert.deepEqual(asked, [], "what the page asked for when it came back");
  await assertFits(look, "the offer");
  await source.now(THREE);
  await look.holds(121, "vib.x");
  const again = look.page.waitForEvent("load");
  await notice(look).getByRole("button", { name: "Reload" }).click();
  await again;
  await look.holds(121, "vib.x");
  await look.says("Live");
  assert.ok(await notice(look).isHidden());
});

test("[PG20b] [PG20c] a part that is gone with a deploy is not asked for again: the page offers to be loaded anew", async (t) => {
  const { edge, deploy } = await deployable(t);
  const source = new Source(edge);
  await source.past(THREE);
  const expectedErrors = new RegExp(`${MISSING.source}|${NETWORK_ERROR.source}`);
  const options = { at: edge.url, expectedErrors, blocked: "**/assets/lazy-*" };
  const look = await stage.look(t, source.channel, options);
  await look.holds(120, "vib.x");
  await deploy();
  await waitFor("the offer", () => offersReload(look));
  await notice(look).getByRole("button", { name: "Dismiss" }).click();
  assert.equal(await offersReload(look), false);
  await look.page.keyboard.press("t");
  await waitFor("the offer again", () => offersReload(look));
  assert.ok(await look.page.locator("#board").isVisible(), "the plots stay");
});

test("[PG20c] a part that cannot be had now is said to be missing, and is had when the Worker is there again", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  const look = await stage.look(t, source.channel, { phone: true, expectedErrors: MISSING });
  await look.holds(120, "vib.x");
  await look.page.route("**/assets/lazy-*", (route) => route.fulfill({ status: 404 }));
  await look.page.locator("#menu").click();
  await waitFor("it is said", () => notice(look).isVisible());
  assert.match((await notice(look).textContent()) ?? "", /^This part of the page cannot be loaded now/);
  await assertFits(look, "the notice");
  await look.page.unroute("**/assets/lazy-*");
  await look.page.locator("#menu").click();
  await look.page.getByRole("dialog", { name: "Menu" }).waitFor();
  assert.ok(await notice(look).isHidden(), "what was said is not true any more");
});

test("[PG20] without the part that marks gaps the lines go on, it is asked for now and then, and they are marked when it is there", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  await source.now(THREE, 7);
  const look = await stage.look(t, source.channel, {
    expectedErrors: MISSING,
    blocked: "**/assets/lazy-*",
  });
  const asked: string[] = [];
  look.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  source.goOn(t, THREE, 40);
  await look.holds(180, "vib.x");
  assert.ok(asked.length <= 4, `asked for ${asked}`);
  await look.page.unroute("**/assets/lazy-*");
  await look.page.locator(".gap").first().waitFor({ state: "attached" });
});

test("[PG20d] a browser without WebSocket is told so, and how to read the points", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  const look = await stage.look(t, source.channel, { before: "delete globalThis.WebSocket;", phone: true });
  await look.says("No WebSocket");
  const command = `curl "${stage.edge.channelUrl(source.channel).href}?points=100"`;
  assert.ok((await notice(look).textContent())?.includes(command));
  await assertFits(look, "the notice");
  assert.ok(await look.page.locator("#empty").isHidden());
});

test("[PG20e] [PG7b] in a frame of 300 × 200 it shows what comes and how things stand, and nothing to press but what leads back", async (t) => {
  const source = new Source(stage.edge);
  await source.past(THREE);
  const look = await stage.look(t, source.channel, { width: 300, height: 200, query: "?embed=1" });
  const end = source.goOn(t, (i) => ({ "vib.x": Math.sin(i / 10) }));
  await look.says("Live");
  await look.holds(122, "vib.x");
  await look.drawn();
  await assertFits(look, "embedded");
  for (const id of ["pause", "windows", "share", "menu"]) {
    assert.ok(await look.page.locator(`#${id}`).isHidden(), `#${id}`);
  }
  assert.ok(await look.page.locator("footer").isHidden());
  assert.ok(await look.page.locator(".panel-menu").first().isHidden());
  const plot = await look.page.locator(".over").first().boundingBox();
  assert.ok(plot && plot.height >= 70 && plot.width >= 200, `the lines have ${plot?.width} × ${plot?.height}`);
  await look.page.keyboard.press(" ");
  await look.says("Paused");
  await look.page.locator("#go-live").click();
  await look.says("Live");
  await end();
  await look.says(/^Stale since/, 8000);
});
