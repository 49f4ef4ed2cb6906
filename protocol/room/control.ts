import { isObject, isShallow } from "../json/json.ts";
import { MAX_CONTROL_TEXT_BYTES, MAX_CONTROLS, MAX_CONTROLS_BYTES, MAX_SERIES_NAME_BYTES } from "../limits.ts";
import { isSeriesName } from "../names.ts";

/** What a control is: all but `button` hold a value that is `set`; a button is an action that is `call`ed. */
export const CONTROL_KINDS = ["number", "integer", "toggle", "choice", "text", "button"] as const;
export type ControlKind = (typeof CONTROL_KINDS)[number];

export type ControlValue = number | boolean | string;

/** A control as its publisher declares it. */
export interface Control {
  /** Of its own in the channel; the rules of a series' name hold for it. */
  name: string;
  kind: ControlKind;
  /** What the program has now; null: it did not say. */
  value: ControlValue | null;
  /** In place of the name, for people. */
  label?: string;
  description?: string;
  /** Controls of one group stand together. */
  group?: string;
  unit?: string;
  /** Of numbers. A value outside is refused, never moved. */
  min?: number;
  max?: number;
  /** How far a key or a slider goes. Other values are taken, too. */
  step?: number;
  /** Of a choice. */
  choices?: readonly string[];
}

const encoder = new TextEncoder();
const TEXT_FIELDS = ["label", "description", "group", "unit"] as const;
const NUMBER_FIELDS = ["min", "max", "step"] as const;
const MAX_CHOICES = 256;

/**
 * Reads a declaration: an object from name to control, such as `{"setpoint":{"value":180,"min":20,"max":250},"stop":{}}`. A
 * value alone is a control without bounds; null says that there is none by this name any more. All must be right, or none is
 * taken: of a half nobody would know.
 * @returns the controls, and the names of those that are gone; or what is wrong, as a sentence
 */
export function parseControls(received: unknown): { controls: Control[]; gone: string[] } | { fault: string } {
  if (!isObject(received) || !isShallow(received))
    return {
      fault: 'Controls are an object from name to control, such as {"setpoint":{"value":180,"min":20,"max":250}}.',
    };
  const entries = Object.entries(received);
  if (entries.length > MAX_CONTROLS)
    return { fault: `There are ${entries.length} controls; a channel has ${MAX_CONTROLS} at most.` };
  if (encoder.encode(JSON.stringify(received)).byteLength > MAX_CONTROLS_BYTES)
    return { fault: `Controls have ${MAX_CONTROLS_BYTES / 1024} KiB at most, all together.` };
  const controls: Control[] = [];
  const gone = entries.flatMap(([name, declared]) => (declared === null ? [name] : []));
  for (const [name, declared] of entries) {
    if (declared === null) continue;
    const control = controlOf(name, declared);
    if ("fault" in control) return { fault: `Control ${shown(name)}: ${control.fault}` };
    controls.push(control);
  }
  return { controls, gone };
}

function controlOf(name: string, declared: unknown): Control | { fault: string } {
  if (!isSeriesName(name) || name === "")
    return { fault: `a name has 1 to ${MAX_SERIES_NAME_BYTES} bytes, and no control characters.` };
  const fields = isObject(declared) ? declared : { value: declared };
  const { value = null, choices, kind } = fields;
  const text = wrongText(fields);
  if (text !== undefined) return { fault: `"${text}" must be text of ${MAX_CONTROL_TEXT_BYTES} bytes at most.` };
  const number = NUMBER_FIELDS.find((field) => fields[field] !== undefined && !Number.isFinite(fields[field]));
  if (number !== undefined) return { fault: `"${number}" must be a number.` };
  if (kind !== undefined && !isControlKind(kind))
    return { fault: `"kind" is one of ${CONTROL_KINDS.join(", ")}; not ${shown(String(kind))}.` };
  if (choices !== undefined && !isChoices(choices))
    return { fault: `"choices" is a list of 1 to ${MAX_CHOICES} texts, none of them twice.` };
  if (value !== null && !isControlValue(value)) return { fault: '"value" must be a number, true, false or text.' };
  const control: Control = { name, kind: kind ?? kindOf(value, choices, fields), value };
  for (const field of TEXT_FIELDS) {
    const found = fields[field];
    if (typeof found === "string") control[field] = found;
  }
  for (const field of NUMBER_FIELDS) {
    const found = fields[field];
    if (typeof found === "number") control[field] = found;
  }
  if (choices !== undefined) control.choices = [...choices];
  const fault = controlFault(control);
  return fault === undefined ? control : { fault };
}

