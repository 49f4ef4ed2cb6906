/** What revoking and expiring come to where isolates have copies, and objects fail. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, listTokens, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { assertProblem } from "../../../support/problem.ts";
import { post } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

const main = fileURLToPath(new URL("../../../support/registry-worker.js", import.meta.url));

async function startOwn(t: TestContext): Promise<Edge> {
  const persistDir = await mkdtemp(join(tmpdir(), "plotcast-revoked-"));
  const edge = await startEdge({ main, persistDir, vars: { ADMIN_TOKEN: ADMIN, WATCH: "lab/**=token" } });
  t.after(async () => {
    await edge.close();
    await rm(persistDir, { recursive: true, force: true });
  });
  return edge;
}

async function tell(edge: Edge, what: string): Promise<string> {
  return await (await fetch(new URL(what, edge.url))).text();
}

/** How often each channel was told of a revoked token. */
function told(edge: Edge): Record<string, number> {
  const times: Record<string, number> = {};
  for (const line of edge.logs) {
    const channel = /^(\S+) was told that [0-9a-f]{8} was revoked/.exec(line)?.[1];
    if (channel !== undefined) times[channel] = (times[channel] ?? 0) + 1;
  }
  return times;
}

const ALL = { "lab/**": ["publish", "watch", "history"] };

test("[AC6f] the channels in which a token was used are told that it was revoked, and no others: at once, and again ten seconds later", async (t) => {
  const edge = await startOwn(t);
  const { token, name } = await makeToken(edge, "rig", ALL);
  const other = await makeToken(edge, "other", ALL);
  assert.equal((await post(edge, "lab/published", "1", bearer(token))).status, 200);
  const viewer = await openViewer(edge.channelUrl("lab/watched"), { headers: bearer(token) });
  assert.equal((await post(edge, "lab/others", "1", bearer(other.token))).status, 200);
  assert.equal((await post(edge, "lab/refused", "x", bearer(token))).status, 400);
  await edge.evictObject("TOKENS", "tokens");
  assert.equal((await revokeToken(edge, name)).status, 204);
  const once = { "lab/published": 1, "lab/refused": 1, "lab/watched": 1 };
  await waitFor("all channels are told", () => Object.keys(told(edge)).length === 3);
  assert.deepEqual(told(edge), { ...told(edge), ...once });
  await edge.evictObject("TOKENS", "tokens");
  await waitFor("all are told again", () => Object.values(told(edge)).every((times) => times === 2), {
    deadlineMs: 60_000,
  });
  assert.deepEqual(Object.keys(told(edge)).sort(), Object.keys(once));
  await viewer.close();
});

test("[AC6f] a channel that cannot be told is told later, also by a Worker that was killed meanwhile", async (t) => {
  const edge = await startOwn(t);
  const { token, name } = await makeToken(edge, "rig", ALL);
  for (const channel of ["lab/a", "lab/b"]) assert.equal((await post(edge, channel, "1", bearer(token))).status, 200);
  await tell(edge, "/channels?down=1000");
  assert.equal((await revokeToken(edge, name)).status, 204);
  const failing = await waitFor("the failure is logged", () =>
    edge.logs.find((line) => /could not be told/.test(line)),
  );
  assert.match(failing, /2 times .* it restarts/);
  assert.ok(!edge.logs.join("\n").includes(token));
  assert.deepEqual(told(edge), {});
  await edge.kill();
  await edge.restart();
  await waitFor("both are told", () => Object.keys(told(edge)).length === 2, { deadlineMs: 60_000 });
});

test("[AC6f] all are told of a token that was used in more channels than one alarm tells", async (t) => {
  const edge = await startOwn(t);
  const { token, name } = await makeToken(edge, "rig", ALL);
  for (let i = 0; i < 520; i += 20) {
    const some = Array.from({ length: 20 }, (_, k) => post(edge, `lab/${i + k}`, "1", bearer(token)));
    for (const { status } of await Promise.all(some)) assert.equal(status, 200);
  }
  assert.equal((await revokeToken(edge, name)).status, 204);
  await waitFor("520 channels are told", () => Object.keys(told(edge)).length === 520, { deadlineMs: 60_000 });
});

