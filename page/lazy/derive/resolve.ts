import { shownName } from "../shown-name.ts";
import { type Expression, type Fault, isFault, namesIn, parseExpression, withFullNames } from "./expression.ts";

/** An expression that can be calculated: as text with full names, and as it was read. */
export interface Resolved {
  readonly text: string;
  readonly expression: Expression;
}

/**
 * Finds the series that an expression names, with their units or without.
 * @param stored the names of those that can be calculated from
 * @param isDerived whether a series is derived itself
 */
export function resolved(
  text: string,
  stored: readonly string[],
  isDerived: (name: string) => boolean,
): Resolved | Fault {
  const typed = parseExpression(text);
  if (isFault(typed)) return typed;
  const full = withFullNames(text.trim(), stored, shownName);
  if (typeof full !== "string") return full;
  const expression = parseExpression(full);
  if (isFault(expression)) return expression;
  const unknown = namesIn(expression).find((one) => !stored.includes(one));
  if (unknown === undefined) return { text: full, expression };
  return { fault: isDerived(unknown) ? `“${unknown}” is derived itself.` : `There is no series “${unknown}”.` };
}
