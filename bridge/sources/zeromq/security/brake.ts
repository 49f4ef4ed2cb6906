export interface BrakeLimits {
  /** So many wrong passwords cost nothing: people err. */
  free: number;
  firstMs: number;
  mostMs: number;
  /** No handshake waits longer: libzmq ends one after 30 s (ZMQ_HANDSHAKE_IVL). */
  waitAtMostMs: number;
  /** After so long without a wrong password all is forgotten. */
  forgetAfterMs: number;
  /** Networks that are remembered; with more, the one that erred least recently is forgotten. */
  networks: number;
}

export const BRAKE_LIMITS: BrakeLimits = {
  free: 5,
  firstMs: 250,
  mostMs: 10_000,
  waitAtMostMs: 20_000,
  forgetAfterMs: 600_000,
  networks: 1024,
};

interface Erring {
  failures: number;
  lastAtMs: number;
  nextAtMs: number;
  queue: (() => void)[];
  timer: NodeJS.Timeout | undefined;
}

/**
 * Slows the guessing of passwords down: each network that has given too many wrong ones has its next looked at after a
 * time that doubles. Others do not wait for it.
 */
export class PasswordBrake {
  readonly #limits: BrakeLimits;
  readonly #nowMs: () => number;
  /** The one that erred least recently is the first. */
  readonly #erring = new Map<string, Erring>();

  constructor(limits: Partial<BrakeLimits> = {}, nowMs: () => number = () => performance.now()) {
    this.#limits = { ...BRAKE_LIMITS, ...limits };
    this.#nowMs = nowMs;
  }

  /**
   * Calls `look` when it is this network's turn: at once, unless it has erred.
   * @returns false if that would be too late, so that it is never called
   */
  turn(network: string, look: () => void): boolean {
    const erring = this.#erring.get(network);
    const waitMs = this.waitMs(network);
    if (erring === undefined || (waitMs === 0 && erring.queue.length === 0)) {
      look();
      return true;
    }
    if (waitMs + erring.queue.length * this.#pauseMs(erring) > this.#limits.waitAtMostMs) return false;
    erring.queue.push(look);
    erring.timer ??= this.#later(erring);
    return true;
  }

  /** Until the next password of this network is looked at. */
  waitMs(network: string): number {
    return Math.max(0, (this.#erring.get(network)?.nextAtMs ?? 0) - this.#nowMs());
  }

  /** A password of this network was wrong. @returns whether it is slowed down from now on, and was not before */
  failed(network: string): boolean {
    const nowMs = this.#nowMs();
    const known = this.#erring.get(network);
    const isOld = known !== undefined && nowMs - known.lastAtMs > this.#limits.forgetAfterMs;
    const erring = known ?? { failures: 0, lastAtMs: 0, nextAtMs: 0, queue: [], timer: undefined };
    erring.failures = isOld ? 1 : erring.failures + 1;
    erring.lastAtMs = nowMs;
    erring.nextAtMs = nowMs + this.#pauseMs(erring);
    this.#erring.delete(network);
    this.#erring.set(network, erring);
    if (this.#erring.size > this.#limits.networks) this.#forgetOldest();
    return erring.failures === this.#limits.free + 1;
  }

  #pauseMs({ failures }: Erring): number {
    const { free, firstMs, mostMs } = this.#limits;
    return failures <= free ? 0 : Math.min(mostMs, firstMs * 2 ** (failures - free - 1));
  }

  #later(erring: Erring): NodeJS.Timeout {
    const timer = setTimeout(
      () => {
        erring.timer = undefined;
        erring.queue.shift()?.();
        if (erring.queue.length > 0) erring.timer = this.#later(erring);
      },
      Math.max(0, erring.nextAtMs - this.#nowMs()),
    );
    return timer.unref();
  }

  /** What waits of it is looked at as before. */
  #forgetOldest(): void {
    const [oldest] = this.#erring;
    if (oldest !== undefined) this.#erring.delete(oldest[0]);
  }
}
