/** [RT2] [BAD1] No path reaches more than a channel and the page's files, however it is written. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { startLocal } from "../support/local.ts";
import { exchange } from "../support/raw-http.ts";
import { CHANNEL, PATHS } from "./rows/paths.ts";
import { assertRefused, tryRow } from "./table.ts";

const STATUS = { "channel-name-invalid": 400, "not-found": 404 } as const;
const edge = await startLocal();
after(() => edge.close());

for (const row of PATHS) {
  tryRow("[RT2] [BAD1] paths", edge, row, async ({ channel, from }) => {
    const answerTo = async (method: string, more: string) => {
      const head = `${method} ${row.target.replaceAll(CHANNEL, channel)} HTTP/1.1\r\nHost: ${edge.url.host}\r\n${from}\r\n`;
      const { answers, rest } = await exchange(
        edge.url,
        `${head}Connection: close\r\nAccept: application/json\r\n${more}`,
      );
      assert.equal(rest, "");
      return answers[0];
    };
    const read = await answerTo("GET", "\r\n");
    const sent = await answerTo("POST", `Authorization: Bearer ${edge.token}\r\nContent-Length: 7\r\n\r\n{"y":1}`);
    switch (row.is) {
      case "there":
        assert.deepEqual([read?.status, read?.body, sent?.status], [200, '[{"x":1,"y":2}]\n', 200]);
        return 1;
      case "no-http":
        for (const answer of [read, sent]) {
          // By the runtime, before the Worker. Where it ends the connection in the middle, its answer may be lost.
          assert.ok(answer === undefined || [400, 431, 500].includes(answer.status), String(answer?.status));
          assert.doesNotMatch(answer?.body ?? "", /\.ts|\.js| {4}at /);
        }
        return 0;
      default:
        for (const answer of [read, sent]) assertRefused(answer, STATUS[row.is], row.is);
        return 0;
    }
  });
}
