/** Viewers that were let in with a token, on the real Worker: how their connections end, and what a new token does. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Grant } from "../../../../worker/auth/grant.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { makeToken } from "../../../support/named-tokens.ts";
import { bulkyFrame, frameOf, newChannel, post, publishFrames, publishJson } from "../../../support/publish.ts";
import { type Closed, openViewer, type Viewer } from "../../../support/sockets.ts";
import { storedOnDisk } from "../../../support/stored.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const ADMIN = "the-admin-token";
const MAIN = fileURLToPath(new URL("../../../support/token-worker.js", import.meta.url));
const VARS = { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" };
const edge = await startEdge({ main: MAIN, vars: VARS });
after(() => edge.close());

const admin = { Authorization: `Bearer ${ADMIN}` };

function granted(grant: Partial<Grant>): Record<string, string> {
  const whole = { principal: "named-token:rig", tokenId: null, expiresAtMs: null, hasHistory: true, ...grant };
  return { "Test-Grant": JSON.stringify(whole satisfies Grant) };
}

/**
 * How the channel closes a viewer. workerd ends the connection of a socket that it closes when no message came from it as late as the
 * object leaves memory; the close frame is there at once.
 */
async function closeOf(at: Edge, channel: string, viewer: Viewer): Promise<Closed> {
  await waitFor("a close frame", () => viewer.isClosing, { deadlineMs: 45_000 });
  await Promise.race([viewer.closed, at.evict(channel).catch(() => viewer.closed)]);
  return await withDeadline("the end of the connection", viewer.closed);
}

async function codeOf(at: Edge, channel: string, viewer: Viewer): Promise<number> {
  return (await closeOf(at, channel, viewer)).code;
}

function renew({ viewer }: Watcher, token: string): void {
  viewer.send(JSON.stringify({ type: "renew", token }));
}

async function revoke(channel: string, id: string): Promise<void> {
  await fetch(new URL(`/revoke?channel=${channel}&id=${id}`, edge.url));
}

const losses = [
  ["at once", async () => {}],
  ["after eviction", (channel: string) => edge.evict(channel)],
] as const;

test("[AC10a] [AC10b] [AC10d] a connection is told of its expiry and ends with it, though nothing else happens, after evictions too", async () => {
  await Promise.all(
    losses.map(async ([, lose]) => {
      const channel = newChannel();
      await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
      const expiresAtMs = Date.now() + 31_000;
      const [expires, lasts] = [
        await (await Watcher.open(edge, channel, { headers: granted({ expiresAtMs }) })).live(),
        await (await Watcher.open(edge, channel, { headers: admin })).live(),
      ];
      await lose(channel);
      const { inMs } = await expires.tells("expiring");
      assert.ok(inMs > 25_000 && inMs <= 30_000, `${inMs} ms`);
      await lose(channel);
      const closed = await closeOf(edge, channel, expires.viewer);
      assert.deepEqual(closed, { code: 4401, reason: "Your token has expired; connect again with another." });
      assert.ok(Date.now() >= expiresAtMs);
      await publishFrames(edge, channel, frameOf(A, 2, [3]));
      await lasts.reaches(3);
      assert.deepEqual([lasts.told.filter(({ type }) => type === "expiring").length, expires.ys.length], [0, 2]);
      await lasts.close();
    }),
  );
});

