import { channelUrl } from "../channel-url.ts";
import type { TokenSource } from "../token-source.ts";
import { type KeptState, newPublisherId } from "./collect/held-frame.ts";
import { fetchPost } from "./deliver/fetch-post.ts";
import type { RetryPolicy } from "./deliver/next.ts";
import type { FrameStore, OutboxLocks, OutboxName, Release } from "./keep/frame-store.ts";
import { MemoryLocks, MemoryStore } from "./keep/memory-store.ts";
import { type PublishPlace, placeHere } from "./place.ts";
import { Publisher, type PublisherState } from "./publisher.ts";

export interface PublisherOptions {
  /** One that may publish there, or a function that gives one, which is asked before each POST. */
  token?: TokenSource | undefined;
  /** What may wait at most, in bytes: 8 MiB by default, 1 MiB at least. The oldest points go first. */
  maxBytes?: number;
  /** Is told how it stands with what was published, whenever that changes. */
  onState?: (state: PublisherState) => void;
}

export const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
export const MIN_MAX_BYTES = 1024 * 1024;
/** Most frames are full when many wait; a page that is hidden again and again closes small ones. */
export const MAX_FRAMES = 4096;
/** Where there is no network, radios and batteries matter; whoever is online again is told so. */
export const RETRY_POLICY: RetryPolicy = { baseDelayMs: 250, maxDelayMs: 10_000, holdMs: 10_000 };

/**
 * Opens a publisher to a channel. What it is given is sent at once, or collected while a POST is under way, and kept until the
 * channel has confirmed it: exactly once, in order, across reloads, closed tabs, crashes and times without a network.
 *
 * @param url the channel's, as browsers open it: `https://board.example/c/lab`
 * @throws TypeError if the URL is none, RangeError if `maxBytes` is too little
 */
export async function openPublisher(url: string | URL, options: PublisherOptions = {}): Promise<Publisher> {
  return await openPublisherIn(placeHere, url, options);
}

/** The same in another place, such as one that a test makes. @throws as {@link openPublisher} */
export async function openPublisherIn(
  place: PublishPlace,
  url: string | URL,
  { token, maxBytes = DEFAULT_MAX_BYTES, onState = () => undefined }: PublisherOptions,
): Promise<Publisher> {
  const to = channelUrl(url);
  if (!(maxBytes >= MIN_MAX_BYTES)) throw new RangeError(`maxBytes is ${MIN_MAX_BYTES} at least.`);
  const channel = to.href;
  const { store, locks, outboxes } = await openStore(place, channel);
  const { free, owned } = await shareOut(channel, locks, outboxes);
  const { own, state, left } = (await ownOf(free, store)) ?? (await newOutbox(channel, locks));
  const post = fetchPost({ url: to, token, mayOutlive: place.mayOutlive });
  const outbox = { post, maxBytes, maxFrames: MAX_FRAMES, policy: RETRY_POLICY };
  const publisher = new Publisher({ store, locks, channel, outbox, onState }, { ...own, state });
  void publisher.start(place.watch, left, owned);
  return publisher;
}

interface Opened {
  store: FrameStore;
  locks: OutboxLocks;
  /** The ids of this channel's outboxes. */
  outboxes: string[];
}

/** A store that cannot be read is none. */
async function openStore(place: PublishPlace, channel: string): Promise<Opened> {
  const { store, locks } = await place.open();
  try {
    return { store, locks, outboxes: await store.list(channel) };
  } catch {
    store.close();
    return { store: new MemoryStore(), locks: new MemoryLocks(), outboxes: [] };
  }
}

interface Owned {
  name: OutboxName;
  release: Release;
}

/** Takes those outboxes that nobody owns. */
async function shareOut(
  channel: string,
  locks: OutboxLocks,
  ids: readonly string[],
): Promise<{ free: Owned[]; owned: OutboxName[] }> {
  const free: Owned[] = [];
  const owned: OutboxName[] = [];
  for (const id of ids) {
    const name = { id, channel };
    const release = await locks.tryTake(id);
    if (release === undefined) owned.push(name);
    else free.push({ name, release });
  }
  return { free, owned };
}

interface Own {
  own: Owned;
  state: KeptState | undefined;
  /** To be delivered, too. */
  left: readonly Owned[];
}

/** The first that can be read is this publisher's, which goes on under its id; undefined if there is none. */
async function ownOf(free: readonly Owned[], store: FrameStore): Promise<Own | undefined> {
  for (const [i, own] of free.entries()) {
    const state = await store.read(own.name.id).catch(() => undefined);
    if (state !== undefined) return { own, state, left: free.slice(i + 1) };
    own.release();
  }
  return undefined;
}

async function newOutbox(channel: string, locks: OutboxLocks): Promise<Own> {
  const name = { id: newPublisherId(), channel };
  // Nobody else knows of it.
  const release = (await locks.tryTake(name.id)) ?? (() => undefined);
  return { own: { name, release }, state: undefined, left: [] };
}
