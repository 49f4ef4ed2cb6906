/** How much one token and one address may do, on the real Worker. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { FRAME_TYPE, PRESENCE_TYPE, SESSION_TYPE, SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { bearer, makeToken } from "../../../support/named-tokens.ts";
import { assertProblem } from "../../../support/problem.ts";
import { bulkyFrame, frameOf, newChannel, post, publishJson, read, storedPoints } from "../../../support/publish.ts";
import { openViewer, UpgradeRefused, type Viewer, type ViewerOptions } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

const A = "00000000000000aa";
const ADMIN = { Authorization: "Bearer the-admin-token" };

/** Quotas that do not come back while a test runs: a body of 1,000 points is 1,000 seconds' worth. */
const slow = await startEdge({ vars: { QUOTA_TOKEN: "points=1/s", ADMIN_TOKEN: "the-admin-token" } });
after(() => slow.close());

function from(address: string): Record<string, string> {
  return { "CF-Connecting-IP": address };
}

async function refusal(url: URL, options: ViewerOptions): Promise<UpgradeRefused> {
  const outcome = await openViewer(url, options).catch((error: unknown) => error);
  assert.ok(outcome instanceof UpgradeRefused, `not refused: ${outcome}`);
  return outcome;
}

test("[AC13d] [AC13e] a body of more than a second's worth passes, and the next waits until it is paid off", async () => {
  const channel = newChannel();
  const body = JSON.stringify(Array.from({ length: 1000 }, (_, i) => i));
  const paid = await post(slow, channel, body, ADMIN);
  assert.equal(paid.status, 200, await paid.text());
  const refused = await post(slow, channel, "1", ADMIN);
  const seconds = Number(refused.headers.get("Retry-After"));
  assert.ok(seconds > 900 && seconds <= 1000, `${seconds}`);
  const { detail } = await assertProblem(refused, 429, "quota-exceeded");
  assert.equal(
    detail,
    `More was published with this token in a second than it may (QUOTA_TOKEN has points=1/s). Try again in ${seconds} s.`,
  );
  assert.equal((await storedPoints(slow, channel)).length, 1000);
  // The other token has a quota of its own.
  await publishJson(slow, channel, 1);
});

test("[AC13d] bytes are those that are stored, whatever the body was", async () => {
  await using edge = await startEdge({ vars: { QUOTA_TOKEN: "bytes=1kB/s" } });
  const channel = newChannel();
  const send = (frame: Uint8Array) => post(edge, channel, Buffer.from(frame), { "Content-Type": FRAME_TYPE });
  assert.equal((await send(bulkyFrame(A, 1, 8000))).status, 200);
  const response = await send(frameOf(A, 2, [1]));
  assert.match((await assertProblem(response, 429, "quota-exceeded")).detail, /QUOTA_TOKEN has bytes=1000\/s/);
  assert.ok(Number(response.headers.get("Retry-After")) > 100);
});

test("[AC13e] nothing is counted of a body that is none", async () => {
  const channel = newChannel();
  await using edge = await startEdge({ vars: { QUOTA_TOKEN: "points=1/s" } });
  for (let i = 0; i < 10; i++) await assertProblem(await post(edge, channel, "["), 400, "not-json");
  await publishJson(edge, channel, 1);
});

test("[AC13c] without a quota nothing of today is refused: 200 bodies of 1,000 points", async () => {
  await using edge = await startEdge();
  const channel = newChannel();
  const body = JSON.stringify(Array.from({ length: 1000 }, (_, i) => i));
  for (let i = 0; i < 20; i++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(edge, channel, body)));
    for (const answer of answers) assert.equal(answer.status, 200, await answer.text());
  }
});

test("[AC13c] a word that cannot be read is told by the Worker, too, and its quota is bounded", async () => {
  await using edge = await startEdge({ vars: { QUOTA_TOKEN: "series=many" } });
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  await waitFor("the warning", () => /QUOTA_TOKEN: "series=many" cannot be read/.test(edge.logs.join("\n")));
});

