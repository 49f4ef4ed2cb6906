import assert from "node:assert/strict";
import { test } from "node:test";
import { endedBy } from "../../../../client/subscribe/answer.ts";

const PROBLEM_TYPE = { "Content-Type": "application/problem+json" };
const bodyOf = (code: string): string => JSON.stringify({ code, detail: "Do this.", status: 1 });
const answer = (status: number, body: string | null, headers: Record<string, string>) =>
  endedBy(new Response(body, { status, headers }));

test("[CL4a] [CL4b] a problem with a code is the Worker's, whatever the browser shows of its headers", async () => {
  for (const [status, code] of [
    [401, "token-wrong"],
    [403, "not-permitted"],
    [404, "not-found"],
    [400, "query-invalid"],
  ] as const) {
    const refused = { kind: "refused", problem: { code, detail: "Do this." } };
    assert.deepEqual(await answer(status, bodyOf(code), PROBLEM_TYPE), refused);
    assert.deepEqual(await answer(status, bodyOf(code), { plotcast: "1" }), refused);
  }
});

test("[CL4b] nothing else is", async () => {
  const html = { "Content-Type": "text/html" };
  for (const status of [200, 302, 401, 403, 404, 407, 429, 503]) {
    assert.deepEqual(await answer(status, "<h1>No</h1>", html), { kind: "closed" }, `${status}`);
    assert.deepEqual(await answer(status, bodyOf("not-found"), html), { kind: "closed" }, `${status}`);
    assert.deepEqual(await answer(status, '{"title":"No"}', PROBLEM_TYPE), { kind: "closed" }, `${status}`);
    assert.deepEqual(await answer(status, "<h1>No</h1>", PROBLEM_TYPE), { kind: "closed" }, `${status}`);
  }
  assert.deepEqual(await answer(204, null, { plotcast: "1" }), { kind: "closed" });
});

test("[CL4c] 406 and 426 refuse the transport alone", async () => {
  for (const [status, code] of [
    [406, "not-acceptable"],
    [426, "upgrade-required"],
  ] as const) {
    assert.deepEqual(await answer(status, bodyOf(code), PROBLEM_TYPE), { kind: "closed" });
  }
});

test("[CL4c] 408, 429 and 5xx say when to come again, ten minutes at most", async () => {
  for (const [retryAfter, afterMs] of [
    [undefined, 0],
    ["3", 3_000],
    ["600", 600_000],
    ["601", 600_000],
    ["soon", 0],
    ["-1", 0],
  ] as const) {
    for (const status of [408, 429, 500, 503]) {
      const headers = { ...PROBLEM_TYPE, ...(retryAfter !== undefined && { "Retry-After": retryAfter }) };
      const problem = { code: "viewers-full", detail: "Do this." };
      assert.deepEqual(await answer(status, bodyOf("viewers-full"), headers), { kind: "come-later", afterMs, problem });
    }
  }
});
