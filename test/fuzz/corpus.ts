/** Real messages of every format and preset, with the bytes of their tests in test/unit/bridge/presets, where each names its source. */
import { CHAINS } from "./corpus-chains.ts";
import { FEEDS } from "./corpus-feeds.ts";
import { FORMATS } from "./corpus-formats.ts";
import { INSTRUMENTS } from "./corpus-instruments.ts";
import { LABS } from "./corpus-labs.ts";
import type { Sample } from "./sample.ts";

export const CORPUS: readonly Sample[] = [...FORMATS, ...CHAINS, ...FEEDS, ...LABS, ...INSTRUMENTS];

export function samplesOf(name: string): readonly Sample[] {
  return CORPUS.filter(({ of }) => of === name);
}
