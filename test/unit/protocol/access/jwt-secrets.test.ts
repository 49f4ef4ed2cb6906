/** `JWT_SECRETS`, as the Worker and `plotcast token mint` read it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJwtSecrets } from "../../../../protocol/access/jwt-secrets.ts";

const A = "a".repeat(32);
const B = "b:=/+".repeat(8);

for (const [text, secrets] of [
  ["", []],
  [" \n ", []],
  [A, [{ kid: undefined, secret: A }]],
  [`k1:${A}`, [{ kid: "k1", secret: A }]],
  [
    ` k1:${A}\n\tk.2_-:${B} `,
    [
      { kid: "k1", secret: A },
      { kid: "k.2_-", secret: B },
    ],
  ],
  [
    `${A} k1:${A}`,
    [
      { kid: undefined, secret: A },
      { kid: "k1", secret: A },
    ],
  ],
  ["ä".repeat(32), [{ kid: undefined, secret: "ä".repeat(32) }]],
] as const) {
  test(`[AC7b] ${JSON.stringify(text).slice(0, 50)} is ${secrets.length} secrets, and nothing is said`, () => {
    assert.deepEqual(parseJwtSecrets(text), { secrets, faults: [] });
  });
}

for (const [text, count, faults] of [
  ["a".repeat(31), 0, [/word 1 has a secret of 31 characters.* 32 at least.*does not count/]],
  [`k1:${"a".repeat(31)} k2:${A}`, 1, [/word 1 has a secret of 31 characters/]],
  [`:${A}`, 0, [/word 1 has a kid/]],
  [`k 1:${A}`, 1, [/word 1 has a secret of 1 characters/]],
  [`${"k".repeat(65)}:${A}`, 0, [/word 1 has a kid/]],
  [`"k1":${A}`, 0, [/word 1 has a kid/]],
  [`k1:${A} k2:${A} k1:${B}`, 1, [/words 1 and 3 have the same kid.*Neither counts/]],
  [`k1:${A} k1:${A} k1:${A}`, 0, [/words 1 and 2/]],
  [`${A} ${"c".repeat(32)}`, 0, [/words 1 and 2 are secrets without a kid/]],
  [Array.from({ length: 17 }, (_, i) => `k${i}:${A}`).join(" "), 16, [/more than 16 words/]],
] as const) {
  test(`[AC7b] of ${JSON.stringify(text).slice(0, 60)} is said what is wrong, without a word of it`, () => {
    const parsed = parseJwtSecrets(text);
    assert.equal(parsed.secrets.length, count);
    assert.equal(parsed.faults.length, faults.length, parsed.faults.join("\n"));
    for (const [i, fault] of faults.entries()) assert.match(parsed.faults[i] ?? "", fault);
    for (const fault of parsed.faults) {
      assert.match(fault, /^JWT_SECRETS/);
      for (const word of text.split(/\s/).filter((each) => each.length > 2)) assert.ok(!fault.includes(word), fault);
      assert.doesNotMatch(fault, /k1|aaa/);
    }
  });
}
