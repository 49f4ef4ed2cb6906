import { replaceControl } from "../../../protocol/characters.ts";
import { MAX_SERIES_NAME_BYTES } from "../../../protocol/limits.ts";
import type { GapRecord } from "../../data/store/gap-log.ts";
import { niceStep, numberLabels } from "../../render/ticks.ts";
import { counted, formatCount } from "../../ui/format.ts";
import { momentText, periodText } from "../../ui/time-text.ts";
import { shownName } from "../shown-name.ts";
import type { LocatedGap } from "./gap-spans.ts";

/** The description of a gap: how many points of what are missing, when, and why. */
export interface GapText {
  title: string;
  where: string;
  why: string;
}

/** More than these are only counted: nobody reads them in passing. */
const MAX_TEXTS = 3;
const MAX_REASON_LENGTH = 80;
/** Nothing is missing but what was before, if anything is. */
const EMPTIED = "epoch";
/** A bridge tells of each series of a publisher that came back, so that those of others go on. */
const OF_A_PUBLISHER = "publisher-reconnected";

/** Losses on the way from the Worker to here; those of a bridge concern its own series only. */
const ON_THE_WAY: Record<string, string> = {
  trimmed: "This page was disconnected, or too slow, for longer than the Worker keeps data.",
  "gaps-trimmed": "They were lost before they reached the Worker. The reason is no longer stored.",
  epoch: "What came before, while this page was not connected, is gone.",
  hole: "They were lost between the Worker and this page.",
};
const BEFORE: Record<string, string> = {
  "bridge-full":
    "The bridge could not reach the Worker for so long that its spool was full. The oldest points were dropped.",
  "frame-refused": "The Worker rejected them. The bridge’s log says why.",
  "spool-damaged": "The bridge’s spool was damaged and could not be read.",
  "publisher-full": "The program that publishes had no room for more points while it could not deliver.",
  "bridge-restarted": "The bridge was not running, so it received nothing of what was published then.",
  "publisher-dropped": "The publisher’s message numbers skip: the messages in between did not reach the bridge.",
  "publisher-restarted": "The publisher restarted: its message numbers began again.",
  "too-many-series": "There were more series than a bridge can keep for one channel.",
  "publisher-reconnected":
    "The publisher restarted, or another one took its place. What it sent before it was connected may be missing.",
};

/** The descriptions of the gaps of one mark: those of one reason and series together. */
export function gapTexts(spans: readonly LocatedGap[], time: boolean, nowMs = Date.now()): GapText[] {
  const groups = new Map<string, LocatedGap[]>();
  for (const span of spans) {
    const { reason, series, points } = span.gap;
    const of = reason === OF_A_PUBLISHER && series !== "" ? null : series;
    const key = JSON.stringify([reason, of, points === null]);
    groups.set(key, [...(groups.get(key) ?? []), span]);
  }
  const texts = [...groups.values()].map((group) => textOf(group, time, nowMs));
  const more = texts.length - MAX_TEXTS;
  if (more <= 0) return texts;
  const rest = { title: `and ${formatCount(more)} more`, where: "", why: "" };
  return [...texts.slice(0, MAX_TEXTS), rest];
}

function textOf(group: readonly LocatedGap[], time: boolean, nowMs: number): GapText {
  const gaps = [...new Set<GapRecord>(group.map(({ gap }) => gap))];
  const { reason = "", points = null } = gaps[0] ?? {};
  const concerned = gaps.flatMap((gap) => (gap.series === "" ? gap.broke : gap.series));
  const names = [...new Set(concerned.map((name) => given(shownName(name), MAX_SERIES_NAME_BYTES)))];
  const shown = names.length > MAX_TEXTS + 1 ? names.slice(0, MAX_TEXTS) : names;
  const others = names.length - shown.length;
  const sum = gaps.reduce((total, gap) => total + (gap.points ?? 0), 0);
  const missing =
    reason === EMPTIED
      ? "The channel was emptied here"
      : points === null
        ? "Data may be missing here (amount unknown)"
        : `${counted(sum, "point")} missing`;
  const onTheWay = own(ON_THE_WAY, reason);
  const from = Math.min(...group.map(({ span }) => span.fromX));
  const to = Math.max(...group.map(({ span }) => span.toX));
  const of =
    names.length === 0
      ? `all series${onTheWay === undefined ? " of the bridge" : ""}`
      : `${shown.join(", ")}${others > 0 ? ` and ${formatCount(others)} more series` : ""}`;
  return {
    title:
      gaps.length > new Set(gaps.map((gap) => gap.series)).size
        ? `${missing}, in ${counted(gaps.length, "gap")}`
        : missing,
    where: `${of}\n${whenText(from, to, time, nowMs)}`,
    why:
      reason === EMPTIED && points !== null
        ? "Nothing is missing."
        : (onTheWay ?? own(BEFORE, reason) ?? `The reason given is “${given(reason, MAX_REASON_LENGTH)}”.`),
  };
}

/** A snapshot was checked by no Channel: its texts are cut, and have no control characters. */
function given(text: string, most: number): string {
  return replaceControl(text.slice(0, most), () => " ");
}

/** Reasons are received: `constructor` is none of ours. */
function own(texts: Record<string, string>, reason: string): string | undefined {
  return Object.hasOwn(texts, reason) ? texts[reason] : undefined;
}

/** From when to when, as finely as the gap is short. */
function whenText(from: number, to: number, time: boolean, nowMs: number): string {
  const step = niceStep((to - from || 10) / 10);
  if (time) return from < to ? periodText(from, to, step, nowMs) : `at ${momentText(to, step, nowMs)}`;
  return from < to ? numberLabels([from, to], step).join(" – ") : `at ${numberLabels([to], step)[0]}`;
}
