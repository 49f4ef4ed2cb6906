import type { CsvConfig } from "../../../config/config.ts";
import type { OnLeftOut } from "../../../observability/left-out.ts";
import type { TopicLines } from "./names.ts";
import type { WaitingNames } from "./waiting-names.ts";

/** Of a source. */
export interface CsvSettings extends CsvConfig {
  /** Told of names that stand alone. */
  waiting?: WaitingNames;
}

/** Lines of numbers, as a topic's messages have had them so far. */
export interface CsvMemory {
  readonly csv?: CsvSettings;
  lines?: TopicLines;
}

/** Who is told of parts that are left out. */
export interface CsvReport {
  topic: string;
  onLeftOut: OnLeftOut;
}
