/** Named tokens on the real Worker: made, used, listed, revoked. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { SHARE_TYPE, SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { parseTokenAnswer } from "../../../../protocol/messages/named-tokens.ts";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, askForToken, bearer, listTokens, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, post } from "../../../support/publish.ts";
import { keepSession, withSession } from "../../../support/session.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";

const vars = { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" };
const edge = await startEdge({ vars });
after(() => edge.close());

let names = 0;
const newName = (): string => `token-${++names}`;
const readPoints = (channel: string, token: string): Promise<Response> =>
  fetch(edge.channelUrl(channel), { headers: { Accept: "text/csv", ...bearer(token) } });

test("[AC6a] a token is made, told once, and may do what its rights say where they say it", async () => {
  const [channel, other] = [newChannel(), newChannel()];
  const name = newName();
  const response = await askForToken(edge, { name, rights: { [channel]: ["publish", "history"] } });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("Cache-Control"), "no-store");
  assert.equal(response.headers.get("Plotcast"), "1");
  const answer: unknown = await response.json();
  assert.ok(typeof answer === "object" && answer !== null && "token" in answer && typeof answer.token === "string");
  const { token, ...rest } = answer;
  assert.match(token, /^pct_[\w-]{43}$/);
  assert.deepEqual(rest, { name, rights: { [channel]: ["publish", "history"] }, expiresAtMs: null });

  assert.equal((await post(edge, channel, '{"x":1,"y":2}', bearer(token))).status, 200);
  await assertProblem(await post(edge, other, "1", bearer(token)), 403, "not-permitted");
  await assertProblem(
    await fetch(edge.channelUrl(channel), { method: "DELETE", headers: bearer(token) }),
    403,
    "not-permitted",
  );
  assert.equal((await readPoints(channel, token)).status, 200);
  await assertProblem(await readPoints(other, token), 404, "not-found");
  const listed = (await listTokens(edge)).find((each) => each.name === name);
  assert.deepEqual(listed?.channels, [channel], "a use that was refused is none");
  assert.ok(!JSON.stringify(listed).includes(token));
});

test("[AC6a] a named token lets a viewer into a private channel, by header and by subprotocol", async () => {
  const channel = newChannel();
  await post(edge, channel, '{"x":1,"y":2}');
  const { token } = await makeToken(edge, newName(), { "test/**": ["watch", "history"] });
  assert.equal(await (await readPoints(channel, token)).text(), "x,series,y\r\n1,y,2\r\n");
  const byHeader = await openViewer(edge.channelUrl(channel), { headers: bearer(token) });
  const encoded = `plotcast.token.${Buffer.from(token).toString("base64url")}`;
  const byProtocol = await openViewer(edge.channelUrl(channel), {
    subprotocol: SUBPROTOCOL,
    extraSubprotocols: [encoded],
  });
  await Promise.all([byHeader.close(), byProtocol.close()]);
  await assertProblem(
    await readPoints(channel, `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`),
    401,
    "token-wrong",
  );
});

test("[AC6b] [AC6e] a revoked token is refused at once by the isolate that revoked it, everywhere", async () => {
  const channel = newChannel();
  const { name, token } = await makeToken(edge, newName(), { "test/**": ["publish", "watch", "history"] });
  assert.equal((await post(edge, channel, "1", bearer(token))).status, 200);
  const revoked = await revokeToken(edge, name);
  assert.equal(revoked.status, 204);
  assert.equal(revoked.headers.get("Plotcast"), "1");
  await assertProblem(await post(edge, channel, "1", bearer(token)), 401, "token-wrong");
  await assertProblem(await readPoints(channel, token), 401, "token-wrong");
  const refused = await openViewer(edge.channelUrl(channel), { headers: bearer(token) }).catch((e: unknown) => e);
  assert.ok(refused instanceof UpgradeRefused && refused.status === 401);
  assert.ok(!(await listTokens(edge)).some((each) => each.name === name));
  await assertProblem(await revokeToken(edge, name), 404, "not-found");
  assert.notEqual((await makeToken(edge, name, { "test/**": ["publish"] })).token, token, "its name is free");
});

test("[AC6b] only what there is can be revoked", async () => {
  for (const name of ["unknown", "a%2Fb", "%20", "a".repeat(65), "..%2f"])
    await assertProblem(await revokeToken(edge, name), 404, "not-found");
});

test("[AC6c] without a token, or with one that has admin nowhere, nobody makes, lists or revokes; a cookie never counts", async () => {
  const { token } = await makeToken(edge, newName(), { "**": ["publish", "watch", "history", "control"] });
  const url = new URL("/tokens", edge.url);
  const [one, body] = [new URL("/tokens/x", edge.url), JSON.stringify({ name: "x", rights: { a: ["watch"] } })];
  const all = (headers: Record<string, string>): Promise<Response[]> =>
    Promise.all([
      fetch(url, { headers }),
      fetch(url, { method: "POST", headers, body }),
      fetch(one, { method: "DELETE", headers }),
    ]);
  for (const response of await all({})) await assertProblem(response, 401, "token-missing");
  for (const response of await all(withSession(await keepSession(edge.channelUrl(newChannel()), ADMIN))))
    await assertProblem(response, 401, "token-missing");
  for (const response of await all(bearer("wrong"))) await assertProblem(response, 401, "token-wrong");
  for (const response of await all(bearer("pct_wrong"))) await assertProblem(response, 401, "token-wrong");
  for (const response of await all(bearer(token))) await assertProblem(response, 403, "not-permitted");
  for (const response of await all(bearer(edge.token ?? ""))) await assertProblem(response, 403, "not-permitted");
});

test("[AC6c] whoever has admin for a pattern makes, sees and revokes tokens within that alone", async () => {
  const lab = (await makeToken(edge, newName(), { "test/lab/**": ["admin"] })).token;
  const [inside, outside] = [newName(), newName()];
  await makeToken(edge, outside, { "test/**": ["watch"] });
  const made = await makeToken(edge, inside, { "test/lab/a-*": ["publish", "watch"] }, { admin: lab });
  assert.equal((await post(edge, "test/lab/a-1", "1", bearer(made.token))).status, 200);
  for (const rights of [
    { "test/**": ["watch"] },
    { "test/lab/**": ["watch"], "**": ["watch"] },
    { "test/*/x": ["watch"] },
    { main: ["watch"] },
  ])
    await assertProblem(await askForToken(edge, { name: newName(), rights }, bearer(lab)), 403, "not-permitted");
  const seen = await listTokens(edge, lab);
  assert.deepEqual(
    seen.map(({ name, madeBy }) => [name, madeBy.replace(/\d+$/, "")]).filter(([name]) => name === inside),
    [[inside, "named-token:token-"]],
  );
  assert.ok(!seen.some(({ name }) => name === outside));
  await assertProblem(await revokeToken(edge, outside, lab), 403, "not-permitted");
  await assertProblem(await revokeToken(edge, newName(), lab), 404, "not-found");
  assert.equal((await revokeToken(edge, inside, lab)).status, 204);
  assert.equal((await revokeToken(edge, outside)).status, 204);
});

