/** A publisher's WebSocket: let in, counted and answered as POSTs are. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { FRAME_TYPE, PUBLISH_SUBPROTOCOL, SHARED_SUBPROTOCOL, SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { parseProblem } from "../../../../protocol/messages/publish.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { bulkyFrame, frameOf, newChannel, post, storedPoints } from "../../../support/publish.ts";
import { TestPublisher } from "../../../support/publish-socket.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const A = "00000000000000aa";
const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, QUOTA_TOKEN: "points=1000000/s series=50" } });
after(() => edge.close());

/** What opening one is refused with. */
async function refusalOf(opening: Promise<unknown>): Promise<{ status: number; code: unknown }> {
  try {
    await opening;
  } catch (error) {
    if (!(error instanceof UpgradeRefused)) throw error;
    return { status: error.status, code: messageIn(parseProblem(error.body))?.code };
  }
  throw new Error("It was let in.");
}

test("[UP1a] it is let in with a token that may publish there, and refused as a POST is without", async () => {
  const { token } = await makeToken(edge, "watcher", { "test/**": ["watch"] });
  const channel = newChannel();
  const cases: [string, Record<string, string>][] = [
    ["", {}],
    ["wrong", {}],
    [token, {}],
    [edge.token ?? "", { Host: "evil.example" }],
    [edge.token ?? "", { Origin: "https://evil.example" }],
  ];
  for (const [token, more] of cases) {
    const headers = { ...(token === "" ? { Authorization: "" } : bearer(token)), ...more };
    const url = edge.channelUrl(channel);
    const refused = await refusalOf(openViewer(url, { subprotocol: PUBLISH_SUBPROTOCOL, headers }));
    if ("Host" in more) {
      // `fetch` sets that header itself.
      assert.deepEqual(refused, { status: 403, code: "host-not-allowed" });
      continue;
    }
    const answer = await post(edge, channel, frameOf(A, 1, [1]), { "Content-Type": FRAME_TYPE, ...headers });
    assert.deepEqual(refused, { status: answer.status, code: messageIn(parseProblem(await answer.text()))?.code });
  }
  const publisher = await TestPublisher.open(edge, channel);
  assert.equal(publisher.viewer.subprotocol, PUBLISH_SUBPROTOCOL);
  await publisher.viewer.close();
});

test("[UP1b] nobody opens the channel's end of it, neither by its header nor over a connection for several channels", async () => {
  const channel = newChannel();
  const forged = { "Plotcast-Publisher": JSON.stringify({ maxSeries: null }) };
  const viewer = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL, headers: forged });
  assert.match(String(await viewer.nextMessage("a greeting")), /"type":"hello".*"epoch"/);
  await viewer.close();
  const shared = await openViewer(new URL("/c", edge.url), {
    subprotocol: SHARED_SUBPROTOCOL,
    headers: bearer(edge.token ?? ""),
  });
  shared.send(JSON.stringify({ type: "join", id: 1, to: `/c/${channel}`, protocols: [PUBLISH_SUBPROTOCOL] }));
  await shared.nextMessage("a refusal", (message) => /"refused".*"subprotocol-unsupported"/.test(String(message)));
  await shared.close();
});

test("[UP2a] [UP2b] [UP2d] bodies are answered one after the other, with their numbers, as POSTs are", async () => {
  const [channel, other] = [newChannel(), newChannel()];
  const publisher = await TestPublisher.open(edge, channel);
  const bodies = [
    [frameOf(A, 1, [1, 2, 3])],
    [frameOf(A, 2, [4]), frameOf(A, 3, [5])],
    [frameOf(A, 2, [4])],
    [frameOf(A, 3, [6]), frameOf(A, 4, [7])],
    [frameOf(A, 9, [1]), frameOf(A, 8, [1])],
    [frameOf("ffffffffffffffff", 1, [1])],
    [Buffer.from("no frame")],
    [],
    [frameOf(A, 5, [8])],
  ];
  for (const [i, frames] of bodies.entries()) {
    const n = publisher.send(...frames);
    assert.equal(n, i + 1);
    const answer = await post(edge, other, Buffer.concat(frames), { "Content-Type": FRAME_TYPE });
    const text = await answer.text();
    if (answer.status === 200) {
      assert.deepEqual(await publisher.told("taken"), { type: "taken", n, answer: JSON.parse(text) });
      continue;
    }
    const { status, code, detail } = messageIn(parseProblem(text)) ?? {};
    assert.deepEqual(await publisher.told("refused"), { type: "refused", n, status, code, detail, retryAfterMs: null });
  }
  assert.deepEqual(await storedPoints(edge, channel), await storedPoints(edge, other));
  for (const n of [6, 7, 8]) publisher.send(frameOf(A, n, [n]));
  for (const n of [10, 11, 12]) assert.equal((await publisher.told("taken")).n, n);
  await publisher.viewer.close();
});

