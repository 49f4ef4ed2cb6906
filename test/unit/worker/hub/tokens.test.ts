/** Viewers that were let in with a token: when they are warned, when they end, and what a new token does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Grant } from "../../../../worker/auth/grant.ts";
import type { Renewal } from "../../../../worker/auth/renewal.ts";
import { ExpiryWatch } from "../../../../worker/hub/expiry-watch.ts";
import { RevokedTokens } from "../../../../worker/hub/revoked-tokens.ts";
import { ViewerSession } from "../../../../worker/hub/viewer-session.ts";
import { FakeSocket, grantedAs, HubOnRing } from "../../../support/hub-viewers.ts";
import { bulkyFrame, frameOf } from "../../../support/publish.ts";

const A = "00000000000000aa";
const START = 1_000_000;
const TAIL = { kind: "tail", points: 100, seconds: 0 } as const;

function grantUntil(expiresAtMs: number | null, tokenId: string | null = null): Grant {
  return { principal: "named-token:rig", tokenId, expiresAtMs, hasHistory: true };
}

async function joined(ring: HubOnRing, grant: Grant | undefined, format: "frames" | "json" = "frames") {
  return await ring.join(format, TAIL, undefined, "", grant);
}

function framesIn({ sent }: FakeSocket): number {
  return sent.filter((message) => typeof message !== "string").length;
}

test("[AC10b] a viewer is told 30 s before its token expires, by an alarm, once, and not a millisecond sooner", async () => {
  const ring = new HubOnRing();
  const socket = await joined(ring, grantUntil(START + 100_000));
  assert.equal(ring.hub.expiryInMs, 70_000);
  ring.nowMs = START + 69_999;
  await ring.alarm();
  assert.deepEqual(socket.told("expiring"), []);
  assert.equal(ring.hub.expiryInMs, 1000, "alarms are a second apart");
  ring.nowMs = START + 70_999;
  await ring.alarm();
  assert.deepEqual(socket.told("expiring"), ['{"type":"expiring","inMs":29001}']);
  assert.equal(ring.hub.expiryInMs, 29_001);
  ring.nowMs += 5000;
  await ring.publish(frameOf(A, 1, [1]));
  assert.equal(socket.told("expiring").length, 1);
});

test("[AC10b] a viewer that joins with less than 30 s left is told at once", async () => {
  for (const [leftMs, told] of [
    [30_000, ['{"type":"expiring","inMs":30000}']],
    [30_001, []],
  ] as const) {
    const socket = await joined(new HubOnRing(), grantUntil(START + leftMs));
    assert.deepEqual(socket.told("expiring"), told);
    assert.equal(socket.told("live").length, 1);
  }
});

test("[AC10b] a viewer of text is told nothing, and no alarm comes for it before its expiry", async () => {
  const ring = new HubOnRing();
  const socket = await joined(ring, grantUntil(START + 100_000), "json");
  assert.equal(ring.hub.expiryInMs, 100_000);
  ring.nowMs = START + 99_999;
  await ring.alarm();
  assert.deepEqual([socket.sent, socket.closed], [[], undefined]);
  ring.nowMs = START + 101_000;
  await ring.alarm();
  assert.equal(socket.closed?.code, 4401);
});

test("[AC10a] at its expiry a connection ends by an alarm with 4401 and what to do, and others stay", async () => {
  const ring = new HubOnRing();
  const [expires, lasts, open] = [
    await joined(ring, grantUntil(START + 10_000)),
    await joined(ring, grantUntil(null)),
    await joined(ring, undefined),
  ];
  ring.hub.tellStatus(ring.nowMs);
  assert.deepEqual([ring.hub.expiryInMs, ring.hub.alarmInMs(ring.nowMs)], [10_000, 10_000]);
  ring.nowMs = START + 10_000;
  await ring.alarm();
  assert.deepEqual(expires.closed, { code: 4401, reason: "Your token has expired; connect again with another." });
  assert.deepEqual([lasts.closed, open.closed, ring.hub.count], [undefined, undefined, 2]);
  assert.equal(ring.hub.expiryInMs, undefined);
});

for (const [what, come] of [
  ["frames that come", (ring: HubOnRing) => ring.publish(frameOf(A, 2, [2]))],
  ["what another viewer says", async (ring: HubOnRing) => ring.say(await joined(ring, undefined), { type: "newer" })],
] as const) {
  test(`[AC10a] a connection whose token has expired ends with ${what}, too, and gets no frame any more`, async () => {
    const ring = new HubOnRing();
    const socket = await joined(ring, grantUntil(START + 40_000));
    ring.nowMs = START + 39_999;
    await ring.publish(frameOf(A, 1, [1]));
    assert.equal(framesIn(socket), 1);
    ring.nowMs = START + 40_000;
    await come(ring);
    assert.deepEqual([framesIn(socket), socket.closed?.code], [1, 4401]);
  });
}

for (const [what, happen] of [
  ["a status", (ring: HubOnRing) => ring.hub.tellStatus(ring.nowMs)],
  ["a layout", (ring: HubOnRing) => ring.hub.tellLayout(new Map([["y", 1]]))],
  ["another numbering", (ring: HubOnRing) => ring.hub.resetEpoch()],
  ["the first publish", (ring: HubOnRing) => ring.hub.beginFirst(ring.log, ring.log.position)],
] as const) {
  test(`[AC10a] a connection whose token has expired is not told of ${what} any more, and ends`, async () => {
    const ring = new HubOnRing();
    const [socket, lasts] = [await joined(ring, grantUntil(START + 40_000)), await joined(ring, undefined)];
    const before = socket.sent.length;
    ring.nowMs = START + 40_000;
    happen(ring);
    assert.deepEqual([socket.sent.length, socket.closed?.code], [before, 4401]);
    assert.ok(lasts.sent.length > before, "who stays is told");
  });
}

test("[AC10a] one that is behind, and expires while others are caught up, gets nothing more of the log", async () => {
  const ring = new HubOnRing();
  await ring.publish(frameOf(A, 1, [1]));
  const socket = await joined(ring, grantUntil(START + 40_000));
  const before = socket.sent.length;
  ring.nowMs = START + 40_000;
  await ring.say(socket, { type: "continue", epoch: 1, seq: 0 });
  assert.equal(socket.closed?.code, 4401);
  assert.equal(socket.sent.length, before);
});

test("[AC10a] one that is caught up in rounds of an alarm gets nothing more once its token expires between two", async () => {
  const ring = new HubOnRing();
  const frame = bulkyFrame(A, 1, 8000);
  for (let n = 1; n <= 4; n++) ring.log.append(frame.slice());
  const all = { kind: "resume", cursor: { epoch: 1, seq: 0 } } as const;
  const socket = await ring.join("json", all, undefined, "", grantUntil(START + 40_000));
  const sent: number[] = [socket.sent.length];
  ring.onPause = () => {
    if (sent.push(socket.sent.length) === 3) ring.nowMs = START + 40_000;
  };
  await ring.alarm();
  const [joined = 0, first = 0, second = 0] = sent;
  assert.ok(joined < first && first < second && second < 10_000, `${sent}`);
  assert.deepEqual([socket.sent.length, socket.closed?.code], [second, 4401]);
});

test("[AC10d] while nothing is due no session is looked at", () => {
  const watch = new ExpiryWatch();
  const record = {
    id: "v",
    format: "json",
    sinceEpoch: 1,
    joinedAtMs: 0,
    state: { kind: "live" },
    told: undefined,
    who: "",
  } as const;
  const session = new ViewerSession(new FakeSocket(), { ...record, grant: grantUntil(500), isWarned: false }, 0);
  watch.add(session);
  let looks = 0;
  const sessions = new Map([["socket", session]]);
  sessions[Symbol.iterator] = () => {
    looks++;
    return sessions.entries();
  };
  assert.deepEqual([watch.expired(sessions, 499), looks], [[], 0]);
  assert.deepEqual([watch.expired(sessions, 500), looks], [["socket"], 1]);
});

test("[AC10d] where no token expires no alarm is due for one", async () => {
  const ring = new HubOnRing();
  await joined(ring, undefined);
  await joined(ring, grantUntil(null));
  assert.equal(ring.hub.expiryInMs, undefined);
  assert.equal(ring.hub.alarmInMs(ring.nowMs), 1000, "that of the status");
});

test("[AC10d] after an eviction warnings and expiries are as before, and nobody is warned again", async () => {
  const ring = new HubOnRing();
  const [soon, later] = [
    await joined(ring, grantUntil(START + 20_000)),
    await joined(ring, grantUntil(START + 60_000)),
  ];
  ring.evict(soon, later);
  assert.equal(ring.hub.expiryInMs, 20_000);
  await ring.publish(frameOf(A, 1, [1]));
  const told = () => [soon, later].map((socket) => socket.told("expiring").length);
  assert.deepEqual(told(), [1, 0]);
  ring.evict(soon, later);
  await ring.publish(frameOf(A, 2, [2]));
  assert.deepEqual(told(), [1, 0]);
  ring.nowMs = START + 20_000;
  ring.evict(soon, later);
  await ring.alarm();
  assert.deepEqual([soon.closed?.code, later.closed], [4401, undefined]);
  assert.equal(ring.hub.expiryInMs, 10_000);
  ring.nowMs = START + 30_000;
  for (let i = 0; i < 2; i++) {
    await ring.hub.alarm(ring.nowMs);
    ring.evict(later);
  }
  assert.deepEqual(told(), [1, 1]);
});

test("[AC10a] [AC10b] when the clock is set back the alarm comes by that clock, as soon as it is due", async () => {
  const ring = new HubOnRing();
  ring.nowMs = START + 3_600_000;
  await ring.alarm();
  ring.nowMs = START;
  const socket = await joined(ring, grantUntil(START + 60_000));
  assert.equal(ring.hub.expiryInMs, 30_000);
  ring.nowMs = START + 60_000;
  assert.equal(ring.hub.expiryInMs, 0);
  await ring.alarm();
  assert.equal(socket.closed?.code, 4401);
});

test("[AC10d] tokens that expire within a second share an alarm", async () => {
  const ring = new HubOnRing();
  const sockets = await Promise.all(
    [100, 300, 900, 1100].map((ms) => joined(ring, grantUntil(START + 50_000 + ms), "json")),
  );
  const alarms: number[] = [];
  for (let dueMs = ring.hub.expiryInMs; dueMs !== undefined && alarms.length < 9; dueMs = ring.hub.expiryInMs) {
    ring.nowMs += dueMs;
    alarms.push(ring.nowMs - START);
    await ring.alarm();
  }
  assert.deepEqual(alarms, [50_100, 51_100]);
  assert.deepEqual(
    sockets.map(({ closed }) => closed?.code),
    [4401, 4401, 4401, 4401],
  );
});

test("[AC10c] a good token takes the place of the old one: expiry, rights and identity, across an eviction too", async () => {
  const ring = new HubOnRing();
  const socket = await joined(ring, grantUntil(START + 20_000, "old"));
  const asked: string[] = [];
  ring.verify = async (token) => {
    asked.push(token);
    return grantedAs({ ...grantUntil(START + 90_000, "new"), hasHistory: false });
  };
  ring.nowMs += 1000;
  await ring.say(socket, { type: "renew", token: "another" });
  assert.deepEqual(asked, ["another"]);
  assert.deepEqual(socket.told("renewed"), ['{"type":"renewed","expiresInMs":89000}']);
  ring.evict(socket);
  ring.nowMs = START + 30_000;
  await ring.alarm();
  assert.deepEqual([socket.closed], [undefined], "the old expiry is over");
  assert.equal(ring.hub.revoke("old", ring.nowMs), false);
  ring.nowMs = START + 60_000;
  await ring.alarm();
  assert.deepEqual(socket.told("expiring").at(-1), '{"type":"expiring","inMs":30000}');
  assert.equal(ring.hub.revoke("new", ring.nowMs), true);
  assert.equal(socket.closed?.code, 4403);
  assert.ok(!JSON.stringify(socket.attachment).includes("another"), "no token is kept");
});

test("[AC10c] a token that expires sooner than the old one ends the connection sooner", async () => {
  const ring = new HubOnRing();
  const socket = await joined(ring, grantUntil(null));
  ring.verify = async () => grantedAs(grantUntil(START + 5000));
  await ring.say(socket, { type: "renew", token: "t" });
  assert.equal(ring.hub.expiryInMs, 5000);
  ring.nowMs = START + 5000;
  await ring.alarm();
  assert.equal(socket.closed?.code, 4401);
});

test("[AC10c] one that does not expire is told as null; of one that expires soon renewed is the warning", async () => {
  for (const [expiresAtMs, told, dueInMs] of [
    [null, '{"type":"renewed","expiresInMs":null}', undefined],
    [START + 30_000, '{"type":"renewed","expiresInMs":30000}', 30_000],
    [START + 30_001, '{"type":"renewed","expiresInMs":30001}', 1],
  ] as const) {
    const ring = new HubOnRing();
    const socket = await joined(ring, grantUntil(START + 10_000));
    ring.verify = async () => grantedAs(grantUntil(expiresAtMs));
    await ring.say(socket, { type: "renew", token: "t" });
    assert.deepEqual(socket.told("renewed"), [told]);
    assert.equal(socket.told("expiring").length, 1, "when it joined");
    ring.evict(socket);
    assert.equal(ring.hub.expiryInMs, dueInMs);
  }
});

for (const [renewal, code] of [
  [{ kind: "wrong" }, 4401],
  [{ kind: "expired" }, 4401],
  [{ kind: "no-right" }, 4403],
  [{ kind: "too-many-channels" }, 4429],
  [{ kind: "unavailable" }, 1013],
] as const satisfies [Renewal, number][]) {
  test(`[AC10c] a token that is ${renewal.kind} ends the connection with ${code} and what to do`, async () => {
    const ring = new HubOnRing();
    const socket = await joined(ring, grantUntil(null));
    ring.verify = async () => renewal;
    await ring.say(socket, { type: "renew", token: "t" });
    assert.equal(socket.closed?.code, code);
    assert.match(socket.closed?.reason ?? "", /^[A-Z].{20,122}\.$/);
    assert.equal(ring.hub.count, 0);
  });
}

test("[AC10c] a viewer that has left while its token was verified is let be", async () => {
  const ring = new HubOnRing();
  const socket = await joined(ring, grantUntil(null));
  const { promise, resolve } = Promise.withResolvers<Renewal>();
  ring.verify = () => promise;
  const said = ring.say(socket, { type: "renew", token: "t" });
  ring.hub.leave(socket);
  resolve({ kind: "wrong" });
  await said;
  assert.equal(socket.closed, undefined);
  assert.deepEqual(socket.told("renewed"), []);
});

test("[AC10c] [AC10h] a token that was revoked while it was verified counts no more", async () => {
  const ring = new HubOnRing();
  const socket = await joined(ring, grantUntil(null, "old"));
  const { promise, resolve } = Promise.withResolvers<Renewal>();
  ring.verify = () => promise;
  const said = ring.say(socket, { type: "renew", token: "t" });
  ring.hub.revoke("new", ring.nowMs);
  resolve(grantedAs(grantUntil(null, "new")));
  await said;
  assert.equal(socket.closed?.code, 4403);
});

test("[AC10f] a viewer may renew once a second: sooner, or before the answer, closes with 4429", async () => {
  for (const [laterMs, isAnswered, code] of [
    [1000, true, undefined],
    [999, true, 4429],
    [5000, false, 4429],
  ] as const) {
    const ring = new HubOnRing();
    const socket = await joined(ring, grantUntil(null));
    const { promise, resolve } = Promise.withResolvers<Renewal>();
    ring.verify = () => promise;
    const granted = grantedAs(grantUntil(null));
    const first = ring.say(socket, { type: "renew", token: "t" });
    if (isAnswered) {
      resolve(granted);
      await first;
    }
    ring.nowMs += laterMs;
    await ring.say(socket, { type: "renew", token: "t" });
    assert.equal(socket.closed?.code, code, `${laterMs} ms later`);
    resolve(granted);
    await first;
  }
});

for (const format of ["frames", "json"] as const) {
  test(`[AC10f] that holds for a viewer of ${format} without a token, too, which gets no second answer`, async () => {
    const ring = new HubOnRing();
    const socket = await joined(ring, undefined, format);
    for (const laterMs of [0, 1000]) {
      ring.nowMs += laterMs;
      await ring.say(socket, { type: "renew", token: "t" });
      assert.equal(socket.closed, undefined);
    }
    ring.nowMs += 999;
    await ring.say(socket, { type: "renew", token: "t" });
    assert.equal(socket.closed?.code, 4429);
    assert.equal(socket.told("renewed").length, format === "frames" ? 2 : 0);
    assert.equal(ring.hub.count, 0);
  });
}

for (const [who, grant] of [
  ["without a token", undefined],
  ["with one", grantUntil(null)],
] as const) {
  test(`[VW3f] a viewer ${who} that renews each second and reads nothing is closed with 4408 before 320 KiB wait`, async () => {
    const ring = new HubOnRing();
    const socket = await joined(ring, grant);
    ring.verify = async () => grantedAs(grantUntil(null));
    socket.reads = false;
    for (let n = 0; n < 1000; n++) {
      ring.nowMs += 1000;
      await ring.say(socket, { type: "renew", token: "t" });
    }
    assert.equal(socket.closed?.code, 4408);
    const waiting = socket.told("renewed");
    const bytes = waiting.reduce((sum, text) => sum + text.length + 1024, 0);
    assert.ok(bytes > 300_000 && bytes < 330_000, `${waiting.length} answers`);
    assert.equal(ring.hub.count, 0);
  });
}

for (const [kind, status, code] of [
  ["wrong", 401, "token-wrong"],
  ["expired", 401, "token-expired"],
  ["no-right", 403, "not-permitted"],
  ["too-many-channels", 429, "quota-exceeded"],
] as const) {
  test(`[AC14a] a token that is ${kind} is logged, also of a viewer that left meanwhile`, async () => {
    for (const leaves of [false, true]) {
      const ring = new HubOnRing();
      const socket = await ring.join("frames", TAIL, undefined, "0123abcd", grantUntil(null));
      ring.verify = async () => {
        if (leaves) ring.hub.leave(socket);
        return { kind };
      };
      await ring.say(socket, { type: "renew", token: "t" });
      const viewer = { who: "0123abcd", principal: "named-token:rig" };
      assert.deepEqual(ring.audited, [{ audit: "refused", status, code, ...viewer }]);
    }
  });
}

test("[AC14a] so is one that was revoked meanwhile, or by which as many watch as may; what cannot be verified is not", async () => {
  const renewed = async (renewal: Renewal) => {
    const ring = new HubOnRing();
    const socket = await joined(ring, grantUntil(null));
    ring.hub.revoke("gone", ring.nowMs);
    ring.verify = async () => renewal;
    await ring.say(socket, { type: "renew", token: "t" });
    assert.ok(socket.closed);
    return ring.audited.map((line) => line.audit === "refused" && line.code);
  };
  assert.deepEqual(await renewed(grantedAs(grantUntil(null, "gone"))), ["token-wrong"]);
  assert.deepEqual(await renewed(grantedAs(grantUntil(null), { who: "b", most: 0 })), ["quota-exceeded"]);
  assert.deepEqual(await renewed({ kind: "unavailable" }), []);
});

test("[AC14b] a token of another principal that a viewer renews with is logged, and one of its own is not", async () => {
  const ring = new HubOnRing();
  const socket = await ring.join("frames", TAIL, undefined, "0123abcd", grantUntil(null));
  for (const principal of ["named-token:rig", "named-token:other", "named-token:other"]) {
    ring.verify = async () => grantedAs({ ...grantUntil(null), principal }, { who: "ba9876fe", most: null });
    ring.nowMs += 1000;
    await ring.say(socket, { type: "renew", token: "t" });
  }
  assert.deepEqual(ring.audited, [{ audit: "token-used", who: "ba9876fe", principal: "named-token:other" }]);
});

test("[AC10k] the 21st wrong token of one that viewers are counted by is too many, for a minute; a right one is taken", async () => {
  const ring = new HubOnRing();
  const codes: (number | undefined)[] = [];
  const wrong = async (who: string) => {
    const socket = await ring.join("frames", TAIL, undefined, who, grantUntil(null));
    await ring.say(socket, { type: "renew", token: "t" });
    return socket.closed?.code;
  };
  for (let n = 1; n <= 21; n++) codes.push(await wrong("a"));
  assert.deepEqual(codes, [...Array.from({ length: 20 }, () => 4401), 4429]);
  assert.deepEqual(ring.audited.at(-1), {
    audit: "refused",
    status: 429,
    code: "too-many-requests",
    who: "a",
    principal: "named-token:rig",
  });
  assert.equal(await wrong("b"), 4401, "that of another");
  ring.nowMs += 59_999;
  assert.equal(await wrong("a"), 4429);
  const right = await ring.join("frames", TAIL, undefined, "a", grantUntil(null));
  ring.verify = async () => grantedAs(grantUntil(null), { who: "a", most: null });
  await ring.say(right, { type: "renew", token: "t" });
  assert.deepEqual([right.closed, right.told("renewed").length], [undefined, 1]);
  ring.verify = async () => ({ kind: "wrong" });
  ring.nowMs += 1;
  assert.equal(await wrong("a"), 4401);
});

test("[AC10g] a viewer without a token that renews is told that nothing expires, and its token is not looked at", async () => {
  const ring = new HubOnRing();
  ring.verify = async () => assert.fail("it is not looked at");
  const [frames, text] = [await joined(ring, undefined), await joined(ring, undefined, "json")];
  await ring.say(frames, { type: "renew", token: "t" });
  await ring.say(text, { type: "renew", token: "t" });
  assert.deepEqual(frames.told("renewed"), ['{"type":"renewed","expiresInMs":null}']);
  assert.deepEqual([text.sent, frames.closed, text.closed], [[], undefined, undefined]);
});

test("[VW7b] a renew of 8,192 characters is read, one of 8,193 closes with 4400; no other message may be so long", async () => {
  const renew = '{"type":"renew","token":"t"}';
  for (const [text, code] of [
    [renew.padEnd(8192), undefined],
    [renew.padEnd(8193), 4400],
    ['{"type":"newer"}'.padEnd(1025), 4400],
    ['{"type":"continue","epoch":1,"seq":0}'.padEnd(1025), 4400],
    ['{"type":"renew"}', 4400],
  ] as const) {
    const ring = new HubOnRing();
    const socket = await joined(ring, grantUntil(null));
    ring.verify = async () => grantedAs(grantUntil(null));
    await ring.say(socket, text);
    assert.equal(socket.closed?.code, code, `${text.length} characters`);
  }
});

test("[AC10a] whoever came with a token that is revoked is closed with 4403, after an eviction too, and no other", async () => {
  const ring = new HubOnRing();
  const [one, two, other, open] = [
    await joined(ring, grantUntil(null, "a")),
    await joined(ring, grantUntil(null, "a"), "json"),
    await joined(ring, grantUntil(null, "b")),
    await joined(ring, undefined),
  ];
  assert.equal(ring.hub.revoke("none", ring.nowMs), false);
  ring.evict(one, two, other, open);
  assert.equal(ring.hub.revoke("a", ring.nowMs), true);
  assert.deepEqual(
    [one, two, other, open].map(({ closed }) => closed?.code),
    [4403, 4403, undefined, undefined],
  );
  assert.match(one.closed?.reason ?? "", /revoked/);
  assert.equal(ring.hub.count, 2);
});

test("[AC10h] who comes with a revoked token within a minute is closed with 4403, and gets nothing", async () => {
  const ring = new HubOnRing();
  ring.hub.revoke("a", ring.nowMs);
  ring.nowMs += 59_999;
  const socket = await joined(ring, grantUntil(null, "a"));
  assert.deepEqual([socket.closed?.code, socket.sent, ring.hub.count], [4403, [], 0]);
  assert.equal((await joined(ring, grantUntil(null, "b"))).closed, undefined);
  ring.nowMs += 1;
  assert.equal((await joined(ring, grantUntil(null, "a"))).closed, undefined, "the Worker knows by now");
});

for (const format of ["frames", "json"] as const) {
  test(`[AC10a] a token that expired on the way from the Worker lets nobody in, and is told nothing: ${format}`, async () => {
    const ring = new HubOnRing();
    await ring.publish(frameOf(A, 1, [1]));
    const late = await joined(ring, grantUntil(START), format);
    assert.deepEqual(late.sent, []);
    assert.equal(late.closed?.code, 4401);
    assert.equal(ring.hub.count, 0);
    assert.equal((await joined(ring, grantUntil(START + 1), format)).closed, undefined);
  });
}

test("[AC10h] of 1,024 revoked tokens all are remembered; one more forgets the oldest", () => {
  const revoked = new RevokedTokens();
  for (let n = 1; n <= 1024; n++) revoked.add(`t${n}`, 0);
  assert.deepEqual([revoked.has("t1", 0), revoked.has("t1024", 0)], [true, true]);
  revoked.add("t1025", 0);
  assert.deepEqual([revoked.has("t1", 0), revoked.has("t2", 0), revoked.has("t1025", 0)], [false, true, true]);
  assert.deepEqual([revoked.has(null, 0), revoked.has(undefined, 0)], [false, false]);
});

test("[AC10i] in a channel that became private, who came without a token is closed with 4401, and who has one stays", async () => {
  const ring = new HubOnRing();
  const [open, granted] = [await joined(ring, undefined), await joined(ring, grantUntil(null))];
  ring.isPrivate = true;
  ring.evict(open, granted);
  assert.equal(open.closed?.code, 4401);
  assert.match(open.closed?.reason ?? "", /needs a token/);
  assert.equal(granted.closed, undefined);
  await ring.publish(frameOf(A, 1, [1]));
  assert.deepEqual([framesIn(open), framesIn(granted), ring.hub.count], [0, 1, 1]);
});

test("[AC10i] whoever joins a private channel without a grant is closed with 4401: a Worker of before may hold its stream", async () => {
  const ring = new HubOnRing();
  ring.isPrivate = true;
  ring.evict();
  const socket = await ring.join("stream");
  assert.deepEqual([socket.closed?.code, socket.sent, ring.hub.count], [4401, [], 0]);
});
