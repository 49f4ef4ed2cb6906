import type { SourceConfig } from "../config/config.ts";
import { ConfigError } from "../config/errors.ts";
import { type Known, unknownName } from "../config/known.ts";
import { formatFault } from "../decode/formats/formats.ts";
import { layoutFault } from "../decode/layout.ts";
import { errorText } from "../observability/printable.ts";
import { presetNamed, presets } from "../presets/index.ts";
import { createReader } from "../presets/reader.ts";

/**
 * Whether format, preset and layout go together, which each by itself does not say.
 * @throws ConfigError
 */
export function checkReaders(sources: readonly SourceConfig[]): void {
  for (const { name, decode } of sources) {
    try {
      createReader(decode);
    } catch (error) {
      throw new ConfigError(`Source ${name}: ${errorText(error)}`);
    }
  }
}

/** The names that a configuration may have. */
export const KNOWN: Known = {
  formatFault,
  presetFault: (name) =>
    presetNamed(name) === undefined
      ? unknownName(
          "preset",
          name,
          presets.map((preset) => preset.name),
        )
      : undefined,
  framesFault: layoutFault,
  presetTopics: (name) => presetNamed(name)?.topics ?? [],
};
