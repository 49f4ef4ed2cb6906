import type { Collector } from "../../bridge/batch/collector.ts";
import type { Loss } from "../../bridge/batch/gaps.ts";
import type { SequenceTracker } from "../../bridge/batch/sequence/sequence.ts";
import { NO_MAP } from "../../bridge/config/config.ts";
import { createReader } from "../../bridge/decode/reader.ts";
import { createMapper } from "../../bridge/map/mapper.ts";
import { type FeedLedger, SourceLedger } from "../../bridge/observability/ledger.ts";
import type { Log } from "../../bridge/observability/log.ts";
import { UndecodableWarnings } from "../../bridge/observability/warnings.ts";
import { Intake } from "../../bridge/pipeline/source-pipeline.ts";

/** Messages → one collector, without sockets; they come at second 1. */
export function intakeOf(parts: {
  collector: Collector;
  tracker: SequenceTracker;
  ledger: FeedLedger;
  source?: SourceLedger;
  sequenceField: string;
  log: Log;
}): Intake {
  const { collector, tracker, ledger, sequenceField, log, source = new SourceLedger() } = parts;
  const addGap = (gap: Loss): void => {
    collector.addGap(gap);
    ledger.countGap(gap);
  };
  return new Intake({
    config: { name: "main", sequenceField },
    ledger: source,
    reader: createReader({ format: "auto", skipBytes: 0, inflate: "auto" }),
    mapper: createMapper(NO_MAP),
    isNumbered: false,
    feedOf: () => ({
      add: (rows) => collector.add(rows),
      addGap,
      adopt: (numbers) => tracker.adopt(numbers),
      leaveOut: () => undefined,
    }),
    existingFeedOf: () => ({ addGap, observe: (number) => tracker.observe(number) }),
    log,
    warnings: new UndecodableWarnings(log),
    unixSeconds: () => 1,
  });
}
