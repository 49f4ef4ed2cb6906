import assert from "node:assert/strict";

/** That an answer is a refusal as SPEC.md, "Refusals", has it. */
export async function assertProblem(response: Response, status: number, code: string): Promise<Problem> {
  return assertProblemText(await response.text(), response.status, response.headers.get("Content-Type"), status, code);
}

export interface Problem {
  title: string;
  detail: string;
}

/** The same of an answer that did not come by `fetch`. */
export function assertProblemText(
  text: string,
  actualStatus: number | undefined,
  type: string | null | undefined,
  status: number,
  code: string,
): Problem {
  assert.equal(actualStatus, status, text);
  assert.equal(type, "application/problem+json");
  assert.doesNotMatch(text, /\.ts|\.js| {4}at |Error:/, "it holds a stack");
  const body: unknown = JSON.parse(text);
  assert.ok(typeof body === "object" && body !== null);
  assert.deepEqual(Object.keys(body), ["type", "title", "status", "detail", "code"]);
  assert.ok("title" in body && typeof body.title === "string" && body.title !== "");
  assert.ok("detail" in body && typeof body.detail === "string" && body.detail !== "");
  assert.partialDeepStrictEqual(body, { type: "about:blank", status, code });
  return { title: body.title, detail: body.detail };
}