for (const [when, lose] of losses) {
  test(`[AC10c] a viewer renews with a token that may watch, and stays, ${when}`, async () => {
    const channel = newChannel();
    const watcher = await (
      await Watcher.open(edge, channel, { headers: granted({ expiresAtMs: Date.now() + 15_000 }) })
    ).live();
    await watcher.tells("expiring");
    await lose(channel);
    renew(watcher, ADMIN);
    assert.deepEqual(await watcher.tells("renewed"), { type: "renewed", expiresInMs: null });
    await lose(channel);
    await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
    await watcher.reaches(2);
    await watcher.close();
  });

  test(`[AC10c] a wrong token ends the connection with 4401, one without the right with 4403, ${when}`, async () => {
    for (const [token, code] of [
      ["wrong", 4401],
      ["test-token", 4403],
    ] as const) {
      const channel = newChannel();
      const watcher = await (await Watcher.open(edge, channel, { headers: admin })).live();
      await lose(channel);
      renew(watcher, token);
      assert.equal(await codeOf(edge, channel, watcher.viewer), code);
    }
  });

  test(`[AC10a] a revoked token ends its connections with 4403, and no others, ${when}`, async () => {
    const channel = newChannel();
    await publishJson(edge, channel, 1);
    const [mine, text, others] = [
      await (await Watcher.open(edge, channel, { headers: granted({ tokenId: "mine" }) })).live(),
      await openViewer(edge.channelUrl(channel), { headers: granted({ tokenId: "mine" }) }),
      await (await Watcher.open(edge, channel, { headers: granted({ tokenId: "other" }) })).live(),
    ];
    await lose(channel);
    await revoke(channel, "mine");
    for (const viewer of [mine.viewer, text]) assert.equal(await codeOf(edge, channel, viewer), 4403);
    assert.equal((await publishJson(edge, channel, 2)).viewers, 1);
    await others.reaches(2);
    await others.close();
  });
}

test("[AC10c] a token that a viewer renewed with counts for as long as it does, and is nowhere in the log", async () => {
  const watcher = await (await Watcher.open(edge, newChannel(), { headers: admin })).live();
  renew(watcher, ADMIN);
  await watcher.tells("renewed");
  await watcher.close();
  assert.deepEqual(
    edge.logs.filter((line) => line.includes(ADMIN)),
    [],
  );
});

for (const [who, channel, headers] of [
  ["with a token", newChannel(), admin],
  ["that is anonymous", "public", {}],
] as const) {
  test(`[AC10f] a second renew within a second closes a viewer ${who} with 4429`, async () => {
    const watcher = await (await Watcher.open(edge, channel, { headers })).live();
    for (let i = 0; i < 2; i++) renew(watcher, ADMIN);
    assert.equal(await codeOf(edge, channel, watcher.viewer), 4429);
  });
}

test("[AC10g] in a public channel renew is answered, and any token will do", async () => {
  const watcher = await (await Watcher.open(edge, "main")).live();
  renew(watcher, "any");
  assert.deepEqual(await watcher.tells("renewed"), { type: "renewed", expiresInMs: null });
  await watcher.close();
});

test("[AC10h] who comes with a token just after it was revoked is closed with 4403", async () => {
  const channel = newChannel();
  await revoke(channel, "late");
  const viewer = await openViewer(edge.channelUrl(channel), { headers: granted({ tokenId: "late" }) });
  assert.equal(await codeOf(edge, channel, viewer), 4403);
});

test("[AC10i] when a channel has become private, who came without a token goes and who has one stays", async () => {
  await using own = await startEdge({ main: MAIN, vars: { ADMIN_TOKEN: ADMIN } });
  const channel = newChannel();
  await publishJson(own, channel, 1);
  const [open, text, withToken] = [
    await (await Watcher.open(own, channel)).live(),
    await openViewer(own.channelUrl(channel)),
    await (await Watcher.open(own, channel, { headers: granted({}) })).live(),
  ];
  await fetch(new URL("/watch?is=test/**%3Dtoken", own.url));
  await own.evict(channel);
  assert.equal((await publishJson(own, channel, 2)).viewers, 1);
  for (const viewer of [open.viewer, text]) assert.equal(await codeOf(own, channel, viewer), 4401);
  await withToken.reaches(2);
  assert.deepEqual(open.ys, [1]);
  await withToken.close();
});

/** 300 frames of 10 points. */
async function filled(): Promise<string> {
  const channel = newChannel();
  const ys = Array.from({ length: 10 }, (_, i) => i);
  const frames = Array.from({ length: 300 }, (_, i) => frameOf(A, i + 1, ys));
  await publishFrames(edge, channel, ...frames);
  return channel;
}

for (const query of ["?points=3000", "?points=3000&newest=50"]) {
  test(`[AC10e] ${query} without the right to history is the usual tail`, async () => {
    const channel = await filled();
    const guest = await (await Watcher.open(edge, channel, { query, headers: granted({ hasHistory: false }) })).live();
    assert.deepEqual([guest.start, guest.course], [2000, ["live"]]);
    await guest.close();
  });
}