test("[AC6k] a token that is not the owner's lists ten times at once, and then once a second; others list all the same", async () => {
  const { token } = await makeToken(edge, newName(), { "test/lab/**": ["admin"] });
  const list = (): Promise<Response> => fetch(new URL("/tokens", edge.url), { headers: bearer(token) });
  const answers = await Promise.all(Array.from({ length: 40 }, list));
  const refused = answers.filter(({ status }) => status !== 200);
  assert.ok(answers.length - refused.length >= 10);
  const [first] = refused;
  assert.equal(first?.headers.get("Retry-After"), "1");
  await assertProblem(first ?? assert.fail("none was refused"), 429, "too-many-requests");
  assert.ok((await listTokens(edge)).length > 0);
});

test("[AC6l] a maker, and those that it made, make and revoke 120 times at once, and then once a second; others do all the same", async () => {
  const rights = { "test/lab/**": ["admin"] };
  const { token: maker } = await makeToken(edge, newName(), rights);
  const { token: madeByIt } = await makeToken(edge, newName(), rights, { admin: maker });
  const { token: another } = await makeToken(edge, newName(), rights);
  const share = (token: string, body: string): Promise<Response> =>
    post(edge, "test/lab/a", body, { ...bearer(token), "Content-Type": SHARE_TYPE });
  const link = (token: string): Promise<Response> => share(token, '{"forMs":60000}');
  for (const { status } of await Promise.all(Array.from({ length: 30 }, () => link(maker)))) assert.equal(status, 201);
  const many = (change: () => Promise<Response>) => Promise.all(Array.from({ length: 95 }, change));
  const answers = await Promise.all([
    many(() => revokeToken(edge, "none", madeByIt)),
    many(() => share(madeByIt, '{"revoke":"share-none"}')),
    many(() => askForToken(edge, "{", bearer(maker))),
  ]);
  const served = answers.flat().filter(({ status }) => status !== 429).length;
  // One was made before, and one comes back each second that the test takes.
  assert.ok(served >= 89 && served < 190, `${served} of 285`);
  for (const each of answers) {
    const refused = each.find(({ status }) => status === 429) ?? assert.fail("none was refused");
    assert.equal(refused.headers.get("Retry-After"), "1");
    assert.match((await assertProblem(refused, 429, "too-many-requests")).detail, /once a second/);
  }
  assert.equal((await link(another)).status, 201);
  assert.equal((await link(ADMIN)).status, 201);
});

