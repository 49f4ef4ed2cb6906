import type { DerivationInput } from "../../data/derivation.ts";
import type { Series } from "../../data/store/series.ts";
import type { Arrangement } from "../../layout/arrangement.ts";
import { isFault } from "./expression.ts";
import { resolved } from "./resolve.ts";

/** A derived series that there is nothing of, and why. */
export interface NotCalculated {
  readonly name: string;
  readonly why: string;
}

/** The derived series that cannot be calculated from the series that there are now, but for hidden ones. */
export function notCalculated(
  arrangement: Pick<Arrangement, "derived" | "isHidden">,
  { series, stored }: { readonly series: Iterable<Series>; readonly stored: Pick<DerivationInput, "names"> },
): readonly NotCalculated[] {
  const { derived } = arrangement;
  if (derived.length === 0) return [];
  const known = [...stored.names()];
  const calculated = new Set([...series].map(({ name }) => name));
  const isDerived = (name: string): boolean => derived.some((one) => one.name === name);
  return derived.flatMap(({ name, expression }) => {
    if (arrangement.isHidden(name)) return [];
    if (known.includes(name)) return [{ name, why: "cannot be calculated: the channel has a series of this name." }];
    if (calculated.has(name)) return [];
    const found = resolved(expression, known, isDerived);
    // Else it is about to be: what calculates is being loaded.
    return isFault(found) ? [{ name, why: `cannot be calculated. ${found.fault}` }] : [];
  });
}
