/** Time that passes only when something happens: events in the order of their times, and a clock that stands at the newest. */

/** What happens. It may go on later (a promise): then all that can go on at this time does, before the next event. */
export type Act = () => unknown;

interface Event {
  atMs: number;
  /** Of events at one time the first that was planned comes first. */
  order: number;
  act: Act;
}

export class EventQueue {
  #nowMs: number;
  #order = 0;
  /** A heap: no event is before the one at half its index. */
  readonly #events: Event[] = [];

  /** @param startMs what time it is at first */
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Plans something. What was to be before now is now. */
  at(atMs: number, act: Act): void {
    const event = { atMs: Math.max(atMs, this.#nowMs), order: this.#order++, act };
    const events = this.#events;
    let i = events.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = events[parent];
      if (above === undefined || isBefore(above, event)) break;
      events[i] = above;
      i = parent;
    }
    events[i] = event;
  }

  in(ms: number, act: Act): void {
    this.at(this.#nowMs + ms, act);
  }

  /** Resolves after so long. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.in(ms, async () => resolve()));
  }

  /** Lets happen what is planned, up to a time at which the clock then stands. */
  async runUntil(untilMs: number): Promise<void> {
    for (let event = this.#events[0]; event !== undefined && event.atMs <= untilMs; event = this.#events[0]) {
      this.#takeFirst();
      this.#nowMs = event.atMs;
      if (event.act() instanceof Promise) await everythingThatCan();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #takeFirst(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      let below = events[child];
      const other = events[child + 1];
      if (other !== undefined && below !== undefined && isBefore(other, below)) [below, child] = [other, child + 1];
      if (below === undefined || isBefore(last, below)) break;
      events[i] = below;
      i = child;
    }
    events[i] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Node runs whatever promises have led to before it comes to this. */
function everythingThatCan(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
