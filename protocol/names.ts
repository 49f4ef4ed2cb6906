import { hasControl } from "./characters.ts";
import { MAX_CHANNEL_NAME_LENGTH, MAX_SERIES_NAME_BYTES } from "./limits.ts";

/** The series of a value that has no other name. */
export const DEFAULT_SERIES = "y";

const encoder = new TextEncoder();

/** `[A-Za-z0-9._-]` segments joined by `/`, neither `.` nor `..`, 128 characters at most. */
export function isChannelName(name: string): boolean {
  return (
    name.length <= MAX_CHANNEL_NAME_LENGTH &&
    name.split("/").every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== "." && part !== "..")
  );
}

/** UTF-8 of 1 to 256 bytes without control characters. */
export function isSeriesName(name: string): boolean {
  return name.length > 0 && !hasControl(name) && utf8Bytes(name) <= MAX_SERIES_NAME_BYTES;
}

/** The series that a field of a topic's messages is (PT5): the topic names `y`, and prefixes every other. */
export function seriesOfField(field: string, topic: string): string {
  if (topic === "") return field;
  return field === DEFAULT_SERIES ? topic : `${topic}.${field}`;
}

function utf8Bytes(text: string): number {
  // No string is longer in UTF-8 than three bytes a code unit, so most need no encoding to be known short.
  return text.length * 3 <= MAX_SERIES_NAME_BYTES ? text.length : encoder.encode(text).length;
}
