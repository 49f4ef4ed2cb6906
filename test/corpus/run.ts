/** Takes an input of the corpus through all that a source is behind its socket: decode, map, counts and log. */
import { KNOWN } from "../../bridge/cli/known.ts";
import { sourceConfigOf } from "../../bridge/config/build.ts";
import { SOURCE_TABLE } from "../../bridge/config/schema/source.ts";
import { valuesOf } from "../../bridge/config/schema/tables.ts";
import { SourceLedger } from "../../bridge/observability/ledger.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { createPipeline } from "../../bridge/pipeline/create-pipeline.ts";
import { bearsNumbers } from "../../bridge/presets/reader.ts";
import type { Row } from "../../protocol/frame/frame-builder.ts";
import { type CorpusInput, framesOf } from "./input.ts";

/** 2026-11-28 14:00:00 UTC: when the first message arrives. */
export const ARRIVED_AT = 1_795_874_400;

export interface Outcome {
  rows: readonly Row[];
  /** `series x y` each, x being `now` where it is the arrival. */
  points: readonly string[];
  leftOut: Readonly<Record<string, number>>;
  refused: Readonly<Record<string, number>>;
  lines: readonly string[];
}

/** @param without which message does not come */
export function outcomeOf({ config = {}, send, every = 0.1 }: CorpusInput, without?: number): Outcome {
  const values = valuesOf(SOURCE_TABLE, config);
  const source = sourceConfigOf(values, [], [values], { env: {}, folder: "", known: KNOWN });
  const ledger = new SourceLedger();
  const rows: Row[] = [];
  const lines: string[] = [];
  let now = ARRIVED_AT;
  const uplink = {
    add: (added: readonly Row[]) => {
      rows.push(...added);
      return added.reduce((points, { values: all }) => points + all.filter((value) => !Number.isNaN(value)).length, 0);
    },
    addGap: () => undefined,
    adopt: () => undefined,
    leaveOut: () => undefined,
  };
  const pipeline = createPipeline({
    config: source,
    ledger,
    isNumbered: bearsNumbers(source.decode),
    uplinkOf: () => uplink,
    existingUplinkOf: () => undefined,
    log: createLog("text", "info", (line) => lines.push(line.trimEnd())),
    unixSeconds: () => now,
  });
  for (const [index, message] of send.entries()) {
    if (index !== without) pipeline.take({ frames: framesOf(message), arrivedAt: now });
    now += every;
    pipeline.tick();
  }
  pipeline.end();
  return {
    rows,
    points: rows.flatMap(({ x, arrival, names, values: all }) =>
      names.map((name, i) => `${name} ${arrival ? "now" : x} ${all[i]}`),
    ),
    leftOut: Object.fromEntries(ledger.leftOut),
    refused: Object.fromEntries(ledger.refused),
    lines,
  };
}
