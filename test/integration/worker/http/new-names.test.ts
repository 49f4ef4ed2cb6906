/** Nobody makes objects, and at home files, without bound by asking for ever new names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asker } from "../../../../worker/auth/viewer-share.ts";
import { NewNames } from "../../../../worker/http/access/new-names.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN as ADMIN_TOKEN, bearer, makeToken } from "../../../support/named-tokens.ts";
import { assertProblem } from "../../../support/problem.ts";
import { publishJson } from "../../../support/publish.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";

const address = (text: string): Asker => ({ kind: "address", address: text });
const token = (id: string): Asker => ({ kind: "token", id });
const ONE = address("192.0.2.1");

/** Whether a name may be asked for, now or after a wait. */
const mayAsk = (names: NewNames, name: string, asker: Asker, nowMs: number): boolean =>
  names.waitMs(name, asker, nowMs) !== undefined;

test("[CH15d] new names are asked for one in 40 ms; who would wait for more than ten seconds is refused", () => {
  const names = new NewNames(0);
  for (let i = 0; i <= 250; i++) assert.equal(names.waitMs(`a${i}`, address(`192.0.2.${i}`), 1000), 40 * i);
  assert.equal(names.waitMs("b", address("198.51.100.1"), 1000), undefined);
  assert.equal(names.waitMs("a7", ONE, 1000), 0, "asked for before");
  assert.equal(names.waitMs("b", address("198.51.100.1"), 1040), 10_000);
  assert.equal(names.waitMs("c", ONE, 100_000), 0);
});

test("[CH15d] what waits of the same address counts twice: one that asks for many at once refuses nobody else", () => {
  const names = new NewNames(0);
  for (let i = 0; i <= 125; i++) assert.equal(names.waitMs(`a${i}`, ONE, 1000), 40 * i);
  assert.equal(names.waitMs("b", ONE, 1000), undefined);
  assert.equal(names.waitMs("b", address("192.0.2.2"), 1000), 126 * 40);
  assert.equal(names.waitMs("c", ONE, 1039), undefined, "125 of those that wait are its own");
  assert.equal(names.waitMs("c", ONE, 1040), 126 * 40);
});

test("[CH15d] some addresses that go on asking for as much as they may leave room for one more", () => {
  const names = new NewNames(0);
  const flooding = Array.from({ length: 5 }, (_, i) => address(`192.0.2.${i}`));
  for (let nowMs = 0; nowMs < 20_000; nowMs += 40) {
    for (const [i, one] of flooding.entries())
      for (let n = 0; n < 10; n++) names.waitMs(`${nowMs}/${i}/${n}`, one, nowMs);
    if (nowMs % 1000 === 0) assert.ok(mayAsk(names, `new/${nowMs}`, address("198.51.100.1"), nowMs), `${nowMs} ms`);
  }
});

test("[CH15a] [CH15e] an address may ask for 1,000 new names, and then for one in ten seconds; known ones cost nothing", () => {
  const names = new NewNames(0, 0);
  for (let i = 0; i < 1000; i++) assert.ok(mayAsk(names, `a${i}`, ONE, 0));
  assert.equal(mayAsk(names, "b", ONE, 0), false);
  assert.ok(mayAsk(names, "a0", ONE, 0), "asked for before");
  names.know("published");
  assert.ok(mayAsk(names, "published", ONE, 0));
  assert.ok(mayAsk(names, "b", address("192.0.2.2"), 0), "another address");
  assert.equal(mayAsk(names, "c", ONE, 9000), false);
  assert.ok(mayAsk(names, "c", ONE, 19_000));
  assert.equal(mayAsk(names, "d", ONE, 19_000), false);
});

test("[CH15b] all addresses may ask for 10,000 new names, and then for one in ten seconds", () => {
  const names = new NewNames(0, 0);
  for (let i = 0; i < 10_000; i++) assert.ok(mayAsk(names, `a${i}`, address(`192.0.2.${i % 250}`), 0));
  assert.equal(mayAsk(names, "b", address("198.51.100.1"), 0), false);
  assert.equal(mayAsk(names, "b", address("198.51.100.1"), 9000), false);
  assert.ok(mayAsk(names, "b", address("198.51.100.1"), 19_000));
  assert.equal(mayAsk(names, "c", address("198.51.100.1"), 19_000), false);
});

test("[CH15f] a token waits for no stranger, and no other token: its new names are its own", () => {
  const names = new NewNames(0);
  for (let i = 0; i <= 250; i++) assert.equal(names.waitMs(`a${i}`, address(`192.0.2.${i}`), 0), 40 * i);
  assert.equal(mayAsk(names, "b", ONE, 0), false);
  assert.equal(names.waitMs("t0", token("jwt:one"), 0), 0);
  for (let i = 1; i <= 250; i++) assert.equal(names.waitMs(`t${i}`, token("jwt:one"), 0), 40 * i);
  assert.equal(mayAsk(names, "u", token("jwt:one"), 0), false);
  assert.equal(names.waitMs("u", token("jwt:other"), 0), 0);
  assert.equal(names.waitMs("t250", token("jwt:other"), 0), 0, "it is known");
});

