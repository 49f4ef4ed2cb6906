import { counted } from "../../observability/printable.ts";
import { bytesText, rateText, spanText, timeText, valueText } from "../figures.ts";
import type {
  EndpointReport,
  InspectReport,
  LeftOutReport,
  RefusedReport,
  SeriesReport,
  SourceReport,
  TopicReport,
} from "./report.ts";
import { cut, type TextColumn, tableLines, wrapped } from "./text-table.ts";

const MAX_LOSSES_SHOWN = 20;

/** A line for people; `title` and `advice` stand out where they can. */
export interface Line {
  kind: "title" | "text" | "advice";
  text: string;
}

const TOPIC_COLUMNS: readonly TextColumn[] = [
  { title: "topic", dispensable: 0 },
  { title: "messages", align: "right", dispensable: 2 },
  { title: "rate", align: "right", dispensable: 0 },
  { title: "bytes/s", align: "right", dispensable: 4 },
  { title: "size", align: "right", dispensable: 5 },
  { title: "frames", align: "right", dispensable: 6 },
  { title: "refused", align: "right", dispensable: 0 },
  { title: "left out", align: "right", dispensable: 0 },
  { title: "taken for", dispensable: 1 },
  { title: "last message", dispensable: 3 },
];

const SERIES_COLUMNS: readonly TextColumn[] = [
  { title: "series", dispensable: 0 },
  { title: "channel", dispensable: 2 },
  { title: "points", align: "right", dispensable: 3 },
  { title: "rate", align: "right", dispensable: 1 },
  { title: "last", align: "right", dispensable: 0 },
  { title: "x", dispensable: 4 },
];

/**
 * A report as lines of at most `width` characters.
 * @param maxRows of each table; more are counted
 */
export function reportLines({ sources, seconds }: InspectReport, width: number, maxRows: number): Line[] {
  return sources.flatMap((source, i) => [
    ...(i === 0 ? [] : [{ kind: "text" as const, text: "" }]),
    ...sourceLines(source, seconds, width, maxRows),
  ]);
}

function sourceLines(source: SourceReport, seconds: number, width: number, maxRows: number): Line[] {
  const { name, type, format, topicsWanted, messages, messagesPerSecond, bytesPerSecond } = source;
  const topics = topicsWanted.length === 0 ? "" : ` · topics ${topicsWanted.map((topic) => `"${topic}"`).join(", ")}`;
  const head =
    `${name} · ${type.toUpperCase()} · format ${format}${topics} · ${counted(messages, "message")} in ` +
    `${spanText(seconds)}, ${rateText(messagesPerSecond)}, ${bytesText(bytesPerSecond)}/s`;
  const text = (lines: readonly string[]): Line[] => lines.map((each) => ({ kind: "text", text: each }));
  return [
    { kind: "title", text: cut(head, width) },
    ...text(source.endpoints.map((endpoint) => cut(`  ${endpointText(endpoint)}`, width))),
    ...table(TOPIC_COLUMNS, source.topics.map(topicRow), width, maxRows),
    ...more(source.otherTopicMessages, "message", "of further topics"),
    ...unwantedLines(source, width),
    ...table(SERIES_COLUMNS, source.series.map(seriesRow), width, maxRows),
    ...more(source.otherSeriesPoints, "point", "of further series"),
    ...text(losses(source.refused, (refusal) => refusedLines(refusal, width))),
    ...more(source.otherRefusedMessages, "refused message", "of further topics"),
    ...text(losses(source.leftOut, (part) => leftOutLines(part, width))),
    ...more(source.otherLeftOut, "left out value", "of further topics"),
    ...text(losses(source.oddTimes, ({ detail }) => wrapped(detail, width, "  "))),
    ...source.troubles.flatMap((trouble) => advised(trouble, width)),
    ...source.advice.flatMap((sentence) => advised(sentence, width)),
  ];
}

function endpointText({ address, side, connected, wasConnected }: EndpointReport): string {
  const who = connected > 0 ? `${counted(connected, "publisher")} connected` : "nobody is connected";
  return `${side} ${address}: ${who}${connected === 0 && wasConnected ? " any more" : ""}`;
}

