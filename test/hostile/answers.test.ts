/**
 * [BR6] [BR8] [BR25] Whatever answers in the Worker's place: nothing counts as delivered, nothing is refused for good, and once
 * the Worker answers everything arrives, once and in order.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { after, test } from "node:test";
import { UplinkLedger } from "../../bridge/observability/ledger.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { createDeliverer } from "../../bridge/uplink/deliverer.ts";
import { Poster } from "../../bridge/uplink/post.ts";
import { Collector } from "../../client/publish/collect/collector.ts";
import { startEdge } from "../support/edge.ts";
import { newChannel, storedPoints } from "../support/publish.ts";
import { waitFor, withDeadline } from "../support/wait.ts";
import { ANSWERS, type AnswerRow } from "./rows/answers.ts";

//     collector → deliverer ─HTTP→ front ─→ something else, then the real Worker

const XS = [1, 2, 4];
const edge = await startEdge();
/** What answers; undefined: the Worker. */
let answer: AnswerRow["answer"] | undefined;
let answered = 0;
const open = new Set<Socket>();
const front = createServer((socket) => {
  open.add(socket);
  socket.on("error", () => {}).on("close", () => open.delete(socket));
  if (answer === undefined) {
    const worker = connect(Number(edge.url.port), edge.url.hostname);
    worker.on("error", () => socket.destroy());
    socket.pipe(worker).pipe(socket);
    socket.on("close", () => worker.destroy());
    return;
  }
  socket.once("data", () => {
    answered++;
    if (typeof answer === "function") answer(socket);
    else if (answer !== undefined) socket.end(answer);
    socket.resume();
  });
});
await once(front.listen(0, "127.0.0.1"), "listening");
const address = front.address();
const port = typeof address === "object" ? address?.port : undefined;
after(async () => {
  for (const socket of open) socket.destroy();
  front.close();
  await edge.close();
});

for (const row of ANSWERS) {
  test(`[BR25] answers: ${row.name}`, async () => {
    const ledger = new UplinkLedger();
    const lines: string[] = [];
    const collector = new Collector({
      publisher: randomBytes(8).toString("hex"),
      maxBytes: 1 << 20,
      lost: (reason, points) => ledger.countDropped(reason, points),
    });
    const channel = newChannel();
    const start = () => {
      const to = new URL(`http://127.0.0.1:${port}/c/${channel}`);
      const poster = new Poster({ to, token: edge.token ?? "", timeoutMs: 500, totalTimeoutMs: 1000 });
      const deliverer = createDeliverer({
        collector,
        ledger,
        log: createLog("text", "info", (line) => lines.push(line)),
        post: ({ body, points }, signal) => poster.send(body, signal, { kind: "frames", points }),
        policy: { baseDelayMs: 5, maxDelayMs: 20, holdMs: 20 },
        idlePaceMs: 0,
      });
      void deliverer.run();
      return async () => {
        await withDeadline("the end of delivering", deliverer.drain(0));
        await poster.close();
      };
    };
    answer = row.answer;
    answered = 0;
    let stop = start();
    try {
      collector.add(XS.map((x) => ({ x, arrival: false, names: ["y"], values: [x / 3] })));
      // The second try shows that the first answer was none.
      if (row.isLong)
        await waitFor("the line that says how long", () => lines.some((line) => /asks to wait/.test(line)));
      else await waitFor("a second try", () => answered >= 2);
      assert.deepEqual([ledger.delivered, ledger.droppedPoints, collector.held.points], [0, 0, 3], lines.join("\n"));
      if (row.isLong) {
        await stop();
        stop = start();
      }
      answer = undefined;
      for (const socket of open) socket.destroy();
      await waitFor("the confirmation", () => ledger.delivered === 3);
    } finally {
      await stop();
    }
    assert.deepEqual(
      await storedPoints(edge, channel),
      XS.map((x) => ({ series: "y", x, y: x / 3 })),
    );
    assert.deepEqual([ledger.droppedPoints, collector.held.points, [...ledger.gaps.keys()]], [0, 0, []]);
    assert.doesNotMatch(lines.join("\n"), new RegExp(edge.token ?? "test-token"));
  });
}
