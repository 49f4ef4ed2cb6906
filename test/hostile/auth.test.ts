/** [GD1] [BAD1] Nobody publishes, deletes or announces without the token, however the header is written. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { startEdge } from "../support/edge.ts";
import { exchange } from "../support/raw-http.ts";
import { AUTH, TOKEN } from "./rows/auth.ts";
import { assertRefused, tryRow } from "./table.ts";

const edge = await startEdge({ publishToken: TOKEN });
after(() => edge.close());

for (const row of AUTH) {
  tryRow("[GD1] [BAD1] auth", edge, row, async ({ channel, from }) => {
    const { head, is, method = "POST", query = "", body = '{"y":1}' } = row;
    const length = /transfer-encoding/i.test(head) ? "" : `Content-Length: ${Buffer.byteLength(body, "latin1")}\r\n`;
    const request = `${method} /c/${channel}${query} HTTP/1.1\r\nHost: ${edge.url.host}\r\n${from}\r\nConnection: close\r\n`;
    const { answers, rest } = await exchange(edge.url, `${request}${head}${length}\r\n${body}`);
    assert.equal(rest, "");
    switch (is) {
      case "taken":
        assert.equal(answers[0]?.status, 200);
        return 1;
      case "no-http":
        // By the runtime, before any Worker; its answer may be lost where it ends the connection in the middle.
        if (answers[0] !== undefined) assertRefused(answers[0], answers[0].status === 431 ? 431 : 400, undefined);
        return 0;
      default:
        assertRefused(answers[0], 401, is);
        assert.equal(answers[0]?.headers["www-authenticate"], 'Bearer realm="plotcast"');
        assert.equal(answers.length, 1);
        return 0;
    }
  });
}
