/** One suite for every transport: nothing lost, nothing repeated, and what is missing is said. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, frameOfRows, newChannel, publishFrames, rowOf } from "../../../support/publish.ts";
import { TRANSPORTS, type TransportViewer } from "../../../support/transports.ts";
import { waitFor } from "../../../support/wait.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

async function clear(channel: string): Promise<void> {
  const headers = { Authorization: `Bearer ${edge.token}` };
  assert.equal((await fetch(edge.channelUrl(channel), { method: "DELETE", headers })).status, 204);
}

const ys = ({ points }: TransportViewer): number[] => points.map(({ y }) => y);
const counting = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

for (const transport of TRANSPORTS) {
  describe(transport.name, () => {
    test("[TR1] begins with the tail, goes on live, and comes back exactly where it was", async (t) => {
      const channel = newChannel();
      const url = edge.channelUrl(channel);
      await publishFrames(edge, channel, frameOf(A, 1, counting(1, 10)));
      const first = await transport.open(url);
      t.after(() => first.close());
      await waitFor("the tail", () => first.points.length === 10);
      for (let n = 2; n <= 21; n++) await publishFrames(edge, channel, frameOf(A, n, counting(10 * n - 9, 10 * n)));
      await waitFor("what was published", () => first.points.length === 210);
      assert.deepEqual(ys(first), counting(1, 210));
      const { cursor } = first;
      assert.match(cursor, /^\d+:210$/);
      first.close();
      for (let n = 22; n <= 30; n++) await publishFrames(edge, channel, frameOf(A, n, counting(10 * n - 9, 10 * n)));
      const second = await transport.open(url, { cursor });
      t.after(() => second.close());
      await publishFrames(edge, channel, frameOf(A, 31, counting(301, 310)));
      await waitFor("what it missed", () => second.points.length >= 100);
      assert.deepEqual(ys(second), counting(211, 310));
      assert.deepEqual(second.gaps, []);
    });

    test("[TR1] begins before anything was published", async (t) => {
      const channel = newChannel();
      const viewer = await transport.open(edge.channelUrl(channel));
      t.after(() => viewer.close());
      await publishFrames(edge, channel, frameOf(A, 1, [1, 2, 3]));
      await waitFor("the first points", () => viewer.points.length === 3);
      assert.deepEqual(ys(viewer), [1, 2, 3]);
    });

    if (transport.filters) {
      test("[TR5] gets the series that it asks for, in the tail and live, and comes back where it was", async (t) => {
        const channel = newChannel();
        const url = edge.channelUrl(channel);
        const rows = (n: number) => frameOfRows(A, n, [rowOf(n, { "cell.1": n, "cell.2": 10 * n, flow: 100 * n })]);
        await publishFrames(edge, channel, rows(1));
        const first = await transport.open(url, { query: { series: "cell.*" } });
        t.after(() => first.close());
        await waitFor("the tail", () => first.points.length === 2);
        await publishFrames(edge, channel, frameOf(A, 2, [7, 8, 9], 0, "flow"));
        await publishFrames(edge, channel, rows(3));
        await waitFor("what was published", () => first.points.length === 4);
        first.close();
        await publishFrames(edge, channel, rows(4));
        const second = await transport.open(url, { query: { series: "cell.*" }, cursor: first.cursor });
        t.after(() => second.close());
        await waitFor("what it missed", () => second.points.length === 2);
        const seen = [...first.points, ...second.points].map(({ series, y }) => `${series} ${y}`);
        assert.deepEqual(seen, ["cell.1 1", "cell.2 10", "cell.1 3", "cell.2 30", "cell.1 4", "cell.2 40"]);
      });
    }

    test("[VW22] of what comes often it gets the least, the greatest and the last, and all of that once, also after a cut", async (t) => {
      const channel = newChannel();
      const url = edge.channelUrl(channel);
      const query = { max_rate: "1", series: "y" };
      const all = await transport.open(url, { query: { series: "y" } });
      const first = await transport.open(url, { query });
      t.after(() => all.close());
      const numberOf = ({ y }: { y: number }): number => y % 1000;
      // A peak and a dip of one point each among many publishes within some seconds.
      for (let n = 1; n <= 40; n++) {
        const peak = n === 17 ? 100_000 : n === 23 ? -100_000 : 0;
        await publishFrames(edge, channel, frameOfRows(A, n, [rowOf(Date.now() / 1000, { y: peak + n, z: n })]));
      }
      await waitFor("what comes alone", () => first.points.length > 0);
      const { cursor } = first;
      first.close();
      const before = [...first.points];
      const second = await transport.open(url, { query, cursor });
      t.after(() => second.close());
      await waitFor("the last point, though none follows", () => [...before, ...second.points].at(-1)?.y === 40);
      await waitFor("all that was published", () => all.points.length === 40);
      const seen = [...before, ...second.points];
      assert.ok(seen.some(({ y }) => y === 100_017) && seen.some(({ y }) => y === 23 - 100_000), "peaks survive");
      assert.ok(seen.length < 20, `${seen.length} of 40 points`);
      const order = seen.map((point) => all.points.findIndex(({ x, y }) => x === point.x && y === point.y));
      assert.ok(
        order.every((at, i) => at >= 0 && at > (order[i - 1] ?? -1)),
        `${order}, once and in order`,
      );
      assert.equal(new Set(seen.map(numberOf)).size, seen.length);
    });

    test("[TR5] begins with the last points of what it asks for, as many as it asks for", async (t) => {
      const channel = newChannel();
      await publishFrames(edge, channel, frameOf(A, 1, counting(1, 5), 0, "rare"));
      for (let n = 2; n <= 6; n++) await publishFrames(edge, channel, frameOf(A, n, counting(1, 500), 0, "often"));
      await publishFrames(edge, channel, frameOf(A, 7, [6, 7], 0, "rare"));
      const viewer = await transport.open(edge.channelUrl(channel), { query: { series: "rare", points: "3" } });
      t.after(() => viewer.close());
      await waitFor("the last points", () => viewer.points.length >= 3);
      // Frames come whole.
      assert.deepEqual(ys(viewer).slice(-3), [5, 6, 7]);
      if (!transport.name.includes("frames")) assert.equal(viewer.points.length, 3);
    });

    test("[TR5] is told that the channel never had what it asks for, and gets it once it comes", async (t) => {
      const channel = newChannel();
      await publishFrames(edge, channel, frameOf(A, 1, [1], 0, "temp"));
      const viewer = await transport.open(edge.channelUrl(channel), { query: { series: "tenp" } });
      t.after(() => viewer.close());
      await waitFor("the note", () => viewer.notes.length > 0);
      await publishFrames(edge, channel, frameOf(A, 2, [2], 0, "tenp"));
      await waitFor("the point", () => viewer.points.length === 1);
      assert.match(
        viewer.notes[0] ?? "",
        /^This channel never had a series called tenp; did you mean "?temp"?\? It comes/,
      );
      const known = await transport.open(edge.channelUrl(channel), { query: { series: "t*" } });
      t.after(() => known.close());
      await waitFor("what is there", () => known.points.length === 2);
      assert.deepEqual(known.notes, []);
    });

    if (transport.tellsGaps) {
      test("[TR2] is told that the numbering began anew, also when it comes back with a cursor of before", async (t) => {
        const channel = newChannel();
        const url = edge.channelUrl(channel);
        await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
        const first = await transport.open(url);
        t.after(() => first.close());
        await waitFor("the tail", () => first.points.length === 2);
        const { cursor } = first;
        await clear(channel);
        await publishFrames(edge, channel, frameOf(A, 2, [3]));
        await waitFor("the next epoch", () => first.points.length === 3);
        assert.deepEqual(first.gaps, [{ reason: "epoch", points: null }]);
        const second = await transport.open(url, { cursor });
        t.after(() => second.close());
        await waitFor("the tail of the next epoch", () => second.points.length === 1);
        assert.deepEqual(second.gaps, [{ reason: "epoch", points: null }]);
      });

      test("[TR2] is told what is trimmed since", async () => {
        await using own = await startEdge({ vars: { STORE_BYTES: "300000" } });
        const channel = newChannel();
        const url = own.channelUrl(channel);
        await publishFrames(own, channel, frameOf(A, 1, [1, 2]));
        const first = await transport.open(url);
        await waitFor("the tail", () => first.points.length === 2);
        first.close();
        for (let n = 2; n <= 9; n++) await publishFrames(own, channel, bulkyFrame(A, n, 8000));
        const second = await transport.open(url, { cursor: first.cursor });
        await waitFor("the rest", () => second.cursor.endsWith(`:${2 + 8 * 8000}`));
        second.close();
        const [gap] = second.gaps;
        assert.equal(gap?.reason, "trimmed");
        assert.equal((gap?.points ?? 0) + second.points.length, 8 * 8000);
      });

      test("[VW2c] [TR3e] is told what frames had reported that are trimmed since", async () => {
        await using own = await startEdge({ vars: { STORE_BYTES: "300000" } });
        const channel = newChannel();
        const url = own.channelUrl(channel);
        await publishFrames(own, channel, frameOf(A, 1, [1, 2]));
        // A viewer that is still there when more comes would have its text kept for others.
        const polled = await fetch(new URL("?wait=0", url), { headers: { Accept: "application/json" } });
        const { cursor }: { cursor: string } = JSON.parse(await polled.text());
        const builder = new FrameBuilder();
        builder.addGap({ kind: "gap", reason: "bridge-full", points: 7, fromX: 0, toX: 1, series: "" });
        builder.add(rowOf(1, { y: 2 }));
        await publishFrames(own, channel, builder.encode(A, 2));
        for (let n = 3; n <= 10; n++) await publishFrames(own, channel, bulkyFrame(A, n, 8000));
        const second = await transport.open(url, { cursor });
        await waitFor("the rest", () => second.cursor.endsWith(`:${3 + 8 * 8000}`));
        second.close();
        const [trimmed, reported] = second.gaps;
        assert.equal((trimmed?.points ?? 0) + second.points.length, 1 + 8 * 8000);
        assert.deepEqual(reported, { reason: "gaps-trimmed", points: 7 });
      });
    }
  });
}

test("[TR3] what a publisher lost is told where it is missing, and not to whoever wants other series", async (t) => {
  for (const { name, open, filters } of TRANSPORTS) {
    if (!filters) continue;
    const channel = newChannel();
    const url = edge.channelUrl(channel);
    await publishFrames(edge, channel, frameOf(A, 1, [1]));
    const [all, others] = [await open(url), await open(url, { query: { series: "z" } })];
    t.after(() => all.close());
    t.after(() => others.close());
    await waitFor(`the tail of ${name}`, () => all.points.length === 1);
    const lost = { kind: "gap", reason: "publisher-dropped", points: 3, fromX: 0, toX: 1, series: "y" } as const;
    const builder = new FrameBuilder();
    builder.addGap(lost);
    builder.add(rowOf(1, { y: 2 }));
    builder.add(rowOf(2, { z: 3 }));
    builder.addGap({ ...lost, reason: "bridge-full", points: null, series: "" });
    await publishFrames(edge, channel, builder.encode(A, 2));
    const isThere = () => all.gaps.length + others.gaps.length === 3;
    await waitFor(
      `what is missing by ${name}`,
      () => isThere() && all.points.length === 3 && others.points.length === 1,
    );
    const trailing = { reason: "bridge-full", points: null };
    assert.deepEqual(all.gaps, [{ reason: "publisher-dropped", points: 3 }, trailing], name);
    assert.deepEqual(others.gaps, [trailing], name);
  }
});
