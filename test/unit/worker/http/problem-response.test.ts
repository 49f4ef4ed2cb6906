import assert from "node:assert/strict";
import { test } from "node:test";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { parseProblem } from "../../../../protocol/messages/publish.ts";
import { PROBLEM_CODES, Problem } from "../../../../protocol/problem.ts";
import { escaped, problemPage } from "../../../../worker/http/problem-page.ts";
import { problemResponse } from "../../../../worker/http/problem-response.ts";

test("[BAD2] what a refusal says is escaped in a page", () => {
  assert.equal(escaped(`<a href="x">&'`), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  const page = problemPage({ title: "<t>", status: 404, detail: "<script>", code: "not-found" });
  assert.ok(!page.includes("<t>") && !page.includes("<script>") && page.includes("&lt;script&gt;"));
});

test("[BAD1] each refusal that is answered is one that a bridge recognises", async () => {
  for (const code of PROBLEM_CODES) {
    const response = problemResponse(new Problem(code, "A detail."));
    assert.deepEqual(messageIn(parseProblem(await response.text())), {
      status: response.status,
      code,
      detail: "A detail.",
    });
  }
});

test("[BAD2] what a browser meets that navigates is a page, with a link to what to do next; the rest is a problem", async () => {
  const pages = new Map<string, string>();
  for (const code of PROBLEM_CODES) {
    const response = problemResponse(new Problem(code, "A detail."), "text/html,*/*;q=0.8");
    const text = await response.text();
    if (response.headers.get("Content-Type") === "text/html; charset=utf-8") pages.set(code, text);
    else assert.equal(messageIn(parseProblem(text))?.code, code);
  }
  assert.deepEqual([...pages.keys()].sort(), [
    "channel-name-invalid",
    "channel-unavailable",
    "cross-site",
    "host-not-allowed",
    "internal",
    "method-not-allowed",
    "not-acceptable",
    "not-found",
    "too-many-requests",
    "variable-invalid",
  ]);
  for (const [code, html] of pages) {
    const first = /<a class="button" href="([^"]*)">/.exec(html)?.[1];
    const again = ["channel-unavailable", "host-not-allowed", "internal", "too-many-requests", "variable-invalid"];
    assert.equal(first, again.includes(code) ? "" : "/c/main", code);
  }
});
