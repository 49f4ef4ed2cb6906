import assert from "node:assert/strict";
import { test } from "node:test";
import { linkWithToken, readFragmentToken, readTypedToken } from "../../../../../page/lazy/access/token-text.ts";

const HERE = new URL("https://board.example/c/lab/bench-3");

for (const [typed, token] of [
  ["pct_abc-DEF_123", "pct_abc-DEF_123"],
  ["  pct_a\n", "pct_a"],
  ["Bearer pct_a", "pct_a"],
  ["Authorization: Bearer pct_a", "pct_a"],
  ["eyJh.eyJi.c2ln", "eyJh.eyJi.c2ln"],
  ["https://board.example/c/lab/bench-3#token=pct_a", "pct_a"],
  ["https://board.example/c/lab/bench-3?embed=1#window=1m&token=a%2Fb%2B1%3D&panel=x", "a/b+1="],
  ["HTTPS://BOARD.example:443/c/lab/bench-3#token=pct_a", "pct_a"],
  ["board.example/c/lab/bench-3#token=pct_a", "pct_a"],
  ["#token=pct_a&window=1m", "pct_a"],
  ["token=pct_a", "pct_a"],
  ["<https://board.example/c/lab/bench-3#token=pct_a>", "pct_a"],
  ['"https://board.example/c/lab/bench-3#token=pct_a"', "pct_a"],
  ["secret-that-ends-so)", "secret-that-ends-so)"],
  ["100%", "100%"],
  ["Zm9v/c/YmFy+1=", "Zm9v/c/YmFy+1="],
  ["a".repeat(4096), "a".repeat(4096)],
] as const) {
  test(`[PG91b] of ${typed.trim().slice(0, 80)} the token is ${token.slice(0, 40)}`, () => {
    assert.deepEqual(readTypedToken(typed, HERE), { kind: "token", token });
  });
}

for (const [typed, sentence] of [
  ["", /^Enter a token/],
  [" \n", /^Enter a token/],
  ["two words", /no token: it has blanks/],
  ["naïve", /other characters/],
  ["a".repeat(4097), /4096 characters at most/],
  ["https://board.example/c/lab/bench-3", /no token in this link/],
  ["https://board.example/c/lab/bench-3#window=1m", /no token in this link/],
  ["https://board.example/c/lab/bench-3#token=", /no token/],
  ["https://board.example/c/lab#token=pct_a", /another channel: board\.example\/c\/lab\./],
  ["http://board.example/c/lab/bench-3#token=pct_a", /another channel/],
  ["https://board.example:8443/c/lab/bench-3#token=pct_a", /another channel: board\.example:8443/],
  ["localhost:8787/c/lab/bench-3#token=pct_a", /another channel: localhost:8787/],
  ["evil.example/c/lab/bench-3#token=pct_a", /another channel: evil\.example/],
  ["<https://other.example/c/lab/bench-3#token=pct_a>", /another channel: other\.example/],
  ['"https://other.example/c/lab/bench-3#token=pct_a"', /another channel: other\.example/],
  ["//other.example/c/lab/bench-3#token=pct_a", /another channel: other\.example/],
  ["localhost/c/lab/bench-3#token=pct_a", /another channel: localhost/],
  ["Link: https://other.example/c/lab/bench-3#token=pct_a", /cannot be read/],
  ["view-source:https://other.example/c/lab/bench-3#token=pct_a", /cannot be read/],
  ["https://", /cannot be read/],
  ["https://#token=pct_a", /cannot be read/],
] as const) {
  test(`[PG91b] ${JSON.stringify(typed.slice(0, 80))} is refused with a sentence: ${sentence}`, () => {
    const read = readTypedToken(typed, HERE);
    assert.ok(read.kind === "fault");
    assert.match(read.text, sentence);
    assert.ok(!read.text.includes("pct_a"), "it does not say the token again");
  });
}

test("[PG91a] the token of a fragment is decoded; what cannot be is taken as it stands", () => {
  assert.deepEqual(readFragmentToken("a%2Fb%2B1%3D"), { kind: "token", token: "a/b+1=" });
  assert.deepEqual(readFragmentToken("a%2"), { kind: "token", token: "a%2" });
  assert.equal(readFragmentToken("").kind, "fault");
  assert.equal(readFragmentToken("a%20b").kind, "fault");
});

for (const [link, token, made] of [
  ["https://board.example/c/lab/bench-3", "pct_a-b_c", "https://board.example/c/lab/bench-3#token=pct_a-b_c"],
  [
    "https://board.example/c/lab/bench-3?embed=1#window=1m&panel=a,b;log",
    "a/b+1=&x",
    "https://board.example/c/lab/bench-3?embed=1#token=a%2Fb%2B1%3D%26x&window=1m&panel=a,b;log",
  ],
] as const) {
  test(`[PG91e] the link that lets others watch has the token first in its fragment: ${made}`, () => {
    assert.equal(linkWithToken(link, token), made);
    assert.deepEqual(readTypedToken(made, HERE), { kind: "token", token });
  });
}
