import { framesIn, isNotPermitted } from "../../client/stored-frames.ts";
import { fullJitterMs } from "../../protocol/backoff.ts";
import { decodeFrame } from "../../protocol/frame/frame.ts";
import { readHeader } from "../../protocol/frame/header.ts";
import { type Arrivals, copied, type Hole, isHole, type ReplacedPoints } from "../data/history/arrivals.ts";
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

const running = new WeakSet<Arrivals["all"]>();

/** {@link fill} as a browser does it. */
export function backfill(
  arrivals: Arrivals,
  held: ReplacedPoints,
  read: BackfillEnvironment["read"],
  changed: () => void,
): Promise<void> {
  const environment: BackfillEnvironment = {
    read,
    pause: (ms) => new Promise((done) => setTimeout(done, ms)),
    yieldToPage,
    random: Math.random,
  };
  return fill(arrivals, held, environment, changed);
}

/**
 * A page joins at the newest points, and comes back at them, and is live at once. This reads what was left out, the newest
 * first, and after each read takes in everything anew, in the order of its numbers: what is held then is what it would be if
 * all of it had been sent, with its breaks and gaps.
 * @param changed older points were put before the others, or the state changed
 */
export async function fill(
  arrivals: Arrivals,
  held: ReplacedPoints,
  environment: BackfillEnvironment,
  changed: () => void,
): Promise<void> {
  const { all } = arrivals;
  // A connection that came back meanwhile begins nothing: another hole is seen here.
  if (running.has(all)) return;
  running.add(all);
  const isOver = (): boolean => arrivals.all !== all;
  let [points, failures] = [FIRST_POINTS, 0];
  for (let hole = nextHole(arrivals); hole !== undefined; hole = nextHole(arrivals)) {
    const after = Math.max(hole.after, hole.through - points);
    const frames = await readBetween(after, hole.through, environment, isOver).catch((error: unknown) =>
      isNotPermitted(error) ? [] : undefined,
    );
    if (isOver()) return;
    if (frames === undefined) {
      held.filling = "failed";
      changed();
      await environment.pause(fullJitterMs(failures++, BASE_DELAY_MS, MAX_DELAY_MS, environment.random()));
      if (isOver()) return;
      continue;
    }
    const [first] = frames;
    if (first === undefined || readHeader(first).epoch !== hole.epoch) {
      // The channel was emptied, it has these no more, or this page may not read them.
      hole.lost = hasBefore(arrivals, hole) ? hole.through - hole.after : 0;
      hole.after = hole.through;
      if (hole.lost === 0) continue;
    } else {
      const header = readHeader(first);
      hole.through = header.seq - header.points;
      hole.frames = [...frames, ...(hole.frames ?? [])];
      points *= GROWTH;
    }
    failures = 0;
    held.filling = "fetching";
    await rebuild(arrivals, held, environment, isOver);
    if (isOver()) return;
    changed();
  }
  // What nothing follows yet is read once something does.
  running.delete(all);
  if (!isHole(all.at(-1))) arrivals.end();
  changed();
}

/** The newest hole that is not filled; one that nothing follows yet has no end. */
function nextHole({ all }: Arrivals): Hole | undefined {
  return all
    .slice(0, -1)
    .filter(isHole)
    .findLast(({ through, after }) => through > after);
}

/** Where nothing was before, what cannot be read is missed by nobody. */
function hasBefore({ all, before }: Arrivals, hole: Hole): boolean {
  return (before?.store.size ?? 0) > 0 || all[0] !== hole;
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
  arrivals: Arrivals,
  held: ReplacedPoints,
  { yieldToPage }: BackfillEnvironment,
  isOver: () => boolean,
): Promise<void> {
  const replacement = copied(arrivals.before?.store ?? held.store);
  const { store } = replacement;
  store.places = held.store.places;
  // More come meanwhile: the list grows.
  for (const item of arrivals.all) {
    if (!isHole(item)) {
      item(store);
      await yieldToPage();
      if (isOver()) return;
      continue;
    }
    const { through, after, frames = [], lost = 0 } = item;
    if (through > after) store.leaveOut();
    if (lost > 0) store.addLoss({ reason: "trimmed", points: lost });
    for (const frame of frames) {
      store.ingest(decodeFrame(frame), true);
      await yieldToPage();
      if (isOver()) return;
    }
  }
  store.follow(held.store);
  held.replace(replacement);
}
