/**
 * What does one viewer that never reads cost? Two minutes alike, without it and with it: so many MB a second published,
 * ten viewers that read. The Worker's memory before and after, and what the readers got.
 *
 *     node test/soak/slow-viewer.ts [--seconds 60] [--mb 10] [--readers 10]
 *
 * Exit code 1 if it costs more than 20 MB, or the readers more than a twentieth of their rate.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { viewOf } from "../../protocol/frame/header.ts";
import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { bulkyFrame, publishFrames } from "../support/publish.ts";
import { openViewer } from "../support/sockets.ts";
import { waitFor } from "../support/wait.ts";
import { readProcess } from "./measure.ts";
import { CountingViewer } from "./viewer.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    mb: { type: "string", default: "10" },
    readers: { type: "string", default: "10" },
  },
});
const [seconds, mb, readerCount] = [Number(options.seconds), Number(options.mb), Number(options.readers)];
const MB = 1_000_000;
const MAX_COST_BYTES = 20 * MB;
/** A point is a float64 x and a float64 y, so this is a frame of 96 KB. */
const POINTS_A_FRAME = 6000;

// As on Cloudflare, where an isolate has 128 MB. By itself workerd lets garbage grow with the machine's memory.
process.env.MINIFLARE_WORKERD_V8_FLAGS ??= "--max-heap-size=128";

interface Minute {
  before: number;
  during: number;
  after: number;
  publishedPerSecond: number;
  readPerSecond: number;
  slowest: number;
  faults: string[];
}

/** Each of them has one POST under way. */
const PUBLISHERS = ["5109510951095101", "5109510951095102", "5109510951095103"];
/** Frames that no encoding narrows. Made once: making 10 MB a second would take a core from what is measured. */
const FRAMES = PUBLISHERS.map((id) => Array.from({ length: 8 }, () => bulkyFrame(id, 1, POINTS_A_FRAME)));

/** Publishes at the pace, or as fast as the Worker takes it if that is slower. */
async function publishFor(edge: Edge, channel: string, forMs: number, onSecond: () => Promise<void>) {
  const startMs = performance.now();
  let [bytes, points, secondAtMs] = [0, 0, startMs];
  const publish = async (frames: Uint8Array[]): Promise<void> => {
    for (let publisherSeq = 1; performance.now() - startMs < forMs; publisherSeq++) {
      const frame = frames[publisherSeq % frames.length] ?? new Uint8Array();
      viewOf(frame).setBigUint64(16, BigInt(publisherSeq), true);
      bytes += frame.byteLength;
      points += POINTS_A_FRAME;
      await publishFrames(edge, channel, frame);
      if (performance.now() >= secondAtMs) {
        secondAtMs += 1000;
        await onSecond();
      }
      const aheadMs = (bytes / (mb * MB)) * 1000 - (performance.now() - startMs);
      if (aheadMs > 0) await sleep(aheadMs);
    }
  };
  await Promise.all(FRAMES.map(publish));
  return { bytes, points, tookMs: performance.now() - startMs };
}

/** An edge of its own, so that neither minute inherits what the other left. */
async function minute(withSlow: boolean): Promise<Minute> {
  await using edge = await startEdge();
  const channel = "slow";
  const readers = Array.from({ length: readerCount }, () => new CountingViewer(edge.channelUrl(channel)));
  await waitFor("the readers live", () => readers.every(({ isLive }) => isLive));
  const memory = async (): Promise<number> => (await readProcess(edge.pid)).anonymous;
  // The store is filled, and the runtime warm, before anything is measured.
  await publishFor(edge, "warm-up", 10_000, async () => {});
  const slow = withSlow ? await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL }) : undefined;
  slow?.pause();
  await sleep(2000);
  const before = await memory();
  let during = 0;
  const { bytes, points, tookMs } = await publishFor(edge, channel, seconds * 1000, async () => {
    during = Math.max(during, await memory());
  });
  const readBytes = readers.map((reader) => reader.bytes);
  await waitFor("all readers at the last point", () => readers.every((reader) => reader.received === points), {
    deadlineMs: 30_000,
  }).catch(() => undefined);
  const faults = readers.flatMap((reader, i) => [
    ...(reader.received === points ? [] : [`reader ${i}: ${reader.received} points of ${points}`]),
    ...reader.gaps.map((fault) => `reader ${i}: ${fault}`),
  ]);
  await sleep(2000);
  const after = await memory();
  slow?.cut();
  for (const reader of readers) reader.close();
  const perSecond = (sum: number): number => sum / (tookMs / 1000);
  return {
    ...{ before, during, after, faults, publishedPerSecond: perSecond(bytes) },
    readPerSecond: perSecond(readBytes.reduce((sum, n) => sum + n, 0) / readers.length),
    slowest: perSecond(Math.min(...readBytes)),
  };
}

const number = (bytes: number): string => (bytes / MB).toFixed(1).padStart(10);
const [without, with_] = [await minute(false), await minute(true)];
const line = (what: string, a: number, b: number): void =>
  console.log(`${what.padEnd(44)}${number(a)}${number(b)}${number(b - a)}`);
console.log(`${"".padEnd(44)}${["without", "with", "difference"].map((text) => text.padStart(10)).join("")}`);
line("workerd's RssAnon before, MB", without.before, with_.before);
line("workerd's RssAnon, most in between, MB", without.during, with_.during);
line("workerd's RssAnon after, MB", without.after, with_.after);
line("grown by, MB", without.after - without.before, with_.after - with_.before);
line("published, MB/s", without.publishedPerSecond, with_.publishedPerSecond);
line(`each of ${readerCount} readers got, mean, MB/s`, without.readPerSecond, with_.readPerSecond);
line("the slowest reader got, MB/s", without.slowest, with_.slowest);
const cost = with_.after - with_.before - (without.after - without.before);
const share = with_.readPerSecond / without.readPerSecond;
const faults = [...without.faults, ...with_.faults];
const isCheap = cost <= MAX_COST_BYTES;
const isUnchanged = share >= 0.95;
if (without.publishedPerSecond < 0.95 * mb * MB) {
  console.log(`\nThis machine did not take ${mb} MB/s, even without it: how busy it is decides the rates.`);
}
console.log(`
The viewer that never reads costs ${(cost / MB).toFixed(1)} MB of memory: ${isCheap ? "within" : "NOT WITHIN"} 20 MB.
The others read at ${(100 * share).toFixed(1)} % of their rate without it: ${isUnchanged ? "unchanged" : "CHANGED"}.
${faults.length === 0 ? "Every reader got every point once and in order." : faults.slice(0, 20).join("\n")}`);
process.exit(isCheap && isUnchanged && faults.length === 0 ? 0 : 1);
