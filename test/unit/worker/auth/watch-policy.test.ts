/** What WATCH means, and that what cannot be read opens nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { audienceOf, parseWatch } from "../../../../worker/auth/watch-policy.ts";

for (const [text, expected] of [
  ["", { main: "public", "lab/x": "public" }],
  ["public", { main: "public" }],
  ["token", { main: "token", "lab/x": "token" }],
  ["lab/**=token", { main: "public", lab: "token", "lab/x": "token", labs: "public" }],
  ["lab/open=public, lab/**=token", { "lab/open": "public", "lab/x": "token" }],
  ["lab/**=token lab/open=public", { "lab/open": "token" }],
  ["demo=public\n token", { demo: "public", main: "token" }],
] as const) {
  test(`[AC3a] WATCH "${text.replace("\n", " ")}"`, () => {
    const policy = parseWatch(text);
    assert.deepEqual(policy.faults, []);
    for (const [channel, audience] of Object.entries(expected))
      assert.equal(audienceOf(policy, channel), audience, channel);
  });
}

for (const text of [
  "private",
  "lab/**",
  "lab/**=private",
  "lab/**=token=x",
  "lab//x=token",
  "=token",
  "lab/**: token",
  "demo=public lab=tokn",
]) {
  test(`[AC3c] WATCH "${text}" closes every channel, and says so`, () => {
    const policy = parseWatch(text);
    assert.notEqual(policy.faults.length, 0);
    assert.match(policy.faults[0] ?? "", /^WATCH: .*every channel needs a token\.$/);
    for (const channel of ["demo", "main", "lab/x"]) assert.equal(audienceOf(policy, channel), "token");
  });
}