test("[UP2c] [UP2d] an announcement is one, and viewers are told", async () => {
  const channel = newChannel();
  const publisher = await TestPublisher.open(edge, channel);
  await publisher.publish(frameOf(A, 1, [1]));
  const viewer = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL });
  publisher.viewer.send(JSON.stringify({ type: "announce", n: 77, publisher: A, here: true }));
  assert.deepEqual(await publisher.told("taken"), { type: "taken", n: 77, answer: null });
  publisher.viewer.send(JSON.stringify({ type: "announce", n: 78, publisher: A, here: false }));
  assert.deepEqual(await publisher.told("taken"), { type: "taken", n: 78, answer: null });
  await viewer.nextMessage("that it is gone", (message) => /"goneForMs":\d/.test(String(message)));
  await viewer.close();
  await publisher.viewer.close();
});

test("[UP2e] [UP2f] a ping is answered, what is of a newer publisher is passed over, and what is no message ends it", async () => {
  const channel = newChannel();
  const long = JSON.stringify({ type: "announce", n: 1, publisher: A, here: true }).padEnd(1025);
  const bad = ["nonsense", '{"type":"announce","n":0}', long, new Uint8Array(3), new Uint8Array(64)];
  for (const message of bad) {
    const { viewer } = await TestPublisher.open(edge, channel);
    viewer.send("ping");
    assert.equal(await viewer.nextMessage("a pong"), "pong");
    viewer.send('{"type":"of-tomorrow","n":1}');
    viewer.send(JSON.stringify({ type: "announce", n: 9, publisher: A, here: true }).padEnd(1024));
    await viewer.nextMessage("an answer", (told) => String(told).includes('"n":9'));
    viewer.send(message);
    assert.equal((await withDeadline("its end", viewer.closed)).code, 4400);
  }
});

test("[UP3a] what a body may hold has the bounds of a POST, and the connection stays", async () => {
  const channel = newChannel();
  const publisher = await TestPublisher.open(edge, channel);
  const bulky = bulkyFrame(A, 1, 8000);
  const tooLarge = Buffer.concat([bulky, new Uint8Array(1_048_577 - bulky.length)]);
  publisher.send(tooLarge);
  const { status, code } = await publisher.told("refused");
  assert.deepEqual([status, code], [413, "body-too-large"]);
  publisher.send(tooLarge.subarray(0, -1));
  assert.match((await publisher.told("refused")).code, /^frame-/);
  const frames = Array.from({ length: 8 }, (_, i) => bulkyFrame(A, i + 1, 8000));
  assert.equal((await publisher.publish(...frames)).answer?.points, 64_000);
  // The channel itself refuses series beyond a quota (AC13).
  const rows = Array.from({ length: 51 }, (_, i) => frameOf(A, 100 + i, [1], 0, `s${i}`));
  publisher.send(...rows);
  const quota = await publisher.told("refused");
  assert.deepEqual([quota.status, quota.code, quota.retryAfterMs], [429, "quota-exceeded", 30_000]);
  await publisher.viewer.close();
});

