/** [GD6] By a name that a web page's owner could lead to this address (DNS rebinding), nothing can be had: no page, read, publish or viewer. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { startEdge } from "../support/edge.ts";
import { exchange } from "../support/raw-http.ts";
import { HOST_VARS, HOSTS, PORT } from "./rows/hosts.ts";
import { assertRefused, tryRow } from "./table.ts";

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
const edge = await startEdge({ vars: HOST_VARS });
after(() => edge.close());

for (const row of HOSTS) {
  tryRow("[GD6] hosts", edge, row, async ({ channel, from }) => {
    const { head = "" } = row;
    const answerTo = async (method: string, more: string) => {
      const first = `${method} /c/${channel} HTTP/1.1\r\nHost: ${row.host}\r\n${head}`.replaceAll(PORT, edge.url.port);
      const { answers } = await exchange(edge.url, `${first}${from}\r\n${more}`, {
        answers: 1,
        end: !more.includes("Upgrade"),
      });
      return answers[0];
    };
    const answers = [
      await answerTo("GET", "Accept: application/json\r\n\r\n"),
      await answerTo("GET", "Accept: text/html\r\n\r\n"),
      await answerTo("POST", `Authorization: Bearer ${edge.token}\r\nContent-Length: 7\r\n\r\n{"y":1}`),
      await answerTo("GET", `${UPGRADE}\r\n`),
    ];
    const statuses = answers.map((answer) => answer?.status);
    switch (row.is) {
      case "known":
        assert.deepEqual(statuses, [200, 200, 200, 101]);
        return 1;
      case "unknown":
        assert.deepEqual(statuses, [403, 403, 403, 403]);
        for (const answer of [answers[0], answers[2], answers[3]]) assertRefused(answer, 403, "host-not-allowed");
        return 0;
      case "no-http":
        // By the runtime, or as an unknown name.
        for (const status of statuses) assert.ok([400, 403, 500].includes(status ?? 0), String(statuses));
        return 0;
    }
  });
}