test("[AC6d] a name that is in use is refused, and the token of that name stays", async () => {
  const channel = newChannel();
  const { name, token } = await makeToken(edge, newName(), { [channel]: ["publish"] });
  await assertProblem(await askForToken(edge, { name, rights: { "**": ["watch"] } }), 409, "token-exists");
  assert.equal((await post(edge, channel, "1", bearer(token))).status, 200);
});

for (const [what, body] of [
  ["no JSON", "{"],
  ["a list", "[]"],
  ["nothing", ""],
  ["no name", { rights: { a: ["watch"] } }],
  ["an empty name", { name: "", rights: { a: ["watch"] } }],
  ["a name of 65", { name: "a".repeat(65), rights: { a: ["watch"] } }],
  ["a name with a slash", { name: "a/b", rights: { a: ["watch"] } }],
  ["the name .", { name: ".", rights: { a: ["watch"] } }],
  ["the name ..", { name: "..", rights: { a: ["watch"] } }],
  ["a token as name", { name: `pct_${"a".repeat(43)}`, rights: { a: ["watch"] } }],
  ["a number as name", { name: 1, rights: { a: ["watch"] } }],
  ["no rights", { name: "x" }],
  ["empty rights", { name: "x", rights: {} }],
  ["rights that are a list", { name: "x", rights: ["watch"] }],
  ["an unknown capability", { name: "x", rights: { a: ["look"] } }],
  ["no capability", { name: "x", rights: { a: [] } }],
  ["a pattern that is none", { name: "x", rights: { "a/**/b": ["watch"] } }],
  [
    "65 patterns",
    { name: "x", rights: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, ["watch"]])) },
  ],
  ["an expiry in the past", { name: "x", rights: { a: ["watch"] }, expiresAtMs: 1 }],
  ["an expiry in a thousand years", { name: "x", rights: { a: ["watch"] }, expiresAtMs: 33_000_000_000_000 }],
  ["a text as expiry", { name: "x", rights: { a: ["watch"] }, expiresAtMs: "2030-01-01" }],
  ["a field that there is not", { name: "x", rights: { a: ["watch"] }, expiresAt: 1 }],
] as const) {
  test(`[AC6a] [AC6d] [AC2b] a token asked for with ${what} is refused`, async () => {
    await assertProblem(await askForToken(edge, body), 400, "rights-invalid");
    assert.ok(!(await listTokens(edge)).some(({ name }) => name === "x"));
  });
}

