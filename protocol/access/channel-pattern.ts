import { MAX_CHANNEL_NAME_LENGTH } from "../limits.ts";

/**
 * Patterns of channels: `lab/rig-*` is every name of these two segments, and `lab/**` is `lab` and every name below it. A `*` stands
 * for any characters of one segment, once a segment; `**` stands alone as the last segment, for any number of segments, none too.
 */

/** What is wrong with a text as a pattern, as the end of a sentence; undefined: it is one. */
export function patternFault(text: string): string | undefined {
  if (text === "") return "is empty.";
  if (text.length > MAX_CHANNEL_NAME_LENGTH) return `has more than ${MAX_CHANNEL_NAME_LENGTH} characters.`;
  const segments = text.split("/");
  for (const [i, segment] of segments.entries()) {
    if (segment === "") return "has an empty segment; a channel's name neither begins nor ends with a slash.";
    if (segment === "**") {
      if (i < segments.length - 1) return 'has "**" before its end; it can only be the last segment.';
    } else if (segment.split("*").length > 2) return 'has a segment with more than one "*".';
    else if (segment === "." || segment === "..") return `has the segment "${segment}", which no channel has.`;
    else if (!/^[A-Za-z0-9._*-]+$/.test(segment))
      return 'has a character that no channel has; there are letters, digits, ".", "_", "-" and "*".';
  }
  return undefined;
}

/** Whether a pattern matches a channel's name. @param pattern one without a fault */
export function matchesPattern(pattern: string, channel: string): boolean {
  return coversPattern(pattern, channel);
}

/** Whether every name that the second pattern matches is matched by the first. @param outer, inner without a fault */
export function coversPattern(outer: string, inner: string): boolean {
  const [a, b] = [split(outer), split(inner)];
  if (!a.isOpen && (b.isOpen || b.segments.length !== a.segments.length)) return false;
  if (b.segments.length < a.segments.length) return false;
  return a.segments.every((segment, i) => coversSegment(segment, b.segments[i] ?? ""));
}

/** The segments before a `**` at the end, and whether there is one. */
function split(pattern: string): { segments: string[]; isOpen: boolean } {
  const segments = pattern.split("/");
  const isOpen = segments.at(-1) === "**";
  return { segments: isOpen ? segments.slice(0, -1) : segments, isOpen };
}

function coversSegment(outer: string, inner: string): boolean {
  const star = outer.indexOf("*");
  if (star < 0) return outer === inner;
  const [before, after] = [outer.slice(0, star), outer.slice(star + 1)];
  const innerStar = inner.indexOf("*");
  const [head, tail] = innerStar < 0 ? [inner, inner] : [inner.slice(0, innerStar), inner.slice(innerStar + 1)];
  // What the star of the inner one stands for may be nothing: its own characters must have room for both ends.
  const length = innerStar < 0 ? inner.length : inner.length - 1;
  return head.startsWith(before) && tail.endsWith(after) && length >= before.length + after.length;
}
