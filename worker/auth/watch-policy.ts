import { matchesPattern, patternFault } from "../../protocol/access/channel-pattern.ts";

/** Who may watch, and read what is stored: anybody, or whoever has a token with that right. */
export type Audience = "public" | "token";

/** `WATCH`, read. */
export interface WatchPolicy {
  /** The first that matches counts. */
  rules: readonly { pattern: string; audience: Audience }[];
  /** Where none matches. */
  otherwise: Audience;
  /** A sentence each. */
  faults: readonly string[];
}

/**
 * Reads `WATCH`: `lab/**=token, demo=public`, or one word for every channel. Where no pattern matches, a channel is public. What cannot be
 * read might have been meant to close a channel: so with a fault every channel needs a token.
 */
export function parseWatch(text: unknown = ""): WatchPolicy {
  if (typeof text !== "string")
    return { rules: [], otherwise: "token", faults: ["WATCH is no text. Until it is, every channel needs a token."] };
  const rules: { pattern: string; audience: Audience }[] = [];
  const faults: string[] = [];
  for (const word of text.split(/[\s,]+/).filter((each) => each !== "")) {
    const [pattern = "", audience, ...more] = word.includes("=") ? word.split("=") : ["**", word];
    const fault = patternFault(pattern);
    if ((audience !== "public" && audience !== "token") || more.length > 0) {
      faults.push(
        `WATCH: "${word}" does not say "public" or "token". Write lab/**=token. Until then every channel needs a token.`,
      );
    } else if (fault !== undefined) {
      faults.push(`WATCH: the pattern "${pattern}" ${fault} Until then every channel needs a token.`);
    } else rules.push({ pattern, audience });
  }
  return faults.length > 0 ? { rules: [], otherwise: "token", faults } : { rules, otherwise: "public", faults };
}

/** Who may watch a channel. */
export function audienceOf({ rules, otherwise }: WatchPolicy, channel: string): Audience {
  return rules.find(({ pattern }) => matchesPattern(pattern, channel))?.audience ?? otherwise;
}
