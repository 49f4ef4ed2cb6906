import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SourceConfig } from "../../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../../bridge/config/defaults.ts";
import { createMapper } from "../../../../../bridge/map/mapper.ts";
import { createReader } from "../../../../../bridge/presets/reader.ts";
import { timeText } from "../../../../../bridge/tools/figures.ts";
import { adviceOn } from "../../../../../bridge/tools/inspect/advice.ts";
import { type CreateParts, Inspection } from "../../../../../bridge/tools/inspect/inspection.ts";
import { findingText, foundIn } from "../../../../../bridge/tools/inspect/probe.ts";
import type { EndpointReport, SourceReport } from "../../../../../bridge/tools/inspect/report.ts";
import { reportLines } from "../../../../../bridge/tools/inspect/report-text.ts";

/** 2026-01-01T00:00:00Z. */
const NOW = 1_767_225_600;
const BOUND: EndpointReport = {
  address: "tcp://0.0.0.0:5000",
  side: "bind",
  connected: 0,
  wasConnected: false,
  finding: null,
};
const CONNECTED = { ...BOUND, connected: 1, wasConnected: true };

function inspectionOf(config: SourceConfig = sourceOf()): Inspection {
  const parts: CreateParts = (onDecision, onLeftOut, onTimeHint) => {
    return {
      reader: createReader(config.decode, onDecision, onLeftOut),
      mapper: createMapper(config.map, onLeftOut, onTimeHint),
    };
  };
  return new Inspection(config, parts, NOW);
}

/** Takes each at the next tenth of a second. @returns when the last came */
function takeAll(inspection: Inspection, messages: readonly (readonly (string | Buffer)[])[]): number {
  let now = NOW;
  for (const frames of messages) {
    now += 0.1;
    inspection.take(
      frames.map((frame) => Buffer.from(frame)),
      now,
    );
  }
  return now;
}

function seenIn(
  inspection: Inspection,
  now: number,
  endpoint: EndpointReport = CONNECTED,
): Omit<SourceReport, "advice"> {
  return { ...inspection.report(now), endpoints: [endpoint], troubles: [] };
}

function textOf(inspection: Inspection, now: number, width = 120, endpoint: EndpointReport = CONNECTED): string {
  const seen = seenIn(inspection, now, endpoint);
  const source = { ...seen, advice: adviceOn(seen, now - NOW) };
  return reportLines({ at: now, seconds: now - NOW, sources: [source] }, width, 100)
    .map((line) => line.text)
    .join("\n");
}

