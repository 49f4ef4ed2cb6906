/** One connection for several channels, spoken as its SPEC has it: what may be joined, what is refused, and when it ends. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { isObject } from "../../../../protocol/json/json.ts";
import { MAX_SHARED_CHANNELS } from "../../../../protocol/limits.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { SECRET, signed } from "../../../support/jwt.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { openViewer, type Viewer, type ViewerOptions } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

const A = "00000000000000aa";
const OWNER = "an-admin-token-of-a-test";
const edge = await startEdge({
  vars: { WATCH: "private/**=token", ADMIN_TOKEN: OWNER, STORE_BYTES: "33554432", JWT_SECRETS: SECRET },
});
after(() => edge.close());

async function open(t: TestContext, at: Edge = edge, options: ViewerOptions = {}): Promise<Viewer> {
  const viewer = await openViewer(new URL("/c", at.url), { subprotocol: "plotcast.shared.v1", ...options });
  t.after(() => viewer.cut());
  assert.equal(await said(viewer, "hello"), '{"type":"hello","channels":64}');
  return viewer;
}

function join(viewer: Viewer, id: number, to: string, protocols: string[] = ["plotcast.v1"]): void {
  viewer.send(JSON.stringify({ type: "join", id, to, protocols }));
}

/** The next text that holds this. */
async function said(viewer: Viewer, part: string): Promise<string> {
  return String(await viewer.nextMessage(part, (message) => typeof message === "string" && message.includes(part)));
}

/** What it is told of itself next. */
async function told(viewer: Viewer): Promise<Readonly<Record<string, unknown>>> {
  const text = String(await viewer.nextMessage("a message of its own", (message) => String(message).startsWith("{")));
  const message: unknown = JSON.parse(text);
  assert.ok(isObject(message));
  return message;
}