function table(columns: readonly TextColumn[], rows: readonly string[][], width: number, maxRows: number): Line[] {
  if (rows.length === 0) return [];
  const [head = "", ...lines] = tableLines(columns, rows.slice(0, maxRows), width);
  const left = rows.length - maxRows;
  return [
    { kind: "text", text: "" },
    { kind: "title", text: head },
    ...lines.map((line): Line => ({ kind: "text", text: line })),
    ...(left > 0 ? [{ kind: "text" as const, text: `  and ${left.toLocaleString("en")} more` }] : []),
  ];
}

function more(count: number, noun: string, of: string): Line[] {
  return count === 0 ? [] : [{ kind: "text", text: `  and ${counted(count, noun)} ${of}` }];
}

function topicRow(topic: TopicReport): string[] {
  const { leastBytes, mostBytes } = topic;
  const size = leastBytes === mostBytes ? bytesText(mostBytes) : `${bytesText(leastBytes)}–${bytesText(mostBytes)}`;
  const format = topic.format === null ? "–" : `${topic.format}${topic.sure === false ? " (a guess)" : ""}`;
  return [
    topic.topic === "" ? "(none)" : topic.topic,
    topic.messages.toLocaleString("en"),
    rateText(topic.messagesPerSecond),
    `${bytesText(topic.bytesPerSecond)}/s`,
    size,
    String(topic.frames),
    countText(topic.refusedMessages),
    countText(topic.leftOutParts),
    format,
    topic.sample,
  ];
}

function seriesRow(series: SeriesReport): string[] {
  return [
    series.series,
    series.channel ?? "",
    series.points.toLocaleString("en"),
    rateText(series.pointsPerSecond),
    series.text ?? valueText(series.last),
    xText(series),
  ];
}

function xText({ x, xKind, behindSeconds }: SeriesReport): string {
  if (xKind === "arrival") return "time of arrival";
  if (behindSeconds === null) return `${valueText(x)} (no time)`;
  const off =
    Math.abs(behindSeconds) < 1 ? "" : `, ${spanText(behindSeconds)} ${behindSeconds > 0 ? "behind" : "ahead"}`;
  return `${timeText(x)}${off}`;
}

function unwantedLines({ unwanted, unwantedMessages }: SourceReport, width: number): Line[] {
  if (unwantedMessages === 0) return [];
  const topics = unwanted.map(({ topic, messages }) => `"${topic}" (${messages.toLocaleString("en")})`).join(", ");
  const text = `  not asked for: ${counted(unwantedMessages, "message")}, of ${topics}`;
  return [{ kind: "text", text: cut(text, width) }];
}

/** Lines of the first few: what one publisher does wrong is often so of all its topics. */
function losses<T>(all: readonly T[], linesOf: (each: T) => readonly string[]): string[] {
  const left = all.length - MAX_LOSSES_SHOWN;
  const lines = all.slice(0, MAX_LOSSES_SHOWN).flatMap(linesOf);
  return left <= 0
    ? lines
    : [...lines, `  and ${left.toLocaleString("en")} more such topics or reasons (--json has all)`];
}

function refusedLines({ reason, messages, detail, topic, sample }: RefusedReport, width: number): string[] {
  const of = topic === "" ? "" : ` of "${topic}"`;
  const lines = wrapped(`${counted(messages, "message")}${of} not understood (${reason}): ${detail}`, width, "  ");
  return sample === "" ? lines : [...lines, cut(`    such as: ${sample}`, width)];
}

function leftOutLines({ reason, count, topic, place, sample, detail }: LeftOutReport, width: number): string[] {
  const of = topic === "" ? "" : ` of "${topic}"`;
  const where = place === "" ? "" : ` in ${place}`;
  return wrapped(`${counted(count, "value")}${of} left out (${reason}${where}: ${sample}): ${detail}`, width, "  ");
}

function countText(count: number): string {
  return count === 0 ? "" : count.toLocaleString("en");
}

function advised(sentence: string, width: number): Line[] {
  return wrapped(sentence, width, "→ ").map((text) => ({ kind: "advice", text }));
}
