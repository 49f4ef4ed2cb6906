import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Account, type Told } from "./account.ts";
import { isGood, judge, NONE_ALLOWED, type Verdict } from "./check.ts";

function gap(points: number | null, series = "", reason = "r"): Told {
  return { reason, points, series };
}

/** Points as `a5` (series a, counter 5), and gaps. */
function accountOf(...events: (string | Told)[]): Account {
  const account = new Account();
  for (const event of events) {
    if (typeof event === "string") account.point(event.slice(0, 1), Number(event.slice(1)));
    else account.gap(event);
  }
  return account;
}

/** What is wrong, and how much. */
function wrong(verdict: Verdict): Partial<Verdict> {
  const { untold, toldTooMuch, repeated, outOfOrder } = verdict;
  const entries = Object.entries({ untold, toldTooMuch, repeated, outOfOrder }).filter(([, count]) => count > 0);
  return Object.fromEntries(entries);
}

function faultsOf(...events: (string | Told)[]): Partial<Verdict> {
  const verdict = judge(accountOf(...events));
  assert.equal(isGood(verdict, NONE_ALLOWED), verdict.places.length === 0, "every fault has a place");
  return wrong(verdict);
}

describe("the check of the torture test", () => {
  it("finds nothing where every counter came once and in order", () => {
    assert.deepEqual(faultsOf("a0", "b7", "a1", "a2", "b8"), {});
  });

  it("finds a lost point", () => {
    assert.deepEqual(faultsOf("a0", "a2"), { untold: 1 });
  });

  it("finds what is lost at the end", () => {
    const account = accountOf("a0", "a1");
    account.end("a", 3);
    account.end("b", 0);
    assert.deepEqual(wrong(judge(account)), { untold: 3 });
    account.gap(gap(1));
    assert.deepEqual(wrong(judge(account)), { untold: 3, toldTooMuch: 1 }, "a gap after the end tells nothing of it");
  });

  it("finds a repeated point", () => {
    assert.deepEqual(faultsOf("a0", "a1", "a1", "a2"), { repeated: 1 });
    assert.deepEqual(faultsOf("a0", "a1", "a2", "a0"), { repeated: 1 });
  });

  it("finds swapped points", () => {
    assert.deepEqual(faultsOf("a0", "a2", "a1", "a3"), { outOfOrder: 1 });
    assert.deepEqual(faultsOf("a0", "a2", "a1", "a1", "a3"), { outOfOrder: 1, repeated: 1 });
  });

  it("takes a gap of exactly the size of the hole, and none of another", () => {
    assert.deepEqual(faultsOf("a0", gap(3), "a4"), {});
    assert.deepEqual(faultsOf("a0", gap(1), gap(2, "a"), "a4"), {});
    assert.deepEqual(faultsOf("a0", gap(2), "a4"), { untold: 1 });
    assert.deepEqual(faultsOf("a0", gap(4), "a4"), { toldTooMuch: 1 });
    assert.deepEqual(faultsOf("a0", gap(1), "a1"), { toldTooMuch: 1 });
  });

  it("takes no gap that stands elsewhere, or is of another series", () => {
    assert.deepEqual(faultsOf("a0", "a4", gap(3), "a5"), { untold: 3, toldTooMuch: 3 });
    assert.deepEqual(faultsOf("b0", "a0", gap(3, "b"), "a4", "b1"), { untold: 3, toldTooMuch: 3 });
  });

  it("shares a gap of all series among their holes", () => {
    assert.deepEqual(faultsOf("a0", "b0", gap(5), "a3", "b4"), {});
    assert.deepEqual(faultsOf("a0", "b0", gap(5), "a3", "b5"), { untold: 1 });
    // Of two gaps around which series b has one hole, the first is partly for b, the second wholly.
    assert.deepEqual(faultsOf("a0", "b0", gap(3), "a3", gap(2), "b4"), {});
    assert.deepEqual(faultsOf("a0", "b0", gap(2), "a3", gap(3), "b4"), {});
    assert.deepEqual(faultsOf("a0", "b0", gap(1), "a3", gap(4), "b4"), { untold: 1, toldTooMuch: 1 });
    // The gap of one series comes before what all share, wherever it stands.
    assert.deepEqual(faultsOf("a0", "b0", gap(2), gap(2, "a"), "a3", "b3"), {});
  });

  it("lets a gap be for what stands before the first point, but demands none", () => {
    assert.deepEqual(faultsOf("a5", "a6"), {});
    assert.deepEqual(faultsOf(gap(5), "a5"), {});
    assert.deepEqual(faultsOf(gap(6), "a5"), { toldTooMuch: 1 });
    // Whichever it is for: the first may be for b's beginning, as the second is needed for a.
    assert.deepEqual(faultsOf("a0", gap(3), "b3", gap(3), "a4"), {});
  });

  it("counts gaps of unknown size by themselves, and lets no more of them be than are allowed", () => {
    const account = accountOf("a0", gap(null, "a", "restart"), "a10", "a11");
    const allowed = { reasons: ["restart", "elsewhere"], atMost: 1 };
    const verdict = judge(account, allowed);
    assert.deepEqual(wrong(verdict), {});
    assert.equal(verdict.toldUnknown, 9);
    assert.ok(isGood(verdict, allowed));
    assert.ok(!isGood(judge(account), NONE_ALLOWED));
    assert.ok(!isGood(verdict, { ...allowed, reasons: ["elsewhere"] }));
    account.gap(gap(null, "", "elsewhere"));
    assert.ok(!isGood(judge(account, allowed), allowed), "together they are too many");
    assert.deepEqual(wrong(judge(accountOf("a0", "b0", gap(null, "a"), "a2", "b2"))), { untold: 1 }, "of a series");
  });

  it("takes what trimmed frames held and what they told as lost together, and no other sum", () => {
    const told = (points: number) => ["a0", "b0", gap(4, "", "trimmed"), gap(points, "", "gaps-trimmed"), "a4", "b4"];
    assert.deepEqual(faultsOf(...told(2)), {});
    assert.deepEqual(faultsOf(...told(1)), { untold: 1 });
    assert.deepEqual(faultsOf(...told(3)), { toldTooMuch: 1 });
    assert.deepEqual(faultsOf("a0", "b0", gap(4, "", "trimmed"), "a4", "b4"), { untold: 2 });
  });
});
