import type { Labels, Style } from "../../../protocol/frame/labels.ts";

/** Of one series. */
export const MAX_TEXTS = 500;
const MAX_SERIES_WITH_NAMES = 1024;
/** The name of values whose texts do not fit. */
const MORE = "…";

/**
 * The names of one series' values. Each frame numbers its texts by itself; here a text has one number, its code, as long as
 * the page is open. In a step series that is the first number it came with, unless another text has it.
 */
export class ValueNames {
  style: Style = "step";
  readonly #texts = new Map<number, string>();
  readonly #codes = new Map<string, number>();
  #events = 0;

  /** By code. */
  get texts(): ReadonlyMap<number, string> {
    return this.#texts;
  }

  /** The style of a series that has names; "" where its values are just numbers. */
  get kind(): Style | "" {
    return this.#texts.size > 0 ? this.style : "";
  }

  /** The name of a value; undefined for one that is just a number. */
  textOf(code: number): string | undefined {
    return this.#texts.get(code) ?? (this.style === "event" && code >= 0 ? MORE : undefined);
  }

  /** Replaces a frame's values by codes. */
  translate(labels: Labels | undefined, y: Float64Array): void {
    this.style = labels?.style ?? this.style;
    for (const [i, value] of y.entries()) {
      if (Number.isNaN(value)) continue;
      // A value without a name must not be taken for one that has its number as a code.
      const own = this.style === "event" || this.#texts.has(value) ? String(value) : undefined;
      const text = labels?.texts.get(value) ?? own;
      if (text !== undefined) y[i] = this.#codeOf(text, value);
    }
  }

  /** Of too many texts, a step's newest are all called alike; of events the oldest are forgotten. */
  #codeOf(text: string, value: number): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const isEvent = this.style === "event";
    if (this.#texts.size >= MAX_TEXTS) {
      if (!isEvent && text !== MORE) return this.#codeOf(MORE, value);
      const [oldest = 0] = this.#texts.keys();
      if (isEvent) {
        this.#codes.delete(this.#texts.get(oldest) ?? "");
        this.#texts.delete(oldest);
      }
    }
    let code = isEvent ? ++this.#events : value;
    if (this.#texts.has(code)) for (code = 0; this.#texts.has(code); ) code++;
    this.#texts.set(code, text);
    this.#codes.set(text, code);
    return code;
  }
}

/** The value names of all series, those of older points too. */
export class ValueNamesRegistry {
  readonly #valueNames = new Map<string, ValueNames>();

  get size(): number {
    return this.#valueNames.size;
  }

  /** Of a series that has some, or is drawn as steps or events; undefined if there are too many. */
  of(name: string): ValueNames | undefined {
    const known = this.#valueNames.get(name);
    if (known !== undefined || this.size === MAX_SERIES_WITH_NAMES) return known;
    const valueNames = new ValueNames();
    this.#valueNames.set(name, valueNames);
    return valueNames;
  }
}
