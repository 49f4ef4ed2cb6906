import { type Known, unknownName } from "../configure/known.ts";
import { formatFault } from "../decode/formats/formats.ts";
import { layoutFault } from "../decode/layout.ts";
import { presetNamed, presets } from "../presets/index.ts";

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
};
