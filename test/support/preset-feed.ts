/** What tests of presets that tell counts and rates have in common, beside {@link ./preset.ts}. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Message, MessageReader } from "../../bridge/decode/message.ts";
import type { Preset } from "../../bridge/presets/preset.ts";
import { rowsOf } from "../../protocol/json/points.ts";
import { ARRIVED_AT, framesOf, readsOrRefuses, refusal, throughZeroMq } from "./preset.ts";

type Frames = readonly (string | Buffer)[];

/** The series that messages have points of, with the last value of each. */
export function seriesOf(messages: readonly Message[]): Record<string, number | undefined> {
  const found: Record<string, number | undefined> = {};
  for (const { topic, content } of messages) {
    assert.equal(content.kind, "value");
    if (content.kind !== "value") continue;
    for (const { names, values } of rowsOf(content.value, { topic, arrivedAt: ARRIVED_AT })) {
      names.forEach((name, i) => {
        found[name] = values[i];
      });
    }
  }
  return found;
}

export function readOne(reader: MessageReader, frames: Frames, arrivedAt = 0): Message[] {
  return reader.read(framesOf(...frames), arrivedAt);
}

/** The code and sentence with which frames are refused. */
export function refusalOf(preset: Preset, frames: Frames): { code: string; message: string } {
  return refusal(preset.create({}), framesOf(...frames));
}

/** Points as `series x y` of messages that went through sockets, of what the preset subscribes to. */
export function readOverZeroMq(preset: Preset, sent: readonly Frames[], reader = preset.create({})): Promise<string[]> {
  return throughZeroMq(
    reader,
    sent.map((frames) => framesOf(...frames)),
    preset.topics,
  );
}

/** Any frames at all, and the given ones with bytes changed or cut off, are read or refused: nothing else is thrown. */
export function assertReadsAnything(preset: Preset, real: readonly Frames[]): void {
  const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));
  const damaged = fc
    .tuple(fc.constantFrom(...real), fc.nat(), fc.nat(), fc.nat(255), fc.boolean())
    .map(([frames, which, where, byte, isCut]) =>
      framesOf(...frames).map((frame, i) => {
        if (i !== which % frames.length || frame.length === 0) return frame;
        if (isCut) return frame.subarray(0, where % frame.length);
        frame[where % frame.length] = byte;
        return frame;
      }),
    );
  const reader = preset.create({});
  fc.assert(
    fc.property(fc.oneof(fc.array(bytes, { maxLength: 4 }), damaged), (frames) => readsOrRefuses(reader, frames)),
    { numRuns: 500 },
  );
  seriesOf(reader.tick?.(ARRIVED_AT + 100) ?? []);
}
