import type { FieldConfig } from "./config.ts";
import { hasWildcard, patternFault } from "./pattern.ts";
import type { Values } from "./values.ts";

/** What is wrong with `path` or `path=name`, in a sentence; undefined: nothing. */
export function fieldFault(text: string): string | undefined {
  const { field, as } = fieldOf(text);
  return patternFault(field) ?? (as === undefined ? undefined : nameFault(field, as));
}

/** `temp.motor=motor` → the field and its name. */
export function fieldOf(text: string): FieldConfig {
  const equals = text.indexOf("=");
  return equals < 0 ? { field: text } : { field: text.slice(0, equals).trim(), as: text.slice(equals + 1).trim() };
}

/** @throws KeyFault */
export function fieldIn(values: Values): FieldConfig {
  const field = values.text("field");
  if (field === undefined)
    throw values.fault("field", "this is missing: give the path of the field, such as temp.motor.");
  const as = values.text("as");
  const fault = as === undefined ? undefined : nameFault(field, as);
  if (fault !== undefined) throw values.fault("as", `${fault}.`);
  return {
    field,
    as,
    unit: values.text("unit"),
    scale: values.number("scale"),
    offset: values.number("offset"),
    kind: kindOf(values.text("kind")),
    maxRate: values.number("max_rate"),
  };
}

function nameFault(field: string, as: string): string | undefined {
  if (as === "") return "after = stands a name, as in temp.motor=motor";
  // All that it fits would be one series.
  return hasWildcard(field)
    ? `the path ${field} means several fields, which cannot have one name: leave the name out`
    : undefined;
}

function kindOf(text: string | undefined): FieldConfig["kind"] {
  return text === "line" || text === "step" || text === "event" ? text : undefined;
}
