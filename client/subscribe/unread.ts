/** What may wait unread; beyond, the connection is left. */
export const MAX_WAITING_BYTES = 1024 * 1024;
/** From here on no more is asked for. */
export const ENOUGH_WAITING_BYTES = 128 * 1024;
/** What an event costs beside its frame. */
const EVENT_BYTES = 1024;

/** Events that came and that nobody has read: they say how much more may come. One reader. */
export class Unread<Event> {
  readonly #queue: { event: Event; bytes: number }[] = [];
  #bytes = 0;
  #isEnded = false;
  #wake: (() => void) | undefined;
  #roomWaiters: (() => void)[] = [];
  readonly #onAllRead: () => void;

  /** @param onAllRead is called when the reader waits for more */
  constructor(onAllRead: () => void) {
    this.#onAllRead = onAllRead;
  }

  push(event: Event, frameBytes = 0): void {
    const bytes = EVENT_BYTES + frameBytes;
    this.#queue.push({ event, bytes });
    this.#bytes += bytes;
    this.#wake?.();
  }

  /** The oldest, as soon as there is one; undefined: all is read, and nothing more comes. */
  async next(): Promise<Event | undefined> {
    for (;;) {
      const first = this.#queue.shift();
      if (first !== undefined) {
        this.#bytes -= first.bytes;
        return first.event;
      }
      if (this.#isEnded) return undefined;
      this.letMoreCome();
      this.#onAllRead();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get isTooMuch(): boolean {
    return this.#bytes > MAX_WAITING_BYTES;
  }

  /** Whether somebody waits for {@link room}. */
  get isAwaited(): boolean {
    return this.#roomWaiters.length > 0;
  }

  /** Resolves when more may come: at once, or when all is read. */
  room(): Promise<void> {
    if (this.#bytes < ENOUGH_WAITING_BYTES || this.#isEnded) return Promise.resolve();
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Whoever waits for room waits no longer. */
  letMoreCome(): void {
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }

  /** What waits is not given to anybody any more. */
  clear(): void {
    this.#queue.length = 0;
    this.#bytes = 0;
  }

  /** Nothing more comes; what waits can still be read. */
  end(): void {
    this.#isEnded = true;
    this.letMoreCome();
    this.#wake?.();
  }
}
