import type { MapConfig } from "../config/config.ts";
import type { OnLeftOut } from "../observability/left-out.ts";
import type { NameHint } from "../observability/name-hints.ts";
import type { OnTimeHint } from "../observability/time-hints.ts";
import type { Mapper } from "./mapped.ts";
import { MappingMapper } from "./mapping-mapper.ts";
import { PlainMapper } from "./plain-mapper.ts";

/**
 * @param onLeftOut what a message's points are made without
 * @param onTimeHint what is strange about the times of a topic
 * @param onNameHint a field whose number tells several things of a topic apart
 */
export function createMapper(
  map: MapConfig,
  onLeftOut: OnLeftOut = () => undefined,
  onTimeHint: OnTimeHint = () => undefined,
  onNameHint: (hint: NameHint) => void = () => undefined,
): Mapper {
  const isPlain = Object.values(map).every((value) => value === undefined);
  return isPlain ? new PlainMapper(onLeftOut, onTimeHint, onNameHint) : new MappingMapper(map, onLeftOut, onTimeHint);
}
