import type { Labels, Style } from "../../../protocol/frame/labels.ts";

/** Of one series. */
export const MAX_TEXTS = 500;
const MAX_NAMINGS = 1024;
/** What a text is called that there is no room for. */
const MORE = "…";

/**
 * What the values of one series are called. A frame's numbers for texts are its own: here each text has one number, its
 * place, as long as the page is open. A step's is the first number that it came with, where no other text has that.
 */
export class ValueNames {
  style: Style = "step";
  readonly #texts = new Map<number, string>();
  readonly #places = new Map<string, number>();
  #events = 0;

  /** By place. */
  get texts(): ReadonlyMap<number, string> {
    return this.#texts;
  }

  /** Where a series belongs that has names; "" where its values are just numbers. */
  get kind(): Style | "" {
    return this.#texts.size > 0 ? this.style : "";
  }

  /** What a value is called; undefined for one that is just a number. */
  textOf(place: number): string | undefined {
    return this.#texts.get(place) ?? (this.style === "event" && place >= 0 ? MORE : undefined);
  }

  /** Makes a frame's values places. */
  translate(labels: Labels | undefined, y: Float64Array): void {
    this.style = labels?.style ?? this.style;
    for (const [i, value] of y.entries()) {
      if (Number.isNaN(value)) continue;
      // A value without a name must not be taken for one that has its number for a place.
      const own = this.style === "event" || this.#texts.has(value) ? String(value) : undefined;
      const text = labels?.texts.get(value) ?? own;
      if (text !== undefined) y[i] = this.#placeOf(text, value);
    }
  }

  /** Of too many texts, a step's newest are all called alike; of events the oldest are forgotten. */
  #placeOf(text: string, value: number): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const isEvent = this.style === "event";
    if (this.#texts.size >= MAX_TEXTS) {
      if (!isEvent && text !== MORE) return this.#placeOf(MORE, value);
      const [oldest = 0] = this.#texts.keys();
      if (isEvent) {
        this.#places.delete(this.#texts.get(oldest) ?? "");
        this.#texts.delete(oldest);
      }
    }
    let place = isEvent ? ++this.#events : value;
    if (this.#texts.has(place)) for (place = 0; this.#texts.has(place); ) place++;
    this.#texts.set(place, text);
    this.#places.set(text, place);
    return place;
  }
}

/** What is known of the names of all series, of older points too. */
export class ValueNamesRegistry {
  readonly #valueNames = new Map<string, ValueNames>();

  get size(): number {
    return this.#valueNames.size;
  }

  /** Of a series that has some, or is drawn as steps or events; undefined if there are too many. */
  of(name: string): ValueNames | undefined {
    const known = this.#valueNames.get(name);
    if (known !== undefined || this.size === MAX_NAMINGS) return known;
    const valueNames = new ValueNames();
    this.#valueNames.set(name, valueNames);
    return valueNames;
  }
}
