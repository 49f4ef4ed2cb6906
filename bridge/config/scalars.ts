import { InvalidArgumentError } from "commander";
import { suggestion } from "../../protocol/suggestion.ts";
import { parseBytes, parseDuration } from "./options.ts";

export type JsonSchema = { readonly [key: string]: unknown };

/** A kind of value: how it is written on the command line and in a file, and what it is then. */
export interface Scalar {
  /** In a file it is a number, and not text. */
  isNumber?: boolean;
  /** @throws InvalidArgumentError */
  fromText(text: string): string | number;
  /** Of a number in a file; without it numbers are none of these. @throws InvalidArgumentError */
  fromNumber?(value: number): string | number;
  readonly schema: JsonSchema;
}

type Check = (text: string) => string | undefined;

/** @param fault what is wrong with a text, without its period; undefined: nothing */
export function text(fault: Check = () => undefined, schema: JsonSchema = {}): Scalar {
  return {
    fromText(value) {
      const wrong = fault(value);
      if (wrong !== undefined) throw new InvalidArgumentError(`${wrong.charAt(0).toUpperCase()}${wrong.slice(1)}.`);
      return value;
    },
    schema: { type: "string", ...schema },
  };
}

export const some = text((value) => (value === "" ? "it must not be empty" : undefined), { minLength: 1 });
export const file = text((value) => (value === "" ? "give a file" : undefined), { minLength: 1 });

/** Text that a parser of ./options.ts takes; what it makes of it is made later. */
export function parsed(parse: (text: string) => unknown, schema: JsonSchema = {}): Scalar {
  return {
    fromText(value) {
      parse(value);
      return value;
    },
    schema: { type: "string", ...schema },
  };
}

export function choice(noun: string, choices: readonly string[]): Scalar {
  return {
    fromText(value) {
      if (choices.includes(value)) return value;
      const hint = suggestion(value, choices) || `; there are ${choices.join(", ")}`;
      throw new InvalidArgumentError(`There is no ${noun} "${value}"${hint}${hint.endsWith("?") ? "" : "."}`);
    },
    schema: { type: "string", enum: choices },
  };
}

/** Bytes. @param parse of `64MiB` */
export function size(parse: (text: string) => number = parseBytes): Scalar {
  return {
    fromText: (value) => parse(value),
    fromNumber: (value) => parse(String(value)),
    schema: { type: ["string", "integer"], pattern: "^\\d+(\\.\\d+)? ?[A-Za-z]*$", examples: ["64MiB"] },
  };
}

/** Milliseconds. @param isOptional whether it may be `none`, 0 */
export function time(isOptional = false): Scalar {
  return {
    fromText: (value) => (isOptional && value === "none" ? 0 : parseDuration(value)),
    schema: { type: "string", examples: ["500ms", "1s", "2min", ...(isOptional ? ["none"] : [])] },
  };
}

export interface NumberBounds {
  /** What it is, for the sentence. */
  example: string;
  least?: number;
  greatest?: number;
  /** Not the least itself. */
  isOpen?: boolean;
  isInteger?: boolean;
}

export function number({ example, least, greatest, isOpen = false, isInteger = false }: NumberBounds): Scalar {
  const fromNumber = (value: number): number => {
    const isTooSmall = least !== undefined && (isOpen ? value <= least : value < least);
    if (
      !Number.isFinite(value) ||
      isTooSmall ||
      value > (greatest ?? value) ||
      (isInteger && !Number.isInteger(value))
    ) {
      const range = [
        ...(least === undefined ? [] : [isOpen ? `more than ${least}` : `${least} at least`]),
        ...(greatest === undefined ? [] : [`${greatest} at most`]),
      ].join(", ");
      throw new InvalidArgumentError(
        `Give ${isInteger ? "a whole number" : "a number"} such as ${example}${range && `: ${range}`}.`,
      );
    }
    return value;
  };
  return {
    isNumber: true,
    fromText: (value) => fromNumber(value.trim() === "" ? Number.NaN : Number(value)),
    fromNumber,
    schema: {
      type: isInteger ? "integer" : "number",
      ...(least === undefined ? {} : isOpen ? { exclusiveMinimum: least } : { minimum: least }),
      ...(greatest === undefined ? {} : { maximum: greatest }),
    },
  };
}
