/** Lines of JSON that are published as they come. */
import assert from "node:assert/strict";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { newChannel, storedPoints } from "../../../support/publish.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, QUOTA_TOKEN: "points=100000/s series=4" } });
after(() => edge.close());

interface Sent {
  send(text: string | Uint8Array): void;
  end(text?: string): Promise<Answer>;
  answer: Promise<Answer>;
}
interface Answer {
  status: number | undefined;
  body: unknown;
  retryAfter: string | undefined;
}

/** Begins a body without a length. */
function begin(channel: string, token: string | null = "test-token", headers: Record<string, string> = {}): Sent {
  const { hostname, port } = edge.url;
  const authorization = token === null ? {} : bearer(token);
  let sent: ClientRequest | undefined;
  const answer = new Promise<Answer>((resolve, reject) => {
    const options = {
      method: "POST",
      path: `/c/${channel}`,
      hostname,
      port,
      headers: { ...authorization, "Content-Type": "application/x-ndjson", ...headers },
      agent: false,
    };
    sent = request(options, (incoming) => resolve(read(incoming)));
    sent.on("error", reject).flushHeaders();
  });
  answer.catch(() => {});
  return {
    send: (text) => void sent?.write(text),
    end: async (text) => {
      sent?.end(text);
      return await withDeadline("an answer to a stream", answer);
    },
    answer: withDeadline("an answer to a stream", answer),
  };
}

async function read(incoming: IncomingMessage): Promise<Answer> {
  const text = (await incoming.setEncoding("utf8").toArray()).join("");
  return { status: incoming.statusCode, body: JSON.parse(text), retryAfter: incoming.headers["retry-after"] };
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `{"x":${from + i},"y":${from + i}}\n`).join("");
const pointsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ series: "y", x: from + i, y: from + i }));
const isStored = async (channel: string, count: number) =>
  await waitFor(`${count} points are stored`, async () => (await storedPoints(edge, channel)).length === count);

test("[RT12a] [RT12b] [RT12f] lines are stored while the body goes on, and the answer at its end counts all", async () => {
  const channel = newChannel();
  const { send, end } = begin(channel);
  send(lines(0, 3));
  await isStored(channel, 3);
  send('{"x":3,"y":3}\n{"x":4,');
  await isStored(channel, 4);
  send('"y":4}\n\n{"state":"on"}\n');
  await isStored(channel, 5);
  const { status, body } = await end('{"x":5,"y":5,"unit":"V"}');
  assert.equal(status, 200);
  assert.deepEqual(body, { seq: 6, points: 6, viewers: 0, duplicates: 0, leftOut: { text: 2 } });
  assert.deepEqual(await storedPoints(edge, channel), pointsOf(0, 6));
});

test("[RT12b] a body that comes at once is taken whole or not at all, whatever its length is", async () => {
  const channel = newChannel();
  for (const headers of [{}, { "Content-Length": String(Buffer.byteLength(`${lines(0, 3)}oops\n`)) }]) {
    const { status, body } = await begin(channel, "test-token", headers).end(`${lines(0, 3)}oops\n`);
    assert.equal(status, 400);
    assert.partialDeepStrictEqual(body, { code: "not-json", detail: "Line 4: This is not JSON." });
  }
  const whole = await begin(channel).end('{\n"x": 7,\n"y": 8\n}\n');
  assert.equal(whole.status, 200);
  assert.deepEqual(await storedPoints(edge, channel), [{ series: "y", x: 7, y: 8 }]);
});

test("[RT12a] more than a MiB is taken, 64 KiB at a time, also where its length is said", async () => {
  const text = lines(0, 60_000);
  assert.ok(text.length > 1_048_576);
  // Each has its own quota: together they are more than one may publish in a second.
  for (const [token, headers] of [
    [ADMIN, {}],
    ["test-token", { "Content-Length": String(text.length) }],
  ] as const) {
    const channel = newChannel();
    const { status, body } = await begin(channel, token, headers).end(text);
    assert.equal(status, 200, JSON.stringify(body));
    assert.partialDeepStrictEqual(body, { seq: 60_000, points: 60_000 });
    // Not compared as a whole: to show how they differ would take minutes.
    assert.ok((await storedPoints(edge, channel)).every(({ x, y }, i) => x === i && y === i));
  }
});

