import { isObject } from "../json/json.ts";
import { CAPABILITIES, type Capability, isCapability } from "./capability.ts";
import { coversPattern, matchesPattern, patternFault } from "./channel-pattern.ts";

/** Patterns of one token: each is looked at with each request. */
export const MAX_PATTERNS = 64;

/** What may be done where: capabilities by pattern of channels. It is the claim `plotcast` of a JWT as well. */
export type Rights = Readonly<Record<string, readonly Capability[]>>;

/** Every capability in every channel. */
export const ALL_RIGHTS: Rights = { "**": CAPABILITIES };

/** Whether rights include a capability for a channel. */
export function includesRight(rights: Rights, capability: Capability, channel: string): boolean {
  return Object.entries(rights).some(
    ([pattern, capabilities]) => capabilities.includes(capability) && matchesPattern(pattern, channel),
  );
}

/** The capabilities that rights give for a channel. */
export function capabilitiesFor(rights: Rights, channel: string): Capability[] {
  return CAPABILITIES.filter((capability) => includesRight(rights, capability, channel));
}

/** Whether every pattern of `asked` lies within one for which `rights` include a capability. */
export function coversRights(rights: Rights, capability: Capability, asked: Rights): boolean {
  const outer = Object.entries(rights).filter(([, capabilities]) => capabilities.includes(capability));
  return Object.keys(asked).every((inner) => outer.some(([pattern]) => coversPattern(pattern, inner)));
}

/** Rights in received JSON, as a copy; or a sentence that says what is wrong. */
export function parseRights(value: unknown): { rights: Rights } | { fault: string } {
  if (!isObject(value)) return { fault: 'Rights are an object such as {"lab/**":["watch","history"]}.' };
  const entries = Object.entries(value);
  if (entries.length === 0) return { fault: "There are no rights; name at least one pattern." };
  if (entries.length > MAX_PATTERNS) return { fault: `Rights have ${MAX_PATTERNS} patterns at most.` };
  const rights: Record<string, Capability[]> = Object.create(null);
  for (const [pattern, words] of entries) {
    const fault = patternFault(pattern);
    if (fault !== undefined) return { fault: `The pattern ${JSON.stringify(pattern.slice(0, 140))} ${fault}` };
    if (!Array.isArray(words) || words.length === 0 || words.length > CAPABILITIES.length || !words.every(isCapability))
      return { fault: `For ${pattern} there must be a list of some of ${CAPABILITIES.join(", ")}.` };
    rights[pattern] = [...new Set(words)];
  }
  return { rights };
}
