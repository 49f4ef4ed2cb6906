import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, refusalText } from "../../../../page/lazy/refusal-text.ts";

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
