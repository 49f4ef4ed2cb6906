import type { ElementToken } from "./api.ts";
import { ChannelFeed, type FeedListener } from "./feed.ts";

const feeds = new Set<ChannelFeed>();

/** The feed of a channel for one more element: elements of one page that have the same token share it. */
export function joinFeed(
  url: URL,
  token: ElementToken | undefined,
  listener: FeedListener,
  seconds: number,
): ChannelFeed {
  const known = [...feeds].find((feed) => feed.url.href === url.href && feed.isFor(token) && !feed.isOver);
  const feed = known ?? new ChannelFeed(url, token);
  feeds.add(feed);
  feed.join(listener, seconds);
  return feed;
}

/** The element shows it no more. */
export function leaveFeed(feed: ChannelFeed, listener: FeedListener): void {
  if (feed.leave(listener)) feeds.delete(feed);
}
