import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Expression,
  isFault,
  MAX_NODES,
  namesIn,
  parseExpression,
  written,
} from "../../../../../page/lazy/derive/expression.ts";

/** The expression with all its brackets. */
function text(node: Expression): string {
  switch (node.kind) {
    case "number":
      return String(node.value);
    case "series":
      return written(node.name);
    case "one":
      return node.of === "-" ? `(-${text(node.a)})` : `${node.of}(${text(node.a)})`;
    case "two":
      return node.of === "min" || node.of === "max"
        ? `${node.of}(${text(node.a)}, ${text(node.b)})`
        : `(${text(node.a)} ${node.of} ${text(node.b)})`;
    case "avg":
      return `avg(${text(node.a)}, ${node.width})`;
  }
}

/** As it is understood, with all its brackets; or what is wrong. */
function read(expression: string): string {
  const parsed = parseExpression(expression);
  return isFault(parsed) ? parsed.fault : text(parsed);
}

test("[PG22a] an expression is read as it is written on paper", () => {
  for (const [expression, meant] of [
    ["vib.x - vib.y", "(vib.x - vib.y)"],
    ['"temp.motor [°C]"*1.8+32', '(("temp.motor [°C]" * 1.8) + 32)'],
    ["a-b-c", "((a - b) - c)"],
    ["a/b*c", "((a / b) * c)"],
    ["a+b*c^2^d", "(a + (b * (c ^ (2 ^ d))))"],
    ["-a^2", "(-(a ^ 2))"],
    ["a^-2", "(a ^ (-2))"],
    ["a--b", "(a - (-b))"],
    ["(a+1)*.5e1", "((a + 1) * 5)"],
    ["avg ( d(a) , 2.5 )", "avg(d(a), 2.5)"],
    ["min(a,max(d,avg))", "min(a, max(d, avg))"],
    ["d(d)", "d(d)"],
    ['"say ""hi""" + _größe.2', '("say ""hi""" + _größe.2)'],
  ] as const) {
    assert.equal(read(expression), meant, expression);
  }
});

test("[PG22] what is wrong is said in a sentence, with the place", () => {
  for (const [expression, said] of [
    ["", "At character 1: a series, a number or “(” is missing here."],
    ["a +", "At character 4: a series, a number or “(” is missing here."],
    ["a b", "At character 3: an operator or the end is missing before this."],
    ["(a", "At character 3: “)” is missing here."],
    ["a)", "At character 2: an operator or the end is missing before this."],
    ["a + § b", "At character 5: this cannot be read."],
    ['a + "b', "At character 5: these quotes do not end."],
    ["sin(a)", "At character 1: there is no function “sin”."],
    ["toString(a)", "At character 1: there is no function “toString”."],
    ["min(a)", "At character 6: “,” is missing here."],
    ["avg(a, b)", "At character 8: avg needs a number above 0 here, as in avg(a, 2)."],
    ["avg(a, 0)", "At character 8: avg needs a number above 0 here, as in avg(a, 2)."],
    ["a * 1e999", "At character 5: this number is too large."],
    ["1 + 2", "The expression names no series."],
    ["(".repeat(40), "At character 33: too much stands in one another."],
    [`a${" + a".repeat(MAX_NODES)}`, "The expression is too long."],
    [" ".repeat(2000), "The expression is too long."],
  ] as const) {
    assert.equal(read(expression), said, expression);
  }
});

test("[PG22] the series that are named are known in the order of their naming, which gives x to the first", () => {
  const parsed = parseExpression('max(2, b) + d("a b") - avg(b, 1) * a');
  assert.ok(!isFault(parsed));
  assert.deepEqual(namesIn(parsed), ["b", "a b", "a"]);
});

const name = fc.oneof(fc.constantFrom("a", "vib.x", "d", "min", "temp [°C]", 'say "hi"'), fc.string({ minLength: 1 }));
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    name.map((of): Expression => ({ kind: "series", name: of })),
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value): Expression => ({ kind: "number", value })),
    fc
      .tuple(fc.constantFrom("-", "d", "abs", "sqrt", "log10"), tie("expression"))
      .map(([of, a]): Expression => ({ kind: "one", of, a })),
    fc
      .tuple(fc.constantFrom("+", "-", "*", "/", "^", "min", "max"), tie("expression"), tie("expression"))
      .map(([of, a, b]): Expression => ({ kind: "two", of, a, b })),
    fc
      .tuple(tie("expression"), fc.double({ min: 1e-9, max: 1e9, noNaN: true }))
      .map(([a, width]): Expression => ({ kind: "avg", a, width })),
  ),
}));

test("[PG22] whatever can be meant can be written, and is read as it was", () => {
  fc.assert(
    fc.property(
      expression.filter((one) => namesIn(one).length > 0),
      (one) => {
        const whole = text(one);
        fc.pre(whole.length <= 1024);
        assert.deepEqual(parseExpression(whole), one);
      },
    ),
  );
});

test("[PG22] whatever is typed, it is an expression or a sentence", () => {
  const piece = fc.oneof(
    fc.constantFrom("a", "d(", "avg(", ",", "2", "(", ")", "+", "-", "^", '"', " ", "1e", ".", "min("),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 80, size: "max" }), (pieces) => {
      const parsed = parseExpression(pieces.join(""));
      if (isFault(parsed)) assert.match(parsed.fault, /^[AT].*\.$/s);
      else assert.ok(namesIn(parsed).length > 0);
    }),
  );
});