test("[SC1] [SC2] channels are joined by frames, by text and to talk; each is left alone", async (t) => {
  const [one, two] = [newChannel(), newChannel()];
  await publishFrames(edge, one, frameOf(A, 1, [11]));
  await publishFrames(edge, two, frameOf(A, 1, [21]));
  const viewer = await open(t);
  join(viewer, 1, `/c/${one}?points=10`);
  assert.deepEqual(await told(viewer), { type: "joined", id: 1, protocol: "plotcast.v1" });
  const frame = await viewer.nextMessage("its frame", (message) => typeof message !== "string");
  assert.ok(typeof frame !== "string");
  assert.deepEqual([...frame.subarray(0, 4)], [1, 0, 0, 0]);
  join(viewer, 4_294_967_295, `/c/${two}?points=10`, []);
  assert.deepEqual(await told(viewer), { type: "joined", id: 4_294_967_295, protocol: "" });
  assert.match(await said(viewer, '"y":21'), /^4294967295 \{/);
  viewer.send("1 ping");
  assert.equal(await said(viewer, "pong"), "1 pong");
  viewer.send("ping");
  assert.equal(await said(viewer, "pong"), "pong");
  viewer.send('{"type":"leave","id":1}');
  viewer.send("ping");
  await said(viewer, "pong");
  const before = viewer.messages.length;
  await publishFrames(edge, one, frameOf(A, 2, [12]));
  await publishFrames(edge, two, frameOf(A, 2, [22]));
  await said(viewer, '"y":22');
  assert.equal(viewer.messages.slice(before).filter((message) => typeof message !== "string").length, 0);
});

test("[SC3] what may not be joined is refused as it is without, and the others go on", async (t) => {
  const viewer = await open(t);
  for (const [id, to, protocols, wanted] of [
    [1, "/c/private/x", ["plotcast.v1"], [404, "not-found"]],
    [
      2,
      "/c/private/x",
      ["plotcast.v1", `plotcast.token.${Buffer.from("wrong").toString("base64url")}`],
      [401, "token-wrong"],
    ],
    [3, "/c/x?points=many", ["plotcast.v1"], [400, "query-invalid"]],
    [4, "/c/x", ["graphql-ws"], [400, "subprotocol-unsupported"]],
    [5, "/c/x", ["not a token"], [400, "subprotocol-unsupported"]],
    [6, "/c/A!", ["plotcast.v1"], [400, "channel-name-invalid"]],
    [13, "/c/x/", ["plotcast.v1"], [404, "not-found"]],
    [7, "/c", ["plotcast.shared.v1"], [404, "not-found"]],
    [8, "/tokens", [], [404, "not-found"]],
    [9, "https://elsewhere.example/c/x", [], [404, "not-found"]],
    [10, "//elsewhere.example/c/x", [], [404, "not-found"]],
    [11, "http://[", [], [404, "not-found"]],
  ] as const) {
    join(viewer, id, to, [...protocols]);
    const { type, id: of, status, code, detail } = await told(viewer);
    assert.deepEqual([type, of, status, code], ["refused", id, ...wanted], to);
    assert.ok(typeof detail === "string" && detail.length > 10);
  }
  const token = `plotcast.token.${Buffer.from(OWNER).toString("base64url")}`;
  join(viewer, 12, "/c/private/x", ["plotcast.v1", token]);
  assert.deepEqual(await told(viewer), { type: "joined", id: 12, protocol: "plotcast.v1" });
});

test("[SC4] what is no message of it ends it with 4400; of a newer client it is passed over", async (t) => {
  for (const wrong of [
    "hello",
    "0 hello",
    '{"type":"join","id":1}',
    '{"type":"join","id":0,"to":"/c/x","protocols":[]}',
    '{"type":"join","id":4294967296,"to":"/c/x","protocols":[]}',
    '{"type":"join","id":1.5,"to":"/c/x","protocols":[]}',
    '{"type":"join","id":1,"to":"/c/x","protocols":[1]}',
    "x".repeat(20 * 1024 + 1),
    new Uint8Array([1, 0, 0, 0]),
  ]) {
    const viewer = await open(t);
    viewer.send(wrong);
    assert.equal((await viewer.closed).code, 4400, String(wrong).slice(0, 60));
  }
  const viewer = await open(t);
  for (const fine of ['{"type":"sing"}', "77 to nobody", '{"type":"leave","id":77}', "ping"]) viewer.send(fine);
  await said(viewer, "pong");
  join(viewer, 1, `/c/${newChannel()}`);
  join(viewer, 1, `/c/${newChannel()}`);
  assert.equal((await viewer.closed).code, 4400);
});

test("[SC5] it has 64 channels at most, and joins 256 at once and 16 more a second", async (t) => {
  const viewer = await open(t);
  for (let id = 1; id <= MAX_SHARED_CHANNELS + 1; id++) join(viewer, id, `/c/lab?points=0`);
  assert.match(await said(viewer, "refused"), /"id":65,"status":429,"code":"too-many-requests".*"retryAfterMs":5000/);
  for (let id = 66; id < 66 + 400; id++) {
    viewer.send(JSON.stringify({ type: "leave", id: id === 66 ? 1 : id - 1 }));
    join(viewer, id, "/c/lab?points=0");
  }
  assert.match(await said(viewer, "16 channels a second"), /"code":"too-many-requests"/);
});

test("[SC6] a channel's end is told with its code, and the others go on", async (t) => {
  const viewer = await open(t);
  const [bad, good] = [newChannel(), newChannel()];
  join(viewer, 1, `/c/${bad}`);
  join(viewer, 2, `/c/${good}?points=10`);
  await said(viewer, '"id":2');
  viewer.send("1 not a message");
  assert.equal(await said(viewer, '"left"'), '{"type":"left","id":1,"code":4400}');
  await publishFrames(edge, good, frameOf(A, 1, [1]));
  const frame = await viewer.nextMessage("the other's frame", (message) => typeof message !== "string");
  assert.ok(typeof frame !== "string" && frame[0] === 2);
});

test("[SC6] [AC10a] a token that expires ends its channel alone", async (t) => {
  const viewer = await open(t);
  const exp = Math.floor(Date.now() / 1000) + 2;
  const token = signed({ aud: "plotcast", exp, sub: "ada", plotcast: { "private/**": ["watch"] } });
  join(viewer, 1, "/c/private/lab", ["plotcast.v1", `plotcast.token.${Buffer.from(token).toString("base64url")}`]);
  join(viewer, 2, `/c/${newChannel()}`);
  await said(viewer, '"id":2');
  assert.equal(await said(viewer, '"left"'), '{"type":"left","id":1,"code":4401}');
  viewer.send("2 ping");
  assert.equal(await said(viewer, "pong"), "2 pong");
});

test("[SC7] whoever reads slowly is told to come back to that channel, and what waits for it is bounded", async (t) => {
  const viewer = await open(t);
  const channel = newChannel();
  join(viewer, 1, `/c/${channel}?points=0`);
  await said(viewer, '"joined"');
  viewer.pause();
  const frame = bulkyFrame(A, 1, 8000);
  for (let n = 1; n <= 120; n++) {
    const next = frame.slice();
    new DataView(next.buffer).setUint32(16, n, true);
    await publishFrames(edge, channel, next);
  }
  viewer.resume();
  assert.equal(await said(viewer, '"left"'), '{"type":"left","id":1,"code":1013}');
  const frames = viewer.messages.filter((message) => typeof message !== "string").length;
  assert.ok(frames > 0 && frames < 120, `${frames} of 120 frames came`);
});

test("[SC8] a request that has done enough ends with 1012", async (t) => {
  const own = await startEdge({ vars: { STREAM_CPU_MS: "20" } });
  t.after(() => own.close());
  const viewer = await open(t, own);
  join(viewer, 1, "/c/lab?points=0");
  await said(viewer, '"joined"');
  for (let n = 0; n < 200; n++) viewer.send("ping");
  assert.equal((await viewer.closed).code, 1012);
});

test("[SC1] other sites' pages open none; without its subprotocol /c leads to the page", async () => {
  const at = new URL("/c", edge.url);
  await assert.rejects(openViewer(at, { subprotocol: "plotcast.shared.v1", origin: "https://elsewhere.example" }), {
    status: 403,
  });
  await assert.rejects(openViewer(at, { subprotocol: "plotcast.v1" }), { status: 302 });
});

test("[SC9] a channel that is left, or whose connection is cut, has one viewer fewer", async (t) => {
  const channel = newChannel();
  const watcher = await openViewer(edge.channelUrl(channel), { subprotocol: "plotcast.v1" });
  t.after(() => watcher.cut());
  const viewers = async (count: number): Promise<void> => {
    await waitFor(
      `${count} viewers`,
      () =>
        watcher.messages.findLast((m) => String(m).includes('"viewers"')) !== undefined &&
        String(watcher.messages.findLast((m) => String(m).includes('"viewers"'))).includes(`"viewers":${count}`),
    );
  };
  const viewer = await open(t);
  join(viewer, 1, `/c/${channel}`);
  join(viewer, 2, `/c/${channel}`);
  await viewers(3);
  viewer.send('{"type":"leave","id":1}');
  await viewers(2);
  viewer.cut();
  await viewers(1);
});
