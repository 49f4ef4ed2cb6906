import { yieldToPage } from "../yield.ts";
import { type HistoryEnvironment, HistoryFetcher } from "./history-fetcher.ts";

/** Fetches a channel's history as a browser does. @param read as {@link HistoryEnvironment.read} */
export function browserHistory(read: HistoryEnvironment["read"], changed: () => void): HistoryFetcher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new HistoryFetcher(
    {
      read,
      wakeIn(ms, wake) {
        clearTimeout(timer);
        timer = setTimeout(wake, ms);
      },
      yieldToPage,
      random: Math.random,
    },
    changed,
  );
}
