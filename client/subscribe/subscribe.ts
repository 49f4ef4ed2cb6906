import { parseCursor } from "../../protocol/cursor.ts";
import { type Point, pointsOf } from "../../protocol/frame/frame.ts";
import { MAX_RATE, MIN_RATE } from "../../protocol/limits.ts";
import { isCount } from "../../protocol/messages/guards.ts";
import { SeriesFilter } from "../../protocol/series-filter.ts";
import { channelUrl } from "../channel-url.ts";
import type { SharedConnection } from "../connect/shared-connection.ts";
import type { ClientEnvironment } from "../environment.ts";
import { environmentHere } from "../environment-here.ts";
import type { TokenSource } from "../token-source.ts";
import { transportsHere } from "./runtime.ts";
import { Subscription, type SubscriptionEvent } from "./subscription.ts";
import { TRANSPORT_NAMES, type TransportName } from "./transport.ts";

export interface SubscribeOptions {
  /** Of these series alone; `*` stands for any characters. */
  series?: string | readonly string[];
  /** So many points a second of each series at most, 1 to 1,000: the least and the greatest stay, and the last. An older Worker sends all. */
  maxRate?: number | undefined;
  /** Begin with the last so many points, at least; without this and `seconds` with 1,000 points or 300 seconds. */
  points?: number;
  /** Begin with the last so many seconds, at least. */
  seconds?: number;
  /** Begin after this: the `cursor` of an earlier event, which may be of another transport, process or day. */
  cursor?: string | undefined;
  /** For a private channel: a token, or a function that gives one, which is asked before each connection. */
  token?: TokenSource | undefined;
  /** By this connection, which several channels share (`plotcast-client/connect`), where WebSockets come through. */
  connection?: SharedConnection | undefined;
  /** Ends it. */
  signal?: AbortSignal | undefined;
  /** Only some of the ways to watch. */
  transports?: readonly TransportName[];
}

/**
 * Follows a channel: what is stored at first, then what comes, over whichever transport works here. It comes back by
 * itself, each point once and in order, and tells of what is missing where it is missing. To leave the loop ends it.
 *
 * @param url the channel's, as browsers open it: `https://board.example/c/lab`
 * @throws TypeError at once, if the URL or an option is none
 */
export function subscribe(
  url: string | URL,
  options: SubscribeOptions = {},
): AsyncGenerator<SubscriptionEvent, void, undefined> {
  return subscribeIn(options.connection?.environmentFor(channelUrl(url)) ?? environmentHere(), url, options);
}

/** The same in another world, such as one whose clock a test sets. @throws as {@link subscribe} */
export function subscribeIn(
  environment: ClientEnvironment,
  url: string | URL,
  options: SubscribeOptions,
): AsyncGenerator<SubscriptionEvent, void, undefined> {
  const { series = [], maxRate, cursor, token, signal, transports = TRANSPORT_NAMES } = options;
  const wanted = typeof series === "string" ? [series] : series;
  const subscription = new Subscription({
    url: channelUrl(url),
    tail: tailOf(options),
    cursor: cursor === undefined ? undefined : cursorOf(cursor),
    filter: new SeriesFilter(wanted),
    picks: picksOf(wanted, maxRate),
    token,
    transports: transportsHere(transports, environment),
    environment,
  });
  return eventsOf(subscription, signal);
}

/** The points alone, one after the other. Whoever wants to know of gaps and of the connection takes {@link subscribe}. @throws as that */
export function points(url: string | URL, options: SubscribeOptions = {}): AsyncGenerator<Point, void, undefined> {
  return pointsIn(subscribe(url, options));
}

async function* eventsOf(
  subscription: Subscription,
  signal: AbortSignal | undefined,
): AsyncGenerator<SubscriptionEvent, void, undefined> {
  if (signal?.aborted) return;
  const stop = (): void => subscription.close();
  signal?.addEventListener("abort", stop);
  try {
    subscription.open();
    for (let event = await subscription.next(); event !== undefined; event = await subscription.next()) yield event;
  } finally {
    signal?.removeEventListener("abort", stop);
    subscription.close();
  }
}

/** A channel that refuses says why: an end without a word would look like a channel without points. */
async function* pointsIn(events: AsyncGenerator<SubscriptionEvent>): AsyncGenerator<Point, void, undefined> {
  for await (const event of events) {
    if (event.kind === "frame") yield* pointsOf(event.frame);
    else if (event.kind === "state" && event.state === "refused") throw new Refused(event.problem);
  }
}

/** The channel refuses, and would again. */
export class Refused extends Error {
  /** SPEC.md, “Refusals”, lists them. */
  readonly code: string;

  constructor({ code, detail }: { code: string; detail: string }) {
    super(detail);
    this.name = "Refused";
    this.code = code;
  }
}

function tailOf(options: SubscribeOptions): Record<string, string> {
  const tail: Record<string, string> = {};
  for (const key of ["points", "seconds"] as const) {
    const value = options[key];
    if (value === undefined) continue;
    if (!isCount(value)) throw new TypeError(`${key} is a whole number from 0.`);
    tail[key] = `${value}`;
  }
  return tail;
}

function picksOf(series: readonly string[], maxRate: number | undefined): string[] {
  if (maxRate !== undefined && !(maxRate >= MIN_RATE && maxRate <= MAX_RATE)) {
    throw new TypeError(`maxRate is ${MIN_RATE} to ${MAX_RATE} points a second.`);
  }
  const names = series.map((name) => `series=${encodeURIComponent(name)}`).join("&");
  return [...new Set([maxRate === undefined ? names : `${names}&max_rate=${maxRate}`, names, ""])];
}

function cursorOf(text: string) {
  const cursor = parseCursor(text);
  if (cursor === undefined) throw new TypeError("cursor is one that an event had, such as 1:4711.");
  return cursor;
}
