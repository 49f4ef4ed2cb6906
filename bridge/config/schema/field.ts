import * as z from "zod/mini";
import { SERIES_KINDS } from "../../../protocol/frame/labels.ts";
import { hasWildcard, patternFault } from "../syntax/pattern.ts";
import { key } from "./keys.ts";
import { choice, nonEmptyText, number, text } from "./kinds.ts";
import { tableOfSeveral } from "./tables.ts";

export const numbers = choice("numbers", ["plain", "quoted"]);

export const rate = number({ example: "100", above: 0, greatest: 1e6 });

const path = text(patternFault, { missing: "this is missing: give the path of the field, such as temp.motor." });

/** `[[source.field]]` */
export const FIELD_TABLE = tableOfSeveral("source.field", {
  field: key(path, { summary: "path of the field, such as temp.motor; * is one part, ** the rest" }),
  as: key(z.optional(nonEmptyText), { summary: "name in place of the path" }),
  unit: key(z.optional(nonEmptyText), { summary: "shown with its values" }),
  scale: key(z.optional(number({ example: "0.1" })), { summary: "values are multiplied by it", otherwise: "1" }),
  offset: key(z.optional(number({ example: "-40" })), { summary: "then this is added", otherwise: "0" }),
  kind: key(z.optional(choice("kind", SERIES_KINDS)), {
    summary: "line: numbers; step: text and booleans too; event: marks",
    otherwise: "line",
  }),
  numbers: key(z.optional(numbers), {
    summary: "quoted: text that is a number is one, too",
    otherwise: "the source's",
  }),
  max_rate: key(z.optional(rate), { summary: "points a second", otherwise: "the source's" }),
}).check(({ value: { field, as }, issues }) => {
  const fault = as === undefined ? undefined : nameFault(field, as);
  if (fault !== undefined) issues.push({ code: "custom", input: as, path: ["as"], message: `${fault}.` });
});

export type FieldValues = z.output<typeof FIELD_TABLE>;

/** What is wrong with `path` or `path=name`, in a sentence; undefined: nothing. */
export function fieldFault(text: string): string | undefined {
  const { field, as } = fieldOf(text);
  return patternFault(field) ?? (as === undefined ? undefined : nameFault(field, as));
}

/** `temp.motor=motor` → the field and its name. */
export function fieldOf(text: string): { field: string; as?: string } {
  const equals = text.indexOf("=");
  return equals < 0 ? { field: text } : { field: text.slice(0, equals).trim(), as: text.slice(equals + 1).trim() };
}

function nameFault(field: string, as: string): string | undefined {
  if (as === "") return "after = stands a name, as in temp.motor=motor";
  // All that it fits would be one series.
  return hasWildcard(field)
    ? `the path ${field} means several fields, which cannot have one name: leave the name out`
    : undefined;
}
