/** [PT7] [GD4] [BAD1] Whoever has the token may send anything: it is taken whole, or refused whole with its code. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { startEdge } from "../support/edge.ts";
import { assertProblem } from "../support/problem.ts";
import { post } from "../support/publish.ts";
import { BODIES } from "./rows/bodies.ts";
import { tryRow } from "./table.ts";

const edge = await startEdge();
after(() => edge.close());

for (const row of BODIES) {
  tryRow("[BAD1] bodies", edge, row, async ({ channel }) => {
    const response = await post(edge, channel, row.body, row.headers);
    if (typeof row.is !== "number") {
      await assertProblem(response, ...row.is);
      return 0;
    }
    const answer: unknown = await response.json();
    assert.partialDeepStrictEqual(answer, { points: row.is });
    return row.is;
  });
}
