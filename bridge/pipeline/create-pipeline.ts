import type { SourceConfig } from "../config/config.ts";
import { DEFAULT_SOURCE_NAME } from "../config/defaults.ts";
import { createMapper } from "../map/mapper.ts";
import { decisionLog } from "../observability/decisions.ts";
import { type LeftOut, LeftOutWarnings } from "../observability/left-out.ts";
import { sourceLog } from "../observability/log.ts";
import { NameHints, nameHintLog } from "../observability/name-hints.ts";
import { TimeWarnings } from "../observability/time-hints.ts";
import { UndecodableWarnings } from "../observability/warnings.ts";
import { createReader } from "../presets/reader.ts";
import { SourcePipeline, type SourcePipelineOptions } from "./source-pipeline.ts";

export interface CreatePipelineOptions
  extends Omit<SourcePipelineOptions, "config" | "reader" | "mapper" | "warnings"> {
  config: Pick<SourceConfig, "name" | "sequenceField" | "decode" | "map">;
}

/**
 * What becomes of a source's messages, with all that it logs and counts of them.
 * @throws RangeError with a sentence, if the configuration names what there is not
 */
export function createPipeline(options: CreatePipelineOptions): SourcePipeline {
  const { config, ledger } = options;
  // Of several sources each has a name, and "messages without a topic" may be of any.
  const log = config.name === DEFAULT_SOURCE_NAME ? options.log : sourceLog(options.log, config.name);
  const leftOutWarnings = new LeftOutWarnings(log);
  const nameHints = new NameHints(nameHintLog(log));
  const onLeftOut = (part: LeftOut): void => {
    nameHints.look(part);
    ledger.countLeftOut(part.reason, part.count);
    leftOutWarnings.warn(part);
  };
  const timeWarnings = new TimeWarnings(log);
  return new SourcePipeline({
    ...options,
    log,
    reader: createReader(config.decode, decisionLog(config.name, options.log), onLeftOut),
    mapper: createMapper(
      config.map,
      onLeftOut,
      (hint) => timeWarnings.warn(hint),
      (hint) => nameHints.tell(hint),
    ),
    warnings: new UndecodableWarnings(log),
  });
}
