import { MAX_EXPRESSION } from "../../data/derivation.ts";
import { unitOf } from "../../layout/unit.ts";

/** What a derived series is calculated by, as a tree. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "series"; readonly name: string }
  | { readonly kind: "one"; readonly of: OfOne; readonly a: Expression }
  | { readonly kind: "two"; readonly of: OfTwo; readonly a: Expression; readonly b: Expression }
  | { readonly kind: "avg"; readonly a: Expression; readonly width: number };

/** `d` is the derivative. */
export type OfOne = "-" | "d" | "abs" | "sqrt" | "log10";
export type OfTwo = "+" | "-" | "*" | "/" | "^" | "min" | "max";

/** Why a text is no expression, as a sentence for people. */
export interface Fault {
  readonly fault: string;
}

/** So much is calculated for each point in view, and so deep may one thing stand in another. */
export const MAX_NODES = 64;
const MAX_DEPTH = 32;

interface Token {
  kind: "number" | "word" | "quoted" | "sign" | "end";
  text: string;
  at: number;
  end: number;
}

/** A number, a word, a quoted name, or a sign. */
const TOKEN =
  /((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)*)|"((?:[^"]|"")*)"|([-+*/^(),])/iuy;

class Misfit extends Error {}

/** Reads an expression. */
export function parseExpression(text: string): Expression | Fault {
  try {
    if (text.length > MAX_EXPRESSION) throw new Misfit("The expression is too long.");
    const expression = new Parser(tokensOf(text)).whole();
    if (namesIn(expression).length === 0) throw new Misfit("The expression names no series.");
    return expression;
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    return { fault: error.message };
  }
}

export function isFault(parsed: object): parsed is Fault {
  return "fault" in parsed;
}

/** The series that are named, each once, in the order of their first naming. */
export function namesIn(expression: Expression): string[] {
  const names = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.kind === "series") names.add(node.name);
    if ("a" in node) visit(node.a);
    if ("b" in node) visit(node.b);
  };
  visit(expression);
  return [...names];
}

/** A series as it is named in an expression: in quotes, unless it is a simple word. */
export function written(name: string): string {
  const [, , word] = matchAt(name, 0);
  return word === name ? name : `"${name.replaceAll('"', '""')}"`;
}

/**
 * The text of an expression that can be read, with the full name of each series that it names without its unit. A name that
 * several series have without their units is a fault; one that no series has stays.
 * @param labelOf what a series was renamed to
 */
export function withFullNames(
  text: string,
  series: readonly string[],
  labelOf: (name: string) => string = (name) => name,
): string | Fault {
  let full = "";
  let done = 0;
  const tokens = tokensOf(text);
  for (const [i, { kind, text: name, at, end }] of tokens.entries()) {
    const isCalled = kind === "word" && tokens[i + 1]?.text === "(" && tokens[i + 1]?.kind === "sign";
    if ((kind !== "word" && kind !== "quoted") || isCalled || series.includes(name)) continue;
    const isCalledSo = (one: string): boolean =>
      [unitOf(one).label, labelOf(one), unitOf(labelOf(one)).label].includes(name);
    const [only, ...others] = series.filter(isCalledSo);
    if (only === undefined) continue;
    if (others.length > 0) return { fault: `“${name}” may be ${[only, ...others].join(" or ")}: add the unit.` };
    full += text.slice(done, at) + written(only);
    done = end;
  }
  return full + text.slice(done);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at++;
    if (at === text.length) return [...tokens, { kind: "end", text: "", at, end: at }];
    const [whole, number, word, quoted, sign] = matchAt(text, at);
    const place = { at, end: at + whole.length };
    if (number !== undefined) tokens.push({ kind: "number", text: number, ...place });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, ...place });
    else if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted.replaceAll('""', '"'), ...place });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, ...place });
    else throw misfit(at, text[at] === '"' ? "these quotes do not end" : "this cannot be read");
    at += whole.length;
  }
}

/** What begins there, and the part of it that says what it is. */
function matchAt(text: string, at: number): [whole: string, ...(string | undefined)[]] {
  TOKEN.lastIndex = at;
  const [whole = "", ...parts] = TOKEN.exec(text) ?? [];
  return [whole, ...parts];
}

function misfit(at: number, what: string): Misfit {
  return new Misfit(`At character ${at + 1}: ${what}.`);
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #nodes = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#sum();
    if (this.#token.kind !== "end") throw misfit(this.#token.at, "an operator or the end is missing before this");
    return expression;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "", at: 0, end: 0 };
  }

  #sum(): Expression {
    let a = this.#product();
    for (let of = this.#take("+", "-"); of !== undefined; of = this.#take("+", "-")) {
      a = this.#node({ kind: "two", of, a, b: this.#product() });
    }
    return a;
  }

  #product(): Expression {
    let a = this.#signed();
    for (let of = this.#take("*", "/"); of !== undefined; of = this.#take("*", "/")) {
      a = this.#node({ kind: "two", of, a, b: this.#signed() });
    }
    return a;
  }

  /** As it is written: -2^2 is -4, and 2^-2 is 0.25. */
  #signed(): Expression {
    if (++this.#depth > MAX_DEPTH) throw misfit(this.#token.at, "too much stands in one another");
    const of = this.#take("-");
    const signed = of === undefined ? this.#power() : this.#node({ kind: "one", of, a: this.#signed() });
    this.#depth--;
    return signed;
  }

  #power(): Expression {
    const a = this.#atom();
    const of = this.#take("^");
    return of === undefined ? a : this.#node({ kind: "two", of, a, b: this.#signed() });
  }

  #atom(): Expression {
    const token = this.#token;
    this.#next++;
    switch (token.kind) {
      case "number":
        return this.#node({ kind: "number", value: finite(token) });
      case "quoted":
        return this.#node({ kind: "series", name: token.text });
      case "word":
        return this.#take("(") === undefined ? this.#node({ kind: "series", name: token.text }) : this.#called(token);
      default: {
        if (token.text !== "(") throw misfit(token.at, "a series, a number or “(” is missing here");
        const inner = this.#sum();
        this.#need(")");
        return inner;
      }
    }
  }

  #called({ text, at }: Token): Expression {
    const a = this.#sum();
    switch (text) {
      case "d":
      case "abs":
      case "sqrt":
      case "log10":
        this.#need(")");
        return this.#node({ kind: "one", of: text, a });
      case "min":
      case "max": {
        this.#need(",");
        const b = this.#sum();
        this.#need(")");
        return this.#node({ kind: "two", of: text, a, b });
      }
      case "avg": {
        this.#need(",");
        const token = this.#token;
        this.#next++;
        const width = token.kind === "number" ? finite(token) : 0;
        if (!(width > 0)) throw misfit(token.at, "avg needs a number above 0 here, as in avg(a, 2)");
        this.#need(")");
        return this.#node({ kind: "avg", a, width });
      }
      default:
        throw misfit(at, `there is no function “${text}”`);
    }
  }

  #node(node: Expression): Expression {
    if (++this.#nodes > MAX_NODES) throw new Misfit("The expression is too long.");
    return node;
  }

  #take<T extends string>(...signs: readonly T[]): T | undefined {
    const { kind, text } = this.#token;
    const sign = kind === "sign" ? signs.find((one) => one === text) : undefined;
    if (sign !== undefined) this.#next++;
    return sign;
  }

  #need(sign: string): void {
    if (this.#take(sign) === undefined) throw misfit(this.#token.at, `“${sign}” is missing here`);
  }
}

function finite({ text, at }: Token): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw misfit(at, "this number is too large");
  return value;
}
