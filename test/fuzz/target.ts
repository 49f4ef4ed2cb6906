import { Collector } from "../../bridge/batch/collector.ts";
import { SequenceTracker } from "../../bridge/batch/sequence/sequence.ts";
import { SeriesBound } from "../../bridge/batch/series-bound.ts";
import type { DecodeConfig, MapConfig } from "../../bridge/config/config.ts";
import { createMapper } from "../../bridge/map/mapper.ts";
import { SourceLedger } from "../../bridge/observability/ledger.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { timeHintText } from "../../bridge/observability/time-hints.ts";
import { type Refusal, UndecodableWarnings } from "../../bridge/observability/warnings.ts";
import { SourcePipeline } from "../../bridge/pipeline/source-pipeline.ts";
import { bearsNumbers, createReader } from "../../bridge/presets/reader.ts";
import { MAX_BODY_BYTES } from "../../protocol/limits.ts";
import { isChannelName } from "../../protocol/names.ts";
import type { Random } from "../torture/random.ts";
import { lineFault, refusalFault, rowsFault } from "./check.ts";

export interface TargetConfig {
  name: string;
  /** Of which formats and presets its own messages are. */
  own: readonly string[];
  decode: DecodeConfig;
  map: MapConfig;
  sequenceField?: string;
}

/** Checks what it is told, and says nothing. */
class Checked extends UndecodableWarnings {
  fault: string | undefined;

  override warn(refusal: Refusal): void {
    this.fault ??= refusalFault(refusal.reason, refusal.detail());
    super.warn(refusal);
  }
}

const MAX_BYTES = 2 * 1024 * 1024;
const log = createLog("text", "silent");

/** All that a bridge is between its socket and its POSTs, for one source. */
export class Target {
  readonly config: TargetConfig;
  readonly ledger = new SourceLedger();
  points = 0;
  dropped = 0;
  readonly #pipeline: SourcePipeline;
  readonly #collector: Collector;
  readonly #warnings: Checked;
  readonly #bound = new SeriesBound();
  readonly #now: () => number;
  #fault: string | undefined;

  /** @param now the clock, in unix seconds */
  constructor(config: TargetConfig, now: () => number) {
    this.config = config;
    this.#now = now;
    const tracker = new SequenceTracker();
    const warnings = new Checked(log, 10_000, () => now() * 1000);
    const collector = new Collector({
      publisher: "00000000000000aa",
      maxBytes: MAX_BYTES,
      lost: (_, points) => {
        this.dropped += points;
      },
    });
    this.#collector = collector;
    this.#warnings = warnings;
    const { sequenceField } = config;
    this.#pipeline = new SourcePipeline({
      config: sequenceField === undefined ? { name: "main" } : { name: "main", sequenceField },
      ledger: this.ledger,
      reader: createReader(config.decode),
      mapper: createMapper(config.map, undefined, (hint) => {
        this.#fault ??= lineFault(timeHintText(hint));
      }),
      isNumbered: bearsNumbers(config.decode),
      uplinkOf: (channel) => {
        if (channel !== undefined && !isChannelName(channel))
          this.#fault ??= `a channel is named ${JSON.stringify(channel)}`;
        return {
          add: (rows) => {
            this.#fault ??= rowsFault(rows);
            const passed = this.#bound.pass(rows);
            const points = passed.length === 0 ? 0 : collector.add(passed);
            this.points += points;
            return points;
          },
          addGap: (gap) => collector.addGap(gap),
          adopt: (numbers) => tracker.adopt(numbers),
          leaveOut: () => undefined,
        };
      },
      existingUplinkOf: (channel) =>
        channel === undefined
          ? { addGap: (gap) => collector.addGap(gap), observe: (number) => tracker.observe(number) }
          : undefined,
      log,
      warnings,
      unixSeconds: now,
    });
  }

  /** What was wrong since the start; undefined if nothing was. */
  get fault(): string | undefined {
    return this.#fault ?? this.#warnings.fault;
  }

  take(frames: readonly Buffer[]): void {
    this.#pipeline.take({ frames, arrivedAt: this.#now() });
  }

  tick(): void {
    this.#pipeline.tick();
  }

  end(): void {
    this.#pipeline.end();
  }

  /** Takes frames as POSTs would, some of which fail. */
  deliver(random: Random): void {
    for (;;) {
      const batch = this.#collector.take(MAX_BODY_BYTES);
      if (batch === undefined) return;
      const chance = random.next();
      if (chance < 0.9) this.#collector.delivered(batch);
      else if (chance < 0.95) this.#collector.setAside(batch);
      else {
        this.#collector.putBack(batch);
        return;
      }
    }
  }

  /** Takes all frames. */
  deliverAll(): void {
    for (;;) {
      const batch = this.#collector.take(MAX_BODY_BYTES);
      if (batch === undefined) return;
      this.#collector.delivered(batch);
    }
  }
}
