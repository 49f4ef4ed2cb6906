import type { Row } from "../worker/protocol/builder.ts";
import { PointError, rowsOf, valueOfJson } from "../worker/protocol/points.ts";
import { DecodeError, type Message, type MessageReader } from "./decode/message.ts";

export interface Mapped {
  channel: string | undefined;
  rows: Row[];
  lost?: { points: number; reason: "too-many-series" };
}
export interface Mapper {
  map(message: Message, arrivedAt: number): Mapped[];
  tick(now: number): Mapped[];
}
export function createMapper(): Mapper {
  return {
    map: ({ topic, content }, arrivedAt) =>
      content.kind === "value" ? [{ channel: undefined, rows: rowsOf(content.value, { topic, arrivedAt }) }] : [],
    tick: () => [],
  };
}
export function createReader(): MessageReader {
  return {
    read(frames) {
      const [first, second] = frames;
      if (first === undefined || frames.length > 2)
        throw new DecodeError("too-many-frames", `${frames.length} frames.`);
      if (first.length + (second?.length ?? 0) > 16 * 1024 * 1024) throw new DecodeError("message-too-large", "Large.");
      const message = (topic: string, text: string): Message[] => [
        { topic: topic.replace(/[/:. ]+$/, ""), content: { kind: "value", value: valueOfJson(text) } },
      ];
      if (second !== undefined) return message(first.toString(), second.toString());
      const text = first.toString();
      try {
        return message("", text);
      } catch (error) {
        const [, word, rest] = /^([^\s{["]\S*)\s+(\S[\s\S]*)$/.exec(text) ?? [];
        if (!(error instanceof PointError) || word === undefined || rest === undefined) throw error;
        return message(word, rest);
      }
    },
  };
}
