/** Why a part of a message is left out, while the rest is taken. The codes are stable; SPEC.md lists them. */
export type PartFault =
  /** A number in quotes, where none are taken as numbers. */
  | "quoted-number"
  /** Words and booleans, where no mapping takes them. */
  | "text"
  | "boolean"
  /** A time that is none: its values are taken at their arrival. */
  | "time-unreadable"
  /** A field whose name cannot name a series. */
  | "name-invalid"
  /** A field that would be the same series as another of its object. */
  | "doubled"
  /** A number beyond the range of a float64. */
  | "not-finite"
  /** Nested deeper than fields may be. */
  | "too-deep"
  /** One of several records, lines or rows, which cannot be read. */
  | "record-unreadable"
  /** A list in which a word stands beside values: it may say what they are of. */
  | "word-in-list"
  /** A column that has not as many values as there are times. */
  | "columns-differ"
  /** A column whose values are arrays or objects. */
  | "column-nested"
  /** A single number beside columns, which has no time. */
  | "beside-columns"
  /** Records of several things, which a word in each tells apart and their fields do not. */
  | "unnamed"
  /** A list of records with times of their own, inside of an object. */
  | "nested-records"
  /** Digits of a whole number beyond 2^53; what a float64 holds of it is taken. */
  | "digits";

/** What is left out of one value for one reason. */
export interface LeftOutPart {
  reason: PartFault;
  /** Where the first stands: the path of a field, `item 3`; "" for the value itself. */
  path: string;
  /** What stands there, as received. */
  sample: unknown;
  count: number;
  /** Where some of the others stand, */
  others: readonly string[];
  /** and what stands at these. */
  otherSamples?: readonly unknown[];
}

const MAX_OTHERS = 4;
const NO_PARTS: readonly LeftOutPart[] = [];

/** Collects what is left out of one value: of each reason the first part, how many there are, and where a few others stand. */
export class LeftOutParts {
  /** Undefined: nothing is, as of most values. */
  #parts: (LeftOutPart & { others: string[]; otherSamples: unknown[] })[] | undefined;
  /** How many there are for all reasons. */
  total = 0;

  get parts(): readonly LeftOutPart[] {
    return this.#parts ?? NO_PARTS;
  }

  add(reason: PartFault, path: string, sample: unknown, count = 1): void {
    this.total += count;
    this.#parts ??= [];
    const known = knownIn(this.#parts, reason);
    if (known === undefined) {
      this.#parts.push({ reason, path, sample, count, others: [], otherSamples: [] });
      return;
    }
    known.count += count;
    if (known.others.length >= MAX_OTHERS || path === known.path || known.others.includes(path)) return;
    known.others.push(path);
    known.otherSamples.push(sample);
  }
}

/** Without a closure: most messages with a word in them come here. */
function knownIn<P extends LeftOutPart>(parts: readonly P[], reason: PartFault): P | undefined {
  for (const part of parts) if (part.reason === reason) return part;
  return undefined;
}
