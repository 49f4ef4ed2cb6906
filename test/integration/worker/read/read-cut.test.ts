/** A read that cannot go on says so, in every representation. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames, read, storedPoints } from "../../../support/publish.ts";
import { withDeadline } from "../../../support/wait.ts";

const A = "00000000000000aa";
const NDJSON = "application/x-ndjson";
const edge = await startEdge();
after(() => edge.close());

/** A channel of 12.8 MB: more than what waits between a Worker and a client that does not read. */
async function fullChannel(on: Edge = edge): Promise<string> {
  const channel = newChannel();
  for (let n = 1; n <= 100; n += 5) {
    await publishFrames(on, channel, ...Array.from({ length: 5 }, (_, i) => bulkyFrame(A, n + i, 8000)));
  }
  return channel;
}

async function clear(channel: string): Promise<void> {
  const headers = { Authorization: `Bearer ${edge.token}` };
  const response = await fetch(edge.channelUrl(channel), { method: "DELETE", headers });
  assert.equal(response.status, 204);
}

/** A read whose first bytes have come, and that is not taken further until `rest` is called. */
async function pausedRead(on: Edge, channel: string, accept: string, query = "", headers = {}) {
  const response = await fetch(new URL(query, on.channelUrl(channel)), { headers: { Accept: accept, ...headers } });
  assert.equal(response.status, 200);
  const reader = response.body?.getReader();
  assert.ok(reader);
  const parts: Uint8Array[] = [];
  const next = async (): Promise<boolean> => {
    const { done, value } = await reader.read();
    if (value !== undefined) parts.push(value);
    return !done;
  };
  await next();
  /** What came in all, and whether the transfer came to its end. */
  const rest = async () => {
    let isWhole = true;
    try {
      while (await next());
    } catch {
      isWhole = false;
    }
    return { isWhole, text: Buffer.concat(parts).toString("latin1") };
  };
  return {
    epoch: response.headers.get("Plotcast-Epoch"),
    rest: () => withDeadline("the end of a read", rest(), 60_000),
  };
}

const ENDINGS: Record<string, RegExp> = {
  [NDJSON]: /\n\{"code":"read-cut","reason":"emptied","detail":"[^"]+"\}\n$/,
  "application/json": /[^\]]$/,
  "text/csv": /\r\nread-cut,emptied,[^,]+\r\n$/,
  [FRAME_TYPE]: /PLCT$/,
};

for (const [accept, ending] of Object.entries(ENDINGS)) {
  test(`[RD2a] [RD2b] [RD2c] [RD2d] [RD2e] [RD2g] a read as ${accept} during DELETE is cut and says so; the Worker goes on`, async () => {
    const channel = await fullChannel();
    const { rest } = await pausedRead(edge, channel, accept);
    await clear(channel);
    await publishFrames(edge, channel, frameOf(A, 101, [4711], 4711));
    const { isWhole, text } = await rest();
    assert.equal(isWhole, false, "the transfer came to its end");
    assert.match(text.slice(-400), ending);
    assert.doesNotMatch(text, /4711,?"?y?"?:?4711/, "a point of the next numbering");
    assert.deepEqual(await storedPoints(edge, channel), [{ series: "y", x: 4711, y: 4711 }]);
  });
}

test("[RD2c] a cut CSV with names has four columns to its last row", async () => {
  const channel = await fullChannel();
  const { rest } = await pausedRead(edge, channel, "text/csv", "?text=1");
  await clear(channel);
  assert.match((await rest()).text.slice(-400), /\r\nread-cut,emptied,[^,]+,\r\n$/);
});

test("[RD2f] a read is cut if points that it has not come to are trimmed; one that begins then is not", async () => {
  await using small = await startEdge({ vars: { STORE_BYTES: String(12 * 1024 * 1024) } });
  const channel = await fullChannel(small);
  const { rest } = await pausedRead(small, channel, NDJSON);
  for (let n = 101; n <= 190; n += 5) {
    await publishFrames(small, channel, ...Array.from({ length: 5 }, (_, i) => bulkyFrame(A, n + i, 8000)));
  }
  const { isWhole, text } = await rest();
  assert.equal(isWhole, false);
  assert.match(text.slice(-400), /\n\{"code":"read-cut","reason":"trimmed",/);
  const again = await pausedRead(small, channel, FRAME_TYPE);
  assert.equal((await again.rest()).isWhole, true);
});

const TOKEN_ENDINGS = {
  [NDJSON]: /\n\{"code":"read-cut","reason":"access-ended","detail":"[^"]+"\}\n$/,
  "text/csv": /\r\nread-cut,access-ended,[^,]+\r\n$/,
  [FRAME_TYPE]: /PLCT$/,
};

test("[AC10j] [RD2f] a read is cut, and says so, when its token is revoked, and when it expires; those of others go on", async () => {
  const main = fileURLToPath(new URL("../../../support/token-worker.js", import.meta.url));
  await using own = await startEdge({ main, vars: { ADMIN_TOKEN: ADMIN, WATCH: "token" } });
  const channel = await fullChannel(own);
  const rights = { [channel]: ["history"] };
  const begin = (accept: string, token: string) => pausedRead(own, channel, accept, "", bearer(token));
  const others = await makeToken(own, "others", rights);
  const lasting = [await begin(NDJSON, others.token), await begin(NDJSON, ADMIN)];
  for (const [n, [accept, ending]] of Object.entries(TOKEN_ENDINGS).entries()) {
    const { token, name } = await makeToken(own, `revoked-${n}`, rights);
    const { rest } = await begin(accept, token);
    assert.equal((await revokeToken(own, name)).status, 204);
    const { isWhole, text } = await rest();
    assert.equal(isWhole, false, "the transfer came to its end");
    assert.match(text.slice(-400), ending);
  }
  const { token } = await makeToken(own, "expires", rights, { expiresAtMs: Date.now() + 20_000 });
  const { rest } = await begin(NDJSON, token);
  // Less than half a minute: a read that looks for its next slice for so long is cut for that.
  await fetch(new URL("/ahead?ms=25000", own.url));
  assert.match((await rest()).text.slice(-400), TOKEN_ENDINGS[NDJSON]);
  for (const { rest } of lasting) assert.equal((await rest()).isWhole, true);
});

test("[RD1b] an answer says in which numbering its points are", async () => {
  const channel = newChannel();
  const epoch = async () => Number((await read(edge, channel, NDJSON)).headers.get("Plotcast-Epoch"));
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const before = await epoch();
  assert.ok(before > 0);
  await clear(channel);
  assert.ok((await epoch()) > before);
});
