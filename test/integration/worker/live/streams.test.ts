/** Streams and polls: headers, idle lines, slow clients, ends, and who may have them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { assertProblem } from "../../../support/problem.ts";
import { bulkyFrame, frameOf, newChannel, post, publishFrames, publishJson } from "../../../support/publish.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";
import { TRANSPORTS } from "../../../support/transports.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const A = "00000000000000aa";
const EVENTS = "text/event-stream";
const LINES = "application/x-ndjson";
const edge = await startEdge();
after(() => edge.close());

function get(channel: string, query: string, accept: string, headers: Record<string, string> = {}, on = edge) {
  return fetch(new URL(`?${query}`, on.channelUrl(channel)), { headers: { Accept: accept, ...headers } });
}

test("[TR2] events have the headers that keep proxies from holding them back, and say when to come again", async () => {
  const channel = newChannel();
  const controller = new AbortController();
  const response = await fetch(edge.channelUrl(channel), { headers: { Accept: EVENTS }, signal: controller.signal });
  const { headers } = response;
  assert.equal(headers.get("Content-Type"), EVENTS);
  assert.equal(headers.get("Cache-Control"), "no-store, no-transform");
  assert.equal(headers.get("X-Accel-Buffering"), "no");
  assert.match(headers.get("Vary") ?? "", /Accept/);
  const reader = response.body?.getReader();
  const { value } = (await withDeadline("the first bytes", reader?.read() ?? Promise.reject())) ?? {};
  const [, retryMs] = /^retry: (\d+)\n\n/.exec(Buffer.from(value ?? []).toString()) ?? [];
  assert.ok(Number(retryMs) >= 250 && Number(retryMs) <= 750, `${retryMs} ms`);
  controller.abort();
});

test("[TR1] HEAD answers with the headers alone, and joins nothing", async () => {
  const channel = newChannel();
  for (const [query, accept] of [
    ["", EVENTS],
    ["wait=5", LINES],
    ["follow=1", "text/csv"],
  ] as const) {
    const url = new URL(`?${query}`, edge.channelUrl(channel));
    const response = await fetch(url, { method: "HEAD", headers: { Accept: accept } });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("Content-Type"), accept);
  }
  assert.deepEqual(await (await post(edge, channel, "1")).json(), {
    seq: 1,
    points: 1,
    viewers: 0,
    duplicates: 0,
  });
});

test("[TR2] [TR4] on an idle line something is sent each 15 s that whoever reads it passes over", async () => {
  const channel = newChannel();
  await Promise.all(
    (
      [
        ["", EVENTS, /\n\n:\n\n$/],
        ["follow=1", LINES, /^\n$/],
        ["follow=1", "text/csv", /^x,series,y\r\n\r\n$/],
      ] as const
    ).map(async ([query, accept, expected]) => {
      const response = await get(channel, query, accept);
      const reader = response.body?.getReader();
      assert.ok(reader);
      let text = "";
      await withDeadline(
        `the idle line of ${accept}`,
        (async () => {
          while (!expected.test(text)) text += Buffer.from((await reader.read()).value ?? []).toString();
        })(),
        40_000,
      );
      await reader.cancel();
    }),
  );
});

test("[TR3] a poll that finds nothing is a 204 with its cursor once it has waited, and one that need not wait at once", async () => {
  const channel = newChannel();
  await post(edge, channel, '{"x":1,"y":2}');
  const first = await get(channel, "wait=0", LINES);
  const cursor = first.headers.get("Plotcast-Cursor") ?? "";
  assert.match(cursor, /^\d+:1$/);
  assert.equal(await first.text(), `{"x":1,"y":2}\n{"cursor":"${cursor}"}\n`);
  const second = await get(channel, `wait=0&cursor=${cursor}`, LINES);
  assert.equal(second.status, 204);
  assert.equal(second.headers.get("Plotcast-Cursor"), cursor);
  const json = await get(channel, "wait=0", "application/json");
  assert.deepEqual(await json.json(), { cursor, points: [{ x: 1, y: 2 }], gaps: [] });
  const waiting = get(channel, `wait=25&cursor=${cursor}`, LINES);
  await post(edge, channel, '{"x":3,"y":4}');
  const third = await withDeadline("the answer", waiting, 20_000);
  assert.equal(await third.text(), `{"x":3,"y":4}\n{"cursor":"${third.headers.get("Plotcast-Cursor")}"}\n`);
});

test("[TR3c] a poll has 256 KiB at most, and a chunk more, and goes on with the next", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 5; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  let points = 0;
  let cursor = "";
  for (let polls = 1; points < 40_000; polls++) {
    assert.ok(polls <= 20, "the polls end");
    const begin = cursor === "" ? "points=40000" : `cursor=${cursor}`;
    const response = await get(channel, `wait=0&${begin}`, "application/json");
    const body: { cursor: string; points: unknown[]; gaps: unknown[] } = JSON.parse(await response.text());
    assert.deepEqual(body.gaps, []);
    assert.ok(JSON.stringify(body).length < 320 * 1024);
    points += body.points.length;
    ({ cursor } = body);
  }
  assert.equal(points, 40_000);
});

test("[TR3c] [TR5d] a poll, and a stream, of series of which nothing comes say how far they are", async (t) => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, Array<number>(3000).fill(1)));
  const first = await get(channel, "wait=0&series=rare&points=3000", LINES);
  assert.equal(first.status, 204);
  assert.match(first.headers.get("Plotcast-Cursor") ?? "", /^\d+:3000$/);
  const viewers = await Promise.all(
    TRANSPORTS.filter(({ name }) => /^events/.test(name)).map(({ open }) =>
      open(edge.channelUrl(channel), { query: { series: "rare", points: "0" } }),
    ),
  );
  for (const viewer of viewers) t.after(() => viewer.close());
  await waitFor("both are live", () => viewers.every(({ cursor }) => cursor.endsWith(":3000")));
  for (let n = 2; n <= 4; n++) await publishFrames(edge, channel, frameOf(A, n, Array<number>(400).fill(n)));
  const untold = ({ cursor }: { cursor: string }): number => 4200 - Number(cursor.split(":")[1]);
  await waitFor("both know about where they are", () => viewers.every((viewer) => untold(viewer) < 1000));
  assert.ok(viewers.every(({ points }) => points.length === 0));
});

test("[TR7b] a stream goes on, exactly, after its object was reset", async (t) => {
  const main = fileURLToPath(new URL("../../../support/token-worker.js", import.meta.url));
  await using own = await startEdge({ main });
  const channel = newChannel();
  await publishFrames(own, channel, frameOf(A, 1, [1]));
  const viewers = await Promise.all(
    TRANSPORTS.filter(({ name }) => !/poll|WebSocket/.test(name)).map(({ open }) => open(own.channelUrl(channel))),
  );
  for (const viewer of viewers) t.after(() => viewer.close());
  await waitFor("the tail", () => viewers.every(({ points }) => points.length === 1));
  await fetch(new URL(`/reset?channel=${channel}`, own.url)).catch(() => undefined);
  await publishFrames(own, channel, frameOf(A, 2, [2, 3]));
  await waitFor("what was published", () => viewers.every(({ points }) => points.length === 3));
  assert.ok(viewers.every(({ points, gaps }) => gaps.length === 0 && points.map(({ y }) => y).join() === "1,2,3"));
  for (const viewer of viewers) viewer.close();
});

test("[TR7] a client that reads slowly loses nothing, and others get everything at once", async (t) => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const slow = await get(channel, "follow=1&ids=1", LINES);
  const quick = await TRANSPORTS[1]?.open(edge.channelUrl(channel));
  assert.ok(quick);
  t.after(() => quick.close());
  await waitFor("the tail", () => quick.points.length === 1);
  for (let n = 2; n <= 41; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 4000));
  await waitFor("all points at the other", () => quick.points.length === 160_001);
  const reader = slow.body?.getReader();
  assert.ok(reader);
  let rest = "";
  let seq = 0;
  await withDeadline(
    "all points at the slow one",
    (async () => {
      while (seq < 160_001) {
        const piece: Uint8Array = (await reader.read()).value ?? assert.fail("it ended");
        const lines: string[] = (rest + Buffer.from(piece).toString("latin1")).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (line === "") continue;
          const [, id] = /^\{"id":"\d+:(\d+)","x":/.exec(line) ?? assert.fail(line);
          assert.equal(Number(id), ++seq);
        }
      }
    })(),
    60_000,
  );
  await reader.cancel();
});

test("[TR9] a stream ends by itself before it has cost too much, between two ids, and its client loses nothing", async () => {
  await using own = await startEdge({ vars: { STREAM_CPU_MS: "1" } });
  for (const { name, open } of TRANSPORTS) {
    if (/poll|WebSocket/.test(name)) continue;
    const channel = newChannel();
    let isOver = false;
    const publishing = (async () => {
      for (let n = 1; !isOver; n++) await publishFrames(own, channel, frameOf(A, n, [n]));
    })();
    let cursor = "";
    let streams = 0;
    const seen: number[] = [];
    while (seen.length < 50) {
      const viewer = await open(own.channelUrl(channel), { cursor });
      await withDeadline(`the end of ${name}`, viewer.ended);
      streams++;
      seen.push(...viewer.points.map(({ y }) => y));
      assert.deepEqual(viewer.gaps, [], name);
      ({ cursor } = viewer);
    }
    isOver = true;
    await publishing;
    assert.ok(streams > 1, name);
    const [first = 0] = seen;
    assert.deepEqual(
      seen,
      seen.map((_, i) => first + i),
      name,
    );
  }
});

const PRIVATE = fileURLToPath(new URL("../../../support/token-worker.js", import.meta.url));
const KINDS = [
  ["", EVENTS],
  ["wait=5", LINES],
  ["wait=5", "application/json"],
  ["follow=1", LINES],
  ["follow=1", "text/csv"],
  ["follow=1", FRAME_TYPE],
] as const;

test("[AC4a] [TR6] of a private channel a stranger gets by no transport more than of one that is not there", async () => {
  await using own = await startEdge({ main: PRIVATE, vars: { ADMIN_TOKEN: ADMIN, WATCH: "lab/**=token" } });
  await post(own, "lab/a", "1", bearer(ADMIN));
  for (const [query, accept] of KINDS) {
    const [there, nowhere] = [await get("lab/a", query, accept, {}, own), await get("lab/b", query, accept, {}, own)];
    await assertProblem(there, 404, "not-found");
    await assertProblem(nowhere, 404, "not-found");
  }
});

test("[AC10j] [TR6] whose token is revoked, or expires, gets nothing more by any transport, and is told so", async (t) => {
  await using own = await startEdge({ main: PRIVATE, vars: { ADMIN_TOKEN: ADMIN, WATCH: "token" } });
  const channel = newChannel();
  const publish = (text: string) => post(own, channel, text, bearer(ADMIN));
  assert.equal((await publish('{"x":1,"y":1}')).status, 200);
  for (const end of ["revoked", "expired"] as const) {
    for (const { name, open } of TRANSPORTS) {
      if (/poll|WebSocket/.test(name)) continue;
      const id = `${end}-${name.replaceAll(" ", "-").toLowerCase()}`;
      const expiresAtMs = end === "expired" ? Date.now() + 6000 : null;
      const made = await makeToken(own, id, { [channel]: ["watch"] }, { expiresAtMs });
      const viewer = await open(own.channelUrl(channel), { headers: bearer(made.token) });
      t.after(() => viewer.close());
      await waitFor("the tail", () => viewer.points.length >= 1);
      if (end === "revoked") assert.equal((await revokeToken(own, made.name)).status, 204);
      // What ends one that nobody publishes to is an alarm.
      await withDeadline(
        `the end of ${name}`,
        viewer.ended.catch(() => undefined),
      );
      if (name !== "following frames") assert.match(viewer.others.join("\n"), /access-ended/, name);
      const seen = viewer.points.length;
      assert.equal((await publish('{"x":1,"y":1}')).status, 200);
      assert.equal(viewer.points.length, seen);
    }
  }
});

test("[TR1e] [TR6] HEAD of a live read uses no token up, and what a client sends by the Worker's own names counts for nothing", async () => {
  await using own = await startEdge({
    main: PRIVATE,
    vars: { ADMIN_TOKEN: ADMIN, WATCH: "lab/**=token", QUOTA_TOKEN: "channels=1" },
  });
  const { token } = await makeToken(own, "one", { "lab/**": ["watch"] });
  for (const name of ["lab/a", "lab/b"]) {
    const url = new URL("?wait=0", own.channelUrl(name));
    const headers = { Accept: LINES, ...bearer(token) };
    assert.equal((await fetch(url, { method: "HEAD", headers })).status, 200, name);
  }
  assert.equal((await get("lab/c", "wait=0", LINES, bearer(token), own)).status, 204);
  await assertProblem(await get("lab/d", "wait=0", LINES, bearer(token), own), 429, "quota-exceeded");
  const view = { "Plotcast-View": '{"writing":"csv","ids":false,"series":[]}', "Plotcast-Grant": "{}" };
  const refused = new URL("?ids=7", own.channelUrl("public"));
  await assert.rejects(
    openViewer(refused, { headers: view }),
    (error) => error instanceof UpgradeRefused && error.status === 400,
  );
  assert.deepEqual(own.logs, []);
});

test("[AC13h] [TR6] a stream is a viewer, and a poll a read, as far as quotas go", async () => {
  await using own = await startEdge({ vars: { QUOTA_ADDRESS: "viewers=1 reads=1/s" } });
  const channel = newChannel();
  const first = await get(channel, "follow=1", LINES, {}, own);
  const { detail } = await assertProblem(await get(channel, "", EVENTS, {}, own), 429, "quota-exceeded");
  assert.match(detail, /viewers=1/);
  await first.body?.cancel();
  await waitFor("it has left", async () => (await publishJson(own, channel, 1)).viewers === 0);
  const polls = await Promise.all(Array.from({ length: 15 }, () => get(channel, "wait=0", LINES, {}, own)));
  const refused = polls.find(({ status }) => status === 429) ?? assert.fail("none was refused");
  assert.match((await assertProblem(refused, 429, "quota-exceeded")).detail, /reads=1\/s|viewers=1/);
});

test("[TR6c] one address holds 1,024 streams at once, in all channels; another has its own, and whoever is refused watches by WebSocket", async () => {
  await using own = await startEdge({ vars: { QUOTA_ADDRESS: "reads=none" } });
  const channels = Array.from({ length: 8 }, newChannel);
  const end = new AbortController();
  const open = (i: number, address = "192.0.2.1") =>
    fetch(own.channelUrl(channels[i % 8] ?? ""), {
      headers: { Accept: EVENTS, "CF-Connecting-IP": address },
      signal: end.signal,
    });
  const streams: Response[] = [];
  for (let i = 0; i < 1024; i += 64) {
    streams.push(...(await Promise.all(Array.from({ length: 64 }, (_, k) => open(i + k)))));
  }
  assert.ok(streams.every(({ status }) => status === 200));
  const refused = await open(0);
  assert.equal(refused.headers.get("Retry-After"), "30");
  await assertProblem(refused, 429, "too-many-reads");
  assert.equal((await open(0, "192.0.2.2")).status, 200);
  await (await openViewer(own.channelUrl(channels[0] ?? ""), { headers: { "CF-Connecting-IP": "192.0.2.1" } })).close();
  await streams[5]?.body?.cancel();
  // One that hangs up is noticed when the next is sent to it.
  await publishJson(own, channels[5] ?? "", 1);
  await waitFor("there is room again", async () => (await open(0)).status === 200);
  end.abort();
});
