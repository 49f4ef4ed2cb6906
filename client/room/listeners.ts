/** Functions that are told of something. */
export class Listeners<Heard extends readonly unknown[]> {
  readonly #all = new Set<(...heard: Heard) => void>();

  /** @returns ends it */
  add(listener: (...heard: Heard) => void): () => void {
    // One that is added twice is told twice.
    const own = (...heard: Heard): void => listener(...heard);
    this.#all.add(own);
    return () => void this.#all.delete(own);
  }

  tell(...heard: Heard): void {
    for (const listener of [...this.#all]) {
      try {
        listener(...heard);
      } catch (error) {
        // The program hears of it as of any other; the room and other listeners go on.
        void Promise.reject(error);
      }
    }
  }
}