describe("what inspect reports", () => {
  it("[IN6] a value, and its x, with every digit that they have", () => {
    const inspection = inspectionOf();
    const exact = [1795872979.5, 0.1 + 0.2, -123456.789, 1e-7, 5e-324, 2 ** 53, 1.7976931348623157e308];
    const now = takeAll(
      inspection,
      exact.map((value, i) => [`s${i}`, JSON.stringify({ t: NOW + 0.123456, y: value })]),
    );
    const text = textOf(inspection, now, 200);
    for (const value of exact) assert.ok(text.includes(` ${value}  2026-01-01 00:00:00.123456`), `${value} in ${text}`);
    const numbers = inspectionOf();
    assert.match(textOf(numbers, takeAll(numbers, [["n", "[1234567.25, 1]"]]), 200), / 1234567\.25 \(no time\)/);
    assert.deepEqual(
      [timeText(1795872979), timeText(1795872979.25), timeText(8.64e12), timeText(1e300)],
      ["2026-11-28 13:36:19", "2026-11-28 13:36:19.25", "8640000000000", "1e+300"],
    );
  });

  it("[IN1b] endpoints, topics with what they are taken for, and the series they make", () => {
    const inspection = inspectionOf();
    const messages = Array.from({ length: 10 }, (_, i) => ["lab", `{"t": ${NOW + 0.1 * (i + 1)}, "temp": ${20 + i}}`]);
    const now = takeAll(inspection, [...messages, ["hum", "[1, 55.5]"]]);
    assert.equal(
      textOf(inspection, now),
      `main · SUB · format auto · 11 messages in 1.1 s, 10.0/s, 318 B/s
  bind tcp://0.0.0.0:5000: 1 publisher connected

  topic  messages    rate  bytes/s       size  frames  taken for  last message
  lab          10  10.0/s  338 B/s  32 B–34 B       2  json       lab | {"t": 1767225601, "temp": 29}
  hum           1       –    0 B/s       12 B       2  json       hum | [1, 55.5]

  series    points    rate  last  x
  lab.temp      10  10.0/s    29  2026-01-01 00:00:01
  hum            1       –  55.5  1 (no time)
→ Of 1 series ("hum") x is no unix time, so it is drawn as a number.`,
    );
  });

  it("[IN2a] [IN2b] refused messages by reason, with a sample, and no control character of theirs", () => {
    const inspection = inspectionOf();
    const now = takeAll(inspection, [
      ["\u001b]0;owned\u0007", '{"y": "\u001b[31mred\u009b"}'],
      ["topic\u202e", "{}"],
      ["t", '{"\u001b[2J": 1}'],
    ]);
    const text = textOf(inspection, now, 200);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.match(text, /message of "t" not understood \(/);
    assert.match(text, /\\x1b\]0;owned\\x07/);
  });

  it("[IN2c] refusals by topic and reason, each with what is wrong and how many", () => {
    const inspection = inspectionOf();
    const now = takeAll(inspection, [
      ["a", "{'y': 1}"],
      ["b", '{"y": 1'],
      ["a", '{"y": 2}'],
      ["a", "{'y': 3}"],
      ["a", "{}"],
      ['c {"y": .5}'],
    ]);
    const { refused, topics } = seenIn(inspection, now);
    assert.deepEqual(
      refused.map(({ topic, reason, messages, sample }) => [topic, reason, messages, sample]),
      [
        ["a", "not-json", 2, "a | {'y': 1}"],
        ["b", "not-json", 1, 'b | {"y": 1'],
        ["a", "no-number", 1, "a | {}"],
        ["c", "not-json", 1, 'c {"y": .5}'],
      ],
    );
    assert.deepEqual(
      topics.map(({ topic, messages, refusedMessages }) => [topic, messages, refusedMessages]),
      [
        ["a", 4, 3],
        ["b", 1, 1],
        ["c", 1, 1],
      ],
    );
    const text = textOf(inspection, now, 200);
    assert.match(text, /2 messages of "a" not understood \(not-json\): .*at character 2 .*single quotes/);
    assert.match(text, /1 message of "b" not understood \(not-json\): .*in the middle/);
    assert.match(text, /topic +messages .* refused .*\n +a +4 .* 3 +json/);
  });

  it("[IN2f] what is strange about times, each kind once a topic", () => {
    const inspection = inspectionOf();
    const now = takeAll(inspection, [
      ["mono", '{"t": 5000000000000, "v": 1}'],
      ["mono", '{"t": 5000100000000, "v": 1}'],
      ["local", '{"t": "2026-01-01T01:00:00", "v": 1}'],
    ]);
    const { oddTimes, series } = seenIn(inspection, now);
    assert.deepEqual(
      oddTimes.map(({ topic, oddity, place }) => [topic, oddity, place]),
      [
        ["mono", "no-date", "t"],
        ["local", "time-zone", "t"],
      ],
    );
    assert.deepEqual(
      series.map(({ xKind }) => xKind),
      ["number", "time"],
    );
    assert.match(textOf(inspection, now, 400), /of the topic "local" are strange \(time-zone in "t": .*\+01:00/);
  });

  it("[IN2d] parts that are left out, by topic and reason, with the place and how many", () => {
    const inspection = inspectionOf({ ...sourceOf(), decode: { ...sourceOf().decode, format: "ndjson" } });
    const now = takeAll(inspection, [
      ["log", '{"y": 1}\n{"y": 2\n{"y": 3}\n}'],
      ["log", '{"y": 4}\n{"y": 5'],
      ["other", '{"y": 6}'],
    ]);
    const { leftOut, topics } = seenIn(inspection, now);
    assert.deepEqual(
      leftOut.map(({ topic, reason, place, count }) => [topic, reason, place, count]),
      [["log", "record-unreadable", "line 2", 3]],
    );
    assert.deepEqual(
      topics.map(({ topic, leftOutParts }) => [topic, leftOutParts]),
      [
        ["log", 3],
        ["other", 0],
      ],
    );
    assert.match(
      textOf(inspection, now, 300),
      /3 values of "log" left out \(record-unreadable in line 2: "\{\\"y\\": 2"\): .*in the middle/,
    );
  });

  it("[IN3a] remembers 1,000 refusals and reasons, shows 20 and counts the rest", () => {
    const inspection = inspectionOf();
    const now = takeAll(
      inspection,
      Array.from({ length: 1500 }, (_, i) => [`topic${i}`, "{'y': 1}"]),
    );
    const seen = seenIn(inspection, now);
    assert.deepEqual([seen.refused.length, seen.otherRefusedMessages], [1000, 500]);
    const text = textOf(inspection, now);
    assert.equal([...text.matchAll(/not understood/g)].length, 20);
    assert.match(
      text,
      /and 980 more such topics or reasons \(--json has all\)\n {2}and 500 refused messages of further topics/,
    );
  });

  it("[IN2e] binary in one frame is one topic, whatever blanks are in it", () => {
    const inspection = inspectionOf();
    const now = takeAll(
      inspection,
      Array.from({ length: 30 }, (_, i) => [Buffer.from([0x80 + i, 0x20, i, 0x20, 0x7b, 255 - i])]),
    );
    assert.deepEqual(
      seenIn(inspection, now).topics.map(({ topic, messages }) => [topic, messages]),
      [["", 30]],
    );
    const texts = inspectionOf();
    const then = takeAll(texts, [["21.5 x"], ["22.5 x"], ["lab {"], ["lab/", '{"y": 1}'], ["lab/", "{"]]);
    assert.deepEqual(
      seenIn(texts, then).topics.map(({ topic, messages }) => [topic, messages]),
      [
        ["", 2],
        ["lab", 3],
      ],
    );
  });

  it("[IN6] a time in milliseconds that is a value has all its digits", () => {
    const inspection = inspectionOf();
    const now = takeAll(inspection, [["n", '{"ms": 1795874917350, "ns": 1795874917350123456}']]);
    assert.match(textOf(inspection, now, 200), / 1795874917350 .*\n.* 1795874917350123500 /);
  });

  it("[IN3a] remembers 1,000 topics and series, and counts the rest", () => {
    const inspection = inspectionOf();
    const now = takeAll(
      inspection,
      Array.from({ length: 1500 }, (_, i) => [`topic${i}`, `{"y": ${i}}`]),
    );
    const seen = seenIn(inspection, now);
    assert.equal(seen.topics.length, 1000);
    assert.equal(seen.otherTopicMessages, 500);
    assert.equal(seen.series.length, 1000);
    assert.equal(seen.otherSeriesPoints, 500);
    assert.match(textOf(inspection, now), /and 900 more\n {2}and 500 messages of further topics/);
  });

  it("[IN1] binary samples are shown in hexadecimal, and a guess is said to be one", () => {
    const inspection = inspectionOf();
    const samples = Buffer.alloc(400);
    const now = takeAll(
      inspection,
      Array.from({ length: 20 }, () => ["sdr", samples]),
    );
    const text = textOf(inspection, now, 200);
    assert.match(text, /0x 00 00 00 00 /);
    const [topic] = seenIn(inspection, now).topics;
    assert.equal(topic?.sure, false);
    assert.match(
      text.replace(/\s+/g, " "),
      /"sdr" is taken for f32.*, which is a guess .* make it sure with --format f32/,
    );
  });

  it("[IN1] no line of a report is wider than the terminal", () => {
    const inspection = inspectionOf(sourceOf({ topics: ["a very long topic that nobody has", "lab"] }));
    const now = takeAll(inspection, [
      ["lab", `{"t": ${NOW}, "temperature of the motor": 1}`],
      ["other", "1"],
      ["lab", "what is this, a word of words and more words than fit"],
    ]);
    for (const width of [20, 40, 80, 200]) {
      for (const line of textOf(inspection, now, width).split("\n")) {
        assert.ok([...line].length <= width, `${width}: ${line}`);
      }
    }
  });
});

describe("what inspect advises", () => {
  it("[IN4] messages come, but none of the topic asked for", () => {
    const inspection = inspectionOf(sourceOf({ topics: ["temp"] }));
    const now = takeAll(inspection, [
      ["lab", "1"],
      ["hum", "2"],
      ["te", "3"],
    ]);
    const seen = seenIn(inspection, now);
    assert.deepEqual([seen.messages, seen.unwantedMessages, seen.series.length], [0, 3, 0]);
    assert.deepEqual(adviceOn(seen, 9), [
      'Messages come, but none begins with the topic "temp"; topics seen: "lab", "hum", "te". Give one of these with --topic, or leave --topic out for all.',
    ]);
    inspection.take([Buffer.from("temp/1"), Buffer.from('{"y": 3}')], now);
    assert.deepEqual(adviceOn(seenIn(inspection, now), 9), []);
    const two = inspectionOf(sourceOf({ topics: ["temp", "wind"] }));
    const later = takeAll(two, [
      ["temp", '{"y": 3}'],
      ["lab", "1"],
    ]);
    assert.deepEqual(adviceOn(seenIn(two, later), 9), [
      'No message begins with the topic "wind" so far; others seen: "lab".',
    ]);
  });

  it("[IN4] nothing comes: after a moment, why that may be", () => {
    const seen = (endpoint: EndpointReport) => seenIn(inspectionOf(), NOW + 9, endpoint);
    const [nobody = ""] = adviceOn(seen(BOUND), 9);
    assert.match(nobody, /^Nobody has connected to tcp:\/\/0\.0\.0\.0:5000 yet\..*If it binds, too,.*--connect/);
    assert.deepEqual(adviceOn(seen(BOUND), 1), []);
    assert.match(adviceOn(seen({ ...BOUND, side: "connect" }), 9)[0] ?? "", /^There is no connection to .*--bind/);
    assert.match(adviceOn(seen(CONNECTED), 9)[0] ?? "", /^1 publisher is connected at .*, but nothing came for 9\.0 s/);
    assert.match(
      adviceOn(seen({ ...BOUND, wasConnected: true }), 9)[0] ?? "",
      /is gone: is the publisher still running/,
    );
    assert.deepEqual(adviceOn(seen({ ...BOUND, side: "connect", finding: "Because." }), 9), ["Because."]);
  });

  it("[IN4] x far from now, and a feed that has ended", () => {
    const inspection = inspectionOf();
    const messages = Array.from({ length: 10 }, () => ["", `{"t": ${NOW - 7200}, "old": 1}`]);
    const now = takeAll(inspection, [...messages, ["", `{"t": ${NOW + 86_400}, "early": 1}`]]);
    assert.deepEqual(adviceOn(seenIn(inspection, now), 9), [
      'Of 1 series ("old") x is behind this machine\'s clock, by up to 2 h: old data, a wrong clock, or another unit of time.',
      'Of 1 series ("early") x is ahead of this machine\'s clock, by up to 24 h: a wrong clock, or another unit of time.',
    ]);
    for (let at = now; at < now + 60; at += 0.5) inspection.tick(at);
    const gone = adviceOn(seenIn(inspection, now + 60, { ...CONNECTED, connected: 0 }), 69);
    assert.ok(gone.includes("Nothing came for 60 s: the publisher is gone."), gone.join("\n"));
  });

  it("[IN4] a preset whose topics are seen, unless it is chosen", () => {
    const known = [{ name: "pupil", topics: ["pupil.", "gaze"] }, { name: "other", topics: ["y"] }, { name: "none" }];
    const messages = [
      ["gaze.3d.0.", '{"y": 1}'],
      ["y", "1"],
    ];
    const plain = inspectionOf();
    const now = takeAll(plain, messages);
    assert.deepEqual(
      adviceOn(seenIn(plain, now), 9, known).filter((sentence) => sentence.includes("preset")),
      ['The topic "gaze.3d.0" is one that --preset pupil reads (in plotcast.toml: preset = "pupil").'],
    );
    const chosen = { ...sourceOf(), decode: { ...sourceOf().decode, preset: "pupil" } };
    const inspection = inspectionOf(chosen);
    takeAll(inspection, messages);
    assert.ok(
      adviceOn(seenIn(inspection, now), 9, known).every((sentence) => !sentence.includes("--preset pupil reads")),
    );
  });

  it("[IN4] what answers at an address, by its first bytes", () => {
    // The greeting of libzmq 4.3.5 for a PUB without security, and its READY (ZMTP 3.1).
    const signature = "ff00000000000000017f";
    const greeting = `${signature}03014e554c4c${"00".repeat(48)}`;
    const ready = (type: string) => {
      const body = Buffer.concat([
        Buffer.from("\u0005READY\u000bSocket-Type\u0000\u0000\u0000", "latin1"),
        Buffer.from([type.length]),
        Buffer.from(type),
      ]);
      return Buffer.concat([Buffer.from(greeting, "hex"), Buffer.from([4, body.length]), body]);
    };
    assert.deepEqual(foundIn(ready("PUB")), { kind: "zeromq", socketType: "PUB" });
    assert.deepEqual(foundIn(Buffer.from(signature, "hex")), { kind: "zeromq", socketType: undefined });
    assert.deepEqual(foundIn(Buffer.from("HTTP/1.1 400 Bad Request\r\n")), { kind: "not-zeromq" });
    assert.deepEqual(foundIn(Buffer.alloc(0)), { kind: "not-zeromq" });
    assert.equal(findingText("tcp://a:1", foundIn(ready("PUB")), "sub"), undefined);
    assert.match(
      findingText("tcp://a:1", foundIn(ready("REP")), "sub") ?? "",
      /is a REP socket; this side needs PUB or XPUB\.$/,
    );
    assert.match(findingText("tcp://a:1", foundIn(ready("PUSH")), "sub") ?? "", /Use --socket pull\.$/);
    assert.equal(findingText("tcp://a:1", foundIn(ready("PUSH")), "pull"), undefined);
  });
});
