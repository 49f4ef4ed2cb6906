import { SequenceTracker } from "../../bridge/batch/sequence/sequence.ts";
import { SeriesBound } from "../../bridge/batch/series-bound.ts";
import type { DecodeConfig, MapConfig } from "../../bridge/config/config.ts";
import type { Mapper } from "../../bridge/map/mapped.ts";
import { createMapper } from "../../bridge/map/mapper.ts";
import { SourceLedger } from "../../bridge/observability/ledger.ts";
import { type LeftOut, leftOutText } from "../../bridge/observability/left-out.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { timeHintText } from "../../bridge/observability/time-hints.ts";
import { type Refusal, UndecodableWarnings } from "../../bridge/observability/warnings.ts";
import { SourcePipeline } from "../../bridge/pipeline/source-pipeline.ts";
import { bearsNumbers, createReader } from "../../bridge/presets/reader.ts";
import { Collector } from "../../client/publish/collect/collector.ts";
import type { Row } from "../../protocol/frame/frame-builder.ts";
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
  /** Each value is drawn as it was sent: neither mapping nor preset calculates. */
  keepsValues?: boolean;
  /** Each message changes what comes out: neither mapping nor preset thins or sums up. */
  showsEach?: boolean;
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
  /** How much was seen of messages: rows, counts. */
  #seen = 0;
  #rows: Row[] = [];

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
    const onLeftOut = (part: LeftOut): void => {
      this.#fault ??= lineFault(leftOutText(part));
      this.ledger.countLeftOut(part.reason, part.count);
    };
    const { sequenceField } = config;
    this.#pipeline = new SourcePipeline({
      config: sequenceField === undefined ? { name: "main" } : { name: "main", sequenceField },
      ledger: this.ledger,
      reader: createReader(config.decode, undefined, onLeftOut),
      mapper: this.#watched(
        createMapper(config.map, onLeftOut, (hint) => {
          this.#fault ??= lineFault(timeHintText(hint));
        }),
      ),
      isNumbered: bearsNumbers(config.decode),
      uplinkOf: (channel) => {
        if (channel !== undefined && !isChannelName(channel))
          this.#fault ??= `a channel is named ${JSON.stringify(channel)}`;
        return {
          add: (rows) => {
            this.#fault ??= rowsFault(rows);
            for (const row of rows) this.#rows.push(row);
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
    this.#rows = [];
    this.#pipeline.take({ frames, arrivedAt: this.#now() });
  }

  tick(): void {
    this.#rows = [];
    this.#pipeline.tick();
  }

  end(): void {
    this.#rows = [];
    this.#pipeline.end();
  }

  /** What came of the last call. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** Grows with whatever is seen of messages: what is added, left out, refused or held back by a mapping. */
  get evidence(): number {
    const { refusedMessages, leftOut, repeats, decoded } = this.ledger;
    return [...leftOut.values()].reduce((sum, count) => sum + count, refusedMessages + repeats + decoded + this.#seen);
  }

  /** Looks at what the mapper gives: rows that only break a line, points beyond a bound, and what it holds back. */
  #watched(mapper: Mapper): Mapper {
    return {
      channelOf: (topic) => mapper.channelOf(topic),
      map: (message, arrivedAt) => {
        const all = mapper.map(message, arrivedAt);
        for (const { rows, summary, lost } of all) {
          this.#seen += rows.length + (lost?.points ?? 0) + (summary === undefined ? 0 : 1);
        }
        return all;
      },
      tick: (now) => mapper.tick(now),
    };
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