test("[RT12a] other types and what is compressed are taken whole, and have the bounds of a body", async () => {
  const channel = newChannel();
  const long = lines(0, 60_000);
  const plain = await begin(channel, "test-token", { "Content-Type": "application/json" }).end(long);
  assert.equal(plain.status, 413);
  const zipped = begin(channel, "test-token", { "Content-Encoding": "gzip" });
  zipped.send(gzipSync(long));
  assert.equal((await zipped.end()).status, 413);
  const few = begin(channel, "test-token", { "Content-Encoding": "gzip" });
  few.send(gzipSync(lines(0, 2)));
  assert.equal((await few.end()).status, 200);
  assert.deepEqual(await storedPoints(edge, channel), pointsOf(0, 2));
});

test("[RT12d] the first part with a fault ends it; what came before stays, and it is said what that is", async () => {
  const channel = newChannel();
  const { send, end, answer } = begin(channel);
  send(`${lines(0, 3)}\n`);
  await isStored(channel, 3);
  send(`${lines(4, 6)}{"x":6,"y"\n`);
  const { status, body } = await answer;
  assert.equal(status, 400);
  assert.partialDeepStrictEqual(body, {
    code: "not-json",
    detail: "Line 7: This is not JSON. Before line 5, 3 points were taken: send only the rest again.",
  });
  assert.deepEqual(await storedPoints(edge, channel), pointsOf(0, 3));
  await end().catch(() => undefined);
});

test("[RT12e] a part of which nothing can be taken is left out; a stream of such parts is refused at its end", async () => {
  const channel = newChannel();
  const { send, end } = begin(channel);
  send(lines(0, 1));
  await isStored(channel, 1);
  const told = await end('{"state":"on"}\nnull\n');
  assert.deepEqual(
    [told.status, told.body],
    [200, { seq: 1, points: 1, viewers: 0, duplicates: 0, leftOut: { text: 1, "record-unreadable": 1 } }],
  );
  const nothing = await begin(newChannel()).end('{"state":"on"}\n');
  assert.equal(nothing.status, 400);
  assert.partialDeepStrictEqual(nothing.body, { code: "no-number" });
  const empty = await begin(newChannel()).end("\n\n");
  assert.equal(empty.status, 400);
  assert.partialDeepStrictEqual(empty.body, { code: "body-empty" });
});

test("[RT12c] [AC4f] a token that is revoked while the body goes on has no further part taken", async () => {
  const channel = newChannel();
  const { name, token } = await makeToken(edge, "streams", { "**": ["publish"] });
  const { send, answer } = begin(channel, token);
  send(lines(0, 2));
  await isStored(channel, 2);
  assert.equal((await revokeToken(edge, name)).status, 204);
  await waitFor("a second has passed", () => {
    send(lines(2, 3));
    return answer.then(() => true);
  });
  const { status, body } = await answer;
  assert.equal(status, 401);
  assert.partialDeepStrictEqual(body, { code: "token-wrong" });
  assert.match(JSON.stringify(body), / points were taken: send only the rest again\./);
});

test("[RT12c] [AC13e] [AC13g] quotas count for each part", async () => {
  const channel = newChannel();
  const { token } = await makeToken(edge, "quotas", { "**": ["publish"] });
  const { send, answer } = begin(channel, token);
  send(lines(0, 2));
  await isStored(channel, 2);
  send('{"x":3,"a":1,"b":2,"c":3,"d":4}\n');
  const tooMany = await answer;
  assert.deepEqual([tooMany.status, tooMany.retryAfter], [429, "30"]);
  assert.partialDeepStrictEqual(tooMany.body, { code: "quota-exceeded" });
  assert.match(JSON.stringify(tooMany.body), / Before line 3, 2 points were taken/);
  const fast = await begin(newChannel(), token).end("1\n".repeat(600_000));
  assert.equal(fast.status, 429);
  assert.match(JSON.stringify(fast.body), /points=100000\/s.* Before line \d+, \d+ points were taken/);
});

test("[GD1c] [RT12a] a stranger's stream is refused before anything of it is read", async () => {
  const { answer } = begin(newChannel(), null);
  const { status, body } = await answer;
  assert.equal(status, 401);
  assert.partialDeepStrictEqual(body, { code: "token-missing" });
});

test("[GD11c] the 65th body of an address that goes on for more than a second is refused, and quick ones are not", async () => {
  const channel = newChannel();
  const all = Array.from({ length: 65 }, () => begin(channel));
  for (const { send } of all) send("1\n");
  const refused = await Promise.race(all.map(({ answer }) => answer));
  assert.deepEqual([refused.status, refused.retryAfter], [429, "5"]);
  assert.partialDeepStrictEqual(refused.body, { code: "too-many-requests" });
  assert.equal((await begin(channel).end("2\n")).status, 200);
  const answers = await Promise.all(all.map(async ({ end, answer }) => await Promise.race([answer, end()])));
  assert.equal(answers.filter(({ status }) => status === 200).length, 64);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
