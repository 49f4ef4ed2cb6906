import type { SequenceTracker } from "../../bridge/batch/sequence/sequence.ts";
import { createMapper } from "../../bridge/map/mapper.ts";
import { SourceLedger, type UplinkLedger } from "../../bridge/observability/ledger.ts";
import type { Log } from "../../bridge/observability/log.ts";
import { UndecodableWarnings } from "../../bridge/observability/warnings.ts";
import { SourcePipeline } from "../../bridge/pipeline/source-pipeline.ts";
import { createReader } from "../../bridge/presets/reader.ts";
import type { InletMessage } from "../../bridge/sources/inlet.ts";
import type { Collector } from "../../client/publish/collect/collector.ts";
import type { PublisherGap } from "../../client/publish/collect/gaps.ts";
import { NO_MAP } from "./mapping.ts";

/** Messages → one collector, without sockets; they come at second 1. */
export function pipelineOf(segments: {
  collector: Collector;
  tracker: SequenceTracker;
  ledger: UplinkLedger;
  source?: SourceLedger;
  sequenceField: string;
  log: Log;
}): SourcePipeline {
  const { collector, tracker, ledger, sequenceField, log, source = new SourceLedger() } = segments;
  const addGap = (gap: PublisherGap): void => {
    collector.addGap(gap);
    ledger.countGap(gap);
  };
  return new SourcePipeline({
    config: { name: "main", sequenceField },
    ledger: source,
    reader: createReader({ format: "auto", skipBytes: 0, inflate: "auto" }),
    mapper: createMapper(NO_MAP),
    isNumbered: false,
    uplinkOf: () => ({
      add: (rows) => collector.add(rows),
      addGap,
      adopt: (numbers) => tracker.adopt(numbers),
      leaveOut: () => undefined,
    }),
    existingUplinkOf: () => ({ addGap, observe: (number) => tracker.observe(number) }),
    log,
    warnings: new UndecodableWarnings(log),
    unixSeconds: () => 1,
  });
}

/** A message as an inlet gives it. */
export function arrived(frames: readonly Buffer[], arrivedAt = 1): InletMessage {
  return { frames, arrivedAt };
}