test("[CH15f] a token may ask for 1,000 new names, and then for one in ten seconds, whatever strangers did", () => {
  const names = new NewNames(0, 0);
  for (let i = 0; i < 10_000; i++) assert.ok(mayAsk(names, `a${i}`, address(`192.0.2.${i % 250}`), 0));
  assert.equal(mayAsk(names, "b", address("198.51.100.1"), 0), false);
  for (let i = 0; i < 1000; i++) assert.ok(mayAsk(names, `t${i}`, token("jwt:one"), 0));
  assert.equal(mayAsk(names, "u", token("jwt:one"), 9000), false);
  assert.ok(mayAsk(names, "u", token("jwt:one"), 19_000));
  assert.equal(mayAsk(names, "v", token("jwt:one"), 19_000), false);
  assert.ok(mayAsk(names, "v", token("jwt:other"), 19_000));
});

test("[CH15f] whoever has a token for a private channel reads, watches and asks why not, while strangers are refused", async () => {
  const ADMIN = { Authorization: "Bearer the-admin-token" };
  await using edge = await startEdge({ vars: { WATCH: "private/**=token", ADMIN_TOKEN: "the-admin-token" } });
  const end = new AbortController();
  let answered = 0;
  const ask = async (name: string): Promise<number> => {
    const response = await fetch(edge.channelUrl(name), { headers: { Accept: "text/csv" }, signal: end.signal });
    answered++;
    return response.status;
  };
  // More than are let in, one after the other, within ten seconds.
  const strangers = Array.from({ length: 400 }, (_, i) => ask(`public/${i}`));
  const refused = strangers.map(async (status) => assert.equal(await status, 429));
  await Promise.any(refused);
  const url = (name: string): URL => edge.channelUrl(`private/${name}`);
  assert.equal((await fetch(url("a"), { headers: { ...ADMIN, Accept: "text/csv" } })).status, 200);
  assert.equal((await fetch(url("b"), { headers: { ...ADMIN, Accept: "application/problem+json" } })).status, 204);
  await (await openViewer(url("c"), { headers: ADMIN })).close();
  assert.ok(answered < 400, "strangers who were there before still wait");
  end.abort();
  await Promise.allSettled([...strangers, ...refused]);
});

test("[CH15f] tokens that one maker made share its bound, and that of another is its own", async () => {
  await using edge = await startEdge({ vars: { WATCH: "**=token", ADMIN_TOKEN } });
  const rights = (of: string) => ({ [`${of}/**`]: ["watch", "history", "admin"] });
  const [maker, other] = [await makeToken(edge, "maker", rights("a")), await makeToken(edge, "other", rights("b"))];
  const made = await makeToken(edge, "made", rights("a"), { admin: maker.token });
  const deeper = await makeToken(edge, "deeper", rights("a"), { admin: made.token });
  const end = new AbortController();
  const ask = (token: string, name: string) =>
    fetch(edge.channelUrl(name), { headers: { ...bearer(token), Accept: "text/csv" }, signal: end.signal });
  // More than are let in, one in 40 ms, within ten seconds: each token asks for less than that.
  const tokens = [maker.token, made.token, deeper.token];
  const asked = tokens.flatMap((token, k) => Array.from({ length: 120 }, (_, i) => ask(token, `a/${k}/${i}`)));
  const refused = asked.map(async (response) => assert.equal((await response).status, 429));
  await Promise.any(refused);
  assert.equal((await ask(other.token, "b/1")).status, 200);
  end.abort();
  await Promise.allSettled([...asked, ...refused]);
});

test("[CH15c] [CH15e] reads and viewers of new names are refused then, not those of known ones, nor publishes", async () => {
  await using edge = await startEdge();
  const ask = (name: string) => fetch(edge.channelUrl(name), { headers: { Accept: "text/csv" } });
  await publishJson(edge, "published", 1);
  let served = 0;
  let refused: Response | undefined;
  while (refused === undefined && served < 1200) {
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => ask(`new/${served + i}`)));
    refused = answers.find(({ status }) => status === 429);
    served += answers.filter(({ status }) => status === 200).length;
    await Promise.all(answers.filter((answer) => answer !== refused).map((answer) => answer.text()));
  }
  // Some more became free while they were asked for.
  assert.ok(refused && served >= 1000 && served < 1100, `${served} were served`);
  assert.equal(refused.headers.get("Retry-After"), "10");
  await assertProblem(refused, 429, "too-many-requests");
  // One or the other may have become free meanwhile.
  const viewers = Array.from({ length: 20 }, (_, i) => openViewer(edge.channelUrl(`watched/${i}`)));
  const outcomes = await Promise.allSettled(viewers);
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  assert.ok(errors.length > 10 && errors.every((error) => error instanceof UpgradeRefused && error.status === 429));
  for (const outcome of outcomes) if (outcome.status === "fulfilled") await outcome.value.close();
  for (const name of ["published", "new/7"]) assert.equal((await ask(name)).status, 200);
  await publishJson(edge, "one-more", 1);
  assert.equal((await ask("one-more")).status, 200);
});