test("[AC6e] wrong tokens of strangers ask the registry once in five seconds; those that can be none, never", async (t) => {
  const edge = await startOwn(t);
  await tell(edge, "/stop");
  await tell(edge, "/asked");
  const wrong = async (token: string): Promise<void> => {
    await (await post(edge, "lab/a", "1", bearer(token))).text();
  };
  const guess = (i: number): string => `pct_${String(i).padStart(43, "0")}`;
  for (const token of ["pct_", "pct_short", `${guess(1)}0`, `pct_${"!".repeat(43)}`]) await wrong(token);
  assert.equal(await tell(edge, "/asked"), "0");
  await Promise.all(Array.from({ length: 50 }, (_, i) => wrong(guess(i))));
  for (let i = 50; i < 100; i++) await wrong(guess(i));
  assert.equal(await tell(edge, "/asked"), "1");
  await tell(edge, "/later?ms=5000");
  await Promise.all(Array.from({ length: 50 }, (_, i) => wrong(guess(i))));
  assert.equal(await tell(edge, "/asked"), "1");
  await tell(edge, "/registry?down=1000");
  await tell(edge, "/later?ms=70000");
  await Promise.all(Array.from({ length: 50 }, (_, i) => wrong(guess(i))));
  assert.equal(await tell(edge, "/asked"), "1", "also while it fails");
});

test("[AC6e] while the list cannot be had, tokens count for a minute, and then 503 says to try again", async (t) => {
  const edge = await startOwn(t);
  const { token } = await makeToken(edge, "rig", ALL);
  assert.equal((await post(edge, "lab/a", "1", bearer(token))).status, 200);
  await tell(edge, "/registry?down=1000");
  await tell(edge, "/later?ms=50000");
  assert.equal((await post(edge, "lab/a", "1", bearer(token))).status, 200);
  await tell(edge, "/later?ms=10000");
  const refused = await post(edge, "lab/a", "1", bearer(token));
  assert.equal(refused.headers.get("Retry-After"), "5");
  await assertProblem(refused, 503, "keys-unavailable");
  assert.equal((await post(edge, "lab/a", "1")).status, 200, "PUBLISH_TOKEN needs no list");
  await tell(edge, "/registry?down=0");
  await tell(edge, "/later?ms=5000");
  assert.equal((await post(edge, "lab/a", "1", bearer(token))).status, 200);
});

test("[AC6f] where a use cannot be noted nothing is let in", async (t) => {
  const edge = await startOwn(t);
  const { token } = await makeToken(edge, "rig", ALL);
  assert.equal((await post(edge, "lab/a", "1", bearer(token))).status, 200);
  await tell(edge, "/registry?down=1");
  const refused = await post(edge, "lab/b", "1", bearer(token));
  assert.equal(refused.headers.get("Retry-After"), "5");
  await assertProblem(refused, 503, "keys-unavailable");
  assert.equal((await post(edge, "lab/b", "1", bearer(token))).status, 200);
});

test("[AC6g] a token that has expired is refused and not listed; and its name is free", async (t) => {
  const edge = await startOwn(t);
  const { token } = await makeToken(edge, "rig", ALL, { expiresAtMs: Date.now() + 3_600_000 });
  assert.equal((await post(edge, "lab/a", "1", bearer(token))).status, 200);
  await tell(edge, "/later?ms=3600000");
  await assertProblem(await post(edge, "lab/a", "1", bearer(token)), 401, "token-expired");
  assert.deepEqual(await listTokens(edge), []);
  const again = await makeToken(edge, "rig", ALL);
  await assertProblem(await post(edge, "lab/a", "1", bearer(token)), 401, "token-wrong");
  assert.equal((await post(edge, "lab/a", "1", bearer(again.token))).status, 200);
});
