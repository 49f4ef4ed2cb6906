import type { OutboxLocks, Release } from "./frame-store.ts";

// Only browsers have these, and only in secure contexts. (This folder is compiled without the DOM.)
interface LockOptions {
  ifAvailable?: boolean;
  signal?: AbortSignal;
}
interface LockManager {
  request(
    name: string,
    options: LockOptions,
    held: (lock: object | null) => Promise<void> | undefined,
  ): Promise<unknown>;
}
declare const navigator: { readonly locks?: LockManager } | undefined;

/** The locks of this origin, which all its tabs and workers share; undefined where there are none. */
export function webLocksHere(): OutboxLocks | undefined {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  if (locks === undefined) return undefined;
  const hold = (id: string, options: LockOptions): Promise<Release | undefined> =>
    new Promise((resolve, reject) => {
      locks
        .request(`plotcast-outbox ${id}`, options, (lock) => {
          if (lock !== null) return new Promise<void>((release) => resolve(release));
          resolve(undefined);
          return undefined;
        })
        .catch(reject);
    });
  return {
    tryTake: (id) => hold(id, { ifAvailable: true }),
    // To abort rejects; what it waited for is then nobody's business any more.
    take: (id, signal) => hold(id, { signal }).catch(() => undefined),
  };
}
