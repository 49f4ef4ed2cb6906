import { framesIn, readStored } from "../../client/stored-frames.ts";
import type { EarlierPoints } from "../../client/viewer.ts";
import { fullJitterMs } from "../../protocol/backoff.ts";
import { decodeFrame } from "../../protocol/frame/frame.ts";
import { readHeader } from "../../protocol/frame/header.ts";
import type { Arrivals, ReplacedPoints } from "../data/history/arrivals.ts";
import { yieldToPage } from "../data/yield.ts";

/** The first read has so many points, each further one four times as many: to take all of them in again stays cheap. */
const FIRST_POINTS = 16_384;
const GROWTH = 4;
const BASE_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;

/** Everything it needs of the world. */
export interface BackfillEnvironment {
  /** The stored frames of the query, in pieces. */
  read(query: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  pause(ms: number): Promise<unknown>;
  yieldToPage(): Promise<void>;
  random(): number;
}

const running = new WeakSet<EarlierPoints>();

/** {@link fill} as a browser does it. */
export function backfill(
  arrivals: Arrivals,
  held: ReplacedPoints,
  channelUrl: URL,
  changed: () => void,
): Promise<void> {
  const environment: BackfillEnvironment = {
    read: (query, signal) => readStored(channelUrl, query, signal),
    pause: (ms) => new Promise((done) => setTimeout(done, ms)),
    yieldToPage,
    random: Math.random,
  };
  return fill(arrivals, held, environment, changed);
}

/**
 * A page joins at the newest points and is live at once. This reads what was left out of its tail, the newest first, and
 * after each read takes in everything anew, in the order of its numbers: what is held then is what it would be if the whole
 * tail had been sent, with its breaks and gaps.
 * @param changed older points were put before the others, or the state changed
 */
export async function fill(
  arrivals: Arrivals,
  held: ReplacedPoints,
  environment: BackfillEnvironment,
  changed: () => void,
): Promise<void> {
  const { left } = arrivals;
  // A connection that came back meanwhile begins nothing.
  if (left === undefined || running.has(left)) return;
  running.add(left);
  const isOver = (): boolean => arrivals.left !== left;
  let through = held.store.joinedSeq ?? 0;
  let older: Uint8Array[] = [];
  for (let [points, failures] = [FIRST_POINTS, 0]; through > left.after; ) {
    const after = Math.max(left.after, through - points);
    const frames = await readBetween(after, through, environment, isOver).catch(() => undefined);
    if (isOver()) return;
    const [first] = frames ?? [];
    if (frames === undefined) {
      held.filling = "failed";
      changed();
      await environment.pause(fullJitterMs(failures++, BASE_DELAY_MS, MAX_DELAY_MS, environment.random()));
      continue;
    }
    // The channel was emptied, or it has these no more.
    if (first === undefined || readHeader(first).epoch !== left.epoch) break;
    const header = readHeader(first);
    through = header.seq - header.points;
    older = [...frames, ...older];
    points *= GROWTH;
    failures = 0;
    held.filling = "fetching";
    await rebuild(older, arrivals, held, environment, isOver);
    if (isOver()) return;
    changed();
  }
  arrivals.end();
  changed();
}

/**
 * The frames that have the points numbered above `after`, up to `through`, as far as the channel still has them.
 * @throws Error if that cannot be read, or is not whole
 */
async function readBetween(
  after: number,
  through: number,
  { read, yieldToPage }: BackfillEnvironment,
  isOver: () => boolean,
): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  const abort = new AbortController();
  let end: number | undefined;
  for await (const frame of framesIn(await read(`after=${after}&through=${through}`, abort.signal))) {
    const { seq, points } = readHeader(frame);
    if (end !== undefined && seq - points !== end) throw new Error("There is a hole in what was read.");
    end = seq;
    frames.push(frame);
    await yieldToPage();
    if (isOver()) break;
  }
  if (end !== undefined && end < through && !isOver()) throw new Error("Not all of it was read.");
  return frames;
}

async function rebuild(
  older: readonly Uint8Array[],
  arrivals: Arrivals,
  held: ReplacedPoints,
  { yieldToPage }: BackfillEnvironment,
  isOver: () => boolean,
): Promise<void> {
  const replacement = held.empty();
  const { store } = replacement;
  store.places = held.store.places;
  for (const frame of older) {
    store.ingest(decodeFrame(frame), true);
    await yieldToPage();
    if (isOver()) return;
  }
  // More come meanwhile: the list grows.
  for (const arrival of arrivals.all) {
    arrival(store);
    await yieldToPage();
    if (isOver()) return;
  }
  store.follow(held.store);
  held.replace(replacement);
}
