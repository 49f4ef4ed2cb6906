/** Which channels are still to be told that a token was revoked, and when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Revocation, Revocations } from "../../../../worker/tokens/revocations.ts";
import { memorySql } from "../../../support/memory-sql.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const LAB = "token:89abcdef";

function only(revocations: Revocations, nowMs: number): Revocation {
  const [first, ...more] = revocations.due(nowMs, 10);
  assert.deepEqual(more, []);
  return first ?? assert.fail("nothing is due");
}

test("[AC6f] a channel is told at once, after ten seconds and after seventy, and then no more", () => {
  const revocations = new Revocations(memorySql());
  assert.equal(revocations.nextDueAtMs, null);
  revocations.begin("0123abcd", LAB, ["lab/a"], NOW);
  for (const atMs of [NOW, NOW + 10_000, NOW + 70_000]) {
    assert.equal(revocations.nextDueAtMs, atMs);
    assert.deepEqual(revocations.due(atMs - 1, 10), []);
    const due = only(revocations, atMs);
    assert.partialDeepStrictEqual(due, { tokenId: "0123abcd", channel: "lab/a" });
    revocations.told(due);
  }
  assert.equal(revocations.nextDueAtMs, null);
});

test("[AC6f] what fails is tried again after 1 s, 2 s, 4 s and so on, ten minutes apart at most, also after an eviction", () => {
  const sql = memorySql();
  new Revocations(sql).begin("0123abcd", LAB, ["lab/a"], NOW);
  let nowMs = NOW;
  const delays: number[] = [];
  for (let i = 0; i < 12; i++) {
    const revocations = new Revocations(sql);
    revocations.failed(only(revocations, nowMs), nowMs);
    const nextMs = revocations.nextDueAtMs ?? 0;
    delays.push((nextMs - nowMs) / 1000);
    nowMs = nextMs;
  }
  assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
  const revocations = new Revocations(sql);
  revocations.told(only(revocations, nowMs));
  assert.partialDeepStrictEqual(only(revocations, nowMs), { told: 1, failures: 0 }, "the second time is overdue");
});

test("[AC6f] it is tried until it succeeds, however long that takes", () => {
  const revocations = new Revocations(memorySql());
  revocations.begin("0123abcd", LAB, ["lab/a"], NOW);
  for (let atMs = NOW; atMs < NOW + 2 * DAY; atMs += 600_000) revocations.failed(only(revocations, atMs), atMs);
  assert.equal(revocations.nextDueAtMs, NOW + 2 * DAY);
});

test("[AC6f] each channel goes by itself, so many at a time", () => {
  const revocations = new Revocations(memorySql());
  revocations.begin("0123abcd", LAB, ["lab/a", "lab/b", "lab/c"], NOW);
  revocations.begin("4567abcd", LAB, ["lab/a"], NOW + 1);
  assert.equal(revocations.due(NOW + 1, 3).length, 3);
  for (const due of revocations.due(NOW, 2)) revocations.told(due);
  assert.deepEqual(
    revocations.due(NOW + 1, 10).map(({ tokenId, channel }) => [tokenId, channel]),
    [
      ["0123abcd", "lab/c"],
      ["4567abcd", "lab/a"],
    ],
  );
});

test("[AC6f] [AC6m] none is left out, however many there are, and how many is known for each maker, also after an eviction", () => {
  const sql = memorySql();
  const revocations = new Revocations(sql);
  const channels = Array.from({ length: 1000 }, (_, i) => `lab/${i}`);
  for (let i = 0; i < 100; i++) revocations.begin(String(i).padStart(8, "0"), LAB, channels, NOW + i);
  revocations.begin("0123abcd", "jwt:alice", ["lab/a", "lab/b"], NOW + 200);
  const due = revocations.due(NOW + 200, 200_000);
  assert.equal(due.length, 100_002);
  const counts = (of: Revocations) => [of.pending(), of.pending(LAB), of.pending("jwt:alice"), of.pending("jwt:bob")];
  for (const each of [revocations, new Revocations(sql)]) assert.deepEqual(counts(each), [100_002, 100_000, 2, 0]);
  const alices = due.find(({ channel }) => channel === "lab/a") ?? assert.fail();
  revocations.told(alices);
  assert.equal(revocations.pending("jwt:alice"), 2, "it is told twice more");
  revocations.told({ ...alices, told: 2 });
  for (const each of [revocations, new Revocations(sql)]) assert.deepEqual(counts(each), [100_001, 100_000, 1, 0]);
});

test("[AC6f] what was stored before makers were counted is told, too", () => {
  const sql = memorySql();
  sql.exec(`CREATE TABLE revocations (token_id TEXT, channel TEXT, revoked_at_ms INTEGER NOT NULL, due_at_ms INTEGER NOT NULL,
    told INTEGER NOT NULL, failures INTEGER NOT NULL, PRIMARY KEY (token_id, channel)) WITHOUT ROWID`);
  sql.exec("INSERT INTO revocations VALUES ('0123abcd', 'lab/a', ?, ?, 0, 0)", NOW, NOW);
  const revocations = new Revocations(sql);
  revocations.begin("4567abcd", LAB, ["lab/b"], NOW);
  assert.deepEqual([revocations.pending(), revocations.pending(LAB)], [2, 1]);
  for (const due of revocations.due(NOW, 10)) revocations.told({ ...due, told: 2 });
  assert.equal(new Revocations(sql).nextDueAtMs, null);
});

test("[AC6f] a token that was used in many channels holds up no other that is revoked after it", () => {
  const revocations = new Revocations(memorySql());
  const many = Array.from({ length: 1000 }, (_, i) => `att/${i}`);
  revocations.begin("aaaaaaaa", LAB, many, NOW);
  revocations.begin("bbbbbbbb", LAB, many, NOW);
  revocations.begin("cccccccc", LAB, ["lab/a", "lab/b"], NOW + 1);
  const tokens = revocations.due(NOW + 1, 6).map(({ tokenId }) => tokenId);
  assert.deepEqual(tokens.toSorted(), ["aaaaaaaa", "aaaaaaaa", "bbbbbbbb", "bbbbbbbb", "cccccccc", "cccccccc"]);
});
