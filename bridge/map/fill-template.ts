import { DEFAULT_SERIES, isChannelName } from "../../protocol/names.ts";
import { type Piece, SEPARATOR, SEPARATOR_AT_END, type Template } from "../config/syntax/template.ts";
import { DecodeError } from "../decode/message.ts";

/** What fills the places of a template. */
interface Filling {
  topic: string;
  parts: readonly string[];
  field: string;
  /** Of the template's places for values, in order. */
  values?: readonly string[];
}

/** The name; a place that has nothing to fill it takes one separator with it, so `{1}.{field}` without a topic is the field. */
function filled(template: Template, filling: Filling): string {
  let name = "";
  let isPending = false;
  let values = 0;
  for (const piece of template) {
    const text = piece.kind === "value" ? (filling.values?.[values++] ?? "") : textOf(piece, filling);
    if (text === "") {
      if (SEPARATOR_AT_END.test(name)) name = name.slice(0, -1);
      else isPending = true;
      continue;
    }
    // What was left out stood at the beginning, or beside another place: then the separator after it goes.
    name += isPending && piece.kind === "text" && SEPARATOR.test(text) ? text.slice(1) : text;
    isPending = false;
  }
  return name;
}

function textOf(piece: Exclude<Piece, { kind: "value" }>, { topic, parts, field }: Filling): string {
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "topic":
      return topic;
    case "part":
      return parts[piece.index] ?? "";
    case "field":
      // As in PT5: the series that has no name of its own is named by what stands beside it.
      return field === DEFAULT_SERIES ? "" : field;
  }
}

/** A series' name by a template. */
export function seriesBy(template: Template, filling: Filling): string {
  return filled(template, filling) || filling.field;
}

/**
 * A channel's name by a template; undefined, the bridge's own, if the topic leaves nothing of it. What a channel's name
 * cannot have becomes `_`.
 * @throws DecodeError if it still is no channel's name
 */
export function channelBy(template: Template, topic: string, parts: readonly string[]): string | undefined {
  const name = filled(template, { topic, parts, field: DEFAULT_SERIES })
    .replace(/[^A-Za-z0-9._/-]+/g, "_")
    .replace(/\/{2,}/g, "/")
    .replace(/^\/|\/$/g, "");
  if (name === "") return undefined;
  if (isChannelName(name)) return name;
  throw new DecodeError(
    "channel-name-invalid",
    "The topic makes no name of a channel: segments of . and .. are none, nor is what has more than 128 characters.",
  );
}

const BETWEEN_PARTS = /[/.:]+/;

/** `/lab/motor:1` → `lab`, `motor`, `1`. */
export function topicParts(topic: string): string[] {
  return topic.split(BETWEEN_PARTS).filter((part) => part !== "");
}
