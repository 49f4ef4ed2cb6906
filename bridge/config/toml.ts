import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { ConfigError, type KeyPath } from "./errors.ts";

/**
 * What a TOML 1.0 file says, and where. Tables are objects without a prototype: in them `__proto__` is a key like others, while
 * the parser's own getStaticTOMLValue writes what stands there to everybody's prototype.
 */
export class TomlFile {
  readonly root: object;
  /** Of each table and array: the line of each key or item, from 1. */
  readonly #lines = new Map<object, Map<string | number, number>>();

  /**
   * @param name of the file, for the sentence
   * @throws ConfigError if it is not TOML
   */
  constructor(text: string, name: string) {
    this.root = this.#opened(Object.create(null));
    try {
      this.#addAll(parseTOML(text));
    } catch (error) {
      // Of arrays or tables in each other thousands deep no line is known: the parser's stack is full.
      if (error instanceof RangeError) throw new ConfigError(`${name}: this is nested too deeply for a configuration.`);
      if (!(error instanceof ParseError)) throw error;
      const { message, lineNumber, column } = error;
      const what = message.charAt(0).toLowerCase() + message.slice(1);
      throw new ConfigError(`${name}:${lineNumber}:${column + 1}: this is not TOML: ${what}.`);
    }
  }

  /** The line of the thing at a path, or else of what it would stand in. */
  lineOf(path: KeyPath): number {
    let line = 1;
    let at: unknown = this.root;
    for (const part of path) {
      const next: number | undefined = this.#lines.get(Object(at))?.get(part);
      if (next === undefined) break;
      line = next;
      at = Reflect.get(Object(at), part);
    }
    return line;
  }

  #addAll(program: AST.TOMLProgram): void {
    for (const part of program.body[0].body) {
      if (part.type === "TOMLKeyValue") {
        this.#addEntry(this.root, part);
        continue;
      }
      const table = this.#tableFor(part);
      for (const entry of part.body) this.#addEntry(table, entry);
    }
  }

  /** The table of a header: `[source.curve]` is of the last source, as the parser has resolved it. */
  #tableFor({ resolvedKey, loc }: AST.TOMLTable): object {
    let into = this.root;
    for (const [i, part] of resolvedKey.entries()) {
      const isArray = typeof resolvedKey[i + 1] === "number";
      into = this.#within(into, part, loc.start.line, isArray ? [] : Object.create(null));
    }
    return into;
  }

  #addEntry(table: object, { key, value }: AST.TOMLKeyValue): void {
    const names = key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
    const last = names.pop();
    if (last === undefined) return;
    const { line } = key.loc.start;
    let into = table;
    for (const name of names) into = this.#within(into, name, line, Object.create(null));
    this.#put(into, last, line, this.#valueOf(value));
  }

  #valueOf(content: AST.TOMLContentNode): unknown {
    switch (content.type) {
      case "TOMLArray": {
        const array = this.#opened([]);
        content.elements.forEach((item, i) => {
          this.#put(array, i, item.loc.start.line, this.#valueOf(item));
        });
        return array;
      }
      case "TOMLInlineTable": {
        const table = this.#opened(Object.create(null));
        for (const entry of content.body) this.#addEntry(table, entry);
        return table;
      }
      case "TOMLValue":
        return content.value;
    }
  }

  /** The table or array that stands in another, or an empty one, which then does. */
  #within(into: object, part: string | number, line: number, empty: object): object {
    const known: unknown = this.#lines.get(into)?.has(part) ? Reflect.get(into, part) : undefined;
    if (typeof known === "object" && known !== null && this.#lines.has(known)) return known;
    this.#put(into, part, line, this.#opened(empty));
    return empty;
  }

  #opened(container: object): object {
    this.#lines.set(container, new Map());
    return container;
  }

  #put(into: object, part: string | number, line: number, value: unknown): void {
    this.#lines.get(into)?.set(part, line);
    Reflect.set(into, part, value);
  }
}
