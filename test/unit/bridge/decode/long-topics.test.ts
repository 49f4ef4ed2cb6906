/** A topic is remembered in many places, so none is longer than 1,024 bytes. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SequenceTracker } from "../../../../bridge/batch/sequence/sequence.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { SourceLedger, UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { Collector } from "../../../../client/publish/collect/collector.ts";
import { decodingOf, hex } from "../../../support/decoding.ts";
import { ARRIVED_AT, messageOf, NO_MAP } from "../../../support/mapping.ts";
import { arrived, pipelineOf } from "../../../support/pipeline.ts";

/** 1,024 and 1,025 bytes; the last two are of characters that take three and four bytes. */
const LONGEST = ["x".repeat(1024), `x${"€".repeat(341)}`, "😀".repeat(256)];
const TOO_LONG = ["x".repeat(1025), `xx${"€".repeat(341)}`, `${"😀".repeat(256)}x`];

describe("a topic of more than 1,024 bytes", () => {
  it("[BR2e] is topic-too-long, whatever the message is read as", () => {
    const payload = Buffer.from("00000080", "hex");
    for (const [i, topic] of TOO_LONG.entries()) {
      const just = LONGEST[i] ?? "";
      assert.equal(decodingOf().read(topic, '{"y":1}'), "topic-too-long");
      assert.equal(decodingOf().read(just, '{"y":1}'), "series-name-invalid", "longer than a name");
      assert.equal(decodingOf({ frames: ["topic", "payload"] }).read(topic, '{"y":1}'), "topic-too-long");
      assert.equal(decodingOf({ topicDelimiter: ";" }).read(`${topic};{"y":1}`), "topic-too-long");
      assert.equal(decodingOf({ topicDelimiter: ";" }).read(`${just};{"y":1}`), "series-name-invalid");
      assert.equal(decodingOf({ preset: "plotjuggler" }).read(topic, '{"y":1}'), "topic-too-long");
      const samples = decodingOf({ format: "f32@48k" });
      assert.throws(() => samples.messages([topic, payload]), { code: "topic-too-long" });
      assert.equal(samples.messages([just, payload])[0]?.topic, just);
    }
  });

  it("[BR2] is refused before its third frame is remembered: ten pairs of it are no proof of anything", () => {
    const decoding = decodingOf();
    for (const topic of TOO_LONG)
      for (let i = 0; i < 20; i++) assert.equal(decoding.read(topic, '{"y":1}', hex("f0000007")), "topic-too-long");
    for (let i = 0; i < 10; i++)
      assert.equal(decoding.read("lab", '{"y":1}', hex(`f000000${i}`)).toString(), "lab now 1");
    const [longest = ""] = LONGEST;
    const other = decodingOf();
    for (let i = 0; i < 10; i++) assert.equal(other.read(longest, '{"y":1}', hex("f0000007")), "series-name-invalid");
    assert.equal(other.read(longest, '{"y":1}', hex("f0000007")), "envelope-wrong");
  });

  it("[BR2] is refused before it is held back to find out what it is", () => {
    const decoding = decodingOf();
    const binary = hex("c70201ffee0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    for (const topic of TOO_LONG) assert.equal(decoding.read(topic, binary), "topic-too-long");
    assert.deepEqual(decoding.end(), []);
    assert.deepEqual(decoding.decisions, []);
  });

  it("[BR2] is refused by every mapping, so that none remembers it", () => {
    for (const map of [NO_MAP, { series: "{field}" }, { channel: "lab" }]) {
      const mapper = createMapper(map);
      for (const topic of TOO_LONG)
        assert.throws(() => mapper.map(messageOf({ y: 1 }, { topic }), ARRIVED_AT), { code: "topic-too-long" });
    }
    const byField = createMapper({ series: "{field}" });
    for (const topic of LONGEST)
      assert.equal(byField.map(messageOf({ y: 1 }, { topic }), ARRIVED_AT)[0]?.rows.length, 1);
  });

  it("[BR34a] is refused before its number is checked, counted, and said", () => {
    const lines: string[] = [];
    const log = createLog("text", "info", (line) => lines.push(line));
    const tracker = new SequenceTracker();
    const ledger = new UplinkLedger();
    const collector = new Collector({ publisher: "00000000000000aa", maxBytes: 2 ** 20, lost: () => undefined });
    const source = new SourceLedger();
    const pipeline = pipelineOf({ collector, tracker, ledger, source, sequenceField: "seq", log });
    for (const topic of [...TOO_LONG, ...LONGEST])
      pipeline.take(arrived([Buffer.from(topic), Buffer.from('{"seq":1,"y":1}')]));
    assert.deepEqual(
      tracker.changes.numbers.map(({ topic }) => topic),
      LONGEST,
    );
    assert.deepEqual(
      [...source.refused],
      [
        ["topic-too-long", TOO_LONG.length],
        ["series-name-invalid", LONGEST.length],
      ],
    );
    assert.match(lines[0] ?? "", /A topic has 1024 bytes at most; this has 1025\. Use a shorter one\./);
    assert.ok((lines[0]?.length ?? 0) < 500, "the line does not grow with the topic");
  });
});
