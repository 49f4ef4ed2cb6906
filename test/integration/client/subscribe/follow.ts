/** What runs in each runtime: a subscription that reports what comes, a text each. */

import { type SubscribeOptions, subscribe } from "../../../../client/subscribe/subscribe.ts";
import { pointsOf } from "../../../../protocol/frame/frame.ts";

export async function follow(url: string, options: SubscribeOptions, report: (text: string) => void): Promise<void> {
  for await (const event of subscribe(url, options)) {
    if (event.kind === "frame") for (const { y } of pointsOf(event.frame)) report(`${y}`);
    else report(event.kind === "gap" ? `gap ${event.reason}` : `${event.state} ${event.transport}`);
  }
}
