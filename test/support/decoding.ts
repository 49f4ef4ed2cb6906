/** From the frames of a message to points, as a bridge without a mapping makes them. */

import type { DecodeConfig } from "../../bridge/config/config.ts";
import { DecodeError, type Message } from "../../bridge/decode/message.ts";
import { createMapper } from "../../bridge/map/mapper.ts";
import type { Decision } from "../../bridge/observability/decisions.ts";
import { createReader } from "../../bridge/presets/reader.ts";
import type { Row } from "../../protocol/frame/frame-builder.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import { NO_MAP } from "./mapping.ts";
import { ARRIVED_AT, framesOf } from "./preset.ts";

export { ARRIVED_AT, faultOf, hex } from "./preset.ts";

type Frames = readonly (string | Buffer)[];

export interface Decoding {
  /** What `auto` has told, as `topic format` or `topic format?` for a guess. */
  decisions: Decision[];
  /** @throws DecodeError, PointError */
  rows(frames: Frames, arrivedAt?: number): Row[];
  /** Points as `series x y`, in order, `now` being the arrival; or the code of why there are none. */
  read(...frames: Frames): string[] | string;
  readAt(arrivedAt: number, ...frames: Frames): string[] | string;
  messages(frames: Frames, arrivedAt?: number): Message[];
  tick(now: number): string[];
  end(): string[];
}

export function decodingOf(config: Partial<DecodeConfig> = {}): Decoding {
  const decisions: Decision[] = [];
  const reader = createReader({ format: "auto", skipBytes: 0, inflate: "auto", ...config }, (decision) =>
    decisions.push(decision),
  );
  const mapper = createMapper(NO_MAP);
  const mapped = (messages: readonly Message[], arrivedAt: number): Row[] =>
    messages.flatMap((message) => mapper.map(message, message.arrivedAt ?? arrivedAt).flatMap(({ rows }) => rows));
  const rows = (frames: Frames, arrivedAt = ARRIVED_AT): Row[] =>
    mapped(reader.read(framesOf(...frames), arrivedAt), arrivedAt);
  const readAt = (arrivedAt: number, ...frames: Frames): string[] | string => {
    try {
      return pointsOf(rows(frames, arrivedAt));
    } catch (error) {
      if (error instanceof DecodeError || error instanceof PointError) return error.code;
      throw error;
    }
  };
  return {
    decisions,
    rows,
    readAt,
    read: (...frames) => readAt(ARRIVED_AT, ...frames),
    messages: (frames, arrivedAt = ARRIVED_AT) => reader.read(framesOf(...frames), arrivedAt),
    tick: (now) => pointsOf(mapped(reader.tick?.(now) ?? [], now)),
    end: () => pointsOf(mapped(reader.end?.() ?? [], 0)),
  };
}

function pointsOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ x, names, values }) =>
    names.map((name, i) => `${name} ${x === ARRIVED_AT ? "now" : x} ${values[i]}`),
  );
}
