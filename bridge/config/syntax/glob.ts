/** A part of a pattern: one of these characters, the same or nothing, or any number of characters but one. */
export type Token =
  | { readonly kind: "one"; readonly of: string }
  | { readonly kind: "maybe"; readonly of: string }
  | { readonly kind: "many"; readonly but: string };

/** Of a text that stands for itself. */
export function tokensOf(text: string): Token[] {
  return text.split("").map((char) => ({ kind: "one", of: char }));
}

/**
 * Whether the whole text fits the pattern. All places of the pattern that the text may have come to are followed at once, so
 * the time is bounded by the product of both lengths; a regular expression with as many stars tries them one by one, and a
 * publisher that knows the pattern can make it try for ever.
 */
export function fits(pattern: readonly Token[], text: string): boolean {
  let places = withSkipped(pattern, new Uint8Array(pattern.length + 1).fill(1, 0, 1));
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    const next = new Uint8Array(pattern.length + 1);
    let isAny = false;
    for (const [at, token] of pattern.entries()) {
      if (places[at] === 0) continue;
      const stays = token.kind === "many" && token.but !== char;
      const goesOn = token.kind !== "many" && token.of.includes(char);
      if (stays) next[at] = 1;
      if (goesOn) next[at + 1] = 1;
      isAny ||= stays || goesOn;
    }
    if (!isAny) return false;
    places = withSkipped(pattern, next);
  }
  return places[pattern.length] === 1;
}

/** What may be nothing may be passed over. */
function withSkipped(pattern: readonly Token[], places: Uint8Array): Uint8Array {
  for (const [at, { kind }] of pattern.entries()) {
    if (places[at] === 1 && kind !== "one") places[at + 1] = 1;
  }
  return places;
}
