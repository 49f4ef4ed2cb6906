/**
 * `npm run fuzz -- [--seed N] [--messages M] [--without-attacks]`: first what is meant to do harm (attacks.ts), then real messages, changed,
 * and values of any structure, through all that a bridge does before it POSTs; then a fifth as many for each of some targets alone, to see
 * that what they learn ends. What a failure prints repeats it.
 */
import { parseArgs } from "node:util";
import { withstand } from "./attack.ts";
import { attacks } from "./attacks.ts";
import { Fuzz, FuzzFailure, type FuzzReport } from "./fuzz.ts";
import { targetNamed } from "./targets.ts";

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
/**
 * Each of a hundred targets learns names and topics until its tables are full, for which it gets too few messages in the run of all: so what one
 * keeps is judged alone, by its second half. (Of 200,000 messages "auto" learns 20 MiB in the second quarter, and 1.5 MiB after that.)
 */
const ALONE = ["auto", "auto, mapped", "delimited", "topic,payload,time", "csv"];
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;
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
  tell(await new Fuzz(seed).run({ messages, onQuarter }));
  for (const name of ALONE) {
    console.log(`${seconds()}: ${name} alone`);
    const { heapBytes } = await new Fuzz(seed, 1, [targetNamed(name)]).run({ messages: messages / 5, onQuarter });
    const growth = (heapBytes.at(-1) ?? 0) - (heapBytes[1] ?? 0);
    console.log(`Memory grew by ${mib(growth)} from 50 % to 100 %; ${mib(MAX_GROWTH_BYTES)} at most.`);
    if (growth > MAX_GROWTH_BYTES) throw new FuzzFailure(`${name}: memory grew by more than it may`);
  }
} catch (error) {
  if (!(error instanceof FuzzFailure)) throw error;
  console.error(`FAILED: ${error.message}`);
  process.exitCode = 1;
}

function onQuarter(quarter: number, heapBytes: number): void {
  console.log(`${seconds()}: ${quarter * 25} %: ${mib(heapBytes)} of memory`);
}

function tell({ messages, points, slowestMs, slowestTickMs, measuredAgain, refused }: FuzzReport): void {
  console.log(
    `${messages.toLocaleString("en")} messages, ${points.toLocaleString("en")} points; the slowest message ` +
      `${slowestMs.toFixed(1)} ms, the slowest tick ${slowestTickMs.toFixed(1)} ms; measured again: ${measuredAgain}`,
  );
  for (const [code, count] of [...refused].sort((a, b) => b[1] - a[1])) console.log(`  ${code}: ${count}`);
}
