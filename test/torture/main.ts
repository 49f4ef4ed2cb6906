/**
 * Real publishers, the real bridge, the real Worker with its storage on disk, viewers by every transport; and everything that
 * can happen to them, at random moments. Then: did every counter arrive once and in order, or is it in a gap of its size?
 *
 *     node test/torture/main.ts [--seed N] [--seconds S] [--seeds K] [--only "bridge killed,disk full"] [--without "flood"] [--relays]
 */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { summaryOf, textOf } from "./report.ts";
import { type Result, runOnce } from "./run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    seconds: { type: "string", default: "60" },
    seeds: { type: "string", default: "1" },
    // To find out what it takes.
    only: { type: "string", default: "" },
    without: { type: "string", default: "" },
    // Most viewers are served by relays.
    relays: { type: "boolean", default: false },
  },
});
const [first, seconds, seeds] = [Number(values.seed), Number(values.seconds), Number(values.seeds)];
if (![first, seeds].every(Number.isSafeInteger) || !(seconds > 0) || seeds < 1) {
  console.error("--seed and --seeds are whole numbers, --seconds is a number.");
  process.exit(2);
}

const [only, without] = [values.only.split(","), values.without.split(",")];
const isWanted = (kind: string): boolean => (values.only === "" || only.includes(kind)) && !without.includes(kind);
const results: Result[] = [];
for (let seed = first; seed < first + seeds; seed++) {
  console.log(`--seed ${seed} --seconds ${seconds}${values.relays ? " --relays" : ""}`);
  const result = await runOnce(seed, seconds, isWanted, values.relays);
  results.push(result);
  console.log(`${textOf(result)}\n`);
  if (!result.isGood) {
    const file = join(tmpdir(), `plotcast-torture-${seed}.log`);
    writeFileSync(file, result.bridgeSaid);
    console.log(`What the bridge said is in ${file}\n`);
  }
}
if (seeds > 1) console.log(summaryOf(results));
process.exit(results.every(({ isGood }) => isGood) ? 0 : 1);
