/** What a client sends comes back to it as text alone, and what goes wrong is one line of the log. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { hasControl } from "../../../../protocol/characters.ts";
import { logLine, saidBack } from "../../../../worker/http/said-back.ts";
import { startEdge } from "../../../support/edge.ts";
import { newChannel } from "../../../support/publish.ts";
import { withDeadline } from "../../../support/wait.ts";

const edge = await startEdge();
after(() => edge.close());

/** Sends bytes as they are, which no client of HTTP would. @returns the whole answer */
async function raw(head: string): Promise<string> {
  const socket = connect(Number(edge.url.port), edge.url.hostname);
  let text = "";
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString();
  });
  socket.write(Buffer.from(`${head}\r\nConnection: close\r\n\r\n`, "latin1"));
  await withDeadline("the end of the answer", once(socket, "close"));
  return text;
}

/** UTF-8 of C1's CSI, a turn of writing and a zero-width space, markup, and much of it. */
const HOSTILE = `${Buffer.from("\u009b31m\u202eevil\u200b<script>alert(1)</script>&\"'", "utf8").toString("latin1")}\u009b`;
const TOKEN = `Authorization: Bearer ${edge.token ?? ""}`;

test("[BAD1b] [BAD1c] what is said back of a request has no control character, no markup, no token, no stack, and an end", async () => {
  const path = `/c/${newChannel()}`;
  const host = `Host: ${edge.url.host}`;
  const long = HOSTILE.repeat(100);
  const requests = [
    `POST ${path} HTTP/1.1\r\n${host}\r\n${TOKEN}\r\nContent-Length: 0\r\nContent-Type: ${HOSTILE}`,
    `POST ${path} HTTP/1.1\r\n${host}\r\n${TOKEN}\r\nContent-Length: 0\r\nContent-Type: ${long}`,
    `POST ${path} HTTP/1.1\r\n${host}\r\n${TOKEN}\r\nContent-Length: 0\r\nContent-Encoding: ${HOSTILE}`,
    `GET ${path} HTTP/1.1\r\nHost: evil.example`,
    `GET ${path} HTTP/1.1\r\n${host}\r\nX-Forwarded-Host: ${HOSTILE}`,
    `GET ${path} HTTP/1.1\r\n${host}\r\nOrigin: http://${HOSTILE}`,
    `GET ${path} HTTP/1.1\r\n${host}\r\nAccept: ${HOSTILE}`,
    `GET ${path}?points=${encodeURIComponent("<b>\u009b")} HTTP/1.1\r\n${host}`,
    `GET ${path}?${encodeURIComponent("<b>\u009b")}=1&from=x HTTP/1.1\r\n${host}`,
    `GET /c/%3Cscript%3E%C2%9B%E2%80%AE HTTP/1.1\r\n${host}`,
    `GET /%3Cscript%3E%C2%9B HTTP/1.1\r\n${host}`,
    `PROPFIND ${path} HTTP/1.1\r\n${host}`,
    `GET ${path} HTTP/1.1\r\n${host}\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${HOSTILE}`,
  ];
  for (const accept of ["*/*", "text/html"]) {
    for (const request of requests) {
      // The page reads no query.
      if (accept === "text/html" && request.includes("?")) continue;
      const what = `${accept}: ${JSON.stringify(request.slice(0, 200))}`;
      const answer = await raw(request.includes("\r\nAccept:") ? request : `${request}\r\nAccept: ${accept}`);
      assert.match(answer, /^HTTP\/1\.1 [45]\d\d /, what);
      const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
      assert.ok(!hasControl(body.replace(/[\r\n]/g, "")), `${what}: ${JSON.stringify(body)}`);
      assert.ok(body.length < 2500, `${what}: ${body.length} characters`);
      assert.ok(!body.includes(edge.token ?? ""), what);
      assert.doesNotMatch(body, /\n\s+at |\.ts:\d+/, what);
      if (/content-type: text\/html/i.test(answer)) assert.doesNotMatch(body, /<script|<b>/, what);
      else assert.match(answer, /x-content-type-options: nosniff|application\/problem\+json/i, what);
    }
  }
  for (const line of edge.logs) assert.ok(!line.includes(edge.token ?? ""), line);
});

test("[BAD1c] a detail has 1,000 characters at most", () => {
  assert.equal(saidBack("x".repeat(1000)), "x".repeat(1000));
  assert.equal(saidBack("x".repeat(1001)), "x".repeat(1000));
});

test("[BAD1b] an error is one line of the log, without control characters, and has an end", () => {
  const error = new RangeError("not \u001b[31m\u009b\u202e\nError: forged\r\n    at evil");
  const line = logLine(error);
  assert.match(line, /^RangeError: not {2}\[31m {3}\| Error: forged \| at evil \| at /);
  assert.ok(!hasControl(line));
  assert.ok(logLine(new Error("x".repeat(100_000))).length <= 8000);
  for (const thrown of [undefined, null, "a\nb", 7, {}]) assert.ok(!hasControl(logLine(thrown)));
});
