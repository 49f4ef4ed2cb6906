/** What the page of publish.test.ts has: the publisher of the client library, and what its store holds. */
import { IndexedDbStore } from "../../client/publish/keep/indexed-db-store.ts";
import { webLocksHere } from "../../client/publish/keep/web-locks.ts";
import { openPublisher } from "../../client/publish/open-publisher.ts";
import { LOCK_CASES, STORE_CASES } from "../support/frame-store-suite.ts";

/** How many points of a channel are in the store of this origin. */
async function pointsKept(channel: string): Promise<number> {
  const store = await IndexedDbStore.open();
  if (store === undefined) throw new Error("There is no IndexedDB here.");
  const states = await Promise.all((await store.list(channel)).map((id) => store.read(id)));
  store.close();
  return states.flatMap((state) => state?.frames ?? []).reduce((sum, { points }) => sum + points, 0);
}

async function runStoreCase(name: string): Promise<void> {
  const store = await IndexedDbStore.open(`test-${name}`);
  if (store === undefined) throw new Error("There is no IndexedDB here.");
  await STORE_CASES[name]?.(store);
  store.close();
}

async function runLockCase(name: string): Promise<void> {
  const locks = webLocksHere();
  if (locks === undefined) throw new Error("There are no Web Locks here.");
  await LOCK_CASES[name]?.(locks);
}

Object.assign(globalThis, { openPublisher, pointsKept, runStoreCase, runLockCase });