/** Reads until a read is refused. @returns how many were not, and the refusal */
async function readUntilRefused(
  edge: Edge,
  channel: string,
  headers: Record<string, string>,
): Promise<{ served: number; refused: Response }> {
  for (let served = 0; served < 100; served++) {
    const response = await fetch(edge.channelUrl(channel), { headers });
    if (response.status !== 200) return { served, refused: response };
    await response.text();
  }
  throw new Error("100 reads were served");
}

test("[AC13f] reads of an address: ten seconds' worth at once, then so many a second; another's are its own", async () => {
  await using edge = await startEdge({ vars: { QUOTA_ADDRESS: "reads=1/s", WATCH: "private=token" } });
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const { served, refused } = await readUntilRefused(edge, channel, from("192.0.2.1"));
  // One comes back each second that the test takes.
  assert.ok(served >= 10 && served < 100, `${served}`);
  assert.equal(refused.headers.get("Retry-After"), "1");
  const { detail } = await assertProblem(refused, 429, "quota-exceeded");
  assert.equal(detail, "This address reads more often than it may (QUOTA_ADDRESS has reads=1/s). Try again in 1 s.");
  assert.equal((await fetch(edge.channelUrl(channel), { headers: from("192.0.2.2") })).status, 200);
  const head = await fetch(edge.channelUrl(channel), { method: "HEAD", headers: from("192.0.2.1") });
  assert.equal(head.status, 200, "what is answered without the channel is not counted");
});

test("[AC13f] who reads with a token counts by that, whatever the address", async () => {
  await using edge = await startEdge({
    vars: {
      QUOTA_TOKEN: "reads=1/s",
      QUOTA_ADDRESS: "reads=none",
      WATCH: "test/**=token",
      ADMIN_TOKEN: "the-admin-token",
    },
  });
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const { served } = await readUntilRefused(edge, channel, { ...ADMIN, ...from("192.0.2.1") });
  assert.ok(served >= 10, `${served}`);
  const elsewhere = await readUntilRefused(edge, channel, { ...ADMIN, ...from("192.0.2.2") });
  assert.ok(elsewhere.served < 10, `${elsewhere.served}`);
  assert.match(
    (await assertProblem(elsewhere.refused, 429, "quota-exceeded")).detail,
    /This token .*QUOTA_TOKEN has reads=1\/s/,
  );
});

test("[AC13f] what a page asks of its session is a read of its token", async () => {
  await using edge = await startEdge({ vars: { QUOTA_TOKEN: "reads=1/s", ADMIN_TOKEN: "the-admin-token" } });
  const channel = newChannel();
  const ask = (body: string) => post(edge, channel, body, { ...ADMIN, "Content-Type": SESSION_TYPE });
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask('{"keep":true}')));
  const served = answers.filter(({ status }) => status === 200).length;
  // One comes back each second that the test takes.
  assert.ok(served >= 10 && served < 50, `${served}`);
  const refused = answers.find(({ status }) => status !== 200) ?? assert.fail();
  assert.equal(refused.headers.get("Set-Cookie"), null);
  assert.match((await assertProblem(refused, 429, "quota-exceeded")).detail, /QUOTA_TOKEN has reads=1\/s/);
  assert.equal((await ask('{"keep":false}')).status, 204, "whoever leaves may");
});

test("[AC13f] [RT9] to ask why a WebSocket is refused is a read, of an address or of a token", async () => {
  const vars = { QUOTA_TOKEN: "reads=1/s", QUOTA_ADDRESS: "reads=1/s", ADMIN_TOKEN: "the-admin-token" };
  await using edge = await startEdge({ vars: { ...vars, WATCH: "private=token" } });
  for (const [channel, headers, whose] of [
    [newChannel(), from("192.0.2.1"), "This address .*QUOTA_ADDRESS has reads=1/s"],
    ["private", { ...ADMIN, ...from("192.0.2.2") }, "This token .*QUOTA_TOKEN has reads=1/s"],
  ] as const) {
    const ask = () => fetch(edge.channelUrl(channel), { headers: { ...headers, Accept: "application/problem+json" } });
    const answers = await Promise.all(Array.from({ length: 50 }, ask));
    const served = answers.filter(({ status }) => status === 204).length;
    // One comes back each second that the test takes.
    assert.ok(served >= 10 && served < 50, `${served}`);
    const refused = answers.find(({ status }) => status !== 204) ?? assert.fail();
    assert.match(refused.headers.get("Retry-After") ?? "", /^\d+$/);
    assert.match((await assertProblem(refused, 429, "quota-exceeded")).detail, new RegExp(whose));
  }
});

