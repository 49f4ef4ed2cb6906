import { fits, type Token, tokensOf } from "./glob.ts";

/** Longer is no name of a series, and matching it would be costly. */
const MAX_PATH_LENGTH = 1024;

/** Why a field's path cannot be used, in a sentence; undefined if it can. */
export function patternFault(pattern: string): string | undefined {
  if (pattern === "") return "a field has a path, such as temp.motor";
  const parts = pattern.split(".");
  if (parts.includes("")) return `the path "${pattern}" has a part without a name: write temp.motor`;
  if (parts.slice(0, -1).some((part) => part.includes("**"))) return "** stands for the rest of a path: put it last";
  if (pattern.length > MAX_PATH_LENGTH) return `a path has ${MAX_PATH_LENGTH} characters at most`;
  return undefined;
}

export function hasWildcard(pattern: string): boolean {
  return pattern.includes("*");
}

/**
 * Whether a field's path is meant. `*` is any text within one part, `**` any rest of the path. Paths are compared as
 * text, so a dot in a key counts as one between parts: `a.b` means `{"a": {"b": 1}}` and `{"a.b": 1}`.
 */
export function matcherOf(pattern: string): (path: string) => boolean {
  if (!hasWildcard(pattern)) return (path) => path === pattern;
  const tokens = pattern.split(/(\*+)/).flatMap((piece): Token[] => {
    if (!piece.startsWith("*")) return tokensOf(piece);
    return [{ kind: "many", but: piece.length === 1 ? "." : "" }];
  });
  return (path) => path.length <= MAX_PATH_LENGTH && fits(tokens, path);
}
