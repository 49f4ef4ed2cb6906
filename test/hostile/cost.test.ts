/** What nobody who has no token can make cost, whatever they ask. `npm run cost:strangers` prints what they can. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  announce,
  channelOfRows,
  costOf,
  countsOf,
  get,
  joinAndLeave,
  PRIVATE,
  startCounting,
  takeText,
  watched,
} from "../cost/measure.ts";
import { REFUSED, REFUSED_PRIVATE } from "../cost/refused.ts";
import { frameOf, newChannel, post, publishFrames, publishJson } from "../support/publish.ts";
import { TestPublisher } from "../support/publish-socket.ts";
import { rawRequest } from "../support/raw.ts";
import { openViewer } from "../support/sockets.ts";
import { waitFor } from "../support/wait.ts";

const edge = await startCounting();
after(() => edge.close());

test("[CH10b] a channel to which nobody published costs no row written and no alarm, whatever is asked of it", async () => {
  const cost = await costOf(edge, async () => {
    for (const query of ["", "?points=10", "?points=10&series=y", "?from=1&to=2"]) {
      await get(edge, newChannel(), query);
      await joinAndLeave(edge, newChannel(), query.replace(/[?&](series|from|to)=[^&]*/g, ""));
    }
    for (const query of ["?wait=0", "?wait=1", "?wait=0&series=y"]) await get(edge, newChannel(), query);
    await get(edge, newChannel(), "", "HEAD");
    for (const [, ask] of REFUSED) await ask(edge, newChannel());
  });
  assert.partialDeepStrictEqual(cost, { rowsWritten: 0, alarmsSet: 0, alarms: 0 });
});

test("[AC13m] [CH10b] [RD6d] announcements make one row each, with its index, and an alarm a second while somebody watches; none where nobody published", async () => {
  const nowhere = await costOf(edge, () => announce(edge, newChannel(), 30));
  assert.partialDeepStrictEqual(nowhere, { rowsWritten: 0, alarmsSet: 0, alarms: 0 });
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const unseen = await costOf(edge, () => announce(edge, channel, 30));
  assert.partialDeepStrictEqual(unseen, { rowsWritten: 60, alarmsSet: 0, alarms: 0 });
  assert.equal((await costOf(edge, () => announce(edge, channel, 30))).rowsWritten, 0, "said again");
  const began = performance.now();
  const seen = await costOf(edge, () => watched(edge, channel, () => announce(edge, channel, 30, false)));
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seen.rowsWritten <= 60, `${seen.rowsWritten} rows`);
  assert.ok(seen.alarms <= 2 + seconds && seen.alarmsSet <= 4 + seconds, `${seen.alarms} of ${seen.alarmsSet} alarms`);
});

test("[GD1] [GD6] [BAD1] what is refused before its channel is asked costs no request to an object", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const cost = await costOf(edge, async () => {
    for (const [, ask] of REFUSED) await ask(edge, channel);
    await get(edge, channel, "", "HEAD");
    const headers = { Authorization: "Bearer wrong", "Content-Encoding": "gzip" };
    await rawRequest(edge.url, { method: "POST", path: `/c/${channel}`, headers, body: "x".repeat(1 << 20) });
  });
  assert.deepEqual(cost, { requests: 0, rowsRead: 0, rowsWritten: 0, alarmsSet: 0, alarms: 0 });
});

test("[AC4c] no request without a right for a private channel costs a request to it, by whatever way it comes", async () => {
  const channel = `${PRIVATE}/${newChannel()}`;
  await publishJson(edge, channel, [1, 2, 3]);
  // The first wrong named token wakes the object that keeps those, which then looks once whether it has any.
  const first = await costOf(edge, async () => {
    await fetch(edge.channelUrl(channel), { headers: { Authorization: `Bearer pct_${"B".repeat(43)}` } });
  });
  assert.ok(first.rowsRead <= 1, `${first.rowsRead} rows read`);
  assert.deepEqual({ ...first, rowsRead: 0 }, { requests: 0, rowsRead: 0, rowsWritten: 0, alarmsSet: 0, alarms: 0 });
  const cost = await costOf(edge, async () => {
    for (const [, ask] of REFUSED_PRIVATE) {
      await ask(edge, channel);
      await ask(edge, `${PRIVATE}/${newChannel()}`);
    }
  });
  assert.deepEqual(cost, { requests: 0, rowsRead: 0, rowsWritten: 0, alarmsSet: 0, alarms: 0 });
});

