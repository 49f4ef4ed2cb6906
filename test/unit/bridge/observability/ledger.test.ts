import assert from "node:assert/strict";
import { it } from "node:test";
import { tokensIn } from "../../../../bridge/config/secrets/token.ts";
import { parseBytes } from "../../../../bridge/config/syntax/quantities.ts";
import { parseChannelUrl } from "../../../../bridge/config/syntax/web-address.ts";
import { SourceLedger, totalsOf, UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog, lineForPeople } from "../../../../bridge/observability/log.ts";
import { statusLine } from "../../../../bridge/observability/status.ts";
import { TroubleWarnings } from "../../../../bridge/observability/warnings.ts";

function logTo(lines: string[]) {
  return createLog("text", "info", (line) => lines.push(line));
}

it("the status is one line of plain words with every count that is not nothing", () => {
  const source = new SourceLedger();
  const ledger = new UplinkLedger();
  source.received = 1234;
  ledger.delivered = 1;
  ledger.posts = 2;
  const idle = statusLine(totalsOf([source], [ledger]), { points: 0, bytes: 0, oldestAgeMs: 0 });
  assert.equal(idle, "received 1,234 messages, delivered 1 point in 2 POSTs");
  ledger.socketBodies = 1;
  const both = statusLine(totalsOf([source], [ledger]), { points: 0, bytes: 0, oldestAgeMs: 0 });
  assert.equal(both, "received 1,234 messages, delivered 1 point in 1 message by WebSocket and 1 POST");
  ledger.socketBodies = 2;
  const all = statusLine(totalsOf([source], [ledger]), { points: 0, bytes: 0, oldestAgeMs: 0 });
  assert.equal(all, "received 1,234 messages, delivered 1 point in 2 messages by WebSocket");
  ledger.socketBodies = 0;
  ledger.retries = 1;
  ledger.viewers = 0;
  source.countRefused("not-json");
  source.countRefused("not-json");
  source.countLeftOut("text");
  source.countLeftOut("too-deep", 2);
  ledger.countDropped("bridge-full", 8000);
  ledger.countDropped("bridge-full", 1);
  const busy = statusLine(totalsOf([source], [ledger]), { points: 7, bytes: 1, oldestAgeMs: 65_000 });
  assert.equal(
    busy,
    "received 1,234 messages, delivered 1 point in 2 POSTs, behind by 7 points (the oldest waits for 65 s), 1 retry, " +
      "2 messages not understood (not-json), 2 values left out (too-deep), 8,001 points lost (bridge-full), nobody watches",
  );
});

it("[BR8c] the same trouble is told at once, then once a minute, and when it is over", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const trouble = new TroubleWarnings(logTo(lines), 60_000, () => nowMs);
  trouble.over();
  for (; nowMs < 130_000; nowMs += 10_000) trouble.warn(`401 token-wrong at ${nowMs}`, "1 point kept", "token-wrong");
  assert.equal(lines.length, 3);
  trouble.warn("no answer (ECONNREFUSED)", "1 point kept", "no answer");
  trouble.over();
  trouble.over();
  assert.equal(lines.length, 5);
  assert.match(lines[4] ?? "", /Delivering again/);
});

it("a line of log for people is time, level, text and fields", () => {
  const time = new Date(2026, 0, 1, 12, 3, 4).getTime();
  const line = lineForPeople(JSON.stringify({ level: 40, time, msg: "Left out.", reason: "not-json" }));
  assert.equal(line, '12:03:04 warn  Left out. reason="not-json"\n');
});

it("[BR7a] --buffer takes a size with a unit, 1MiB at least", () => {
  assert.equal(parseBytes("64MiB"), 64 * 2 ** 20);
  assert.equal(parseBytes("1.5 gb"), 1_500_000_000);
  assert.equal(parseBytes("1048576"), 1_048_576);
  for (const text of ["", "MiB", "64XB", "-1MiB", "1e9", "1048575", "9999999999999GiB"]) {
    assert.throws(() => parseBytes(text), { code: "commander.invalidArgument" }, text);
  }
});

it("--to takes the URL of a channel and nothing else", () => {
  assert.equal(parseChannelUrl("https://example.org/c/lab/motor.1").pathname, "/c/lab/motor.1");
  const wrong = [
    "",
    "main",
    "localhost:8787/c/main",
    "http://x/c/",
    "http://x/c/a//b",
    "http://x/c/a/",
    "http://x/c/a?b=1",
  ];
  for (const text of [...wrong, "http://x/c/a#b", "http://x/c/../c/a", `http://x/c/${"a".repeat(129)}`]) {
    assert.throws(() => parseChannelUrl(text), { code: "commander.invalidArgument" }, text);
  }
});

it("[BR11a] the token comes from the environment, if it can stand in a header", () => {
  assert.deepEqual(tokensIn(" abc \n"), ["abc"]);
  assert.deepEqual(tokensIn("abc\ndef"), ["abc", "def"]);
  for (const text of ["", " ", "a b c", "é", "a é", "Bearer abc"]) assert.equal(tokensIn(text), undefined);
});
