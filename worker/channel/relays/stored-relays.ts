import { isCount, isStrings } from "../../../protocol/messages/guards.ts";
import type { KeptRelays } from "./relays.ts";

const KEY = "relays";
const REWRITES_KEY = "rewrites";

/** The relays of a channel, as its storage has them: it finds them again after an eviction. One row, written when a relay is made, and when it goes. */
export class StoredRelays implements KeptRelays {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  get names(): string[] {
    const names = this.#kv.get(KEY);
    return isStrings(names) ? names : [];
  }

  set names(names: readonly string[]) {
    if (names.length > 0) this.#kv.put(KEY, names);
    else this.#kv.delete(KEY);
  }

  /** How many frames were rewritten while there were relays: one that missed it has a frame as it is not any more. */
  get rewrites(): number {
    const count = this.#kv.get(REWRITES_KEY);
    return isCount(count) ? count : 0;
  }

  set rewrites(count: number) {
    this.#kv.put(REWRITES_KEY, count);
  }
}
