import { suggestion } from "../../protocol/suggestion.ts";

/** What other rooms know of names in a configuration. Each says what is wrong, in a sentence; undefined: nothing. */
export interface Known {
  formatFault(format: string): string | undefined;
  presetFault(preset: string): string | undefined;
  framesFault(frames: readonly string[]): string | undefined;
  /** What a preset subscribes to unless topics are given; none is everything. */
  presetTopics(preset: string): readonly string[];
}

/** Takes every name. */
export const ANYTHING: Known = {
  formatFault: () => undefined,
  presetFault: () => undefined,
  framesFault: () => undefined,
  presetTopics: () => [],
};

/** `There is no preset "x"; there are a, b.` */
export function unknownName(noun: string, name: string, known: readonly string[]): string {
  const hint = suggestion(name, known);
  return `there is no ${noun} "${name}"${hint || `; there are ${known.join(", ")}.`}`;
}
