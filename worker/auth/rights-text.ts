import { parseRights, type Rights } from "../../protocol/access/rights.ts";

/**
 * Rights as a variable has them: `**=watch+history lab/**=publish`, words with blanks or commas between them. They must all be read, or there
 * are none: of a half nobody knows what was meant.
 */
export function parseRightsText(text: string): { rights: Rights } | { fault: string } {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const given: Record<string, string[]> = Object.create(null);
  for (const word of words) {
    const [pattern = "", capabilities, ...more] = word.split("=");
    if (capabilities === undefined || more.length > 0)
      return { fault: `"${word}" is no pattern with what may be done there. Write lab/**=watch+history.` };
    if (pattern in given)
      return { fault: `The pattern "${pattern}" is there twice. Write what may be done once, with "+".` };
    given[pattern] = capabilities.split("+");
  }
  return parseRights(given);
}
