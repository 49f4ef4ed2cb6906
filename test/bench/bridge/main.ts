/**
 * `npm run bench:bridge`: from a publisher in another process through receive and decode to a frame, beside the same
 * loop that only receives and counts, in turns. Ratios last: machines differ, ratios less.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withDeadline } from "../../support/wait.ts";
import { CASES, type Case } from "./cases.ts";

const { values: options } = parseArgs({
  options: { seconds: { type: "string", default: "3" }, rounds: { type: "string", default: "3" } },
});

interface Measured {
  messagesPerSecond: number;
  pointsPerSecond: number;
  busyMicros: number;
  longestBlockMs: number;
  refused: number;
}

function start(file: string, ...args: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

async function report(child: ChildProcess, what: string): Promise<Map<string, unknown>> {
  const [message]: unknown[] = await withDeadline(what, once(child, "message"), 60_000);
  if (typeof message !== "object" || message === null) throw new Error(`${what}: not an object`);
  return new Map(Object.entries(message));
}

async function measure({ name }: Case, mode: "count" | "bridge"): Promise<Measured> {
  const consumer = start("consumer.ts", name, mode, options.seconds);
  const address = (await report(consumer, "the consumer's address")).get("address");
  const publisher = start("publisher.ts", String(address), name);
  try {
    const said = await report(consumer, "what the consumer measured");
    const number = (key: keyof Measured): number => Number(said.get(key));
    return {
      messagesPerSecond: number("messagesPerSecond"),
      pointsPerSecond: number("pointsPerSecond"),
      busyMicros: number("busyMicros"),
      longestBlockMs: number("longestBlockMs"),
      refused: number("refused"),
    };
  } finally {
    consumer.kill("SIGKILL");
    publisher.kill("SIGKILL");
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const whole = (value: number): string => Math.round(value).toLocaleString("en");

console.log(
  "                          counting alone            the bridge                                      cost of the bridge\n" +
    "                          messages/s  busy µs      messages/s     points/s  busy µs  blocked ms    busy   messages",
);
for (const each of CASES) {
  const alone: Measured[] = [];
  const bridge: Measured[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    alone.push(await measure(each, "count"));
    bridge.push(await measure(each, "bridge"));
  }
  const of = (all: Measured[], key: keyof Measured): number => median(all.map((measured) => measured[key]));
  const busy = of(bridge, "busyMicros") / of(alone, "busyMicros");
  const slower = of(alone, "messagesPerSecond") / of(bridge, "messagesPerSecond");
  const refused = bridge.reduce((sum, measured) => sum + measured.refused, 0);
  console.log(
    [
      each.name.padEnd(24),
      whole(of(alone, "messagesPerSecond")).padStart(12),
      of(alone, "busyMicros").toFixed(2).padStart(8),
      whole(of(bridge, "messagesPerSecond")).padStart(16),
      whole(of(bridge, "pointsPerSecond")).padStart(12),
      of(bridge, "busyMicros").toFixed(2).padStart(8),
      Math.max(...bridge.map(({ longestBlockMs }) => longestBlockMs))
        .toFixed(1)
        .padStart(11),
      `${busy.toFixed(2)} ×`.padStart(10),
      `${slower.toFixed(2)} ×`.padStart(9),
      refused > 0 ? `   ${refused} refused` : "",
    ].join(" "),
  );
}
