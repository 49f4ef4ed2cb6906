/**
 * [BAD1] [GD1] Requests that two readers of HTTP could read differently: no body is taken for a request, nothing hangs, and
 * no connection touches another.
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, test } from "node:test";
import { startLocal } from "../support/local.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { exchange } from "../support/raw-http.ts";
import { type Parts, SMUGGLING } from "./rows/smuggling.ts";
import { tryRow } from "./table.ts";

const edge = await startLocal();
after(() => edge.close());

function partsOf(channel: string, from: string): Parts {
  const of = (method: string, version = "HTTP/1.1") =>
    `${method} /c/${channel} ${version}\r\nHost: ${edge.url.host}\r\n${from}\r\n`;
  const token = `Authorization: Bearer ${edge.token}\r\n`;
  return {
    of,
    token,
    post: of("POST"),
    smuggled: `${of("POST")}${token}Content-Length: 8\r\n\r\n{"y":66}`,
    last: `${of("GET")}Connection: close\r\n\r\n`,
  };
}

for (const row of SMUGGLING) {
  tryRow("[BAD1] smuggling", edge, row, async ({ channel, from }) => {
    const { end = false } = row;
    const { answers, rest } = await exchange(edge.url, row.bytes(partsOf(channel, from)), { end });
    const statuses = answers.map(({ status }) => status);
    assert.deepEqual(statuses, row.answers.slice(0, Math.max(statuses.length, row.taken ?? 0)), answers[0]?.body);
    assert.equal(rest, "");
    for (const { status, body } of answers) {
      assert.doesNotMatch(body, /"y":66|\.ts:| {4}at |test-token/);
      if (status === 200) assert.match(body, /^(\{"x":1,"y":2\}|\{"seq":2,|$)/, "the answer is another's");
    }
    return row.taken ?? 0;
  });
}

for (const [what, bytes] of [
  ["a head that does not end", `GET /c/main HTTP/1.1\r\nHost: ${edge.url.host}\r\nX: `],
  ["a body that does not come", `POST /c/main HTTP/1.1\r\nHost: ${edge.url.host}\r\nContent-Length: 100\r\n\r\n`],
  [
    "a chunk that does not come",
    `POST /c/main HTTP/1.1\r\nHost: ${edge.url.host}\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n`,
  ],
  ["nothing", ""],
] as const) {
  test(`[BAD1] smuggling: a hundred connections with ${what} keep nobody waiting`, async () => {
    const sockets = Array.from({ length: 100 }, () => connect(Number(edge.url.port), edge.url.hostname));
    try {
      for (const socket of sockets) socket.on("error", () => {}).write(bytes);
      assert.equal((await publishJson(edge, newChannel(), 1)).points, 1);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
}