test("[AC2b] [AC6d] names of 1 and of 64, 64 patterns, and a pattern called __proto__ are taken", async () => {
  const patterns = Array.from({ length: 63 }, (_, i) => `a${i}`);
  const rights = JSON.stringify(Object.fromEntries(patterns.map((each) => [each, ["publish"]])));
  for (const name of ["x", "A".repeat(64)]) {
    const body = `{"name":"${name}","rights":${rights.slice(0, -1)},"__proto__":["publish"]}}`;
    const response = await askForToken(edge, body);
    assert.equal(response.status, 201, await response.clone().text());
    const { token } = messageIn(parseTokenAnswer(await response.text())) ?? assert.fail("no token");
    assert.equal((await post(edge, "__proto__", "1", bearer(token))).status, 200);
    assert.equal((await post(edge, "a62", "1", bearer(token))).status, 200);
    await assertProblem(await post(edge, "a63", "1", bearer(token)), 403, "not-permitted");
    assert.equal((await revokeToken(edge, name)).status, 204);
  }
});

test("[AC6a] what asks for a token has 16 KiB at most", async () => {
  const body = JSON.stringify({ name: "x", rights: { a: ["watch"] } });
  await assertProblem(await askForToken(edge, body.padEnd(16_385)), 413, "body-too-large");
  await assertProblem(await askForToken(edge, body.padEnd(16_385), bearer("wrong")), 401, "token-wrong");
  assert.equal((await askForToken(edge, body.padEnd(16_384))).status, 201);
});

test("[AC6b] other methods are 405, with what there is", async () => {
  for (const [path, allow] of [
    ["/tokens", "GET, HEAD, POST, OPTIONS"],
    ["/tokens/x", "DELETE, OPTIONS"],
  ]) {
    const url = new URL(path ?? "", edge.url);
    const response = await fetch(url, { method: "PUT", headers: bearer(ADMIN) });
    assert.equal(response.headers.get("Allow"), allow);
    await assertProblem(response, 405, "method-not-allowed");
    assert.equal((await fetch(url, { method: "OPTIONS" })).headers.get("Allow"), allow);
  }
});

test("[AC6f] a token is refused in the 1,001st channel; publishes and viewers alike", async () => {
  const { token, name } = await makeToken(edge, newName(), { "many/**": ["publish"], "test/many": ["watch"] });
  for (let i = 0; i < 1000; i += 20) {
    const channels = Array.from({ length: 20 }, (_, k) => `many/${i + k}`);
    await Promise.all(
      channels.map(async (channel) => assert.equal((await post(edge, channel, "1", bearer(token))).status, 200)),
    );
  }
  await assertProblem(await post(edge, "many/1000", "1", bearer(token)), 429, "quota-exceeded");
  const refused = await openViewer(edge.channelUrl("test/many"), { headers: bearer(token) }).catch((e: unknown) => e);
  assert.ok(refused instanceof UpgradeRefused && refused.status === 429, String(refused));
  assert.equal((await post(edge, "many/999", "1", bearer(token))).status, 200);
  assert.equal((await listTokens(edge)).find((each) => each.name === name)?.channelCount, 1000);
});

test("[AC6d] the 1,001st token is refused, and all of the thousand are listed and count; one that is revoked makes room", async () => {
  await using full = await startEdge({ vars });
  const made: string[] = [];
  for (let i = 0; i < 1000; i += 20) {
    const some = Array.from({ length: 20 }, (_, k) => makeToken(full, `t${i + k}`, { [`lab/${i + k}`]: ["publish"] }));
    made.push(...(await Promise.all(some)).map(({ token }) => token));
  }
  const one = { name: "one-more", rights: { lab: ["publish"] } };
  await assertProblem(await askForToken(full, one), 429, "quota-exceeded");
  assert.equal((await listTokens(full)).length, 1000);
  for (const i of [0, 999]) assert.equal((await post(full, `lab/${i}`, "1", bearer(made[i] ?? ""))).status, 200);
  assert.equal((await revokeToken(full, "t500")).status, 204);
  assert.equal((await askForToken(full, one)).status, 201);
});

