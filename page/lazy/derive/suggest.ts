import { written } from "./expression.ts";

/** Names that fit what is being typed, and which part of the text one of them takes the place of. */
export interface Suggestions {
  from: number;
  to: number;
  names: readonly string[];
}

const MAX_NAMES = 8;
/** A name that is not in quotes, as far as it is typed. */
const WORD_BEFORE = /[\p{L}_][\p{L}\p{N}_.]*$/u;
const WORD_AFTER = /^[\p{L}\p{N}_.]*/u;

/** What may be meant by the name at the text cursor; no names where none is being typed. */
export function suggestionsFor(text: string, cursor: number, series: readonly string[]): Suggestions {
  const before = text.slice(0, cursor);
  // Quotes within a name are written twice.
  const isQuoted = (before.match(/"/g)?.length ?? 0) % 2 === 1;
  const from = isQuoted ? before.lastIndexOf('"') : cursor - (WORD_BEFORE.exec(before)?.[0].length ?? 0);
  const rest = text.slice(cursor);
  const to = cursor + (isQuoted ? rest.indexOf('"') + 1 : (WORD_AFTER.exec(rest)?.[0].length ?? 0));
  const typed = before.slice(isQuoted ? from + 1 : from).toLowerCase();
  if (typed === "" && !isQuoted) return { from, to, names: [] };
  const fitting = series.filter((name) => name.toLowerCase().includes(typed));
  const names = fitting.sort((a, b) => rankOf(a, typed) - rankOf(b, typed)).slice(0, MAX_NAMES);
  // Who has typed a name has no choice left.
  return { from, to, names: names.length === 1 && names[0] === text.slice(from, to) ? [] : names };
}

/** The text with a name in its place, and where the cursor is then. */
export function accepted(text: string, { from, to }: Suggestions, name: string): { text: string; cursor: number } {
  const inserted = written(name);
  return { text: text.slice(0, from) + inserted + text.slice(to), cursor: from + inserted.length };
}

/** Names that begin with it come first, then those of which a part does. */
function rankOf(name: string, typed: string): number {
  const at = name.toLowerCase().indexOf(typed);
  if (at === 0) return 0;
  return /[\p{L}\p{N}]/u.test(name[at - 1] ?? "") ? 2 : 1;
}
