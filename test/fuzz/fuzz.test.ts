/** A short run of `npm run fuzz`, with a seed of its own each time: what a failure prints repeats it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { presets } from "../../bridge/presets/index.ts";
import { withstand } from "./attack.ts";
import { attacks } from "./attacks.ts";
import { pollutionFault, refusalFault, rowsFault } from "./check.ts";
import { CORPUS, samplesOf } from "./corpus.ts";
import { Fuzz } from "./fuzz.ts";

const MESSAGES = 5000;
/** Other processes may take most of the machine. */
const PATIENCE = 50;

describe("whatever publishers send", () => {
  it("no message is an exception, a hang or a row that is none", async () => {
    const { messages, points } = await new Fuzz(Math.floor(Math.random() * 1_000_000), PATIENCE).run({
      messages: MESSAGES,
    });
    assert.ok(messages > MESSAGES && points > MESSAGES / 10);
  });

  for (const attack of attacks(0.01)) {
    it(attack.name, async () => {
      // Without a collection of garbage, memory tells nothing; and each of many targets is the business of the long run.
      const targets = attack.targets.slice(0, 1);
      const { faults } = await withstand({
        ...attack,
        targets,
        maxGrowthBytes: Number.POSITIVE_INFINITY,
        patience: PATIENCE,
      });
      assert.deepEqual(faults, []);
    });
  }
});

describe("the fuzzer", () => {
  it("has real messages of every preset", () => {
    for (const { name } of presets) assert.ok(samplesOf(name).length > 0, name);
    assert.ok(CORPUS.length > 80);
  });

  it("sees what is wrong", () => {
    const row = { x: 1, arrival: false, names: ["a"], values: [1] };
    assert.equal(rowsFault([row, { ...row, values: [Number.NaN] }]), undefined);
    assert.match(rowsFault([{ ...row, x: Number.NaN }]) ?? "", /x is NaN/);
    assert.match(rowsFault([{ ...row, values: [Infinity] }]) ?? "", /a value is Infinity/);
    assert.match(rowsFault([{ ...row, names: ["\n"] }]) ?? "", /a series is named/);
    assert.match(refusalFault("decode-failed", "x is undefined") ?? "", /nobody foresaw/);
    assert.equal(refusalFault("not-json", "This is not JSON."), undefined);
    assert.equal(pollutionFault(), undefined);
  });
});
