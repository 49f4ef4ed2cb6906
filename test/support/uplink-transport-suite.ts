/** What every transport of an uplink does, on the real Worker, with a proxy on the way that cuts lines. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { UplinkLedger } from "../../bridge/observability/ledger.ts";
import { createLog, type Log } from "../../bridge/observability/log.ts";
import { createDeliverer } from "../../bridge/uplink/deliverer.ts";
import type { UplinkTransport } from "../../bridge/uplink/transport.ts";
import { Collector } from "../../client/publish/collect/collector.ts";
import type { Outcome, Sent } from "../../client/publish/deliver/answer.ts";
import { type Edge, startEdge } from "./edge.ts";
import { MeddlingProxy } from "./meddling-proxy.ts";
import { frameOf, newChannel, storedPoints } from "./publish.ts";
import { waitFor, withDeadline } from "./wait.ts";

export interface TransportPlace {
  to: URL;
  token: string;
  log: Log;
  ledger: UplinkLedger;
}

const A = "00000000000000aa";
const POLICY = { baseDelayMs: 5, maxDelayMs: 50, holdMs: 30 };

/**
 * @param make makes one
 * @param isReady whether it sends by what is tested
 */
export function uplinkTransportSuite(
  name: string,
  make: (place: TransportPlace) => UplinkTransport,
  isReady: (ledger: UplinkLedger) => boolean = () => true,
): void {
  describe(`a transport: ${name}`, () => {
    it("[BR40b] [BR25b] gives what the Worker said of each body, in order, and of announcements", async (t) => {
      const { send, transport } = await stage(t);
      const ended = new AbortController();
      const of = (points: number, ...frames: Uint8Array[]) =>
        send(Buffer.concat(frames), { kind: "frames", points }, ended.signal);
      const answer = { viewers: 0, duplicates: 0 };
      assert.deepEqual(await of(3, frameOf(A, 1, [1, 2, 3])), taken({ ...answer, seq: 3, points: 3 }));
      const repeats = { last: 1, frames: "s" };
      assert.deepEqual(
        await of(3, frameOf(A, 1, [1, 2, 3])),
        taken({ ...answer, seq: 3, points: 3, duplicates: 3, repeats }),
      );
      const refused = await of(1, frameOf(A, 2 ** 52, [1]));
      assert.ok(refused.kind === "refused" && refused.status === 400 && refused.code === "frame-sequence");
      const here = (here: boolean) =>
        send(Buffer.from(JSON.stringify({ publisher: A, here })), { kind: "announcement" }, ended.signal);
      assert.deepEqual(await here(true), { kind: "taken", answer: undefined });
      const nothing = await send(new Uint8Array(), { kind: "nothing" }, ended.signal);
      assert.deepEqual(nothing, { kind: "taken", answer: undefined });
      const all = await Promise.all([2, 3, 4].map((n) => of(1, frameOf(A, n, [n]))));
      assert.deepEqual(
        all,
        [4, 5, 6].map((seq) => taken({ ...answer, seq, points: 1 })),
      );
      ended.abort();
      assert.equal((await of(1, frameOf(A, 9, [1]))).kind, "failed");
      await transport.close();
    });

    it("[BR40c] [BR6d] [CH3] loses and doubles nothing when the line is cut again and again while bodies are under way", async (t) => {
      const { deliver, proxy, ledger } = await stage(t);
      const { add, finish } = deliver();
      for (let cuts = 0; cuts < 12; cuts++) {
        await waitFor("it to be ready", () => isReady(ledger), { everyMs: 1 });
        const before = ledger.posts;
        add(2000);
        await waitFor("a body under way", () => ledger.posts > before, { everyMs: 0 });
        proxy.cut();
      }
      await finish();
      assert.ok(ledger.retries > 0, "no body was ever under way");
    });

    it("[BR40c] [CH1] [CH3] loses and doubles nothing when the Worker is killed with bodies under way", async (t) => {
      const { deliver, edge, ledger } = await stage(t);
      const { add, finish } = deliver();
      for (let kills = 0; kills < 3; kills++) {
        await waitFor("it to be ready", () => isReady(ledger), { everyMs: 1, deadlineMs: 20_000 });
        const before = ledger.posts;
        add(20_000);
        await waitFor("a body under way", () => ledger.posts > before, { everyMs: 0 });
        await edge.kill();
        await edge.restart();
      }
      await finish();
      assert.ok(ledger.retries > 0, "no body was ever under way");
    });

    it("[UP3d] [CH6] loses and doubles nothing when the channel is evicted between bodies", async (t) => {
      const { deliver, edge, channel, ledger } = await stage(t);
      const { add, settled, finish } = deliver();
      for (let evictions = 0; evictions < 5; evictions++) {
        add(100);
        await settled();
        await edge.evict(channel);
      }
      add(1);
      await finish();
      assert.equal(ledger.retries, 0);
    });
  });

  async function stage(t: TestContext) {
    const edge: Edge = await startEdge();
    t.after(() => edge.close());
    const channel = newChannel();
    const proxy = await MeddlingProxy.to(t, edge.channelUrl(channel));
    const ledger = new UplinkLedger();
    const lines: string[] = [];
    const log = createLog("text", "info", (line) => lines.push(line));
    const transport = make({ to: proxy.url, token: edge.token ?? "", log, ledger });
    t.after(() => transport.close());
    await waitFor("it to be ready", () => isReady(ledger));
    const send = (body: Uint8Array, sent: Sent, signal: AbortSignal): Promise<Outcome> =>
      withDeadline("an outcome", transport.send(body, signal, sent));

    /** Delivers points numbered from 0. */
    const deliver = () => {
      const lost = ledger.countDropped.bind(ledger);
      const collector = new Collector({ publisher: A, maxBytes: 64 * 2 ** 20, lost });
      const deliverer = createDeliverer({
        collector,
        ledger,
        log,
        post: ({ body, points }, signal) => transport.send(body, signal, { kind: "frames", points }),
        policy: POLICY,
        idlePaceMs: 0,
      });
      void deliverer.run();
      let added = 0;
      const add = (count: number): void => {
        collector.add(
          Array.from({ length: count }, () => ({ x: added, arrival: false, names: ["y"], values: [added++] })),
        );
      };
      const settled = () => waitFor("everything confirmed", () => collector.held.points === 0, { deadlineMs: 30_000 });
      return {
        add,
        settled,
        /** Looks for every number. */
        async finish(): Promise<void> {
          await settled();
          await deliverer.drain(0);
          const stored = await storedPoints(edge, channel, "?points=1000000");
          assert.deepEqual(
            stored.map(({ y }) => y),
            Array.from({ length: added }, (_, i) => i),
          );
          assert.equal(ledger.delivered, added);
        },
      };
    };
    return { edge, channel, proxy, ledger, transport, send, deliver };
  }
}

function taken(answer: Extract<Outcome, { kind: "taken" }>["answer"]): Outcome {
  return { kind: "taken", answer };
}
