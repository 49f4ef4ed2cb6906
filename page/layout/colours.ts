import { siblingOf } from "./grouping.ts";

/** How many colours there are for lines; light.css has as many. */
export const LINE_COLOURS = 8;

/** The colour that a series would have by its name alone: that of siblings follow each other. */
export function colourOf(name: string): number {
  const { stem, index } = siblingOf(name);
  let hash = 0;
  for (let i = 0; i < stem.length; i++) hash = Math.imul(hash ^ stem.charCodeAt(i), 0x01000193);
  return (((hash ^ (hash >>> 15)) >>> 0) + index) % LINE_COLOURS;
}

/**
 * The colours of the series of a panel, so that they differ as far as there are colours, and then by their dashes.
 * @param colourOf what each would have; the next one is free where another has that
 * @returns for each the number of its colour, and 8 more for each kind of dashes
 */
export function slotsOf(names: readonly string[], colourOf: (name: string) => number): number[] {
  const used = new Array<number>(LINE_COLOURS).fill(0);
  return names.map((name) => {
    const fewest = Math.min(...used);
    let colour = colourOf(name) % LINE_COLOURS;
    while (used[colour] !== fewest) colour = (colour + 1) % LINE_COLOURS;
    used[colour] = fewest + 1;
    return fewest * LINE_COLOURS + colour;
  });
}
