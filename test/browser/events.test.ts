/** A browser's own EventSource, on a page of another site. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { newPage, openBrowser } from "../support/browser.ts";
import { startEdge } from "../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { TcpRelay } from "./tcp-relay.ts";

const A = "00000000000000aa";

/** Plots nothing, and keeps what came. */
const PAGE = `<!doctype html><title>site</title><script>
const seen = { values: [], gaps: [], lives: 0, opened: 0 };
const source = new EventSource(decodeURIComponent(location.hash.slice(1)));
source.onopen = () => seen.opened++;
source.onmessage = ({ data }) => seen.values.push(JSON.parse(data).y);
source.addEventListener("gap", ({ data }) => seen.gaps.push(data));
source.addEventListener("live", () => seen.lives++);
</script>`;

test("[TR2a] [TR9b] an EventSource of another site gets every point once, in order, across a line that breaks and streams that end", async (t) => {
  const site = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(PAGE));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  after(() => {
    site.closeAllConnections();
    site.close();
  });
  const address = site.address();
  assert.ok(typeof address === "object" && address !== null);
  const origin = `http://localhost:${address.port}`;
  await using edge = await startEdge({ vars: { ALLOWED_ORIGINS: origin, STREAM_CPU_MS: "4" } });
  const browser = await openBrowser();
  t.after(() => browser.close());
  const relay = await TcpRelay.to(t, edge.url);
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const { page } = await newPage(browser, { width: 400, height: 300, colorScheme: "light" });
  const events = new URL(`/c/${channel}`, relay.url);
  await page.goto(`${origin}/#${encodeURIComponent(events.href)}`);
  const read = <T>(expression: string): Promise<T> => page.evaluate<T>(expression);
  await waitFor("the tail", () => read<boolean>("seen.lives === 1 && seen.values.length === 1"));
  let n = 1;
  const publish = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await publishFrames(edge, channel, frameOf(A, ++n, [n]));
  };
  await publish(100);
  await waitFor("streams that end by themselves", () => read<boolean>("seen.opened > 1 && seen.values.length === 101"));
  relay.cut();
  await publish(20);
  relay.mend();
  await publish(20);
  await waitFor("all points", () => read<boolean>("seen.values.length >= 141"));
  assert.deepEqual(
    await read<number[]>("seen.values"),
    Array.from({ length: 141 }, (_, i) => i + 1),
  );
  assert.deepEqual(await read<string[]>("seen.gaps"), []);
});
