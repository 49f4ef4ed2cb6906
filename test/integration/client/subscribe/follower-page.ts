/** For a browser: puts there what a test calls. */
import type { SubscribeOptions } from "../../../../client/subscribe/subscribe.ts";
import { follow } from "./follow.ts";

const reports: string[] = [];
Object.assign(globalThis, {
  reports,
  follow(url: string, options: SubscribeOptions): void {
    void follow(url, options, (text) => reports.push(text));
  },
});
