/** One suite that a subscription passes over each transport. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { connect } from "../../../../client/connect/connect.ts";
import type { SharedConnection } from "../../../../client/connect/shared-connection.ts";
import { points, Refused, subscribe } from "../../../../client/subscribe/subscribe.ts";
import { TRANSPORT_NAMES, type TransportName } from "../../../../client/subscribe/transport.ts";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { startEdge } from "../../../support/edge.ts";
import { SECRET, signed } from "../../../support/jwt.ts";
import { bulkyFrame, frameOf, frameOfRows, newChannel, publishFrames, rowOf } from "../../../support/publish.ts";
import { Subscriber } from "../../../support/subscriber.ts";
import { waitFor } from "../../../support/wait.ts";

const A = "00000000000000aa";
const edge = await startEdge({ vars: { WATCH: "private/**=token", JWT_SECRETS: SECRET } });
after(() => edge.close());

const counting = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const WAYS: readonly { name: string; transport: TransportName; connection?: SharedConnection }[] = [
  ...TRANSPORT_NAMES.map((transport) => ({ name: transport, transport })),
  { name: "shared-websocket", transport: "websocket", connection: connect(edge.url) },
];

for (const { name, transport, connection } of WAYS) {
  const only = { transports: [transport], connection };
  describe(name, () => {
    test("[CL1a] [CL1b] begins with the tail, goes on live, and another goes on at its cursor", async (t) => {
      const channel = newChannel();
      const url = edge.channelUrl(channel);
      await publishFrames(edge, channel, frameOf(A, 1, counting(1, 10)));
      const first = new Subscriber(t, url, only);
      await first.isLiveBy(transport);
      for (let n = 2; n <= 21; n++) await publishFrames(edge, channel, frameOf(A, n, counting(10 * n - 9, 10 * n)));
      await waitFor("what was published", () => first.ys.length >= 210);
      assert.deepEqual(first.ys, counting(1, 210));
      assert.match(first.cursor ?? "", /^\d+:210$/);
      assert.deepEqual(first.states, [`connecting ${transport}`, `live ${transport}`]);
      first.close();
      await publishFrames(edge, channel, frameOf(A, 22, counting(211, 220)));
      const second = new Subscriber(t, url, { ...only, cursor: first.cursor });
      await publishFrames(edge, channel, frameOf(A, 23, counting(221, 230)));
      await waitFor("what it missed", () => second.ys.length >= 20);
      assert.deepEqual(second.ys, counting(211, 230));
      assert.deepEqual([...first.gaps, ...second.gaps], []);
      await waitFor("the first has ended", () => first.isEnded);
    });

    test("[CL1a] begins before anything was published", async (t) => {
      const channel = newChannel();
      const viewer = new Subscriber(t, edge.channelUrl(channel), only);
      await viewer.isLiveBy(transport);
      await publishFrames(edge, channel, frameOf(A, 1, [1, 2, 3]));
      await waitFor("the first points", () => viewer.ys.length === 3);
      assert.deepEqual(viewer.ys, [1, 2, 3]);
      assert.deepEqual(viewer.gaps, []);
    });

    test("[CL1c] tells of what publishers lost, and of a numbering that began anew", async (t) => {
      const channel = newChannel();
      const viewer = new Subscriber(t, edge.channelUrl(channel), only);
      await viewer.isLiveBy(transport);
      const builder = new FrameBuilder();
      builder.addGap({ kind: "gap", reason: "publisher-dropped", points: 3, fromX: 0, toX: 1, series: "y" });
      builder.add(rowOf(1, { y: 2 }));
      await publishFrames(edge, channel, builder.encode(A, 1));
      await waitFor("the loss", () => viewer.ys.length === 1);
      const headers = { Authorization: `Bearer ${edge.token}` };
      assert.equal((await fetch(edge.channelUrl(channel), { method: "DELETE", headers })).status, 204);
      await publishFrames(edge, channel, frameOf(A, 2, [7]));
      await waitFor("the next epoch", () => viewer.ys.length === 2);
      assert.deepEqual(viewer.ys, [2, 7]);
      assert.deepEqual(viewer.gaps, [
        { reason: "publisher-dropped", points: 3 },
        { reason: "epoch", points: null },
      ]);
    });

    test("[CL1d] [CL1c] of what comes often it gives peaks and the last, no hole for what was left out, and what publishers lost", async (t) => {
      const channel = newChannel();
      const url = edge.channelUrl(channel);
      const viewer = new Subscriber(t, url, { ...only, series: "y", maxRate: 1 });
      await viewer.isLiveBy(transport);
      for (let n = 1; n <= 40; n++) {
        const y = n === 17 ? 1000 : n;
        const builder = new FrameBuilder();
        if (n === 30)
          builder.addGap({ kind: "gap", reason: "publisher-dropped", points: 3, fromX: null, toX: null, series: "y" });
        builder.add(rowOf(Date.now() / 1000, { y, z: n }));
        await publishFrames(edge, channel, builder.encode(A, n));
      }
      await waitFor("the last", () => viewer.ys.at(-1) === 40);
      assert.ok(viewer.ys.includes(1000) && viewer.ys.length < 20, `${viewer.ys}`);
      assert.deepEqual(viewer.gaps, [{ reason: "publisher-dropped", points: 3 }]);
      assert.ok(viewer.series.every((name) => name === "y"));
    });

    test("[CL1d] gives the series that are asked for", async (t) => {
      const channel = newChannel();
      const viewer = new Subscriber(t, edge.channelUrl(channel), { ...only, series: ["cell.*", "flow"] });
      await viewer.isLiveBy(transport);
      const row = rowOf(1, { "cell.1": 1, other: 2, flow: 3, "cell.2": 4 });
      await publishFrames(edge, channel, frameOfRows(A, 1, [row]), frameOf(A, 2, [5], 0, "other"));
      await publishFrames(edge, channel, frameOf(A, 3, [6], 0, "flow"));
      await waitFor("what was asked for", () => viewer.ys.length === 4);
      assert.deepEqual(viewer.series, ["cell.1", "flow", "cell.2", "flow"]);
      assert.deepEqual(viewer.gaps, []);
    });

    test("[CL1b] gets a store of many steps whole", async (t) => {
      const channel = newChannel();
      for (let n = 1; n <= 20; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
      const viewer = new Subscriber(t, edge.channelUrl(channel), { ...only, points: 160_000 });
      await waitFor("all of it", () => viewer.ys.length >= 160_000);
      assert.equal(viewer.ys.length, 160_000);
      assert.deepEqual(viewer.gaps, []);
      await viewer.isLiveBy(transport);
    });

    test("[CL4a] a private channel refuses who brings no token, and the subscription ends with why", async (t) => {
      const viewer = new Subscriber(t, edge.channelUrl(`private/${name}`), only);
      await waitFor("it has ended", () => viewer.isEnded);
      assert.deepEqual([viewer.state, viewer.problem], [`refused ${transport}`, "not-found"]);
      const wrong = new Subscriber(t, edge.channelUrl(`private/${name}`), { ...only, token: "wrong" });
      await waitFor("it has ended", () => wrong.isEnded);
      assert.deepEqual([wrong.state, wrong.problem], [`refused ${transport}`, "token-wrong"]);
    });

    test("[CL4a] [CL4d] a token that expires while it is used: the function gives another, and no point is lost", async (t) => {
      const channel = `private/expires-${name}`;
      let asked = 0;
      const token = (): string => {
        const exp = Math.floor(Date.now() / 1000) + (asked++ === 0 ? 5 : 3_600);
        return signed({ aud: "plotcast", exp, sub: transport, plotcast: { "private/**": ["watch", "history"] } });
      };
      const viewer = new Subscriber(t, edge.channelUrl(channel), { ...only, token });
      await viewer.isLiveBy(transport);
      await publishFrames(edge, channel, frameOf(A, 1, [1]));
      await waitFor("the first point", () => viewer.ys.length === 1);
      // A poll that waits ends with a point: then it has to ask anew.
      let published = 1;
      await waitFor(
        "it has asked for another token",
        async () => {
          published++;
          await publishFrames(edge, channel, frameOf(A, published, [published]));
          return asked >= 2;
        },
        { everyMs: 100 },
      );
      await waitFor("all points", () => viewer.ys.length >= published);
      assert.deepEqual(viewer.ys, counting(1, published));
      assert.deepEqual(viewer.gaps, []);
      await viewer.isLiveBy(transport);
    });
  });
}

test("[CL1f] points alone, with the text of values that have one; a refusal is thrown", async () => {
  const channel = newChannel();
  const builder = new FrameBuilder();
  builder.add({ ...rowOf(1, { state: 1 }), marks: [{ series: "state", value: 1, style: "step", text: "running" }] });
  await publishFrames(edge, channel, builder.encode(A, 1));
  for await (const point of points(edge.channelUrl(channel))) {
    assert.deepEqual(point, { series: "state", x: 1, y: 1, text: "running" });
    break;
  }
  await assert.rejects(
    async () => {
      for await (const _ of points(edge.channelUrl("private/points"))) assert.fail("a point");
    },
    (error) => error instanceof Refused && error.code === "not-found",
  );
});

test("[CL2a] what cannot be is said at once", () => {
  for (const [url, options, message] of [
    ["ftp://board.example/c/lab", {}, /begins with http/],
    ["https://board.example/", {}, /https:\/\/board.example\/c\/<name>, not \//],
    ["https://board.example/c/", {}, /not \/c\//],
    ["https://board.example/c/lab", { cursor: "yesterday" }, /such as 1:4711/],
    ["https://board.example/c/lab", { points: -1 }, /points is a whole number/],
    ["https://board.example/c/lab", { transports: [] }, /none of the transports/],
  ] as const) {
    assert.throws(() => subscribe(url, options), { name: "TypeError", message });
  }
});

test("[CL1e] a signal that has fired before begins nothing", async () => {
  for await (const event of subscribe(edge.channelUrl("never"), { signal: AbortSignal.abort() })) {
    assert.fail(event.kind);
  }
});
