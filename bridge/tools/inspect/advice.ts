import { counted } from "../../observability/printable.ts";
import { spanText } from "../figures.ts";
import type { EndpointReport, SeriesReport, SourceReport } from "./report.ts";

/** What is known of a kind of publisher, as far as it helps to recognise one. */
export interface KnownPublisher {
  readonly name: string;
  readonly topics?: readonly string[];
}

/** Connecting takes a moment, and many publishers send once a second. */
const PATIENCE_SECONDS = 2;
const SILENCE_SECONDS = 5;
/** A clock may be so wrong, and a message so long on its way. */
const FAR_BEHIND_SECONDS = 60;
const FAR_AHEAD_SECONDS = 5;
const MAX_NAMED = 5;
/** A shorter topic says nothing of who sends it. */
const MIN_TELLING_TOPIC = 4;

/** What to do about what was seen of a source, most pressing first, in sentences. */
export function adviceOn(
  source: Omit<SourceReport, "advice">,
  seconds: number,
  publishers: readonly KnownPublisher[] = [],
): string[] {
  return [
    ...onNothing(source, seconds),
    ...onTopics(source),
    ...onPublisher(source, publishers),
    ...onReading(source),
    ...source.names,
    ...onTime(source),
    ...onSilence(source),
  ];
}

function onNothing(
  { endpoints, messages, unwantedMessages, type }: Omit<SourceReport, "advice">,
  seconds: number,
): string[] {
  if (messages + unwantedMessages > 0 || seconds < PATIENCE_SECONDS) return [];
  return endpoints.map((endpoint) => (endpoint.connected > 0 ? onSilent(endpoint, type, seconds) : onNobody(endpoint)));
}

function onSilent({ address, connected }: EndpointReport, type: SourceReport["type"], seconds: number): string {
  const who = type === "pull" ? "pusher" : "publisher";
  const before =
    type === "pull" ? "" : " What it sent before somebody subscribed is gone: a PUB keeps nothing for later.";
  return (
    `${counted(connected, who)} ${connected === 1 ? "is" : "are"} connected at ${address}, but nothing came for ` +
    `${spanText(seconds)}: it sends seldom, or has stopped.${before}`
  );
}

function onNobody({ address, side, wasConnected, finding }: EndpointReport): string {
  if (finding !== null) return finding;
  if (wasConnected) return `Whoever was connected at ${address} is gone: is the publisher still running?`;
  if (side === "bind") {
    return (
      `Nobody has connected to ${address} yet. Is the publisher running, and does it connect to this machine and this ` +
      "port? If it binds, too, both wait for each other: give its address with --connect tcp://host:port. A firewall " +
      "may be between."
    );
  }
  return (
    `There is no connection to ${address} yet. Is the publisher running, and is it bound to this port? If it connects, ` +
    "too, both wait for each other: let this side --bind. A firewall may be between."
  );
}

function onTopics({
  topicsWanted,
  topics,
  messages,
  unwanted,
  unwantedMessages,
}: Omit<SourceReport, "advice">): string[] {
  if (unwantedMessages === 0) return [];
  const seen = listed(unwanted.map(({ topic }) => topic));
  if (messages === 0) {
    const wanted = topicsWanted.map((topic) => `"${topic}"`).join(" or ");
    return [
      `Messages come, but none begins with the topic ${wanted}; topics seen: ${seen}. Give one of these with --topic, or ` +
        "leave --topic out for all.",
    ];
  }
  return topicsWanted
    .filter((wanted) => !topics.some(({ topic }) => topic.startsWith(wanted)))
    .map((wanted) => `No message begins with the topic "${wanted}" so far; others seen: ${seen}.`);
}

function onPublisher(
  { topics, unwanted, format }: Omit<SourceReport, "advice">,
  publishers: readonly KnownPublisher[],
): string[] {
  if (format.startsWith("preset ")) return [];
  const seen = [...topics, ...unwanted].map(({ topic }) => topic);
  return publishers.flatMap(({ name, topics: own = [] }) => {
    const telling = own.filter((prefix) => prefix.length >= MIN_TELLING_TOPIC);
    const found = seen.find((topic) => telling.some((prefix) => topic.startsWith(prefix)));
    if (found === undefined) return [];
    return [`The topic "${found}" is one that --preset ${name} reads (in plotcast.toml: preset = "${name}").`];
  });
}

function onReading({ topics, refused, messages, series }: Omit<SourceReport, "advice">): string[] {
  const sentences = topics
    .filter(({ sure }) => sure === false)
    .slice(0, MAX_NAMED)
    .map(
      ({ topic, format, because }) =>
        `${topic === "" ? "Messages" : `"${topic}"`} ${topic === "" ? "are" : "is"} taken for ${format}, which is a guess ` +
        `(${because}). If it is right, make it sure with --format ${format} (in plotcast.toml: format = "${format}"); if ` +
        "not, say what it is.",
    );
  const all = refused.reduce((sum, { messages: count }) => sum + count, 0);
  if (all > 0 && all >= messages) {
    sentences.push("No message could be read: see the reasons above, and say with --format or --preset what they are.");
  } else if (messages > 0 && all === 0 && series.length === 0) {
    sentences.push("Messages are read, but nothing of them is plotted so far.");
  }
  return sentences;
}

function onTime({ series }: Omit<SourceReport, "advice">): string[] {
  const of = (what: string, isSo: (each: SeriesReport) => boolean): string[] => {
    const found = series.filter(isSo);
    if (found.length === 0) return [];
    const which = `Of ${found.length.toLocaleString("en")} series (${listed(found.map((each) => each.series))})`;
    return [`${which} ${what}`];
  };
  const behind = (each: SeriesReport): number => each.behindSeconds ?? 0;
  const furthest = (sign: 1 | -1): string => spanText(Math.max(0, ...series.map((each) => sign * behind(each))));
  return [
    ...of(
      `x is behind this machine's clock, by up to ${furthest(1)}: old data, a wrong clock, or another unit of time.`,
      (each) => behind(each) > FAR_BEHIND_SECONDS,
    ),
    ...of(
      `x is ahead of this machine's clock, by up to ${furthest(-1)}: a wrong clock, or another unit of time.`,
      (each) => behind(each) < -FAR_AHEAD_SECONDS,
    ),
    ...of("x is no unix time, so it is drawn as a number.", ({ xKind }) => xKind === "number"),
  ];
}

function onSilence({ messages, silentSeconds, messagesPerSecond, endpoints }: Omit<SourceReport, "advice">): string[] {
  if (messages === 0 || silentSeconds === null || silentSeconds < SILENCE_SECONDS || messagesPerSecond > 0) return [];
  const connected = endpoints.reduce((sum, endpoint) => sum + endpoint.connected, 0);
  const why = connected === 0 ? "the publisher is gone" : "the publisher is connected, but sends nothing";
  return [`Nothing came for ${spanText(silentSeconds)}: ${why}.`];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).map((name) => (name === "" ? "(none)" : `"${name}"`));
  return names.length > MAX_NAMED ? `${shown.join(", ")} and ${names.length - MAX_NAMED} more` : shown.join(", ");
}
