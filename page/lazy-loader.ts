import type { LazyModule } from "./lazy/module.ts";

/** Where it is, seen from the page's own script: scripts/build-page.ts puts it in. */
declare const LAZY_FILE: string;

/** What most pages never need, and is loaded when one does: marks of gaps, dialogs, exports. */
export class LazyLoader {
  readonly #failed: () => unknown;
  readonly #had: () => unknown;
  #loading: Promise<LazyModule | undefined> | undefined;
  #failures = 0;

  /**
   * @param failed it cannot be had: the Worker is away, or was deployed anew
   * @param had it is here
   */
  constructor(failed: () => unknown, had: () => unknown) {
    this.#failed = failed;
    this.#had = had;
  }

  /** @param quietly nothing is said if it cannot be had */
  load(quietly = false): Promise<LazyModule | undefined> {
    this.#loading ??= this.#fetch(quietly);
    return this.#loading;
  }

  async #fetch(quietly: boolean): Promise<LazyModule | undefined> {
    try {
      // What could not be imported once never can be by the same name: browsers remember that.
      const name = this.#failures === 0 ? LAZY_FILE : `${LAZY_FILE}?again=${this.#failures}`;
      const { lazyModule }: { lazyModule: LazyModule } = await import(name);
      this.#had();
      return lazyModule;
    } catch {
      // The next one who asks tries again.
      this.#failures++;
      this.#loading = undefined;
      if (!quietly) this.#failed();
      return undefined;
    }
  }
}
