import type { ClientEnvironment, EnvironmentEvent } from "../../client/environment.ts";
import { webEnvironment } from "../../client/web-environment.ts";

/** The world as it is, whose clock a test puts forward, so that nobody waits. */
export class JumpingClock implements ClientEnvironment {
  readonly openSocket = webEnvironment.openSocket;
  readonly random = webEnvironment.random;
  readonly #wakers = new Set<{ timeMs: number; wake: () => void }>();
  #aheadMs = 0;
  #notify: ((event: EnvironmentEvent) => void) | undefined;

  nowMs = (): number => webEnvironment.nowMs() + this.#aheadMs;

  wakeAt(timeMs: number, wake: () => void): () => void {
    const waker = { timeMs, wake };
    this.#wakers.add(waker);
    const cancel = webEnvironment.wakeAt(timeMs - this.#aheadMs, () => this.#wake(waker));
    return () => {
      this.#wakers.delete(waker);
      cancel();
    };
  }

  watch(notify: (event: EnvironmentEvent) => void): () => void {
    this.#notify = notify;
    return () => {
      this.#notify = undefined;
    };
  }

  /** Something happens in the world. */
  happens(event: EnvironmentEvent): void {
    this.#notify?.(event);
  }

  /** Puts the clock forward: what is due then is called. */
  jump(ms: number): void {
    this.#aheadMs += ms;
    for (const waker of [...this.#wakers]) if (waker.timeMs <= this.nowMs()) this.#wake(waker);
  }

  #wake(waker: { wake: () => void }): void {
    for (const each of this.#wakers) {
      if (each !== waker) continue;
      this.#wakers.delete(each);
      each.wake();
      return;
    }
  }
}
