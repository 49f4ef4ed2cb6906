import type { Collector } from "../../bridge/collect/collect.ts";
import type { Loss } from "../../bridge/collect/gaps.ts";
import type { SequenceTracker } from "../../bridge/collect/sequence.ts";
import { NO_MAP } from "../../bridge/configure/config.ts";
import { createReader } from "../../bridge/decode/reader.ts";
import { Intake } from "../../bridge/intake.ts";
import { createMapper } from "../../bridge/map/mapper.ts";
import { type FeedLedger, SourceLedger } from "../../bridge/tell/ledger.ts";
import type { Log } from "../../bridge/tell/log.ts";
import { UndecodableWarnings } from "../../bridge/tell/warnings.ts";

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
