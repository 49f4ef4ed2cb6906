/** So many ids are taken at once: as many copies of a spool may have been begun by accident. */
const IDS_AT_ONCE = 3;
const MS_PER_ID = 60_000;

/**
 * How often a new publisher id is taken (SPEC.md, BR26): three at once, then one a minute. Somebody who has the token can
 * use each new id up as soon as it is seen. Then this bounds what that costs the channel, which remembers publishers.
 */
export class NewIdPace {
  #ids = IDS_AT_ONCE;
  #sinceMs: number | undefined;

  /** A new id was taken. @returns how long to wait before anything is sent under it, in milliseconds */
  take(nowMs: number): number {
    const restored = this.#sinceMs === undefined ? 0 : (nowMs - this.#sinceMs) / MS_PER_ID;
    this.#sinceMs = nowMs;
    this.#ids = Math.min(IDS_AT_ONCE, this.#ids + restored) - 1;
    return Math.max(0, -this.#ids * MS_PER_ID);
  }
}
