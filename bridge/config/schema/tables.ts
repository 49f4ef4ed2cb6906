import * as z from "zod/mini";
import { suggestion } from "../../../protocol/suggestion.ts";
import { KeyFault, type KeyPath } from "../errors.ts";

/** A table of plotcast.toml, which has no other keys. @param header such as `source.curve` */
export function table<T extends z.core.$ZodShape>(header: string, shape: T) {
  return strict(shape, `this is a table: write [${header}] and its keys below.`);
}

/** Of several, one: `[[source]]`. @param header such as `source` */
export function tableOfSeveral<T extends z.core.$ZodShape>(header: string, shape: T) {
  return strict(shape, severalText(header));
}

/** @param missing what is said if there is none; without it there need not be any */
export function tables<T extends z.core.$ZodType>(header: string, one: T, missing?: string) {
  const several = severalText(header);
  const list = z.array(one, { error: ({ input }) => (input === undefined ? missing : several) });
  return missing === undefined ? list : list.check(z.minLength(1, missing));
}

function strict<T extends z.core.$ZodShape>(shape: T, wanted: string) {
  const keys = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? unknownKey(issue.keys[0] ?? "", keys) : wanted),
  });
}

function severalText(header: string): string {
  return `there may be several of these: write [[${header}]] and the keys of one below.`;
}

/** What people write where a secret does not belong. */
const SECRETS: ReadonlyMap<string, string> = new Map([
  ["token", "the token comes from PUBLISH_TOKEN in the environment, never from a file."],
  ["password", "a password does not stand here: name a file with password_file, or a variable with password_env."],
  [
    "secret_key",
    "a secret key does not stand here: name a file with secret_key_file, or a variable with secret_key_env.",
  ],
]);

function unknownKey(name: string, known: readonly string[]): string {
  const secret = SECRETS.get(name);
  if (secret !== undefined) return secret;
  return `there is no such key${suggestion(name, known) || `; there are ${known.join(", ")}.`}`;
}

/**
 * What is written, as the values of a schema.
 * @param lineOf where the thing at a path stands: of several faults the first is said
 * @throws KeyFault
 */
export function valuesOf<T extends z.core.$ZodType>(
  schema: T,
  written: unknown,
  lineOf: (path: KeyPath) => number = () => 0,
): z.output<T> {
  const result = z.safeParse(schema, written);
  if (result.success) return result.data;
  const faults = result.error.issues.map(locatedFault).map((fault) => ({ ...fault, line: lineOf(fault.path) }));
  const { path, message } = faults.reduce((first, other) => (other.line < first.line ? other : first));
  throw new KeyFault(path, message);
}

interface LocatedFault {
  path: KeyPath;
  message: string;
}

/** What zod says of a table that has a wrong key, or of an array with a wrong item, is said of the key or the item. */
function locatedFault(issue: z.core.$ZodIssue): LocatedFault {
  const { code, message } = issue;
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (code === "unrecognized_keys") return { path: [...path, ...issue.keys.slice(0, 1)], message };
  // Of one text or an array of texts.
  const item = code === "invalid_union" ? issue.errors.flat().find((inner) => inner.path.length > 0) : undefined;
  if (item === undefined) return { path, message };
  const inner = locatedFault(item);
  return { path: [...path, ...inner.path], message: inner.message };
}
