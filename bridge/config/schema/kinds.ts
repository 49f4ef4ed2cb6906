import { InvalidArgumentError } from "commander";
import * as z from "zod/mini";
import { sentence } from "../errors.ts";
import { unknownName } from "../known.ts";
import { parseBytes, parseDuration } from "../syntax/quantities.ts";

/*
 * The kinds of values in plotcast.toml and of flags. Each says what is wrong with a value, in a sentence that the place of the
 * value begins. What only editors are to know is in zod's global registry, where its JSON schema takes it from.
 */

const TEXT = "text in quotes";
const TEXTS = "text in quotes, or an array of such";

type Fault = (text: string) => string | undefined;

/** @param fault what is wrong with a text, without its period; undefined: nothing */
export function text(fault: Fault = () => undefined, { wanted = TEXT, missing = "this is missing." } = {}) {
  return z
    .string({ error: wrongType(wanted, missing) })
    .check(z.refine((value) => fault(value) === undefined, { error: ({ input }) => `${fault(String(input))}.` }));
}

/** One, or an array. */
export function texts(fault?: Fault, ...checks: z.core.$ZodCheck<string>[]) {
  const item = text(fault, { wanted: TEXTS }).check(...checks);
  return z.pipe(
    z.union([item, z.array(item)], { error: wrongType(TEXTS) }),
    z.transform((value: string | string[]) => (typeof value === "string" ? [value] : value)),
  );
}

export const oneCharacter = z.minLength(1, "it must not be empty.");
export const nonEmptyText = text().check(oneCharacter);
export const file = text().check(z.minLength(1, "give a file."));

/** Text that a parser of ../syntax takes. */
export function parsed<T>(parse: (text: string) => T, hints: z.core.GlobalMeta = {}) {
  return z.pipe(text().register(z.globalRegistry, hints), parsedBy<string, T>(parse));
}

/** The same of text or a whole number. */
export function parsedNumber<T>(parse: (text: string) => T, hints: z.core.GlobalMeta = {}) {
  const inDigits = z.number().register(z.globalRegistry, { type: "integer" });
  const written = z.union([z.string(), inDigits], { error: wrongType("text in quotes, or a number") });
  return z.pipe(written.register(z.globalRegistry, hints), parsedBy<string | number, T>(parse));
}

function parsedBy<I, T>(parse: (text: string) => T) {
  return z.transform((value: I, { issues }) => {
    try {
      return parse(String(value));
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      issues.push({ code: "custom", input: value, message: sentence(error.message) });
      return z.NEVER;
    }
  });
}

export function choice<const T extends readonly string[]>(noun: string, choices: T) {
  const notText = wrongType(TEXT);
  return z.enum(choices, {
    error: (issue) => (typeof issue.input === "string" ? unknownName(noun, issue.input, choices) : notText(issue)),
  });
}

/** Bytes. @param parse of `64MiB` */
export function size(parse: (text: string) => number = parseBytes) {
  return parsedNumber(parse, { pattern: "^\\d+(\\.\\d+)? ?[A-Za-z]*$", examples: ["64MiB"] });
}

/** Milliseconds. */
export function time() {
  return parsed(parseDuration, { examples: TIMES });
}

/** Milliseconds; 0 is `none`. */
export function timeOrNone() {
  return parsed((value) => (value === "none" ? 0 : parseDuration(value)), { examples: [...TIMES, "none"] });
}

const TIMES = ["500ms", "1s", "2min"];

export interface NumberBounds {
  /** What it is, for the sentence. */
  example: string;
  least?: number;
  greatest?: number;
  /** It is more than this. */
  above?: number;
  isInteger?: boolean;
}

export function number({ example, least, greatest, above, isInteger = false }: NumberBounds) {
  const range = [
    ...(above === undefined ? [] : [`more than ${above}`]),
    ...(least === undefined ? [] : [`${least} at least`]),
    ...(greatest === undefined ? [] : [`${greatest} at most`]),
  ].join(", ");
  const wrong = `give ${isInteger ? "a whole number" : "a number"} such as ${example}${range && `: ${range}`}.`;
  const notNumber = wrongType("a number");
  const error: ErrorOf = (issue) => (typeof issue.input === "number" ? wrong : notNumber(issue));
  return (isInteger ? z.int({ error }) : z.number({ error })).check(
    ...(above === undefined ? [] : [z.gt(above, wrong)]),
    ...(least === undefined ? [] : [z.gte(least, wrong)]),
    ...(greatest === undefined ? [] : [z.lte(greatest, wrong)]),
  );
}

/** Its flag is `--name`, or `--no-name`. */
export function yesOrNo() {
  return z.boolean({ error: wrongType("true or false") });
}

type ErrorOf = (issue: { input?: unknown }) => string;

/** @param missing what is said where there is nothing */
function wrongType(wanted: string, missing = "this is missing."): ErrorOf {
  return ({ input }) => (input === undefined ? missing : `${nounOf(input)} cannot stand here: give ${wanted}.`);
}

function nounOf(value: unknown): string {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "a number";
  if (typeof value === "boolean") return "true or false";
  if (value instanceof Date) return "a time";
  return Array.isArray(value) ? "an array" : "a table";
}
