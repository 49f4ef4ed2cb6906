import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { timeZone } from "../../../../page/layout/time-zone.ts";
import { timeLabels, timeTicks } from "../../../../page/render/ticks.ts";
import { clockLabel, dayText, isMidnight, momentText, periodText } from "../../../../page/ui/time-text.ts";

const DAY = 86_400;
const at = (day: number, hour = 0, minute = 0, second = 0): number =>
  new Date(2026, 10, day, hour, minute, second).getTime() / 1000;
const NOW_MS = at(29, 14, 20, 27) * 1000;

afterEach(() => {
  timeZone().isUtc = false;
});

test("[PG28b] the same time of day, two days ago, has its date; today's has none", () => {
  assert.equal(momentText(at(29, 14, 20, 27), 1, NOW_MS), "14:20:27");
  assert.match(momentText(at(27, 14, 20, 27), 1, NOW_MS), /^(?=.*Nov)(?=.*\b27\b).* 14:20:27$/);
  assert.match(momentText(at(27, 14, 20, 27) - 3 * 365 * DAY, 1, NOW_MS), /2023/);
  assert.doesNotMatch(momentText(at(27, 14, 20, 27), 1, NOW_MS), /2026/);
  assert.match(momentText(at(29, 14, 20, 27), 1, Number.NaN), /2026/, "where there is no today, it has date and year");
  assert.equal(dayText(at(29), NOW_MS), "");
  assert.notEqual(dayText(at(29) - 1, NOW_MS), "");
  assert.notEqual(dayText(at(30), NOW_MS), "");
});

test("[PG28b] a period says its date once, and two where a night lies between, also if one is today's", () => {
  assert.equal(periodText(at(29, 9), at(29, 10), 1, NOW_MS), "09:00:00 – 10:00:00");
  assert.match(periodText(at(27, 9), at(27, 10), 1, NOW_MS), /^[^–]*27[^–]* 09:00:00 – 10:00:00$/);
  assert.match(periodText(at(28, 23), at(29, 1), 1, NOW_MS), /^[^–]*28[^–]* 23:00:00 – [^–]*29[^–]* 01:00:00$/);
  assert.match(periodText(at(29, 23), at(30, 1), 1, NOW_MS), /^23:00:00 – [^–]*30[^–]* 01:00:00$/);
});

test("[PG65a] in UTC every time says so, and day and clock are those of UTC", () => {
  timeZone().isUtc = true;
  const x = Date.UTC(2026, 10, 29, 0, 5, 7) / 1000;
  assert.equal(momentText(x, 1, x * 1000), "00:05:07 UTC");
  assert.equal(clockLabel(x + 0.25, 0.01), "00:05:07.25");
  assert.match(momentText(x - 600, 1, x * 1000), /28.* 23:55:07 UTC$/);
  assert.equal(periodText(x, x + 1, 1, x * 1000), "00:05:07 – 00:05:08 UTC");
  assert.ok(isMidnight(Date.UTC(2026, 10, 29)));
});

test("[PG28a] [PG65a] in UTC ticks are at its days and hours, and midnight has its date, however fine they are", () => {
  timeZone().isUtc = true;
  const midnight = Date.UTC(2024, 1, 29) / 1000;
  const days = timeTicks(midnight - 3 * DAY, midnight + 3 * DAY, DAY);
  assert.deepEqual(
    days,
    [-3, -2, -1, 0, 1, 2, 3].map((day) => midnight + day * DAY),
  );
  for (const step of [3600, 60, 5, 0.5]) {
    const labels = timeLabels([midnight - step, midnight, midnight + step], step);
    assert.match(labels[1] ?? "", /29/, `${step}`);
    assert.match(labels[1] ?? "", /2024/, `${step}`);
    assert.match(labels[0] ?? "", /^23:/, `${step}`);
    assert.match(labels[2] ?? "", /^0[01]:/, `${step}`);
  }
});