test("[AC10e] a cursor older than the usual tail gets the gap trimmed, and then what follows without a hole", async () => {
  await using own = await startEdge({ main: MAIN, vars: VARS });
  const channel = newChannel();
  const publish = async (first: number, frames: number): Promise<void> => {
    const ys = Array.from({ length: 10 }, (_, i) => i);
    await publishFrames(own, channel, ...Array.from({ length: frames }, (_, i) => frameOf(A, first + i, ys)));
  };
  await publish(1, 200);
  await fetch(new URL("/ahead?ms=301000", own.url));
  await publish(201, 150);
  const { epoch } = await (await Watcher.open(own, channel, { headers: granted({}) })).tells("hello");
  for (const [hasHistory, seq, points, course] of [
    [false, 10, 1500, ["gap", "live"]],
    [false, 2010, 1490, ["live"]],
    [true, 10, 3490, ["live"]],
  ] as const) {
    const query = `?epoch=${epoch}&seq=${seq}`;
    const guest = await (await Watcher.open(own, channel, { query, headers: granted({ hasHistory }) })).live();
    assert.deepEqual([guest.ys.length, guest.course, guest.position?.seq], [points, course, 3500]);
    await guest.close();
  }
  for (const query of ["?points=3000", "?seconds=900"]) {
    const guest = await Watcher.open(own, channel, { query, headers: granted({ hasHistory: false }) });
    assert.equal((await guest.live()).ys.length, query.includes("points") ? 1000 : 1500);
    await guest.close();
  }
});

test("[AC10e] history that was begun with a token that has it ends where the next one has none, across an eviction too", async () => {
  await using own = await startEdge({ main: MAIN, vars: VARS });
  const channel = newChannel();
  for (let n = 1; n <= 9; n++) await publishFrames(own, channel, bulkyFrame(A, n, 8000));
  await fetch(new URL("/ahead?ms=301000", own.url));
  await publishFrames(own, channel, bulkyFrame(A, 10, 8000));
  const { token } = await makeToken(own, "guest", { "test/**": ["watch"] }, { admin: ADMIN });
  const watcher = await Watcher.open(own, channel, { query: "?points=80000", asks: false, headers: granted({}) });
  const behind = await watcher.tells("behind");
  assert.equal(behind.seq, 8000);
  await own.evict(channel);
  renew(watcher, token);
  const { reason, points, seq } = await watcher.tells("gap");
  assert.deepEqual([reason, points, seq], ["trimmed", 64_000, 72_000]);
  await own.evict(channel);
  watcher.ask(behind);
  watcher.ask({ ...behind, seq: 72_000 });
  await watcher.live();
  assert.deepEqual([watcher.ys.length, watcher.position?.seq], [16_000, 80_000]);
  assert.deepEqual(watcher.course, ["behind", "gap", "behind", "live"]);
  await watcher.close();
});

test("[AC10d] before the first publish the alarms of a token come, and nothing of it is left", async () => {
  const persistDir = await mkdtemp(join(tmpdir(), "plotcast-token-"));
  after(() => rm(persistDir, { recursive: true, force: true }));
  await using own = await startEdge({ main: MAIN, vars: VARS, persistDir });
  const [expiring, lasting] = [newChannel(), newChannel()];
  const watcher = await (
    await Watcher.open(own, expiring, { headers: granted({ expiresAtMs: Date.now() + 8000 }) })
  ).live();
  const other = await (await Watcher.open(own, lasting, { headers: granted({}) })).live();
  await own.evict(expiring);
  assert.equal(await codeOf(own, expiring, watcher.viewer), 4401);
  await other.close();
  await own.kill();
  const { databases, alarmsMs } = await storedOnDisk(persistDir);
  assert.deepEqual([databases.flatMap(({ tables }) => tables), alarmsMs], [[], []]);
});

test("[AC10d] a publish that is refused leaves the alarm of a token that expires", async () => {
  const channel = newChannel();
  const expiresAtMs = Date.now() + 8000;
  const watcher = await (await Watcher.open(edge, channel, { headers: granted({ expiresAtMs }) })).live();
  const refused = await post(edge, channel, frameOf(A, 2 ** 53 - 1, [1]), {
    "Content-Type": "application/vnd.plotcast.frame",
  });
  assert.equal(refused.status, 400);
  assert.equal(await codeOf(edge, channel, watcher.viewer), 4401);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
