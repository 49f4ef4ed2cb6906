/**
 * `npm run torture:controls -- [--seed N] [--seconds S] [--seeds K]`: viewers that set and call, while bridge, Worker and program are
 * killed, and lines cut. Then: had every command one outcome at its sender, and was it done once at most?
 */
import { parseArgs } from "node:util";
import { controlsText, runControls } from "./run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    seconds: { type: "string", default: "30" },
    seeds: { type: "string", default: "1" },
  },
});
const [first, seconds, seeds] = [Number(values.seed), Number(values.seconds), Number(values.seeds)];
if (![first, seeds].every(Number.isSafeInteger) || !(seconds > 0) || seeds < 1) {
  console.error("--seed and --seeds are whole numbers, --seconds is a number.");
  process.exit(2);
}
let bad = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const result = await runControls(seed, seconds);
  console.log(controlsText(result));
  if (result.problems.length > 0) bad++;
}
if (seeds > 1) console.log(`${seeds - bad} of ${seeds} seeds are good`);
process.exit(bad === 0 ? 0 : 1);
