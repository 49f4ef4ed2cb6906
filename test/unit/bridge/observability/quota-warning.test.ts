import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../../../../bridge/observability/log.ts";
import { TroubleWarnings } from "../../../../bridge/observability/warnings.ts";

test("[BR6f] a quota is told once a minute, though it is delivered in between", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const trouble = new TroubleWarnings(
    createLog("text", "info", (line) => lines.push(line)),
    60_000,
    () => nowMs,
  );
  for (nowMs = 0; nowMs < 120_000; nowMs += 1000) {
    trouble.warnOfQuota("429 quota-exceeded - Too many points.", "5 points kept");
    trouble.over();
  }
  assert.equal(lines.length, 2);
  assert.match(
    lines[0] ?? "",
    /Not delivered: 429 quota-exceeded - Too many points\. It is sent again then; 5 points kept\./,
  );
});
