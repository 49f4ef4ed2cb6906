import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { ConfigError } from "./errors.ts";

/** What stands in a TOML file, each thing with its line, from 1. */
export type Node =
  | { kind: "table"; line: number; entries: Map<string, Node> }
  | { kind: "array"; line: number; items: Node[] }
  | { kind: "text"; line: number; value: string }
  | { kind: "number"; line: number; value: number }
  /** A boolean or a time, which no key has. */
  | { kind: "other"; line: number; noun: string };

export type TableNode = Extract<Node, { kind: "table" }>;

/**
 * Reads TOML 1.0.
 * @param name of the file, for the sentence
 * @throws ConfigError if it is not TOML
 */
export function readToml(text: string, name: string): TableNode {
  try {
    return nodesOf(parseTOML(text));
  } catch (error) {
    // Of arrays or tables in each other thousands deep no line is known: the parser's stack is full.
    if (error instanceof RangeError) throw new ConfigError(`${name}: this is nested too deeply for a configuration.`);
    if (!(error instanceof ParseError)) throw error;
    throw new ConfigError(
      `${name}:${error.lineNumber}:${error.column + 1}: this is not TOML: ${lowerFirst(error.message)}.`,
    );
  }
}

function nodesOf(program: AST.TOMLProgram): TableNode {
  const root = tableAt(1);
  for (const part of program.body[0].body) {
    if (part.type === "TOMLKeyValue") {
      addEntry(root, part);
      continue;
    }
    const table = tableFor(root, part);
    for (const entry of part.body) addEntry(table, entry);
  }
  return root;
}

/** The table of a header: `[source.curve]` is of the last source, as the parser has resolved it. */
function tableFor(root: TableNode, { resolvedKey, loc }: AST.TOMLTable): TableNode {
  let table = root;
  for (let i = 0; i < resolvedKey.length; i++) {
    const key = resolvedKey[i];
    const index = resolvedKey[i + 1];
    if (typeof key !== "string") continue;
    table = typeof index === "number" ? itemOf(table, key, index, loc.start.line) : childOf(table, key, loc.start.line);
  }
  return table;
}

function childOf(table: TableNode, key: string, line: number): TableNode {
  const known = table.entries.get(key);
  if (known?.kind === "table") return known;
  const child = tableAt(line);
  table.entries.set(key, child);
  return child;
}

function itemOf(table: TableNode, key: string, index: number, line: number): TableNode {
  const known = table.entries.get(key);
  const array = known?.kind === "array" ? known : { kind: "array" as const, line, items: [] };
  if (known !== array) table.entries.set(key, array);
  const item = array.items[index];
  if (item?.kind === "table") return item;
  const added = tableAt(line);
  array.items.push(added);
  return added;
}

function addEntry(table: TableNode, { key, value }: AST.TOMLKeyValue): void {
  const names = key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
  const last = names.pop();
  if (last === undefined) return;
  const { line } = key.loc.start;
  let into = table;
  for (const name of names) into = childOf(into, name, line);
  into.entries.set(last, nodeOf(value, line));
}

/** @param line where its key is; what stands in an array may be further down */
function nodeOf(content: AST.TOMLContentNode, line: number): Node {
  switch (content.type) {
    case "TOMLArray":
      return { kind: "array", line, items: content.elements.map((item) => nodeOf(item, item.loc.start.line)) };
    case "TOMLInlineTable": {
      const table = tableAt(line);
      for (const entry of content.body) addEntry(table, entry);
      return table;
    }
    case "TOMLValue":
      if (content.kind === "string") return { kind: "text", line, value: content.value };
      if (content.kind === "integer" || content.kind === "float") return { kind: "number", line, value: content.value };
      return { kind: "other", line, noun: content.kind === "boolean" ? "true or false" : "a time" };
  }
}

function tableAt(line: number): TableNode {
  return { kind: "table", line, entries: new Map() };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