function kindOf(
  value: ControlValue | null,
  choices: readonly string[] | undefined,
  { min, max, step }: Readonly<Record<string, unknown>>,
): ControlKind {
  if (choices !== undefined) return "choice";
  if (typeof value === "boolean") return "toggle";
  if (typeof value === "string") return "text";
  return typeof value === "number" || [min, max, step].some((bound) => bound !== undefined) ? "number" : "button";
}

/** What makes no sense of a control whose fields are right each. */
function controlFault(control: Control): string | undefined {
  const { kind, min, max, step, choices, value } = control;
  if (kind === "choice" && choices === undefined) return 'a choice has "choices".';
  if (kind !== "choice" && choices !== undefined) return '"choices" are for a choice.';
  if (kind !== "number" && kind !== "integer" && [min, max, step].some((bound) => bound !== undefined))
    return '"min", "max" and "step" are for numbers.';
  if (min !== undefined && max !== undefined && min > max) return '"min" is above "max".';
  if (step !== undefined && step <= 0) return '"step" must be above 0.';
  if (kind === "button") return value === null ? undefined : "a button has no value.";
  if (value === null) return undefined;
  // What a program has may be outside of what may be set: of it only the type is looked at.
  const { min: _min, max: _max, ...unbound } = control;
  return valueFault(kind === "choice" ? { ...unbound, kind: "text" } : unbound, value);
}

/**
 * Why a control cannot be set to a value, as the end of a sentence that begins with what it is for; undefined: it can.
 * Nothing is moved to a bound, or rounded: whoever set it would see another value than the one that they gave.
 */
export function valueFault({ kind, min, max, unit, choices }: Control, value: unknown): string | undefined {
  switch (kind) {
    case "number":
    case "integer": {
      if (typeof value !== "number" || !Number.isFinite(value)) return "takes a number.";
      if (kind === "integer" && !Number.isSafeInteger(value)) return "takes whole numbers.";
      const isInside = value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
      return isInside
        ? undefined
        : `takes ${rangeText(min, max)}${unit === undefined ? "" : ` ${unit}`}; not ${value}.`;
    }
    case "toggle":
      return typeof value === "boolean" ? undefined : "takes true or false.";
    case "choice":
      return typeof value === "string" && choices?.includes(value) === true
        ? undefined
        : `takes one of ${(choices ?? []).slice(0, 8).map(shown).join(", ")}${(choices?.length ?? 0) > 8 ? ", …" : ""}.`;
    case "text":
      return isShortText(value) ? undefined : `takes text of ${MAX_CONTROL_TEXT_BYTES} bytes at most.`;
    case "button":
      return "is a button: it is called, and takes no value.";
    default:
      return kind satisfies never;
  }
}

function rangeText(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return `${max} at most`;
  return max === undefined ? `${min} at least` : `${min} to ${max}`;
}

export function isControlKind(value: unknown): value is ControlKind {
  return CONTROL_KINDS.some((kind) => kind === value);
}

export function isControlValue(value: unknown): value is ControlValue {
  return typeof value === "boolean" || Number.isFinite(value) || isShortText(value);
}

export function isValueOrNull(value: unknown): value is ControlValue | null {
  return value === null || isControlValue(value);
}

function isChoices(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_CHOICES &&
    value.every(isShortText) &&
    new Set(value).size === value.length
  );
}

function wrongText(fields: Readonly<Record<string, unknown>>): string | undefined {
  return TEXT_FIELDS.find((field) => fields[field] !== undefined && !isShortText(fields[field]));
}

function isShortText(value: unknown): value is string {
  return typeof value === "string" && encoder.encode(value).byteLength <= MAX_CONTROL_TEXT_BYTES;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