test("[UP3a] points count against the token's quota, with those of POSTs", async (t) => {
  const bounded = await startEdge({ vars: { QUOTA_TOKEN: "points=100/s" } });
  t.after(() => bounded.close());
  const channel = newChannel();
  const publisher = await TestPublisher.open(bounded, channel);
  const hundred = Array.from({ length: 100 }, (_, i) => i);
  await publisher.publish(frameOf(A, 1, hundred));
  publisher.send(frameOf(A, 2, hundred));
  const { code, retryAfterMs } = await publisher.told("refused");
  assert.deepEqual([code, retryAfterMs], ["quota-exceeded", 1000]);
  assert.ok(bounded.audited.some((line) => /published-first/.test(line) && line.includes(channel)));
  await waitFor("the refusal in the audit log", () => bounded.audited.some((line) => /quota-exceeded/.test(line)));
  await publisher.viewer.close();
});

test("[UP3b] a token that expires ends it with 4401, and nothing more is taken", async () => {
  const channel = newChannel();
  const expiresAtMs = Date.now() + 2000;
  const { token } = await makeToken(edge, "short", { "test/**": ["publish"] }, { expiresAtMs });
  const publisher = await TestPublisher.open(edge, channel, token);
  let seq = 0;
  await publisher.publish(frameOf(A, ++seq, [seq]));
  await waitFor("the time when it expires", () => Date.now() > expiresAtMs);
  publisher.send(frameOf(A, ++seq, [seq]));
  const { status, code } = await publisher.told("refused");
  assert.deepEqual([status, code], [401, "token-expired"]);
  assert.equal((await withDeadline("its end", publisher.viewer.closed)).code, 4401);
  assert.equal((await storedPoints(edge, channel)).length, 1);
});

test("[UP3c] [UP3d] a token that is revoked ends it with 4403, also where the channel sleeps; others stay", async () => {
  const channel = newChannel();
  const { token, name } = await makeToken(edge, "rig", { "test/**": ["publish"] });
  const mine = await TestPublisher.open(edge, channel, token);
  const other = await TestPublisher.open(edge, channel);
  await mine.publish(frameOf(A, 1, [1]));
  await edge.evict(channel);
  await mine.publish(frameOf(A, 2, [2]));
  await edge.evict(channel);
  assert.equal((await revokeToken(edge, name)).status, 204);
  assert.equal((await withDeadline("its end", mine.viewer.closed)).code, 4403);
  await other.publish(frameOf("00000000000000bb", 1, [3]));
  assert.equal((await storedPoints(edge, channel)).length, 3);
  await other.viewer.close();
});

test("[UP4a] whoever sends much more than is answered is closed with 4429", async () => {
  const publisher = await TestPublisher.open(edge, newChannel());
  for (let i = 1; i <= 40; i++) publisher.send(frameOf(A, i, [i]));
  assert.equal((await withDeadline("its end", publisher.viewer.closed)).code, 4429);
});

test("[UP5c] when the Worker's channel is restarted it ends with 1013 or without a word, and a body sent again is taken once", async (t) => {
  const own = await startEdge();
  t.after(() => own.close());
  const channel = newChannel();
  const publisher = await TestPublisher.open(own, channel);
  await publisher.publish(frameOf(A, 1, [1]));
  publisher.send(frameOf(A, 2, [2]));
  await own.kill();
  await withDeadline("its end", publisher.viewer.closed);
  await own.restart();
  const again = await TestPublisher.open(own, channel);
  const { answer } = await again.publish(frameOf(A, 2, [2]));
  assert.ok(answer);
  assert.deepEqual(
    (await storedPoints(own, channel)).map(({ y }) => y),
    [1, 2],
  );
  await again.viewer.close();
});

test("[UP6] a channel has 256 at once; one more is refused with 429 and told to use POST", async (t) => {
  const channel = newChannel();
  const all: TestPublisher[] = [];
  t.after(() => {
    for (const { viewer } of all) viewer.cut();
  });
  for (let i = 0; i < 256; i += 32) {
    all.push(...(await Promise.all(Array.from({ length: 32 }, () => TestPublisher.open(edge, channel)))));
  }
  assert.deepEqual(await refusalOf(TestPublisher.open(edge, channel)), { status: 429, code: "too-many-requests" });
  await all.pop()?.viewer.close();
  await waitFor("room for one more", async () => {
    const opened = await TestPublisher.open(edge, channel).catch(() => undefined);
    if (opened !== undefined) all.push(opened);
    return opened !== undefined;
  });
});
