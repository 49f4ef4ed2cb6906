/** The client in each of its runtimes, for real: Node, a Worker and a browser follow a channel, are cut off and come back. */
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundleWorker, readWorkerConfig } from "../../../scripts/local/worker-bundle.ts";
import { newPage, openBrowser } from "../../support/browser.ts";
import { startEdge } from "../../support/edge.ts";
import { newChannel, publishJson } from "../../support/publish.ts";
import { waitFor } from "../../support/wait.ts";
import { follow, type Report } from "./follow.ts";

interface Follower {
  /** What it has reported so far. */
  reports(): Promise<Report[]>;
  renew?(token: string): Promise<void>;
}

/** Begins to follow a channel. */
type Follow = (t: TestContext, url: URL) => Promise<Follower>;

const here = (file: string): string => new URL(file, import.meta.url).pathname;

const inNode: Follow = async (t, url) => {
  const reports: Report[] = [];
  const viewer = follow(url.href, (report) => reports.push(report));
  t.after(() => viewer.close());
  return { reports: async () => reports, renew: async (token) => viewer.renew(token) };
};

const inWorker: Follow = async (t, url) => {
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
  const follower = new URL(`?url=${encodeURIComponent(url.href)}`, await miniflare.ready);
  // Compressed, lines would wait for each other.
  const headers = { "Accept-Encoding": "identity" };
  const response = await fetch(follower, { headers, signal: leaving.signal });
  const reports: Report[] = [];
  createInterface({ input: Readable.from(response.body ?? []) })
    .on("line", (line) => reports.push(JSON.parse(line)))
    // It is aborted at the end.
    .on("error", () => {});
  return { reports: async () => reports };
};

const inBrowser: Follow = async (t, url) => {
  const bundle = await build({ entryPoints: [here("follower-page.ts")], bundle: true, write: false, format: "iife" });
  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page } = await newPage(browser, { width: 320, height: 200, colorScheme: "light" });
  // Any document of the Worker's origin.
  await page.goto(new URL("/THIRD-PARTY-NOTICES.txt", url).href);
  await page.evaluate(bundle.outputFiles[0]?.text ?? "");
  await page.evaluate(`follow(${JSON.stringify(url.href)})`);
  return {
    reports: () => page.evaluate<Report[]>("reports"),
    renew: (token) => page.evaluate<void>(`renew(${JSON.stringify(token)})`),
  };
};

for (const [runtime, start] of Object.entries({ Node: inNode, "a Worker": inWorker, Chromium: inBrowser })) {
  test(`[VC1a] [VC1b] [VW2a] in ${runtime} a viewer follows a channel, is cut off, and goes on where it was`, async (t) => {
    const edge = await startEdge();
    t.after(() => edge.close());
    const channel = newChannel();
    await publishJson(edge, channel, { y: 1, z: 2 });
    const { reports } = await start(t, edge.channelUrl(channel));
    const phases = async (): Promise<string[]> =>
      (await reports()).flatMap((report) => (report.kind === "phase" ? [report.phase] : []));
    const ys = async (): Promise<number[]> =>
      (await reports()).flatMap((report) => (report.kind === "point" ? [report.y] : []));
    const isLive = async (): Promise<boolean> => (await phases()).at(-1) === "live";
    await waitFor("it is live", isLive);
    await publishJson(edge, channel, 3);
    await waitFor("three points", async () => (await ys()).length === 3);
    await edge.kill();
    await waitFor("it notices", async () => !(await isLive()));
    await edge.restart();
    await publishJson(edge, channel, [{ y: 4 }, { y: 5 }]);
    await waitFor("it is live again", isLive, { deadlineMs: 20_000 });
    await publishJson(edge, channel, 6);
    await waitFor("all points", async () => (await ys()).length >= 6);
    const all = await reports();
    assert.deepEqual(await ys(), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(
      all.filter(({ kind }) => kind === "missing"),
      [],
    );
    assert.deepEqual(
      all.flatMap((report) => (report.kind === "point" ? [[report.series, report.isStored]] : [])).slice(0, 3),
      [
        ["y", true],
        ["z", true],
        ["y", false],
      ],
    );
    assert.ok((await phases()).includes("waiting"));
    const hellos = all.flatMap((report) => (report.kind === "hello" ? [report.channel] : []));
    assert.deepEqual([...new Set(hellos)], [channel]);
  });
}

for (const [runtime, start] of Object.entries({ Node: inNode, Chromium: inBrowser })) {
  test(`[AC1a] [AC10a] [AC10c] in ${runtime} a viewer whose channel becomes private is refused until it has a token, and misses nothing`, async (t) => {
    const main = new URL("../../support/token-worker.js", import.meta.url).pathname;
    const edge = await startEdge({ main, vars: { ADMIN_TOKEN: "admin-\u00e4??>" } });
    t.after(() => edge.close());
    const channel = newChannel();
    await publishJson(edge, channel, 1);
    const { reports, renew } = await start(t, edge.channelUrl(channel));
    const phase = async (): Promise<string | undefined> =>
      (await reports()).flatMap((report) => (report.kind === "phase" ? [report.phase] : [])).at(-1);
    const ys = async (): Promise<number[]> =>
      (await reports()).flatMap((report) => (report.kind === "point" ? [report.y] : []));
    await waitFor("it is live", async () => (await phase()) === "live");
    await fetch(new URL("/watch?is=token", edge.url));
    await edge.evict(channel);
    assert.equal((await publishJson(edge, channel, 2)).viewers, 0);
    // Then workerd ends the connection of a socket that it closed, which Node waits for.
    await edge.evict(channel);
    await waitFor("it is refused", async () => (await phase()) === "refused: token");
    await publishJson(edge, channel, 3);
    await renew?.("admin-\u00e4??>");
    await waitFor("it is live again", async () => (await phase()) === "live");
    await publishJson(edge, channel, 4);
    await waitFor("all points", async () => (await ys()).length >= 4);
    assert.deepEqual(await ys(), [1, 2, 3, 4]);
    await renew?.("test-token");
    await waitFor("it is refused", async () => (await phase()) === "refused: right");
  });
}
