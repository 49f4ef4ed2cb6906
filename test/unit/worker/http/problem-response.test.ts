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