for (const [what, init, query] of [
  ["to look into a room", { headers: { Accept: "application/json" } }, "room"],
  ["to leave a note", { method: "POST", body: "x" }, "note"],
] as const) {
  test(`[AC13f] ${what} is a read: each comes in anew, so what a connection may say bounds nobody`, async () => {
    await using edge = await startEdge({ vars: { QUOTA_ADDRESS: "reads=1/s", PUBLIC_RIGHTS: "**=note" } });
    const channel = newChannel();
    await publishJson(edge, channel, 1);
    const url = new URL(`?${query}`, edge.channelUrl(channel));
    const headers = { ...("headers" in init ? init.headers : {}), ...from("192.0.2.1") };
    const answers = await Promise.all(Array.from({ length: 40 }, () => fetch(url, { ...init, headers })));
    const served = answers.filter(({ ok }) => ok).length;
    assert.ok(served >= 10 && served < 40, `${served}`);
    const refused = answers.find(({ ok }) => !ok) ?? assert.fail();
    assert.match((await assertProblem(refused, 429, "quota-exceeded")).detail, /QUOTA_ADDRESS has reads=1\/s/);
  });
}

test("[AC13j] a flood of one address, and of invented ones, refuses neither a publisher nor another reader", async () => {
  await using edge = await startEdge({ vars: { QUOTA_TOKEN: "points=1000/s", QUOTA_ADDRESS: "reads=1/s" } });
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const ask = async (address: string): Promise<number> => {
    const response = await fetch(edge.channelUrl(channel), { headers: from(address) });
    await response.text();
    return response.status;
  };
  const flood = async (address: (i: number) => string): Promise<number[]> => {
    const statuses: number[] = [];
    for (let i = 0; i < 300; i++) statuses.push(await ask(address(i)));
    return statuses;
  };
  const floods = Promise.all([flood(() => "192.0.2.1"), flood((i) => `198.51.${i >> 8}.${i & 255}`)]);
  for (let n = 1; n <= 5; n++) {
    await publishJson(edge, channel, n);
    assert.equal(await ask("203.0.113.1"), 200);
  }
  const [one, invented] = await floods;
  assert.ok(one.includes(429));
  assert.ok(!invented.includes(429));
});

test("[AC13g] a publish that would make the channel know more series is refused whole; one of known series is not", async () => {
  await using edge = await startEdge({ vars: { QUOTA_TOKEN: "series=3" } });
  const channel = newChannel();
  const publish = (value: unknown) => post(edge, channel, JSON.stringify(value));
  const four = await publish({ a: 1, b: 1, c: 1, d: 1 });
  assert.equal(four.headers.get("Retry-After"), "30");
  const { detail } = await assertProblem(four, 429, "quota-exceeded");
  assert.match(detail, /has 0 series, and this publish would add 4; .* \(QUOTA_TOKEN has series=3\)/);
  const nothing = await read(edge, channel, "application/json");
  assert.equal(nothing.headers.get("Plotcast-Epoch"), "0", "nothing was stored, not even that there is a channel");
  assert.equal((await publish({ a: 1, b: 1 })).status, 200);
  await assertProblem(await publish({ a: 2, c: 2, d: 2 }), 429, "quota-exceeded");
  assert.equal((await publish({ c: 3 })).status, 200);
  await assertProblem(await publish({ d: 4 }), 429, "quota-exceeded");
  assert.equal((await publish({ a: 5, b: 5, c: 5 })).status, 200);
  await edge.evict(channel);
  await assertProblem(await publish({ d: 6 }), 429, "quota-exceeded");
  assert.equal((await storedPoints(edge, channel)).length, 2 + 1 + 3);
});

