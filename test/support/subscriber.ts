/** Reads a subscription as it comes, and keeps what it says. */
import type { TestContext } from "node:test";
import type { ClientEnvironment } from "../../client/environment.ts";
import type { GapEvent } from "../../client/subscribe/follower.ts";
import { type SubscribeOptions, subscribe, subscribeIn } from "../../client/subscribe/subscribe.ts";
import type { SubscriptionEvent } from "../../client/subscribe/subscription.ts";
import { pointsOf } from "../../protocol/frame/frame.ts";
import { waitFor } from "./wait.ts";

export class Subscriber {
  readonly ys: number[] = [];
  readonly series: string[] = [];
  readonly gaps: Pick<GapEvent, "reason" | "points">[] = [];
  /** Such as `live websocket`. */
  readonly states: string[] = [];
  cursor: string | undefined;
  /** The code of the problem of its last state. */
  problem: string | undefined;
  isEnded = false;
  readonly #leaving = new AbortController();

  constructor(t: TestContext, url: URL, options: SubscribeOptions = {}, environment?: ClientEnvironment) {
    t.after(() => this.close());
    const own = { ...options, signal: this.#leaving.signal };
    void this.#read(environment === undefined ? subscribe(url, own) : subscribeIn(environment, url, own));
  }

  get state(): string {
    return this.states.at(-1) ?? "";
  }

  close(): void {
    this.#leaving.abort();
  }

  async isLiveBy(transport: string, deadlineMs?: number): Promise<void> {
    const options = deadlineMs === undefined ? {} : { deadlineMs };
    await waitFor(`it is live by ${transport}`, () => this.state === `live ${transport}`, options);
  }

  async #read(events: AsyncIterable<SubscriptionEvent>): Promise<void> {
    for await (const event of events) this.#take(event);
    this.isEnded = true;
  }

  #take(event: SubscriptionEvent): void {
    if (event.kind === "state") {
      this.states.push(`${event.state} ${event.transport}`);
      this.problem = event.problem?.code;
      return;
    }
    this.cursor = event.cursor;
    if (event.kind === "gap") this.gaps.push({ reason: event.reason, points: event.points });
    else {
      for (const { series, y } of pointsOf(event.frame)) {
        this.ys.push(y);
        this.series.push(series);
      }
    }
  }
}
