/**
 * `npm run bench:control [-- --sets N] [-- --only node|chromium]`: how long it takes from a value that is set, in a program of Node or by a slider's
 * `input` event in Chromium, to the ZeroMQ message in a program, and to the confirmed value at another viewer; beside a bare Socket.IO server that does
 * the same with acknowledgements. One set after the other. Processes: viewers, Worker, bridge, program; or viewers, server, program.
 */
import { loadavg } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { waitFor } from "../../support/wait.ts";
import { plotcastInChromium, socketIoInChromium } from "./in-chromium.ts";
import { plotcastInNode, socketIoInNode } from "./in-node.ts";
import { endChildren, type Way } from "./way.ts";

const { values: options } = parseArgs({
  options: { sets: { type: "string", default: "500" }, only: { type: "string" } },
});
const sets = Number(options.sets);
const WARM_UP = 50;
/** A room takes 20 commands a second of one person (BW9d): faster, the wait for that would be measured. */
const PAUSE_MS = 60;

interface Measured {
  toProgramMs: number[];
  toOtherMs: number[];
}

const ways = { node: [plotcastInNode, socketIoInNode], chromium: [plotcastInChromium, socketIoInChromium] };
for (const [where, opens] of Object.entries(ways)) {
  if (options.only !== undefined && options.only !== where) continue;
  for (const open of opens) {
    const way = await open();
    try {
      const { toProgramMs, toOtherMs } = await measure(way);
      console.log(`${way.name}; ${sets} sets, load ${loadavg()[0]?.toFixed(1)}`);
      console.log(`  to the program:                       ${text(toProgramMs)}`);
      console.log(`  to the confirmed value at another:    ${text(toOtherMs)}`);
    } finally {
      await way.close();
      endChildren();
    }
  }
}
process.exit();

async function measure(way: Way): Promise<Measured> {
  const came = new Map<number, bigint>();
  const lines = createInterface({ input: way.program.stdout ?? process.stdin });
  lines.on("line", (line) => {
    const [value, ns] = line.split(" ");
    if (ns !== undefined) came.set(Number(value), BigInt(ns));
  });
  const measured: Measured = { toProgramMs: [], toOtherMs: [] };
  for (let value = 1; value <= WARM_UP + sets; value++) {
    const saidNs = await way.set(value);
    const cameNs = await waitFor(`the value ${value} at the program`, () => came.get(value), { everyMs: 1 });
    const seenNs = await waitFor(`the value ${value} at another`, () => way.seenNs(value), { everyMs: 1 });
    if (value > WARM_UP) {
      measured.toProgramMs.push(Number(cameNs - saidNs) / 1e6);
      measured.toOtherMs.push(Number(seenNs - saidNs) / 1e6);
    }
    await sleep(PAUSE_MS);
  }
  return measured;
}

function text(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
}
