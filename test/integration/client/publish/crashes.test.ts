/** Publishers that end at any time, one after the other, while answers are lost: what the store had is in the channel once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameStore, OutboxChanges, OutboxName } from "../../../../client/publish/keep/frame-store.ts";
import { MemoryLocks, MemoryStore } from "../../../../client/publish/keep/memory-store.ts";
import { openPublisherIn } from "../../../../client/publish/open-publisher.ts";
import type { PlaceEvent, PublishPlace } from "../../../../client/publish/place.ts";
import { decodeFrame, pointsOf } from "../../../../protocol/frame/frame.ts";
import { type FakeWorker, type Reply, startFakeWorker } from "../../../support/fake-worker.ts";

const SEEDS = 6;
const LIVES = 6;

/** The store as one page has it: with the page its writes end. */
class PageStore implements FrameStore {
  readonly isLasting = true;
  isGone = false;
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  list = (channel: string) => this.#store.list(channel);
  read = (id: string) => this.#store.read(id);
  close = () => undefined;

  async write(name: OutboxName, changes: OutboxChanges): Promise<void> {
    if (!this.isGone) await this.#store.write(name, changes);
  }

  async remove(id: string): Promise<void> {
    if (!this.isGone) await this.#store.remove(id);
  }
}

/** Numbers in [0, 1), the same for the same seed (https://en.wikipedia.org/wiki/Lehmer_random_number_generator). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

function replyOf(random: number): Reply | undefined {
  if (random < 0.2) return { take: true, cut: true };
  if (random < 0.3) return { take: false, cut: true };
  if (random < 0.4) return { take: true, status: 502 };
  return undefined;
}

async function liveAndEnd(
  worker: FakeWorker,
  store: MemoryStore,
  random: () => number,
  firstY: number,
): Promise<number> {
  const pageStore = new PageStore(store);
  let notify: (event: PlaceEvent) => void = () => undefined;
  const place: PublishPlace = {
    open: async () => ({ store: pageStore, locks: new MemoryLocks() }),
    mayOutlive: false,
    watch: (listener) => {
      notify = listener;
      return () => undefined;
    },
  };
  const publisher = await openPublisherIn(place, worker.url, { token: "t" });
  let y = firstY;
  const steps = Math.floor(20 * random());
  for (let i = 0; i < steps; i++) {
    for (let n = Math.floor(5 * random()); n >= 0; n--) publisher.publish({ y }, y++);
    if (random() < 0.2) notify("hidden");
    if (random() < 0.2) await publisher.flush();
    else await new Promise((resolve) => setImmediate(resolve));
  }
  // Else what came in the last 100 ms is in memory alone.
  if (random() < 0.5) notify("hidden");
  pageStore.isGone = true;
  await publisher.close({ withinMs: 0 });
  return y;
}

async function ysIn(store: MemoryStore, channel: string): Promise<number[]> {
  const states = await Promise.all((await store.list(channel)).map((id) => store.read(id)));
  const frames = states
    .flatMap((state) => state?.frames ?? [])
    .flatMap(({ bytes }) => (bytes ? [decodeFrame(bytes)] : []));
  return frames.flatMap((frame) => [...pointsOf(frame)].map((point) => point.y));
}

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`[CL8a] [CL8b] [CL7c] however pages end, what was kept or taken is stored once and in order (seed ${seed})`, async (t) => {
    const worker = await startFakeWorker();
    t.after(() => worker.close());
    const random = randomOf(seed);
    const store = new MemoryStore();
    worker.script = () => replyOf(random());
    const kept = new Set<number>();
    let y = 0;
    for (let life = 0; life < LIVES; life++) {
      y = await liveAndEnd(worker, store, random, y);
      for (const each of await ysIn(store, worker.url.href)) kept.add(each);
    }
    const place: PublishPlace = {
      open: async () => ({ store: new PageStore(store), locks: new MemoryLocks() }),
      mayOutlive: false,
      watch: () => () => undefined,
    };
    const last = await openPublisherIn(place, worker.url, { token: "t" });
    await last.flush();
    assert.deepEqual(await last.close(), { points: 0, bytes: 0 });
    const ys = worker.points().map((point) => point.y);
    assert.deepEqual(
      ys,
      [...new Set(ys)].sort((a, b) => a - b),
      "once, and in order",
    );
    assert.deepEqual(
      [...kept].filter((each) => !ys.includes(each)),
      [],
      "all that was kept",
    );
    assert.deepEqual(worker.gaps(), []);
    assert.deepEqual(await store.list(worker.url.href), []);
  });
}
