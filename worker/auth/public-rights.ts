import type { Capability } from "../../protocol/access/capability.ts";
import type { Rights } from "../../protocol/access/rights.ts";
import { parseRightsText } from "./rights-text.ts";

/** What somebody without a token may be given, beside watching (`WATCH`). Publishing, and what an owner does, want a token. */
const GIVEN: readonly Capability[] = ["control", "note", "presence"];

/** `PUBLIC_RIGHTS`, read. */
export interface PublicRights {
  rights: Rights;
  /** A sentence each. */
  faults: readonly string[];
}

/** Reads `PUBLIC_RIGHTS`: `demo=control+note`, as `ACCESS_RIGHTS`. What cannot be read, or is not to be given, gives nobody anything. */
export function parsePublicRights(text: string): PublicRights {
  if (text.trim() === "") return { rights: {}, faults: [] };
  const parsed = parseRightsText(text);
  if ("fault" in parsed) return { rights: {}, faults: [`PUBLIC_RIGHTS: ${parsed.fault} Until then nobody has any.`] };
  const other = Object.values(parsed.rights)
    .flat()
    .find((capability) => !GIVEN.includes(capability));
  if (other === undefined) return { rights: parsed.rights, faults: [] };
  return {
    rights: {},
    faults: [
      `PUBLIC_RIGHTS: "${other}" cannot be given to everybody; ${GIVEN.join(", ")} can. Until then nobody has any.`,
    ],
  };
}
