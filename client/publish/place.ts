import type { FrameStore, OutboxLocks } from "./keep/frame-store.ts";
import { IndexedDbStore } from "./keep/indexed-db-store.ts";
import { MemoryLocks, MemoryStore } from "./keep/memory-store.ts";
import { webLocksHere } from "./keep/web-locks.ts";

/** What a page learns of the world. `hidden`: nobody looks any more, and this may be its end. */
export type PlaceEvent = "online" | "visible" | "hidden";

/** What a publisher needs of where it runs. */
export interface PublishPlace {
  /** Where outboxes are kept, and who owns them. Never rejects. */
  open(): Promise<{ store: FrameStore; locks: OutboxLocks }>;
  /** Whether a request may outlive the page. */
  readonly mayOutlive: boolean;
  /** @returns ends the reports */
  watch(notify: (event: PlaceEvent) => void): () => void;
}

// Only pages have these. (This folder is compiled without the DOM.)
declare function addEventListener(type: string, listener: () => void, options: { signal: AbortSignal }): void;
declare const document: { readonly visibilityState: string; addEventListener: typeof addEventListener };

const isPage = "document" in globalThis;

/**
 * Browsers: the IndexedDB of this origin, if there are locks, too, as two tabs must not use one outbox: insecure contexts
 * (plain http to another machine) have none. Everywhere else memory.
 */
export const placeHere: PublishPlace = {
  async open() {
    const locks = webLocksHere();
    const store = locks && (await IndexedDbStore.open());
    return store && locks ? { store, locks } : { store: new MemoryStore(), locks: new MemoryLocks() };
  },
  mayOutlive: isPage,
  watch(notify) {
    const watching = new AbortController();
    if (isPage) {
      addEventListener("online", () => notify("online"), watching);
      // The last that a page hears, but on desktops, where it may be this one.
      addEventListener("pagehide", () => notify("hidden"), watching);
      document.addEventListener(
        "visibilitychange",
        () => notify(document.visibilityState === "visible" ? "visible" : "hidden"),
        watching,
      );
    }
    return () => watching.abort();
  },
};
