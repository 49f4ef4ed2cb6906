/** How many viewers there are of each token and address. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Grant } from "../../../../worker/auth/grant.ts";
import { parseAttachment } from "../../../../worker/hub/session-state.ts";
import { ViewerCounts } from "../../../../worker/hub/viewer-counts.ts";
import { grantedAs, HubOnRing } from "../../../support/hub-viewers.ts";

const A = { who: "0123abcd", most: 2 };

test("[AC13h] as many may watch as may, and no more; who leaves makes room", () => {
  const counts = new ViewerCounts();
  for (let i = 0; i < 2; i++) {
    assert.ok(counts.hasRoom(A));
    counts.add(A.who);
  }
  assert.equal(counts.hasRoom(A), false);
  assert.ok(counts.hasRoom({ who: "ffffffff", most: 1 }));
  assert.ok(counts.hasRoom({ ...A, most: null }));
  counts.remove(A.who);
  assert.ok(counts.hasRoom(A));
  counts.remove(A.who);
  assert.equal(counts.size, 0);
});

test("[AC13h] a hub counts who is there: after a leave, a dismissal and an eviction, too", async () => {
  const ring = new HubOnRing();
  const join = async () => await ring.join("frames", undefined, undefined, A.who);
  const [first, second] = [await join(), await join()];
  assert.equal(ring.hub.viewers.hasRoom(A), false);
  ring.evict(first, second);
  assert.equal(ring.hub.viewers.hasRoom(A), false, "after an eviction");
  ring.hub.leave(first);
  ring.hub.leave(first);
  assert.ok(ring.hub.viewers.hasRoom(A));
  await ring.say(second, "no message");
  assert.ok(second.closed);
  assert.equal(ring.hub.viewers.size, 0);
});

test("[AC13h] who was closed, for whatever reason, is counted no more after an eviction", async () => {
  const ring = new HubOnRing();
  const join = async (grant?: Grant) => await ring.join("frames", undefined, undefined, A.who, grant);
  const grant = { principal: "named-token:rig", tokenId: "rig", expiresAtMs: null, hasHistory: true };
  const [wrong, revoked, expired, slow, stays] = [
    await join(),
    await join(grant),
    await join({ ...grant, tokenId: null, expiresAtMs: ring.nowMs + 1000 }),
    await join(),
    await join(),
  ];
  await ring.say(wrong, "no message");
  ring.hub.revoke("rig", ring.nowMs);
  ring.nowMs += 1000;
  slow.bufferedAmount = 1_000_000;
  await ring.say(slow, { type: "renew", token: "t" });
  ring.hub.resetEpoch();
  assert.deepEqual(
    [wrong, revoked, expired, slow, stays].map(({ closed }) => closed?.code),
    [4400, 4403, 4401, 4408, undefined],
  );
  ring.evict(wrong, revoked, expired, slow, stays);
  assert.deepEqual([ring.hub.count, ring.hub.viewers.hasRoom(A)], [1, true]);
});

const GRANT = { principal: "named-token:rig", tokenId: null, expiresAtMs: null, hasHistory: true };

test("[AC13h] a viewer that renews is counted by its new token, and no more by the old one, across an eviction too", async () => {
  const ring = new HubOnRing();
  const B = { who: "ba9876fe", most: 1 };
  const sockets = [];
  for (let i = 0; i < 2; i++) sockets.push(await ring.join("frames", undefined, undefined, A.who, GRANT));
  const [first, second] = sockets;
  assert.ok(first && second);
  ring.verify = async () => grantedAs(GRANT, B);
  await ring.say(first, { type: "renew", token: "b" });
  const rooms = () => [ring.hub.viewers.hasRoom(A), ring.hub.viewers.hasRoom(B), ring.hub.count];
  assert.deepEqual(rooms(), [true, false, 2]);
  ring.evict(first, second);
  assert.deepEqual(rooms(), [true, false, 2]);
  ring.nowMs += 1000;
  await ring.say(first, { type: "renew", token: "b" });
  assert.deepEqual([first.closed, ...rooms()], [undefined, true, false, 2], "it is one of those that may");
  await ring.say(second, { type: "renew", token: "b" });
  const reason = "As many viewers of that token watch here already as may; connect again later.";
  assert.deepEqual(second.closed, { code: 4429, reason });
  assert.deepEqual(second.told("renewed"), []);
  assert.deepEqual(rooms(), [true, false, 1]);
  ring.hub.leave(first);
  assert.equal(ring.hub.viewers.size, 0);
});

test("[AC13h] of two that renew at once with one token, of which one more may watch, one is let be", async () => {
  const ring = new HubOnRing();
  const join = () => ring.join("frames", undefined, undefined, A.who, GRANT);
  const sockets = [await join(), await join()];
  ring.verify = async () => grantedAs(GRANT, { who: "ba9876fe", most: 1 });
  await Promise.all(sockets.map((socket) => ring.say(socket, { type: "renew", token: "b" })));
  assert.deepEqual(
    sockets.map(({ closed }) => closed?.code),
    [undefined, 4429],
  );
});

test("[AC13h] a viewer of before this was counted is still a viewer", () => {
  const record = { id: "v", format: "json", sinceEpoch: 1, joinedAtMs: 0, state: { kind: "live" }, told: undefined };
  assert.equal(parseAttachment(record)?.who, "");
  assert.equal(parseAttachment({ ...record, who: A.who })?.who, A.who);
  assert.equal(parseAttachment({ ...record, who: 1 }), undefined);
});
