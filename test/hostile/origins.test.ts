/** [GD3] [GD7] [GD8] [GD9] Pages of other origins can neither watch, nor read, nor publish, unless they were named. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { type Edge, startEdge } from "../support/edge.ts";
import { codeOf, exchange } from "../support/raw-http.ts";
import { FILES, NONE, ORIGINS, PORT, SOME, WRONG } from "./rows/origins.ts";
import { tryRow } from "./table.ts";

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
const edges = new Map<string, Edge>();
for (const allowed of [NONE, SOME, FILES, WRONG]) {
  edges.set(allowed, await startEdge({ vars: { ALLOWED_ORIGINS: allowed } }));
}
after(() => Promise.all([...edges.values()].map((edge) => edge.close())));

for (const row of ORIGINS) {
  const edge = edges.get(row.allowed);
  assert.ok(edge);
  tryRow("[GD3] [GD7] origins", edge, row, async ({ channel, from }) => {
    const origin = Buffer.from(row.origin.replaceAll(PORT, edge.url.port)).toString("latin1");
    const answerTo = async (method: string, more: string) => {
      const site = row.site === undefined ? "" : `Sec-Fetch-Site: ${row.site}\r\n`;
      const head = `${method} /c/${channel} HTTP/1.1\r\nHost: ${edge.url.host}\r\n${from}\r\nOrigin: ${origin}\r\n${site}`;
      const { answers } = await exchange(edge.url, `${head}${more}`, { answers: 1 });
      const answer = answers[0];
      assert.ok(answer);
      return answer;
    };
    const answers = [
      await answerTo("GET", "Accept: application/json\r\n\r\n"),
      await answerTo("POST", `Authorization: Bearer ${edge.token}\r\nContent-Length: 7\r\n\r\n{"y":1}`),
      await answerTo("GET", `${UPGRADE}\r\n`),
      await answerTo("OPTIONS", "Access-Control-Request-Method: POST\r\n\r\n"),
    ];
    const statuses = answers.map(({ status }) => status);
    const readable = answers.map(({ headers }) => headers["access-control-allow-origin"]);
    if (row.may) {
      assert.deepEqual(statuses, [200, 200, 101, 204]);
      return 1;
    }
    assert.deepEqual(statuses, [403, 403, 403, 403]);
    assert.deepEqual(readable, new Array(4).fill(undefined), "a browser would let the page read a refusal");
    const refusals = new Set(answers.map(codeOf));
    for (const code of refusals) assert.ok(code === "origin-not-allowed" || code === "cross-site", String(code));
    return 0;
  });
}
