import type { DecodeConfig } from "../config/config.ts";
import { formatFault } from "../decode/formats/formats.ts";
import type { MessageReader } from "../decode/message.ts";
import { createFormatReader } from "../decode/message-reader.ts";
import type { Decision } from "../observability/decisions.ts";
import type { OnLeftOut } from "../observability/left-out.ts";
import { presetNamed } from "./index.ts";

/**
 * What reads the messages of a source: its preset, or else its format.
 * @param onDecision what `auto` takes messages for, as it finds out
 * @param onLeftOut what cannot be read of a message whose other parts are
 * @throws RangeError with a sentence, if the configuration names what there is not
 */
export function createReader(
  config: DecodeConfig,
  onDecision?: (decision: Decision) => void,
  onLeftOut?: OnLeftOut,
): MessageReader {
  const { format } = config;
  if (config.preset === undefined) return createFormatReader(config, onDecision, onLeftOut);
  const fault = formatFault(format, true);
  if (fault !== undefined) throw new RangeError(fault);
  const preset = presetNamed(config.preset);
  if (preset === undefined) throw new RangeError(`There is no preset "${config.preset}".`);
  return preset.create({ ...(format === "auto" ? {} : { format }), ...(onLeftOut && { onLeftOut }) });
}

/** Whether messages bear numbers of the publishers' own, beside any --sequence-field. */
export function bearsNumbers({ preset, frames }: DecodeConfig): boolean {
  if (preset !== undefined) return presetNamed(preset)?.isNumbered ?? false;
  return frames?.some((word) => word.trim().startsWith("counter")) ?? false;
}
