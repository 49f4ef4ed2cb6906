/** Whether each command had one outcome at its sender, was done once at most, and what was said of it is true. */
import type { Done } from "./done.ts";

/** A command as it was said over the line. */
export interface Said {
  id: string;
  control: string;
  value: number | null;
  /** Those that came over the line, each once: `confirmed 5`, `refused in-doubt`, `expired`. */
  outcomes: ReadonlySet<string>;
  /** What the program that sent it was told. */
  told: string | undefined;
}

/** After these nobody knows whether it was done: it was delivered, or may have been. Nothing else that is not confirmed is done. */
const MAYBE_DONE = ["refused in-doubt", "refused superseded", "expired"];

/** @returns what is wrong, in words */
export function faultsOf(said: readonly Said[], done: readonly Done[]): string[] {
  const times = new Map<string, number>();
  for (const { id } of done) times.set(id, (times.get(id) ?? 0) + 1);
  const known = new Set(said.map(({ id }) => id));
  const strangers = [...times.keys()].filter((id) => !known.has(id));
  return [
    ...strangers.map((id) => `${id} was done, and nobody had asked for it`),
    ...said.flatMap((command) => faultsOfOne(command, times.get(command.id) ?? 0)),
  ];
}

function faultsOfOne({ id, control, value, outcomes, told }: Said, times: number): string[] {
  const name = `${id} (${control} ${value})`;
  const [outcome] = outcomes;
  if (outcome === undefined) return [`${name} had no outcome`];
  if (outcomes.size > 1) return [`${name} had several outcomes: ${[...outcomes].join(", ")}`];
  const faults: string[] = [];
  if (told !== outcome) faults.push(`${name} ended with ${outcome}, and its sender was told ${told}`);
  if (times > 1) faults.push(`${name} was done ${times} times`);
  if (outcome.startsWith("confirmed") && times === 0) faults.push(`${name} was confirmed, and not done`);
  if (!outcome.startsWith("confirmed") && !MAYBE_DONE.includes(outcome) && times > 0)
    faults.push(`${name} ended with ${outcome}, and was done`);
  return faults;
}
