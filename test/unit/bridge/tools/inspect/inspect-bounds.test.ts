/** How much inspect keeps of what it looks at. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SourceConfig } from "../../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../../bridge/config/defaults.ts";
import { createMapper } from "../../../../../bridge/map/mapper.ts";
import { excerptOf, sampleOf } from "../../../../../bridge/observability/sample.ts";
import { createReader } from "../../../../../bridge/presets/reader.ts";
import { Inspection } from "../../../../../bridge/tools/inspect/inspection.ts";

const NOW = 1_767_225_600;

function inspectionOf(config: SourceConfig = sourceOf()): Inspection {
  const parts = (told: Parameters<typeof createReader>[1]) => {
    return { reader: createReader(config.decode, told), mapper: createMapper(config.map) };
  };
  return new Inspection(config, parts, NOW);
}

describe("what inspect keeps", () => {
  it("[IN3b] of a message is 240 bytes of each of four frames, whatever it takes", () => {
    const big = Buffer.alloc(2 ** 20, "a");
    const { heads, frames } = excerptOf([big.subarray(0, 240), big.subarray(0, 241), big, big.subarray(7, 9), big]);
    assert.deepEqual(
      heads.map(({ bytes, length }) => [bytes.length, bytes.buffer.byteLength, length]),
      [
        [240, 240, 240],
        [240, 240, 241],
        [240, 240, 2 ** 20],
        [2, 2, 2],
      ],
      "none is a part of the message's memory",
    );
    assert.equal(frames, 5);
    assert.equal(excerptOf([big, big, big, big]).heads.length, 4);
    assert.match(sampleOf(excerptOf([Buffer.alloc(25, 0xff)])), /^0x (ff ){24}…$/);
    assert.match(sampleOf(excerptOf([Buffer.alloc(24, 0xff)])), /^0x (ff ?){24}$/);
  });

  it("[IN3] of a topic's last message is no part of the message", () => {
    const inspection = inspectionOf();
    const payload = Buffer.from(`{"y":1,"why":"${"a".repeat(10_000)}"}`);
    inspection.take([Buffer.from("lab"), payload], NOW);
    payload.fill("z");
    const [topic] = inspection.report(NOW).topics;
    assert.equal(topic?.frames, 2);
    assert.match(topic?.sample ?? "", /^lab \| \{"y":1,"why":"aaa/);
  });

  it("[IN3] is no topic of more than 1,024 bytes, whoever reads it", () => {
    const inspection = inspectionOf({ ...sourceOf(), decode: { ...sourceOf().decode, preset: "plotjuggler" } });
    const [long, tooLong] = ["x".repeat(1024), "x".repeat(1025)];
    inspection.take([Buffer.from(`${tooLong}…`), Buffer.from('{"y":1}')], NOW);
    inspection.take([Buffer.from(long), Buffer.from('{"y":1}')], NOW);
    const { refused, topics } = inspection.report(NOW);
    assert.deepEqual(
      refused.map(({ reason, messages }) => [reason, messages]),
      [
        ["topic-too-long", 1],
        ["series-name-invalid", 1],
      ],
    );
    assert.equal(topics.length, 1, "both are counted under the first 1,024 bytes");
    assert.equal(topics[0]?.messages, 2);
  });
});
