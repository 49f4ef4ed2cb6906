import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodingOf, faultOf, hex } from "../../../support/decoding.ts";

const PAYLOAD = '{"a":1}';

function adviceOf(frame: string | Buffer): string {
  return faultOf(() => decodingOf().rows([frame])).message;
}

function packedBehind(front: string): Buffer {
  return Buffer.concat([Buffer.from(front), hex("81 a1 61 01")]);
}

describe("a topic in front of its payload", () => {
  it("[FM2p] is refused with what ends it, which the option then takes", () => {
    for (const sign of [":", "|", ",", ";", "=", "/", "::", "->", "#"]) {
      const message = `lab${sign}${PAYLOAD}`;
      assert.equal(decodingOf().read(message), "format-unknown");
      assert.ok(adviceOf(message).includes(`"lab"`), message);
      assert.ok(adviceOf(message).includes(`--topic-delimiter '${sign}'`), message);
      assert.deepEqual(decodingOf({ topicDelimiter: sign }).read(message), ["lab.a now 1"]);
    }
    for (const sign of ["|", ",", ";", "/"]) {
      assert.ok(adviceOf(`temp${sign}-21.5`).includes(`--topic-delimiter '${sign}'`));
      assert.deepEqual(decodingOf({ topicDelimiter: sign }).read(`temp${sign}-21.5`), ["temp now -21.5"]);
    }
    for (const sign of ["|", ":", " "]) {
      assert.ok(adviceOf(packedBehind(`lab${sign}`)).includes(`--topic-delimiter '${sign}'`));
      assert.deepEqual(decodingOf({ topicDelimiter: sign }).read(packedBehind(`lab${sign}`)), ["lab.a now 1"]);
    }
    assert.match(adviceOf(`lab\u0000${PAYLOAD}`), /topic_delimiter = "\\u0000" in the configuration file/);
  });

  it("[FM2p] is taken for one after ten messages of a source, which is said", () => {
    const decoding = decodingOf();
    for (let i = 0; i < 10; i++) assert.equal(decoding.read(`lab/${i}:${PAYLOAD}`), "format-unknown");
    assert.equal(decoding.read(`lab|${PAYLOAD}`), "format-unknown", "another sign");
    assert.deepEqual(decoding.read(`lab/7:${PAYLOAD}`), ["lab/7.a now 1"]);
    assert.match(decoding.decisions[0]?.format ?? "", /a topic, ":" and the payload/);
    assert.equal(decoding.decisions[0]?.option, "--topic-delimiter");
  });

  it("[FM2p] has the series and the value that a line of names and values has", () => {
    assert.deepEqual(decodingOf().read("temp:21.5"), ["temp now 21.5"]);
    assert.deepEqual(decodingOf({ topicDelimiter: ":" }).read("temp:21.5"), ["temp now 21.5"]);
  });

  it("[FM2p] is none where JSON, a name or a number is none", () => {
    for (const message of [
      'lab:{"a":1,}',
      "temp|",
      "temp|warm",
      "a|1|2",
      "temp,1,2",
      "temp;21,5",
      "temp|21,5",
      "temp/-21,5",
      "on|5",
      "lab:{a}",
      'f({"a":1})',
    ]) {
      assert.doesNotMatch(adviceOf(message), /Before the payload stands/, message);
    }
  });

  it("[FM2q] is looked for where the format says what a payload is, and nothing else is configured", () => {
    for (const format of ["auto", "json"])
      assert.equal(decodingOf({ format }).read(`lab:${PAYLOAD}`), "format-unknown");
    const fault = faultOf(() => decodingOf({ skipBytes: 1 }).rows([`lab:${PAYLOAD}`]));
    assert.doesNotMatch(fault.message, /Before the payload stands/);
  });

  it("[FM2j] may have the delimiter in it", () => {
    const colon = decodingOf({ topicDelimiter: ":" });
    assert.deepEqual(colon.read(`a:b:${PAYLOAD}`), ["a:b.a now 1"]);
    assert.deepEqual(colon.read(packedBehind("a:b:")), ["a:b.a now 1"]);
    assert.deepEqual(colon.read('a:{"b":{"c":1}}'), ["a.b.c now 1"]);
    const slash = decodingOf({ topicDelimiter: "/" });
    assert.deepEqual(slash.read("sensor/1/20.5"), ["sensor/1 now 20.5"]);
    assert.deepEqual(slash.read(`sensor/1/${PAYLOAD}`), ["sensor/1.a now 1"]);
    assert.deepEqual(slash.read('lab/{"a":1,"of":"b/c"}'), ["lab.a now 1"]);
  });
});

describe("a time in front of a payload", () => {
  it("[FM2r] is its time", () => {
    const at = 1_763_648_912.25;
    for (const time of [`${at} `, `${at}|`, `${at * 1e3}: `, "2025-11-20T14:28:32.25Z ", "2025-11-20 14:28:32.25 "]) {
      assert.deepEqual(decodingOf().read(`${time}${PAYLOAD}`), [`a ${at} 1`], time);
    }
    assert.deepEqual(decodingOf().read("2025-11-20 14:28:32.25 20.5"), [`y ${at} 20.5`]);
    assert.deepEqual(decodingOf().read(`${at}|20.5`), [`y ${at} 20.5`]);
  });

  it("[FM2s] is no topic if it has no date, nor is a number", () => {
    for (const front of ["12:30:01 ", "12:30:01.250|", "13:37 "]) {
      assert.deepEqual(decodingOf().read(`${front}${PAYLOAD}`), ["a now 1"]);
    }
    assert.deepEqual(decodingOf().read("12:30:01|20.5"), ["y now 20.5"]);
    assert.match(adviceOf(`20.5 ${PAYLOAD}`), /a number that is no time .*--topic-delimiter ' '/);
    assert.match(adviceOf(`10001|${PAYLOAD}`), /a number that is no time .*--topic-delimiter '\|'/);
    assert.deepEqual(decodingOf().read(`10001 ${PAYLOAD}`), ["10001.a now 1"]);
    const decoding = decodingOf();
    for (let i = 0; i < 10; i++) assert.deepEqual(decoding.read(`${i} ${PAYLOAD}`), [`${i}.a now 1`]);
    assert.equal(decoding.read(`10 ${PAYLOAD}`), "envelope-wrong");
  });
});

it("[FM2t] a subscription is no message", () => {
  for (const message of ["\u0001lab", "\u0000lab/temp", "\u0001kitchen1"]) {
    assert.equal(decodingOf().read(message), "unsupported");
    assert.match(adviceOf(message), /a SUB socket's subscription/);
  }
});

it("[BR2b] a sign between a word and a space is no part of the topic", () => {
  for (const word of ["lab:", "lab|", "lab,", "lab="]) {
    assert.deepEqual(decodingOf().read(`${word} ${PAYLOAD}`), ["lab.a now 1"], word);
  }
});
