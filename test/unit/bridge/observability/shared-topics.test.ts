/** What the log says of topics that several publishers number, of which there may be ever new ones. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { SequenceTracker } from "../../../../bridge/batch/sequence/sequence.ts";
import { SourceLedger, UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { SharedWarnings } from "../../../../bridge/observability/number-warnings.ts";
import { Collector } from "../../../../client/publish/collect/collector.ts";
import { arrived, pipelineOf } from "../../../support/pipeline.ts";

function written() {
  const lines: string[] = [];
  return { lines, log: createLog("text", "info", (line) => lines.push(line)) };
}

/** Takes the messages of so many topics, in each of which two counters take turns. */
function takeShared(topics: number) {
  const { lines, log } = written();
  const source = new SourceLedger();
  const collector = new Collector({ publisher: "00000000000000aa", maxBytes: 2 ** 20, lost: () => undefined });
  const parts = { collector, tracker: new SequenceTracker(), ledger: new UplinkLedger(), source };
  const pipeline = pipelineOf({ ...parts, sequenceField: "seq", log });
  for (let t = 0; t < topics; t++)
    for (let i = 0; i < 5; i++)
      for (const from of [0, 1000])
        pipeline.take(arrived([Buffer.from(`t${t}`), Buffer.from(JSON.stringify({ seq: from + i, y: 1 }))]));
  return { source, said: lines.filter((line) => line.includes("Several publishers number")) };
}

it("[BR16l] ten topics of several publishers are said, of more not each; all are counted", () => {
  const ten = takeShared(10);
  assert.equal(ten.said.length, 10);
  assert.equal(ten.source.sharedTopics, 10);
  const many = takeShared(500);
  assert.ok(many.said.length < 20, `${many.said.length} lines`);
  assert.equal(many.source.sharedTopics, 500);
});

it("[BR16l] after ten topics of several publishers one more is said in ten seconds, with how many were not", () => {
  const { lines, log } = written();
  let nowMs = 0;
  const warnings = new SharedWarnings(log, () => nowMs);
  for (let i = 0; i < 13; i++) warnings.warn(`t${i}`);
  assert.equal(lines.length, 10);
  nowMs = 9999;
  warnings.warn("t13");
  assert.equal(lines.length, 10);
  nowMs = 10_000;
  warnings.warn("t14");
  warnings.warn("t15");
  assert.equal(lines.length, 11);
  assert.match(lines[10] ?? "", /of the topic "t14".*a topic of its own\. \(And of 4 other topics before\.\)/);
});
