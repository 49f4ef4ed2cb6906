import assert from "node:assert/strict";
import { it } from "node:test";
import { SequenceTracker } from "../../../../bridge/batch/sequence/sequence.ts";
import { SourceLedger, UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { Collector } from "../../../../client/publish/collect/collector.ts";
import { decodeFrame, pointsOf } from "../../../../protocol/frame/frame.ts";
import { arrived, pipelineOf } from "../../../support/pipeline.ts";

function pipeline() {
  const collector = new Collector({ publisher: "00000000000000aa", maxBytes: 2 ** 21, lost: () => undefined });
  const source = new SourceLedger();
  const parts = { collector, tracker: new SequenceTracker(), ledger: new UplinkLedger(), source };
  return { ...parts, pipeline: pipelineOf({ ...parts, sequenceField: "seq", log: createLog("text", "silent") }) };
}

it("[BR23] a topic that the transport has beside the payload is read as one that is a frame", () => {
  const seriesOf = (message: Parameters<ReturnType<typeof pipeline>["pipeline"]["take"]>[0]): string[] => {
    const { pipeline: to, collector } = pipeline();
    to.take(message);
    const { body = new Uint8Array() } = collector.take(2 ** 20) ?? {};
    return [...pointsOf(decodeFrame(body))].map(({ series }) => series);
  };
  const payload = Buffer.from('{"temp":21.5,"hum":40}');
  const beside = seriesOf({ frames: [payload], topic: "lab", arrivedAt: 1 });
  assert.deepEqual(beside, ["lab.temp", "lab.hum"]);
  assert.deepEqual(seriesOf(arrived([Buffer.from("lab"), payload])), beside);
});

it("[BR23] a message is acknowledged once, when the bridge keeps its points or has refused it", () => {
  const { pipeline: to, collector, source } = pipeline();
  const acknowledged: number[] = [];
  to.take({ frames: [Buffer.from('{"y":1}')], arrivedAt: 1, ack: () => acknowledged.push(collector.held.points) });
  to.take({ frames: [Buffer.from("nonsense")], arrivedAt: 1, ack: () => acknowledged.push(source.refusedMessages) });
  assert.deepEqual(acknowledged, [1, 1]);
});
