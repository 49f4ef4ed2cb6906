/** What came of it, as tables. */
import type { Result } from "./run.ts";

const number = new Intl.NumberFormat("en-US");

function total(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/** One run, whole. */
export function textOf(result: Result): string {
  const { seed, seconds, settings, faults, failed, sent, viewers, problems, settledAfterMs } = result;
  const injected = [...faults].sort(([a], [b]) => a.localeCompare(b));
  const lines = [
    `seed ${seed}: ${settings}; ${seconds.toFixed(1)} s, the last ${(settledAfterMs / 1000).toFixed(1)} s of them calm`,
    `faults injected: ${total(faults.values())}`,
    ...injected.map(([kind, count]) => `  ${String(count).padStart(4)} ${kind}`),
    ...[...failed].map(([kind, count]) => `  (${count} ${kind}: could not be)`),
    `points numbered: ${number.format(total(sent.values()))} (${[...sent].map(([topic, count]) => `${topic} ${number.format(count)}`).join(", ")})`,
    row("viewer", ["delivered", "gap", "unknown", "untold", "too much", "repeated", "disorder", "conns"]),
    ...viewers.map(({ name, verdict, connections }) =>
      row(name, [
        verdict.delivered,
        total(verdict.told.values()),
        verdict.toldUnknown,
        verdict.untold,
        verdict.toldTooMuch,
        verdict.repeated,
        verdict.outOfOrder,
        connections,
      ]),
    ),
    ...viewers
      .filter(({ ways }) => ways.size > 1)
      .map(({ name, ways }) => `${name} was live by ${[...ways].map(([way, times]) => `${way} ${times}`).join(", ")}`),
    `lost with a gap, by reason (over all viewers): ${reasons(result)}`,
    ...problems.slice(0, 10).map((problem) => `PROBLEM: ${problem}`),
    ...viewers
      .filter(({ isGood }) => !isGood)
      .slice(0, 3)
      .flatMap(({ name, verdict }) => verdict.places.map((place) => `BAD: ${name}: ${place}`)),
    result.isGood ? "good" : `NOT GOOD; again with: --seed ${seed}`,
  ];
  return lines.join("\n");
}

function row(name: string, cells: readonly (string | number)[]): string {
  return (
    name.padEnd(26) + cells.map((cell) => (typeof cell === "number" ? number.format(cell) : cell).padStart(11)).join("")
  );
}

function reasons({ viewers }: Result): string {
  const counts = new Map<string, number>();
  for (const { verdict } of viewers) {
    for (const [reason, count] of verdict.told) counts.set(reason, (counts.get(reason) ?? 0) + count);
    for (const [reason, count] of verdict.unknownGaps) {
      const key = `gaps of unknown size, ${reason}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return [...counts].map(([reason, count]) => `${reason} ${number.format(count)}`).join(", ") || "none";
}

/** Several runs in one table. */
export function summaryOf(results: readonly Result[]): string {
  const verdicts = results.flatMap(({ viewers }) => viewers.map(({ verdict }) => verdict));
  const sum = (of: (verdict: (typeof verdicts)[number]) => number): string => number.format(total(verdicts.map(of)));
  return [
    `seeds ${results.length}, good ${results.filter(({ isGood }) => isGood).length}`,
    `seconds ${number.format(Math.round(total(results.map(({ seconds }) => seconds))))}`,
    `faults injected ${number.format(total(results.map(({ faults }) => total(faults.values()))))}`,
    `points numbered ${number.format(total(results.map(({ sent }) => total(sent.values()))))}`,
    `points delivered to viewers ${sum(({ delivered }) => delivered)}`,
    `lost, in a gap of that size ${sum(({ told }) => total(told.values()))}`,
    `lost, in a gap of unknown size ${sum(({ toldUnknown }) => toldUnknown)}`,
    `lost without a gap ${sum(({ untold }) => untold)}`,
    `in a gap, though not lost ${sum(({ toldTooMuch }) => toldTooMuch)}`,
    `repeated ${sum(({ repeated }) => repeated)}`,
    `out of order ${sum(({ outOfOrder }) => outOfOrder)}`,
    `seeds to look at: ${
      results
        .filter(({ isGood }) => !isGood)
        .map(({ seed }) => seed)
        .join(" ") || "none"
    }`,
  ].join("\n");
}
