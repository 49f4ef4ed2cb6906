import type { Outcome, Sent } from "../../client/publish/deliver/answer.ts";
import { whatNext } from "../../client/publish/deliver/next.ts";
import type { Log } from "../observability/log.ts";
import type { TroubleWarnings } from "../observability/warnings.ts";
import { adviceFor } from "./advice.ts";

export interface StartCheckOptions {
  /** The channel's URL. */
  to: URL;
  log: Log;
  trouble: TroubleWarnings;
  /** Sends a body, after those that it was given before; never rejects. */
  post: (body: Uint8Array, signal: AbortSignal, sent: Sent) => Promise<Outcome>;
  againAfterMs?: number;
}

const AGAIN_AFTER_MS = 10_000;
/** So long may frames wait for a question that is under way. */
const HOLD_UP_MS = 1000;

/**
 * Asks the Worker at the start, before there is anything to deliver, whether it would take it: by a POST without a body,
 * which is refused for its token if that is wrong, and else for having no body. It costs one request, and no object is
 * asked. What is wrong is said with what to do, and asked again until it is right or frames go out, which tell the same.
 */
export class StartCheck {
  readonly #options: StartCheckOptions;
  readonly #ending = new AbortController();
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StartCheckOptions) {
    this.#options = options;
  }

  /** To be called once. Never rejects. */
  async ask(): Promise<void> {
    const { to, log, trouble, post, againAfterMs = AGAIN_AFTER_MS } = this.#options;
    const outcome = await post(new Uint8Array(), this.#ending.signal, { kind: "nothing" });
    if (this.#isOver) return;
    const next = whatNext(outcome, 0, 0, undefined, adviceFor);
    if (next.do === "delivered") {
      this.#isOver = true;
      if (trouble.forget()) log.info(`${to.href} can be delivered to now.`);
      return;
    }
    const key = "trouble" in next ? next.trouble : next.message;
    if (trouble.isNews(key)) {
      log.warn(`Nothing can be delivered to ${to.href}: ${next.message}. What comes is kept; asking again.`);
    }
    const afterMs = Math.max(againAfterMs, "afterMs" in next ? next.afterMs : 0);
    this.#timer = setTimeout(() => void this.ask(), afterMs).unref();
  }

  /** Frames go out now, or it is the end. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    setTimeout(() => this.#ending.abort(), HOLD_UP_MS).unref();
  }
}