test("[AC6a] [AC6e] tokens outlive an eviction and a restart; nothing that is stored has one", async (t) => {
  const persistDir = await mkdtemp(join(tmpdir(), "plotcast-tokens-"));
  t.after(() => rm(persistDir, { recursive: true, force: true }));
  await using own = await startEdge({ vars, persistDir });
  const kept = await makeToken(own, "kept", { lab: ["publish"] });
  await own.evictObject("TOKENS", "tokens");
  assert.equal((await post(own, "lab", "1", bearer(kept.token))).status, 200);
  await own.evictObject("TOKENS", "tokens");
  const revoked = await makeToken(own, "revoked", { lab: ["publish"] });
  await own.kill();
  await own.restart();
  assert.equal((await post(own, "lab", "1", bearer(kept.token))).status, 200);
  assert.equal((await revokeToken(own, "revoked")).status, 204);
  await own.restart();
  await assertProblem(await post(own, "lab", "1", bearer(revoked.token)), 401, "token-wrong");
  assert.deepEqual(
    (await listTokens(own)).map(({ name }) => name),
    ["kept"],
  );
  await own.kill();
  const files = (await readdir(persistDir, { recursive: true })).filter((name) => /TokenRegistry.*sqlite/.test(name));
  assert.ok(files.length > 0);
  for (const file of files) assert.ok(!(await readFile(join(persistDir, file))).includes(kept.token), file);
  assert.ok(!own.logs.join("\n").includes("pct_"), own.logs.join("\n"));
});

test("[AC6c] PUBLISH_TOKEN makes tokens as long as there is no ADMIN_TOKEN", async () => {
  await using owned = await startEdge();
  const { token } = await makeToken(owned, "x", { "**": ["publish"] }, { admin: "test-token" });
  assert.equal((await post(owned, "main", "1", bearer(token))).status, 200);
});

test("[AC13l] [CH15f] a token that empties channels is bound as one that publishes to them", async () => {
  await using bounded = await startEdge({ vars: { ...vars, QUOTA_TOKEN: "channels=2" } });
  const { token } = await makeToken(bounded, "cleaner", { "**": ["admin"] });
  const empty = (channel: string): Promise<Response> =>
    fetch(bounded.channelUrl(channel), { method: "DELETE", headers: bearer(token) });
  for (const channel of ["a", "b", "a"]) assert.equal((await empty(channel)).status, 204);
  await assertProblem(await empty("c"), 429, "quota-exceeded");
});

test("[AC13l] channels= in QUOTA_TOKEN says in how many channels a named token may be used", async () => {
  await using bounded = await startEdge({ vars: { ...vars, QUOTA_TOKEN: "channels=2" } });
  const { token } = await makeToken(bounded, "rig", { "**": ["publish", "watch"] });
  for (const channel of ["a", "b", "a"]) assert.equal((await post(bounded, channel, "1", bearer(token))).status, 200);
  const { detail } = await assertProblem(await post(bounded, "c", "1", bearer(token)), 429, "quota-exceeded");
  assert.equal(
    detail,
    "This token was used in as many channels already as it may be (QUOTA_TOKEN has channels=2). Make another for this channel.",
  );
});

test("[RT9] [AC13l] a page that asks why it cannot watch one channel more is told what its WebSocket is refused for", async () => {
  await using bounded = await startEdge({ vars: { ...vars, QUOTA_TOKEN: "channels=1" } });
  const { token } = await makeToken(bounded, "one", { "test/**": ["watch", "history"] });
  const [first, second] = [newChannel(), newChannel()];
  const probe = (channel: string) =>
    fetch(bounded.channelUrl(channel), { headers: { Accept: "application/problem+json", ...bearer(token) } });
  assert.equal((await probe(first)).status, 204);
  const { detail } = await assertProblem(await probe(second), 429, "quota-exceeded");
  assert.match(detail, /QUOTA_TOKEN has channels=1/);
  const joined = await openViewer(bounded.channelUrl(second), { headers: bearer(token) }).catch(
    (error: unknown) => error,
  );
  assert.ok(joined instanceof UpgradeRefused && joined.body.includes(detail), `${joined}`);
});
