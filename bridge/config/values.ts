import { InvalidArgumentError } from "commander";
import { suggestion } from "../../protocol/suggestion.ts";
import { KeyFault, type KeyPath, sentence } from "./errors.ts";
import type { Key, KeyOfValue, Keys } from "./key.ts";
import type { Node, TableNode } from "./toml.ts";

export type Value = string | number | readonly (string | number)[] | Values | readonly Values[];

/** The values of a table's keys, each as its kind makes it; keys that are not given are not there. */
export class Values {
  readonly path: KeyPath;
  readonly #values = new Map<string, Value>();

  constructor(path: KeyPath) {
    this.path = path;
  }

  set(key: string, value: Value): void {
    this.#values.set(key, value);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  text(key: string): string | undefined {
    const value = this.#values.get(key);
    return typeof value === "string" ? value : undefined;
  }

  number(key: string): number | undefined {
    const value = this.#values.get(key);
    return typeof value === "number" ? value : undefined;
  }

  texts(key: string): string[] | undefined {
    const value = this.#values.get(key);
    if (!Array.isArray(value)) return undefined;
    return value.flatMap((item: unknown) => (typeof item === "string" ? [item] : []));
  }

  table(key: string): Values | undefined {
    const value = this.#values.get(key);
    return value instanceof Values ? value : undefined;
  }

  tables(key: string): Values[] {
    const value = this.#values.get(key);
    if (!Array.isArray(value)) return [];
    return value.flatMap((item: unknown) => (item instanceof Values ? [item] : []));
  }

  fault(key: string, message: string): KeyFault {
    return new KeyFault([...this.path, key], message);
  }
}

/** What people write where a secret does not belong. */
const SECRETS: Partial<Record<string, string>> = {
  token: "the token comes from PUBLISH_TOKEN in the environment, never from a file",
  password: "a password does not stand here: name a file with password_file, or a variable with password_env",
  secret_key: "a secret key does not stand here: name a file with secret_key_file, or a variable with secret_key_env",
};

/**
 * The values of a table in a file.
 * @throws KeyFault for the first key that is none, or has no value of its kind
 */
export function valuesOf(table: TableNode, keys: Keys, path: KeyPath = []): Values {
  const values = new Values(path);
  for (const [name, node] of table.entries) {
    const key = keys.find((candidate) => candidate.name === name);
    if (key === undefined) throw values.fault(name, unknownText(name, keys));
    values.set(name, readKey(node, key, [...path, name]));
  }
  return values;
}

function unknownText(name: string, keys: Keys): string {
  const secret = Object.hasOwn(SECRETS, name) ? SECRETS[name] : undefined;
  if (secret !== undefined) return `${secret}.`;
  const hint = suggestion(
    name,
    keys.map((key) => key.name),
  );
  return `there is no such key${hint || `; there are ${keys.map((key) => key.name).join(", ")}.`}`;
}

function readKey(node: Node, key: Key, path: KeyPath): Value {
  switch (key.shape) {
    case "one":
      return scalarOf(node, key, path);
    case "many":
      if (node.kind !== "array") return [scalarOf(node, key, path)];
      return node.items.map((item, i) => scalarOf(item, key, [...path, i]));
    case "table":
      if (node.kind !== "table")
        throw new KeyFault(path, `this is a table: write [${headerOf(path)}] and its keys below.`);
      return valuesOf(node, key.keys, path);
    case "tables":
      if (node.kind !== "array" || node.items.some((item) => item.kind !== "table")) {
        throw new KeyFault(
          path,
          `there may be several of these: write [[${headerOf(path)}]] and the keys of one below.`,
        );
      }
      return node.items.flatMap((item, i) => (item.kind === "table" ? [valuesOf(item, key.keys, [...path, i])] : []));
  }
}

function headerOf(path: KeyPath): string {
  return path.filter((part) => typeof part === "string").join(".");
}

function scalarOf(node: Node, { scalar, shape }: KeyOfValue, path: KeyPath): string | number {
  const { isNumber = false, fromNumber } = scalar;
  try {
    if (node.kind === "text" && !isNumber) return scalar.fromText(node.value);
    if (node.kind === "number" && fromNumber !== undefined) return fromNumber(node.value);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new KeyFault(path, sentence(error.message));
    throw error;
  }
  const wanted = isNumber ? "a number" : `text in quotes${fromNumber === undefined ? "" : ", or a number"}`;
  const several = shape === "many" ? ", or an array of such" : "";
  throw new KeyFault(path, `${nounOf(node)} cannot stand here: give ${wanted}${several}.`);
}

function nounOf(node: Node): string {
  switch (node.kind) {
    case "other":
      return node.noun;
    case "text":
      return "text";
    case "number":
      return "a number";
    case "table":
      return "a table";
    case "array":
      return "an array";
  }
}
