import { readStored } from "../../../client/stored-frames.ts";
import { yieldToPage } from "../yield.ts";
import { HistoryFetcher } from "./history-fetcher.ts";

/** Fetches a channel's history as a browser does. */
export function browserHistory(channelUrl: URL, changed: () => void): HistoryFetcher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new HistoryFetcher(
    {
      read: (query, signal) => readStored(channelUrl, query, signal),
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
