/** Bodies that only a client of sockets sends: without end, without length, of another length, in pieces. */
import assert from "node:assert/strict";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { FRAME_TYPE, SESSION_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblemText } from "../../../support/problem.ts";
import { newChannel, publishHeaders, publishJson, storedPoints } from "../../../support/publish.ts";
import { withDeadline } from "../../../support/wait.ts";

const edge = await startEdge();
after(() => edge.close());

interface Answer {
  status: number | undefined;
  type: string | undefined;
  text: string;
}

async function answerOf(incoming: IncomingMessage): Promise<Answer> {
  const text = (await incoming.setEncoding("utf8").toArray()).join("");
  return { status: incoming.statusCode, type: incoming.headers["content-type"], text };
}

function assertRefused({ status, type, text }: Answer, expected: number, code: string): void {
  assertProblemText(text, status, type, expected, code);
}

/** Sends the header of a publish and the beginning of a body that does not end, and waits for the answer. */
function begin(channel: string, headers: Record<string, string>, beginning: string | Uint8Array = ""): Promise<Answer> {
  const { hostname, port } = edge.url;
  const answer = new Promise<Answer>((resolve, reject) => {
    const options = { method: "POST", path: `/c/${channel}`, hostname, port, headers, agent: false };
    const sent = request(options, (incoming) => {
      answerOf(incoming)
        .then(resolve, reject)
        .finally(() => sent.destroy());
    });
    sent.on("error", reject).flushHeaders();
    if (beginning !== "") sent.write(beginning);
  });
  return withDeadline("an answer to a body that has not ended", answer);
}

test("[GD4a] a body of no known length is refused once it is over 1 MiB, before its end", async () => {
  const channel = newChannel();
  const answer = await begin(channel, publishHeaders(edge, "application/json"), "1".padEnd(1024 * 1024 + 1));
  assertRefused(answer, 413, "body-too-large");
  assert.deepEqual(await storedPoints(edge, channel), []);
});

test("[GD4b] gzip of no known length is refused once it becomes more than 1 MiB, before its end", async () => {
  const headers = { ...publishHeaders(edge, "application/json"), "Content-Encoding": "gzip" };
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " ")).subarray(0, -10_000);
  assertRefused(await begin(newChannel(), headers, bomb), 413, "body-too-large");
});

test("[GD1c] [GD5a] a body of no known length is refused without its token, before its end", async () => {
  assertRefused(await begin("main", { "Content-Type": FRAME_TYPE }, "beginning"), 401, "token-missing");
});

test("[GD1c] [AC9a] so is a session with a wrong token, and one without any once it is over 1 KiB", async () => {
  const session = { "Content-Type": SESSION_TYPE };
  assertRefused(await begin("main", { ...session, Authorization: "Bearer wrong" }, "{"), 401, "token-wrong");
  assertRefused(await begin("main", session, "{".padEnd(1025)), 413, "body-too-large");
});

test("[GD4a] a body said to be over 1 MiB is refused before any of it is there", async () => {
  const headers = { ...publishHeaders(edge, "application/json"), "Content-Length": "1048577" };
  assertRefused(await begin("main", headers), 413, "body-too-large");
});

/** Sends bytes as they stand, and answers what comes until the server has hung up or `until` has come. */
function exchange(text: string, until: RegExp): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    let received = "";
    const socket = connect(Number(edge.url.port), edge.url.hostname, () => socket.write(text));
    socket.setEncoding("utf8").on("data", (data) => {
      received += data;
      if (until.test(received)) socket.destroy();
    });
    socket.on("close", () => resolve(received)).on("error", reject);
  });
  return withDeadline(`${until} from the server`, answer);
}

function rawPost(channel: string, headers: string[], body: string): string {
  const head = [`POST /c/${channel} HTTP/1.1`, "Host: localhost", "Authorization: Bearer test-token", ...headers];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

test("[BAD1] of a body longer than its length the rest is no part of the publish", async () => {
  const channel = newChannel();
  await exchange(rawPost(channel, ["Content-Length: 7", "Connection: close"], '{"y":1}{"y":2}'), /"seq":1/);
  assert.deepEqual(
    (await storedPoints(edge, channel)).map(({ y }) => y),
    [1],
  );
});

test("[BAD1] of a body shorter than its length nothing is taken, whenever the client hangs up", async () => {
  const channel = newChannel();
  const socket = connect(Number(edge.url.port), edge.url.hostname);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => {}).resume();
  socket.end(rawPost(channel, ["Content-Length: 100"], '{"y":1}'));
  await withDeadline("the end of a connection that was cut", closed);
  assert.equal((await publishJson(edge, channel, 5)).seq, 1);
  assert.deepEqual(
    (await storedPoints(edge, channel)).map(({ y }) => y),
    [5],
  );
});

for (const headers of [
  ["Content-Length: 7", "Content-Length: 8"],
  ["Content-Length: -7"],
  ["Content-Length: 1e1"],
  ["Content-Length: 18446744073709551616"],
]) {
  test(`[BAD1] ${headers.join(", ")} changes nothing and shows no stack`, async () => {
    const channel = newChannel();
    const answer = await exchange(rawPost(channel, [...headers, "Connection: close"], '{"y":1}'), /$^/);
    assert.match(answer, /^HTTP\/1\.1 (400|411|413|501) /);
    assert.doesNotMatch(answer, /\.ts|\n +at /);
    assert.deepEqual(await storedPoints(edge, channel), []);
  });
}

test("[RT2b] [RT2c] two types are none that is served", async () => {
  const headers = [
    `Content-Type: ${FRAME_TYPE}`,
    "Content-Type: application/json",
    "Content-Length: 1",
    "Connection: close",
  ];
  assert.match(await exchange(rawPost("main", headers, "1"), /$^/), /^HTTP\/1\.1 415 [\s\S]*content-type-unsupported/);
});

test("[GD5a] a connection goes on after refusals whose bodies nobody read", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { hostname, port } = edge.url;
  const channel = newChannel();
  const ports = new Set<number | undefined>();
  const send = (path: string, headers: Record<string, string>, body: string): Promise<Answer> =>
    withDeadline(
      `an answer to ${path}`,
      new Promise((resolve, reject) => {
        const sent = request({ method: "POST", path, hostname, port, headers, agent }, (incoming) => {
          ports.add(incoming.socket.localPort);
          answerOf(incoming).then(resolve, reject);
        });
        sent.on("error", reject).end(body);
      }),
    );
  const good = publishHeaders(edge, "application/json");
  const large = `[1]${" ".repeat(30_000)}`;
  for (let round = 1; round <= 5; round++) {
    assertRefused(await send(`/c/${channel}`, {}, large), 401, "token-missing");
    assertRefused(await send(`/c/${channel}`, { Authorization: "Bearer x" }, large), 401, "token-wrong");
    assertRefused(await send("/nowhere", good, large), 404, "not-found");
    assertRefused(await send("/c/a b".replace(" ", "%20"), good, large), 400, "channel-name-invalid");
    assertRefused(
      await send(`/c/${channel}`, { ...good, "Content-Type": "text/xml" }, large),
      415,
      "content-type-unsupported",
    );
    assertRefused(
      await send(`/c/${channel}`, { ...good, "Content-Encoding": "br" }, large),
      415,
      "content-encoding-unsupported",
    );
    assertRefused(await send(`/c/${channel}`, good, large.replace("1", "?")), 400, "not-json");
    assert.equal(
      (await send(`/c/${channel}`, good, large)).text,
      `{"seq":${round},"points":1,"viewers":0,"duplicates":0}`,
    );
  }
  assert.equal(ports.size, 1);
  agent.destroy();
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