test("[AC13e] [AC13f] [AC13h] what exceeds a quota costs no request to the channel, but one for a viewer", async (t) => {
  const bounded = await startCounting({ QUOTA_TOKEN: "points=1/s", QUOTA_ADDRESS: "reads=1/s viewers=1" });
  t.after(() => bounded.close());
  const channel = newChannel();
  const headers = { "CF-Connecting-IP": "192.0.2.1" };
  await publishJson(
    bounded,
    channel,
    Array.from({ length: 1000 }, (_, i) => i),
  );
  const isRefused = async () => (await fetch(bounded.channelUrl(channel), { headers })).status === 429;
  await waitFor("a read that is refused", isRefused, { everyMs: 0 });
  const cost = await costOf(bounded, async () => {
    for (let i = 0; i < 20; i++) assert.equal((await post(bounded, channel, "1")).status, 429);
  });
  assert.deepEqual(cost, { requests: 0, rowsRead: 0, rowsWritten: 0, alarmsSet: 0, alarms: 0 });
  const viewer = await openViewer(bounded.channelUrl(channel), { headers });
  const refusals = await costOf(bounded, async () => {
    for (let i = 0; i < 20; i++) await assert.rejects(openViewer(bounded.channelUrl(channel), { headers }));
  });
  assert.deepEqual([refusals.requests, refusals.rowsWritten], [20, 0]);
  await viewer.close();
});

test("[RD6a] [RD6d] readers and viewers of a channel write no row, and set two alarms a second at most", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, [1, 2, 3]);
  const began = performance.now();
  const cost = await costOf(edge, async () => {
    for (let i = 0; i < 10; i++) {
      await get(edge, channel);
      await get(edge, channel, "?points=1&series=y");
      await joinAndLeave(edge, channel);
    }
  });
  assert.equal(cost.rowsWritten, 0);
  // Joining and leaving is told once a second, by an alarm; the last may follow when all is over.
  const seconds = (performance.now() - began) / 1000;
  assert.ok(cost.alarmsSet <= 10 + 2 + seconds, `${cost.alarmsSet} alarms in ${seconds} s`);
});

test("[TR2f] [TR4b] [VW9d] a viewer by HTTP that is there for a minute in which nothing comes costs nothing after it joined", async (t) => {
  const channel = newChannel();
  await publishJson(edge, channel, [1, 2, 3]);
  const leaving = new AbortController();
  t.after(() => leaving.abort());
  const idleLines = await Promise.all(
    (
      [
        ["", "text/event-stream", /^:\n\n$/],
        ["?frames=1", "text/event-stream", /^:\n\n$/],
        ["?follow=1", "application/x-ndjson", /^\n$/],
        ["?follow=1", "text/csv", /^\r\n$/],
      ] as const
    ).map(async ([query, accept, idle]) => {
      const url = new URL(query, edge.channelUrl(channel));
      const response = await fetch(url, { headers: { Accept: accept }, signal: leaving.signal });
      let count = 0;
      void (async () => {
        for await (const piece of response.body ?? []) if (idle.test(Buffer.from(piece).toString())) count++;
      })().catch(() => undefined);
      return () => count;
    }),
  );
  const haveAll = (count: number) => idleLines.every((countOf) => countOf() >= count);
  await waitFor("an idle line of each, 15 s after it joined", () => haveAll(1), { deadlineMs: 40_000 });
  const cost = await costOf(
    edge,
    () => waitFor("that of a minute after it joined", () => haveAll(4), { deadlineMs: 70_000 }),
    0,
  );
  assert.deepEqual(cost, { requests: 0, rowsRead: 0, rowsWritten: 0, alarmsSet: 0, alarms: 0 });
});

test("[UP7] [CH16a] 100 bodies over a WebSocket are one request to the Worker, one to the channel, 100 messages and 100 rows; POSTs are 100 each", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const body = (n: number) => frameOf("00000000000000aa", n, [n]);
  let publisher: TestPublisher | undefined;
  const bySocket = await countsOf(edge, async () => {
    publisher = await TestPublisher.open(edge, channel);
    for (let n = 1; n <= 100; n++) await publisher.publish(body(n));
  });
  // Messages are among the requests.
  assert.partialDeepStrictEqual(bySocket, { workerRequests: 1, requests: 101, messages: 100 });
  const { rowsWritten } = await costOf(edge, async () => {
    for (let n = 101; n <= 200; n++) await publisher?.publish(body(n));
  });
  assert.ok(rowsWritten >= 100 && rowsWritten <= 110, `${rowsWritten} rows`);
  // A ping is answered by the Worker.
  const pings = await countsOf(edge, async () => {
    for (let i = 0; i < 10; i++) publisher?.viewer.send("ping");
    await waitFor("the pongs", () => publisher?.viewer.messages.filter((text) => text === "pong").length === 10);
  });
  assert.partialDeepStrictEqual(pings, { workerRequests: 0, requests: 0, messages: 0 });
  await publisher?.viewer.close();
  const byPost = await countsOf(edge, async () => {
    for (let n = 201; n <= 300; n++) await publishFrames(edge, channel, body(n));
  });
  assert.partialDeepStrictEqual(byPost, { workerRequests: 100, requests: 100, messages: 0 });
});

test("[VW5] a viewer that takes text costs no alarm for each frame", async () => {
  const channel = await channelOfRows(edge, 1000);
  const began = performance.now();
  const { alarmsSet } = await costOf(edge, () => takeText(edge, channel, 1000));
  const seconds = (performance.now() - began) / 1000;
  assert.ok(alarmsSet <= 20 + seconds, `${alarmsSet} alarms for 1000 points in ${seconds} s`);
});
