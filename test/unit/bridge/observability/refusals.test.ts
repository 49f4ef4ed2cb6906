import assert from "node:assert/strict";
import { it } from "node:test";
import { createLog } from "../../../../bridge/observability/log.ts";
import { excerptOf, sampleOf, topicOf } from "../../../../bridge/observability/sample.ts";
import { type Refusal, UndecodableWarnings } from "../../../../bridge/observability/warnings.ts";

const REFUSAL: Refusal = {
  topic: "lab",
  reason: "not-json",
  detail: () => "This is not JSON.",
  frames: [Buffer.from("lab"), Buffer.from("nonsense")],
  messages: 1,
};

function warned(): { lines: string[]; warnings: UndecodableWarnings; clock: { nowMs: number } } {
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  const log = createLog("text", "info", (line) => lines.push(line.trimEnd().slice("00:00:00 ".length)));
  return { lines, clock, warnings: new UndecodableWarnings(log, 60_000, () => clock.nowMs) };
}

function sample(...frames: Buffer[]): string {
  return sampleOf(excerptOf(frames));
}

it("[BR3b] a refusal is said with its topic, reason and a sample, each reason once a topic", () => {
  const { lines, warnings } = warned();
  for (let i = 0; i < 50; i++) {
    for (const topic of ["lab", "", "roof"]) warnings.warn({ ...REFUSAL, topic });
    warnings.warn({ ...REFUSAL, reason: "no-number", detail: () => "There is none." });
  }
  const end = 'reason="not-json" sample="lab | nonsense"';
  assert.deepEqual(lines, [
    `warn  A message of the topic "lab" was refused (not-json): This is not JSON. ${end}`,
    `warn  A message without a topic was refused (not-json): This is not JSON. ${end}`,
    `warn  A message of the topic "roof" was refused (not-json): This is not JSON. ${end}`,
    'warn  A message of the topic "lab" was refused (no-number): There is none. reason="no-number" sample="lab | nonsense"',
  ]);
});

it("[BR3c] while it lasts it is said once a minute, with how many there were", () => {
  const { lines, warnings, clock } = warned();
  for (let second = 0; second < 120; second++) {
    clock.nowMs = second * 1000;
    warnings.warn(REFUSAL);
  }
  assert.equal(lines.length, 2);
  assert.match(lines[1] ?? "", /This is not JSON\. \(60 messages so in the last 60 s\.\)/);
});

it("[BR3d] a flood of topics has ten lines at once and one in ten seconds, and what had none is counted", () => {
  const { lines, warnings, clock } = warned();
  for (let i = 0; i < 100_000; i++) warnings.warn({ ...REFUSAL, topic: `made-up-${i}` });
  assert.equal(lines.length, 10);
  clock.nowMs = 10_000;
  for (let i = 0; i < 100; i++) warnings.warn({ ...REFUSAL, topic: `later-${i}` });
  assert.equal(lines.length, 11);
  assert.match(lines[10] ?? "", /topic "later-0".*\(And 99,990 messages of other topics or for other reasons\.\)/);
});

it("[BR3d] repeats of known topics do not keep a new one from being said", () => {
  const { lines, warnings, clock } = warned();
  for (let minute = 0; minute < 10; minute++) {
    clock.nowMs = minute * 60_000;
    for (let i = 0; i < 10; i++) warnings.warn({ ...REFUSAL, topic: `known-${i}` });
  }
  const before = lines.length;
  warnings.warn({ ...REFUSAL, topic: "new" });
  assert.match(lines[before] ?? "", /topic "new"/);
});

it("[BR3e] what is wrong is worked out only for a line", () => {
  const { warnings } = warned();
  let asked = 0;
  const detail = (): string => `asked ${++asked} times`;
  for (let i = 0; i < 1000; i++) warnings.warn({ ...REFUSAL, detail });
  assert.equal(asked, 1);
});

it("[BR3a] a sample has 120 characters at most and no control characters", () => {
  assert.equal(
    sample(Buffer.from("temp"), Buffer.from("a quarter\u0000 of \n\u202e it")),
    "temp | a quarter\\x00 of \\x0a\\u202e it",
  );
  assert.equal(sample(Buffer.from("\t a long text ".repeat(1000))).length, 120);
  assert.ok(sample(Buffer.alloc(1000, 0xff)).length <= 120);
});

it("[BR3a] a sample shows bytes that are no text in hexadecimal, and text in another encoding with its bytes", () => {
  assert.equal(sample(Buffer.from("0010203a0d0a", "hex")), "0x 00 10 20 3a 0d 0a");
  assert.equal(sample(Buffer.from('{"ort": "K\u00fcche"}', "latin1")), '{"ort": "K\\xfcche"}');
});

it("[BR3a] a sample shows text in a buffer up to its first NUL", () => {
  assert.equal(sample(Buffer.from('{"y": 1}'.padEnd(64, "\u0000"))), '{"y": 1}\\x00…');
  assert.equal(sample(Buffer.from("x\ny")), "x\\x0ay");
  assert.equal(sample(Buffer.from("35000000", "hex")), "0x 35 00 00 00");
});

it("the topic of what nobody has read is its first frame, or the word before JSON, and none of binary", () => {
  const of = (...frames: string[]): string => topicOf(frames.map((frame) => Buffer.from(frame)));
  assert.equal(of("lab/a", "1"), "lab/a");
  assert.equal(of("lab {'y': 1}"), "lab");
  assert.equal(of("lab [1,"), "lab");
  assert.equal(of("21.5 3"), "");
  assert.equal(of("\u0001\u0002 {"), "");
  assert.equal(topicOf([Buffer.from("ff80207b", "hex")]), "");
});
