import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, answerOf, laterText, refusalText } from "../../../../page/lazy/refusal-text.ts";

const OURS: Answer = { status: 204, redirects: false, isOurs: true, detail: undefined };

for (const [what, answer, path, sentence] of [
  ["nothing speaks against it", OURS, "/c/main", /no WebSocket reaches it/],
  ["the Worker refuses", { ...OURS, status: 403, detail: "Name it." }, "/c/main", /^Name it\.$/],
  ["the Worker refuses without a word", { ...OURS, status: 500 }, "/c/main", /refuses \(HTTP 500\)/],
  ["a portal answers", { ...OURS, status: 200, isOurs: false }, "/c/main", /in place of the Worker \(HTTP 200\)/],
  ["a proxy wants a sign-in", { ...OURS, status: 401, isOurs: false }, "/c/main", /\(HTTP 401\).*sign in/],
  ["a portal's 204", { ...OURS, isOurs: false }, "/c/main", /in place of the Worker/],
  ["something leads elsewhere", { ...OURS, status: 0, isOurs: false, redirects: true }, "/c/main", /redirect/],
  ["it is below a path", OURS, "/plot/c/lab/c/main", /below \/plot\./],
  ["a channel has c in its name", OURS, "/c/lab/c/main", /no WebSocket reaches it/],
] as const) {
  test(`[PG24b] where ${what}, the page says ${sentence}`, () => assert.match(refusalText(answer, path), sentence));
}

for (const [headers, retryAfterMs] of [
  [{ "Retry-After": "30", Plotcast: "1" }, 30_000],
  [{ "Retry-After": "120", Plotcast: "1" }, 120_000],
  [{ "Retry-After": "121", Plotcast: "1" }, 120_000],
  [{ "Retry-After": "30" }, undefined],
  [{ "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT", Plotcast: "1" }, undefined],
  [{ "Retry-After": "-1", Plotcast: "1" }, undefined],
  [{ Plotcast: "1" }, undefined],
] as const) {
  test(`[PG24e] of ${JSON.stringify(headers)} the page waits ${retryAfterMs} ms`, () => {
    const answer = answerOf(new Response("", { status: 429, headers: { ...headers } }), { code: "quota-exceeded" });
    assert.equal(answer.retryAfterMs, retryAfterMs);
  });
}

test("[PG24e] the state says why the page comes back later, where that is known", () => {
  const said = (code: string): string | undefined => laterText({ ...OURS, status: 429, code, retryAfterMs: 1000 });
  assert.equal(said("quota-exceeded"), "Too many viewers");
  assert.equal(said("viewers-full"), "Too many viewers");
  assert.equal(said("too-many-requests"), "Too many requests");
  assert.equal(said("keys-unavailable"), "Tokens cannot be checked");
  assert.equal(said("channel-unavailable"), "Channel busy");
  assert.equal(said("internal"), undefined);
  assert.equal(laterText({ ...OURS, status: 429, code: "quota-exceeded" }), undefined);
});
