import { timeZone } from "./layout/time-zone.ts";
import type { LazyModule } from "./lazy/module.ts";

/** Where it is, seen from the page's own script: scripts/build-page.ts puts it in. */
declare const LAZY_FILE: string;

/** Loads what most pages never need (marks of gaps, dialogs, exports), when it is needed first. */
export class LazyLoader {
  readonly #failed: () => unknown;
  readonly #had: (loaded: LazyModule) => unknown;
  #loading: Promise<LazyModule | undefined> | undefined;
  #failures = 0;
  /** Somebody waits for it who is to hear of a failure. */
  #isLoud = false;

  /**
   * @param failed it cannot be loaded: the Worker is away, or there was a deploy
   * @param had it was loaded
   */
  constructor(failed: () => unknown, had: (loaded: LazyModule) => unknown) {
    this.#failed = failed;
    this.#had = had;
  }

  /** @param quietly a failure is not reported */
  load(quietly = false): Promise<LazyModule | undefined> {
    this.#isLoud ||= !quietly;
    this.#loading ??= this.#fetch();
    return this.#loading;
  }

  async #fetch(): Promise<LazyModule | undefined> {
    try {
      // What could not be imported once never can be by the same name: browsers remember that.
      const name = this.#failures === 0 ? LAZY_FILE : `${LAZY_FILE}?again=${this.#failures}`;
      const { lazyModule }: { lazyModule: LazyModule } = await import(name);
      lazyModule.shareTimeZone(timeZone());
      this.#had(lazyModule);
      return lazyModule;
    } catch {
      // The next one who asks tries again.
      this.#failures++;
      this.#loading = undefined;
      if (this.#isLoud) this.#failed();
      this.#isLoud = false;
      return undefined;
    }
  }
}
