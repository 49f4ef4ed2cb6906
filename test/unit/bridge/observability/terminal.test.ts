import assert from "node:assert/strict";
import { it } from "node:test";
import { SourceLedger, totalsOf, UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { FootLine, footText } from "../../../../bridge/observability/terminal.ts";

const NOTHING = { points: 0, bytes: 0, oldestAgeMs: 0 };

it("[BR24b] the foot of a terminal has rates since the line before, and what is not in order", () => {
  const source = new SourceLedger();
  const uplink = new UplinkLedger();
  const before = totalsOf([source], [uplink]);
  source.publishers = 1;
  source.received = 500;
  source.decoded = 5000;
  const first = footText(before, totalsOf([source], [uplink]), 0.5, NOTHING);
  assert.equal(first, "1 publisher · 1,000 messages/s · 10,000 points/s · not delivered yet");
  uplink.viewers = 3;
  source.countRefused("not-json");
  uplink.countDropped("bridge-full", 7);
  const now = totalsOf([source], [uplink]);
  const held = { points: 9, bytes: 1, oldestAgeMs: 65_000 };
  assert.equal(
    footText(now, now, 0.5, held),
    "1 publisher · 0 messages/s · 0 points/s · 3 watching · behind by 9 points, 65 s · 1 message not understood · 7 points lost",
  );
});

it("what is logged goes above the foot, which is cut to the terminal's width", () => {
  let written = "";
  const foot = new FootLine({ write: (text) => (written += text), columns: 10 });
  foot.log("one\n");
  foot.show("0123456789abc");
  foot.show("0123456789abc");
  foot.log("two\n");
  foot.end();
  foot.end();
  assert.equal(written, "one\n\r\u001b[K01234567…\r\u001b[Ktwo\n01234567…\r\u001b[K");
});
