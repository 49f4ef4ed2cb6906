/** A link that lets others watch one channel for a while. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { SHARE_TYPE } from "../../../../protocol/limits.ts";
import { parseShareAnswer, type ShareAnswer } from "../../../../protocol/messages/named-tokens.ts";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, listTokens, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, post } from "../../../support/publish.ts";
import { keepSession, withSession } from "../../../support/session.ts";
import { openViewer } from "../../../support/sockets.ts";

const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "token" } });
after(() => edge.close());

function ask(channel: string, body: unknown, headers: Record<string, string> = bearer(ADMIN)): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(edge.channelUrl(channel), {
    method: "POST",
    headers: { "Content-Type": SHARE_TYPE, ...headers },
    body: text,
  });
}

async function shareOf(response: Response): Promise<ShareAnswer> {
  const text = await response.text();
  assert.equal(response.status, 201, text);
  return messageIn(parseShareAnswer(text)) ?? assert.fail(text);
}

test("[AC11] a share link watches and reads its channel and may do nothing else, until it expires or is revoked", async () => {
  const channel = newChannel();
  await post(edge, channel, '{"x":1,"y":2}');
  const beforeMs = Date.now();
  const response = await ask(channel, { forMs: 3_600_000 });
  assert.equal(response.headers.get("Cache-Control"), "no-store");
  const { token, name, expiresAtMs } = await shareOf(response);
  assert.ok(expiresAtMs >= beforeMs + 3_600_000 && expiresAtMs <= Date.now() + 3_600_000);
  assert.match(name, /^share-[0-9a-f]{8}$/);
  const headers = { Accept: "text/csv", ...bearer(token) };
  assert.equal(await (await fetch(edge.channelUrl(channel), { headers })).text(), "x,series,y\r\n1,y,2\r\n");
  await (await openViewer(edge.channelUrl(channel), { headers: bearer(token) })).close();
  await assertProblem(await fetch(edge.channelUrl(`${channel}/below`), { headers }), 404, "not-found");
  await assertProblem(await post(edge, channel, "1", bearer(token)), 403, "not-permitted");
  await assertProblem(await ask(channel, { forMs: 3_600_000 }, bearer(token)), 403, "not-permitted");
  const listed = (await listTokens(edge)).find((each) => each.name === name);
  assert.partialDeepStrictEqual(listed, {
    rights: { [channel]: ["watch", "history"] },
    expiresAtMs,
    madeBy: "admin-token",
    channels: [channel],
  });
  assert.equal((await revokeToken(edge, name)).status, 204);
  await assertProblem(await fetch(edge.channelUrl(channel), { headers }), 401, "token-wrong");
});

test("[AC11] the page asks with its cookie, if its token has admin here", async () => {
  const channel = newChannel();
  const owner = await makeToken(edge, "owner", { "test/**": ["watch", "admin"] });
  const viewer = await makeToken(edge, "viewer", { "test/**": ["watch", "history", "publish"] });
  for (const [token, isOwner] of [
    [owner.token, true],
    [viewer.token, false],
  ] as const) {
    const session = withSession(await keepSession(edge.channelUrl(channel), token));
    const answer = await ask(channel, { forMs: 60_000 }, { ...session, "Sec-Fetch-Site": "same-origin" });
    if (isOwner) assert.match((await shareOf(answer)).token, /^pct_/);
    else await assertProblem(answer, 403, "not-permitted");
    const foreign = { ...session, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    await assertProblem(await ask(channel, { forMs: 60_000 }, foreign), 403, "cross-site");
  }
});

test("[AC11] without a token, or with one that has no admin here, nobody shares", async () => {
  const channel = newChannel();
  await assertProblem(await ask(channel, { forMs: 60_000 }, {}), 401, "token-missing");
  await assertProblem(await ask(channel, { forMs: 60_000 }, bearer("wrong")), 401, "token-wrong");
  const elsewhere = await makeToken(edge, "elsewhere", { "lab/**": ["admin"] });
  await assertProblem(await ask(channel, { forMs: 60_000 }, bearer(elsewhere.token)), 403, "not-permitted");
  await assertProblem(await ask(channel, { forMs: 60_000 }, bearer(edge.token ?? "")), 403, "not-permitted");
});

test("[AC11] a share link counts for a minute to 31 days", async () => {
  const channel = newChannel();
  for (const forMs of [60_000, 2_678_400_000]) await shareOf(await ask(channel, { forMs }));
  for (const body of [
    { forMs: 59_999 },
    { forMs: 2_678_400_001 },
    { forMs: -1 },
    { forMs: 60_000.5 },
    { forMs: "60000" },
    { forMs: null },
    {},
    [],
    "",
    "{",
  ])
    await assertProblem(await ask(channel, body), 400, "share-invalid");
  await assertProblem(await ask(channel, '{"forMs":60000}'.padEnd(1_025)), 413, "body-too-large");
});

test("[AC6j] whoever has admin for one channel makes 100 links at a time, and keeps nobody else from making theirs", async () => {
  const channel = newChannel();
  const { token, name } = await makeToken(edge, "eager", { [channel]: ["admin"] });
  const links = [];
  for (let i = 0; i < 100; i++) links.push(await shareOf(await ask(channel, { forMs: 60_000 }, bearer(token))));
  await assertProblem(await ask(channel, { forMs: 60_000 }, bearer(token)), 429, "quota-exceeded");
  await shareOf(await ask(channel, { forMs: 60_000 }));
  const other = await makeToken(edge, "calm", { [channel]: ["admin"] });
  await shareOf(await ask(channel, { forMs: 60_000 }, bearer(other.token)));
  assert.equal((await revokeToken(edge, links[0]?.name ?? "", token)).status, 204);
  await shareOf(await ask(channel, { forMs: 60_000 }, bearer(token)));
  assert.equal((await revokeToken(edge, name)).status, 204);
});

test("[AC11b] a share link says in its name for whom it is, and what is no such text is refused", async () => {
  const channel = newChannel();
  const { name } = await shareOf(await ask(channel, { forMs: 60_000, for: "anna" }));
  assert.match(name, /^share-anna-[0-9a-f]{8}$/);
  const longest = "A.b_c-".padEnd(40, "9");
  const { name: longName } = await shareOf(await ask(channel, { forMs: 60_000, for: longest }));
  assert.equal(longName.slice(0, -8), `share-${longest}-`);
  assert.ok((await listTokens(edge)).some((each) => each.name === longName));
  assert.equal((await revokeToken(edge, longName)).status, 204, "it is a name as others are");
  for (const forWhom of ["", "a".repeat(41), "an na", "ann\u00e4", "a/b", "a\n", 7, null, ["anna"]])
    await assertProblem(await ask(channel, { forMs: 60_000, for: forWhom }), 400, "share-invalid");
});

test("[AC11c] who has admin here takes a share link back, with a cookie, too", async () => {
  const channel = newChannel();
  await post(edge, channel, '{"x":1,"y":2}');
  const owner = await makeToken(edge, `owner-${channel.replaceAll("/", "-")}`, { [channel]: ["admin"] });
  const { token, name } = await shareOf(await ask(channel, { forMs: 60_000 }));
  const viewer = await openViewer(edge.channelUrl(channel), { headers: bearer(token) });
  const kept = await keepSession(edge.channelUrl(channel), owner.token);
  const cookie = { ...withSession(kept), "Sec-Fetch-Site": "same-origin" };
  const answer = await ask(channel, { revoke: name }, cookie);
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get("Plotcast"), "1");
  assert.equal((await viewer.closed).code, 4403);
  const headers = { Accept: "text/csv", ...bearer(token) };
  await assertProblem(await fetch(edge.channelUrl(channel), { headers }), 401, "token-wrong");
  await assertProblem(await ask(channel, { revoke: name }, cookie), 404, "not-found");
});

test("[AC11c] a channel that is called as something that every object has is a channel like another", async () => {
  const { name } = await shareOf(await ask(newChannel(), { forMs: 60_000 }));
  for (const channel of ["__defineGetter__", "constructor", "__proto__"])
    await assertProblem(await ask(channel, { revoke: name }), 404, "not-found");
});

test("[AC11c] neither a link of another channel nor any other token is taken back so, nor without admin", async () => {
  const [channel, other] = [newChannel(), newChannel()];
  const { token, name } = await shareOf(await ask(channel, { forMs: 60_000 }));
  const rig = await makeToken(edge, "share-rig", { [channel]: ["publish"] });
  const wide = await makeToken(edge, "share-wide", { [channel]: ["watch", "history"], [other]: ["watch"] });
  const plain = await makeToken(edge, "plain", { [channel]: ["watch", "history"] });
  await assertProblem(await ask(other, { revoke: name }), 404, "not-found");
  for (const each of [rig.name, wide.name, plain.name, "share-none", "", ".."])
    await assertProblem(await ask(channel, { revoke: each }), 404, "not-found");
  await assertProblem(await ask(channel, { revoke: name }, bearer(token)), 403, "not-permitted");
  await assertProblem(await ask(channel, { revoke: name }, {}), 401, "token-missing");
  for (const body of [{ revoke: 7 }, { revoke: null }, { revoke: name, forMs: 60_000 }])
    await assertProblem(await ask(channel, body), 400, "share-invalid");
  const names = (await listTokens(edge)).map((each) => each.name);
  for (const each of [name, rig.name, wide.name, plain.name]) assert.ok(names.includes(each), each);
});
