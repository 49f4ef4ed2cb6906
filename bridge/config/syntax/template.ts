import { isChannelName } from "../../../protocol/names.ts";
import { suggestion } from "../../../protocol/suggestion.ts";
import { fits, type Token, tokensOf } from "./glob.ts";

/** A name with places that a message fills: `{1}.{field}`. */
export type Template = readonly Piece[];
export type Piece =
  | { kind: "text"; text: string }
  | { kind: "topic" }
  /** @property index from 0 */
  | { kind: "part"; index: number }
  | { kind: "field" }
  /** What a field of the record says, such as the device that it is of. */
  | { kind: "value"; path: string };

const PLACE = /\{([^{}]*)\}/;
export const SEPARATOR = /^[/.:_ -]/;
export const SEPARATOR_AT_END = /[/.:_ -]$/;
const MAX_PART = 99;
const KNOWN_PLACE = /^(?:topic|field|[1-9]\d?)$/;
const A_SEPARATOR: Token = { kind: "maybe", of: "/._-" };

/** Why a template cannot be used, in a sentence; undefined if it can. */
export function templateFault(text: string, kind: "series" | "channel"): string | undefined {
  const example = kind === "series" ? "{1}.{field}" : "lab/{1}";
  if (text === "") return `give a name, or a template such as ${example}`;
  const pieces = text.split(PLACE);
  const places = pieces.filter((_, i) => i % 2 === 1);
  const wrong = places.find((place) => !KNOWN_PLACE.test(place) && !(kind === "series" && isPath(place)));
  if (wrong !== undefined) {
    const more = kind === "series" ? ", {field}, and the path of a field whose values name series" : "";
    return `there is no {${wrong}}: a template has {topic}, {1} to {${MAX_PART}}${more}`;
  }
  if (kind === "channel" && places.includes("field")) {
    return "a message goes to one channel, whatever its fields are: leave {field} out";
  }
  const texts = pieces.filter((_, i) => i % 2 === 0).join("");
  if (/[{}]/.test(texts)) return `a brace is left open: write ${example}`;
  if (kind === "channel" && (/[^A-Za-z0-9._/-]/.test(texts) || (places.length === 0 && !isChannelName(text)))) {
    return `the name of a channel is letters, digits and . _ - in segments joined by /, as in ${example}`;
  }
  return undefined;
}

/** A template that has no {@link templateFault}. */
export function templateOf(text: string): Template {
  return text.split(PLACE).flatMap((piece, i): Piece[] => {
    if (i % 2 === 0) return piece === "" ? [] : [{ kind: "text", text: piece }];
    if (piece === "topic" || piece === "field") return [{ kind: piece }];
    if (!KNOWN_PLACE.test(piece)) return [{ kind: "value", path: piece.replace(/^\./, "") }];
    return [{ kind: "part", index: Number(piece) - 1 }];
  });
}

/** Whether it is the path of a field, and no number or mistyped place; with a point before it, it can be nothing else. */
function isPath(place: string): boolean {
  if (place.startsWith(".")) return /^\.[^.*\s]/.test(place) && !place.includes("*");
  return place.trim() === place && /^[\p{L}_$@/][^*]*$/u.test(place) && suggestion(place, ["topic", "field"]) === "";
}

/** Whether a template names channels by the topic, and not just one. */
export function isTemplate(channel: string): boolean {
  return channel.includes("{");
}

/** Whether a template may have made this channel's name. */
export function mayHaveMade(template: string, channel: string): boolean {
  const pattern = templateOf(template).flatMap((piece): Token[] => {
    if (piece.kind !== "text") return [{ kind: "many", but: "" }];
    // Beside a place that was left out, a separator was, too.
    const text = piece.text.replace(/\/+/g, "/");
    const begins = SEPARATOR.test(text);
    const ends = text.length > 1 && SEPARATOR_AT_END.test(text);
    const kept = tokensOf(text.slice(begins ? 1 : 0, ends ? -1 : undefined));
    return [...(begins ? [A_SEPARATOR] : []), ...kept, ...(ends ? [A_SEPARATOR] : [])];
  });
  return fits(pattern, channel);
}