test("[AC13h] as many viewers of an address watch a channel as may; one more is refused before it is connected", async () => {
  await using edge = await startEdge({ vars: { QUOTA_ADDRESS: "viewers=2" } });
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  await publishJson(edge, channel, 1);
  const join = (address: string): Promise<Viewer> =>
    openViewer(url, { subprotocol: SUBPROTOCOL, headers: from(address) });
  const viewers = [await join("192.0.2.1"), await join("192.0.2.1")];
  const refused = await refusal(url, { subprotocol: SUBPROTOCOL, headers: from("192.0.2.1") });
  assert.equal(refused.status, 429);
  assert.equal(refused.headers["retry-after"], "30");
  assert.match(refused.body, /"quota-exceeded"/);
  assert.match(refused.body, /As many viewers of this address .*\(QUOTA_ADDRESS has viewers=2\)/);
  const probe = (address: string) => fetch(url, { headers: { Accept: "application/problem+json", ...from(address) } });
  await assertProblem(await probe("192.0.2.1"), 429, "quota-exceeded");
  assert.equal((await probe("192.0.2.2")).status, 204);
  // A header of the Worker's own says nothing when a client sends it.
  const lies = { ...from("192.0.2.1"), "Plotcast-Share": '{"who":"another","most":null}' };
  assert.equal((await refusal(url, { headers: lies })).status, 429);
  viewers.push(await join("192.0.2.2"));

  await edge.evict(channel);
  assert.equal((await refusal(url, { headers: from("192.0.2.1") })).status, 429, "after an eviction");
  await viewers[0]?.close();
  viewers.push(await join("192.0.2.1"));
  const elsewhere = await openViewer(edge.channelUrl(newChannel()), { headers: from("192.0.2.1") });
  for (const viewer of [...viewers.slice(1), elsewhere]) await viewer.close();
});

test("[AC13h] viewers of a token count together, whatever their addresses", async () => {
  await using edge = await startEdge({
    vars: { QUOTA_TOKEN: "viewers=1", WATCH: "test/**=token", ADMIN_TOKEN: "the-admin-token other-admin" },
  });
  const url = edge.channelUrl(newChannel());
  const viewer = await openViewer(url, { headers: { ...ADMIN, ...from("192.0.2.1") } });
  const refused = await refusal(url, { headers: { ...ADMIN, ...from("192.0.2.2") } });
  assert.match(refused.body, /this token .*QUOTA_TOKEN has viewers=1/);
  await viewer.close();
});

test("[AC13h] a viewer that renews with another token counts as one of that, and is closed where as many watch with it as may", async () => {
  await using edge = await startEdge({
    vars: { QUOTA_TOKEN: "viewers=1", WATCH: "test/**=token", ADMIN_TOKEN: "the-admin-token" },
  });
  const channel = newChannel();
  const tokens: string[] = [];
  for (const name of ["one", "two", "three"])
    tokens.push((await makeToken(edge, name, { "test/**": ["watch"] }, { admin: "the-admin-token" })).token);
  const [one = "", two = "", three = ""] = tokens;
  const url = edge.channelUrl(channel);
  const join = (token: string) => openViewer(url, { subprotocol: SUBPROTOCOL, headers: bearer(token) });
  const renew = (viewer: Viewer): void => viewer.send(JSON.stringify({ type: "renew", token: three }));
  const first = await join(one);
  renew(first);
  await first.nextMessage("renewed", (message) => String(message).includes('"renewed"'));
  assert.match((await refusal(url, { subprotocol: SUBPROTOCOL, headers: bearer(three) })).body, /quota-exceeded/);
  const again = await join(one);
  const second = await join(two);
  renew(second);
  await waitFor("a close frame", () => second.isClosing);
  await edge.evict(channel);
  assert.equal((await second.closed).code, 4429);
  await first.close();
  await (await join(three)).close();
  await again.close();
});

/** Publishers that nobody heard of, each announced. @returns the answers */
function announce(edge: Edge, channel: string, count: number, headers: Record<string, string>): Promise<Response[]> {
  const body = (i: number): string => JSON.stringify({ publisher: (i + 1).toString(16).padStart(16, "0"), here: true });
  const one = (i: number) => post(edge, channel, body(i), { "Content-Type": PRESENCE_TYPE, ...headers });
  return Promise.all(Array.from({ length: count }, (_, i) => one(i)));
}

