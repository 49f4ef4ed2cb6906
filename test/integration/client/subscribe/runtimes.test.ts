/** A subscription in a Worker and in Chromium, over each transport, cut off and back. (Node has tests of its own.) */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { after, type TestContext, test } from "node:test";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { TRANSPORT_NAMES, type TransportName } from "../../../../client/subscribe/transport.ts";
import { bundleWorker, readWorkerConfig } from "../../../../scripts/local/worker-bundle.ts";
import { newPage, openBrowser } from "../../../support/browser.ts";
import { startEdge } from "../../../support/edge.ts";
import { MeddlingProxy } from "../../../support/meddling-proxy.ts";
import { newChannel, publishJson } from "../../../support/publish.ts";
import { waitFor } from "../../../support/wait.ts";

/** Begins to follow a channel. @returns what is reported so far */
type Follow = (t: TestContext, url: URL, transport: TransportName) => Promise<() => Promise<string[]>>;

const here = (file: string): string => new URL(file, import.meta.url).pathname;
const edge = await startEdge({ vars: { ALLOWED_ORIGINS: "*" } });
after(() => edge.close());

const inWorker: Follow = async (t, url, transport) => {
  const { compatibilityDate } = await readWorkerConfig();
  const contents = await bundleWorker(here("follower-worker.ts"));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      telemetry: { enabled: false },
      modules: [{ type: "ESModule", path: "worker.js", contents }],
      modulesRoot: ".",
      compatibilityDate,
    }),
  );
  const leaving = new AbortController();
  t.after(async () => {
    leaving.abort();
    await miniflare.dispose();
  });
  const query = new URLSearchParams({ url: url.href, transport });
  // Compressed, lines would wait for each other.
  const headers = { "Accept-Encoding": "identity" };
  const response = await fetch(new URL(`?${query}`, await miniflare.ready), { headers, signal: leaving.signal });
  const reports: string[] = [];
  createInterface({ input: Readable.from(response.body ?? []) })
    .on("line", (line) => reports.push(line))
    // It is aborted at the end.
    .on("error", () => {});
  return async () => reports;
};

const inBrowser: Follow = async (t, url, transport) => {
  const bundle = await build({ entryPoints: [here("follower-page.ts")], bundle: true, write: false, format: "iife" });
  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page } = await newPage(browser, { width: 320, height: 200, colorScheme: "light" });
  // The channel is of another origin than the page.
  await page.goto(await siteOf(t));
  await page.evaluate(bundle.outputFiles[0]?.text ?? "");
  await page.evaluate(`follow(${JSON.stringify(url.href)}, { transports: [${JSON.stringify(transport)}] })`);
  return () => page.evaluate<string[]>("reports");
};

/** Somebody's site, with a page of nothing. */
async function siteOf(t: TestContext): Promise<string> {
  const server = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end("<p>Hi"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
}

for (const [runtime, start] of Object.entries({ "a Worker": inWorker, Chromium: inBrowser })) {
  for (const transport of TRANSPORT_NAMES) {
    test(`[CL1b] [CL6b] in ${runtime} by ${transport}, through a line that is cut`, async (t) => {
      const channel = newChannel();
      await publishJson(edge, channel, [{ y: 1 }, { y: 2 }]);
      const proxy = await MeddlingProxy.to(t, edge.channelUrl(channel));
      const reports = await start(t, proxy.url, transport);
      const isLive = async (): Promise<boolean> => (await reports()).includes(`live ${transport}`);
      await waitFor("it is live", isLive);
      await publishJson(edge, channel, 3);
      await waitFor("the third", async () => (await reports()).includes("3"));
      proxy.cut();
      await publishJson(edge, channel, 4);
      await waitFor("the fourth", async () => (await reports()).includes("4"));
      const all = await reports();
      const isState = (text: string): boolean => text.endsWith(transport);
      assert.deepEqual(
        all.filter((text) => !isState(text)),
        ["1", "2", "3", "4"],
      );
    });
  }
}
