import type { FieldConfig, MapConfig } from "../../bridge/config/config.ts";
import { DecodeError, type Message } from "../../bridge/decode/message.ts";
import type { Mapper } from "../../bridge/map/mapped.ts";
import { createMapper } from "../../bridge/map/mapper.ts";
import { PointError } from "../../protocol/json/point-error.ts";

export const ARRIVED_AT = 1_763_648_912.5;

export interface Given {
  topic?: string;
  time?: number;
}

export function messageOf(value: unknown, { topic = "", time }: Given = {}): Message {
  return { topic, content: { kind: "value", value }, ...(time === undefined ? {} : { time }) };
}

/** Points as `series x y`, with the channel before and what the value is called behind, where there is one. */
export function mapWith(mapper: Mapper, message: Message): string[] | string {
  try {
    return mapper.map(message, ARRIVED_AT).flatMap(({ channel, rows, lost }) => [
      ...rows.flatMap(({ x, names, values, marks = [] }) =>
        names.map((name, i) => {
          const mark = marks.find(({ series }) => series === name);
          const called = mark === undefined ? "" : ` ${mark.style}${mark.text === undefined ? "" : ` "${mark.text}"`}`;
          return `${channel === undefined ? "" : `${channel}: `}${name} ${x === ARRIVED_AT ? "now" : x} ${values[i]}${called}`;
        }),
      ),
      ...(lost === undefined ? [] : [`${lost.points} ${lost.reason}`]),
    ]);
  } catch (error) {
    if (error instanceof PointError || error instanceof DecodeError) return error.code;
    throw error;
  }
}

export function mapped(map: MapConfig, value: unknown, given?: Given): string[] | string {
  return mapWith(createMapper(map), messageOf(value, given));
}

export function fields(...fields: FieldConfig[]): MapConfig {
  return { fields };
}

export const NO_MAP: MapConfig = {};
