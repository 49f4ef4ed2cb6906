/**
 * `npm run fuzz -- [--seed N] [--messages M] [--without-attacks]`: first what is meant to do harm (attacks.ts), then real messages, changed,
 * and values of any structure, through all that a bridge does before it POSTs. What a failure prints repeats it.
 */
import { parseArgs } from "node:util";
import { withstand } from "./attack.ts";
import { attacks } from "./attacks.ts";
import { Fuzz, FuzzFailure } from "./fuzz.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    messages: { type: "string", default: "1000000" },
    "without-attacks": { type: "boolean", default: false },
  },
});
const [seed, messages] = [Number(values.seed), Number(values.messages)];
if (![seed, messages].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  console.error("--seed and --messages are whole numbers.");
  process.exit(2);
}
/** What targets may still learn after the first quarter: names and topics, each kind of which has a bound. */
const MAX_GROWTH_BYTES = 128 * 1024 * 1024;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

console.log(`--seed ${seed} --messages ${messages}`);
const beganMs = performance.now();
const seconds = (): string => `${((performance.now() - beganMs) / 1000).toFixed(0)} s`;
try {
  for (const attack of values["without-attacks"] ? [] : attacks(1)) {
    const { messages, slowestMs, growthBytes, faults } = await withstand(attack);
    const count = messages.toLocaleString("en");
    console.log(`${seconds()}: ${attack.name}: ${count}, slowest ${slowestMs.toFixed(1)} ms, kept ${mib(growthBytes)}`);
    if (faults.length > 0) throw new FuzzFailure(faults.join("\n"));
  }
  const report = await new Fuzz(seed).run({
    messages,
    onQuarter: (quarter, heapBytes) => {
      console.log(`${seconds()}: ${quarter * 25} %: ${mib(heapBytes)} of memory`);
    },
  });
  console.log(
    `${report.messages.toLocaleString("en")} messages, ${report.points.toLocaleString("en")} points; the slowest message ` +
      `${report.slowestMs.toFixed(1)} ms, the slowest tick ${report.slowestTickMs.toFixed(1)} ms; measured again: ${report.measuredAgain}`,
  );
  for (const [code, count] of [...report.refused].sort((a, b) => b[1] - a[1])) console.log(`  ${code}: ${count}`);
  const [first = 0] = report.heapBytes;
  const growth = (report.heapBytes.at(-1) ?? 0) - first;
  console.log(`Memory grew by ${mib(growth)} from 25 % to 100 %; ${mib(MAX_GROWTH_BYTES)} at most.`);
  if (growth > MAX_GROWTH_BYTES) throw new FuzzFailure("memory grew by more than it may");
} catch (error) {
  if (!(error instanceof FuzzFailure)) throw error;
  console.error(`FAILED: ${error.message}`);
  process.exitCode = 1;
}