for (const [whose, variable, another] of [
  ["token", "QUOTA_TOKEN", { Authorization: "Bearer test-token", ...from("192.0.2.1") }],
  ["address", "QUOTA_ADDRESS", { ...ADMIN, ...from("192.0.2.2") }],
] as const) {
  test(`[AC13m] announcements of one ${whose} have a bound: so they make neither rows nor alarms without one`, async () => {
    const vars = { [variable]: "announcements=1/s", ADMIN_TOKEN: "the-admin-token" };
    await using edge = await startEdge({ vars });
    const channel = newChannel();
    await publishJson(edge, channel, 1);
    const answers = await announce(edge, channel, 150, { ...ADMIN, ...from("192.0.2.1") });
    const taken = answers.filter(({ status }) => status === 204).length;
    // A hundred seconds' worth at once; one comes back each second that the test takes.
    assert.ok(taken >= 100 && taken < 150, `${taken}`);
    const refused = answers.find(({ status }) => status !== 204) ?? assert.fail();
    assert.match(refused.headers.get("Retry-After") ?? "", /^\d+$/);
    const { detail } = await assertProblem(refused, 429, "quota-exceeded");
    const said = `More publishers are announced by this ${whose} than may be \\(${variable} has announcements=1/s\\)`;
    assert.match(detail, new RegExp(said));
    const [other] = await announce(edge, channel, 1, another);
    assert.equal(other?.status, 204, "another has a bound of its own");
    assert.equal((await post(edge, channel, "2", { ...ADMIN, ...from("192.0.2.1") })).status, 200, "points are others");
  });
}

test("[AC13m] without any configuration an address announces 1,000 publishers at once, and then ten a second", async () => {
  await using edge = await startEdge();
  const channel = newChannel();
  const statuses: number[] = [];
  for (let i = 0; i < 30; i++)
    statuses.push(...(await announce(edge, channel, 50, from("192.0.2.1"))).map(({ status }) => status));
  const taken = statuses.filter((status) => status === 204).length;
  assert.ok(taken >= 1000 && taken < 1500, `${taken}`);
  assert.ok(statuses.slice(0, 1000).every((status) => status === 204));
  const nothing = JSON.stringify({ publisher: "0", here: true });
  const wrong = await post(edge, channel, nothing, { "Content-Type": PRESENCE_TYPE, ...from("192.0.2.1") });
  await assertProblem(wrong, 400, "presence-invalid");
  assert.equal((await announce(edge, channel, 1, from("192.0.2.2")))[0]?.status, 204);
});

test("[AC13k] a rate limit of Cloudflare's bounds reads, where there is one", async () => {
  await using edge = await startEdge({ ratelimits: { READ_LIMIT: { limit: 3, period: 60 } } });
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const { served, refused } = await readUntilRefused(edge, channel, from("192.0.2.1"));
  // Its minute may end meanwhile.
  assert.ok(served >= 3 && served <= 6, `${served}`);
  assert.match((await assertProblem(refused, 429, "quota-exceeded")).detail, /READ_LIMIT/);
  assert.equal((await fetch(edge.channelUrl(channel), { headers: from("192.0.2.2") })).status, 200);
});

test("[AC13k] and wrong tokens", async () => {
  await using edge = await startEdge({ ratelimits: { WRONG_TOKEN_LIMIT: { limit: 2, period: 60 } } });
  const statuses: number[] = [];
  const wrong = { Authorization: "Bearer wrong", ...from("192.0.2.1") };
  for (let i = 0; i < 10; i++) statuses.push((await post(edge, newChannel(), "1", wrong)).status);
  assert.ok(statuses.filter((status) => status === 401).length <= 4, String(statuses));
  assert.ok(statuses.includes(429), String(statuses));
  assert.equal((await post(edge, newChannel(), "1", from("192.0.2.1"))).status, 200, "the right token");
});
