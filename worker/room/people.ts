import { replaceControl } from "../../protocol/characters.ts";
import { MAX_PEOPLE, MAX_PERSON_NAME_LENGTH } from "../../protocol/limits.ts";
import type { Person } from "../../protocol/room/room-contents.ts";
import type { RoomServerMessage } from "../../protocol/room/room-message.ts";

/** A name as it is shown: in one line, of so many characters, without blanks at its ends. */
export function fittingName(text: string): string {
  const line = replaceControl(text.slice(0, 4 * MAX_PERSON_NAME_LENGTH), () => " ")
    .replace(/\s+/g, " ")
    .trim();
  return [...line].slice(0, MAX_PERSON_NAME_LENGTH).join("").trim();
}

/** A name that nobody else has: one that is taken gets a number. Case makes no difference. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (name === "" || !taken.has(name.toLowerCase())) return name;
  for (let number = 2; ; number++) {
    const numbered = `${[...name].slice(0, MAX_PERSON_NAME_LENGTH - 5).join("")} ${number}`;
    if (!taken.has(numbered.toLowerCase())) return numbered;
  }
}

/** Who leaves may come back for so long before others are told. */
const GRACE_MS = 30_000;
const EVERY_MS = 1_000;

/** What is told of people. */
export type PeopleChange = Omit<Extract<RoomServerMessage, { type: "people" }>, "type">;

/** Who is in a room by name: told once a second at most, as differences. */
export class People {
  #told: ReadonlyMap<string, string> | undefined;
  #toldCount = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  /** Those who left just now, and until when they count. */
  readonly #leaving = new Map<string, { name: string; untilMs: number }>();
  /**
   * Somebody came, went or was renamed since it was looked last. Before the first time nothing has changed, though nobody knows
   * who was told what.
   */
  #isStirred = false;

  /** Who is here may have changed. */
  stir(): void {
    this.#isStirred = true;
  }

  /** Somebody with a name has no connection any more. */
  left({ id, name }: Person, nowMs: number): void {
    // In the order in which their time ends.
    this.#leaving.delete(id);
    this.#leaving.set(id, { name, untilMs: nowMs + GRACE_MS });
    if (this.#leaving.size <= MAX_PEOPLE) return;
    const [first] = this.#leaving.keys();
    if (first !== undefined) this.#leaving.delete(first);
  }

  /** The name that a person had who comes back; undefined: it is new, or was away for long. */
  cameBack(person: string, nowMs: number): string | undefined {
    const known = this.#leaving.get(person);
    this.#leaving.delete(person);
    return known !== undefined && known.untilMs > nowMs ? known.name : undefined;
  }

  /** Everybody with a name, those who left just now too. @param present those who are connected */
  all(present: readonly Person[], nowMs: number): Person[] {
    for (const [id, { untilMs }] of this.#leaving) if (untilMs <= nowMs) this.#leaving.delete(id);
    const people = new Map(present.flatMap(({ id, name }) => (name === "" ? [] : [[id, name]])));
    // Those who are here come first: there is an end to the list.
    for (const [id, { name }] of this.#leaving) if (!people.has(id)) people.set(id, name);
    return [...people].slice(0, MAX_PEOPLE).map(([id, name]) => ({ id, name }));
  }

  /** In how long there is something to tell; undefined: nothing has changed, and nothing will by itself. */
  dueInMs(present: () => readonly Person[], count: number, nowMs: number): number | undefined {
    // Whom nobody misses is not looked for again.
    if (this.#isStirred) this.#isStirred = count !== this.#toldCount || this.#differs(this.all(present(), nowMs));
    const leftMs = this.#nextLeavingMs - nowMs;
    const due = Math.min(leftMs, this.#isStirred ? this.#toldAtMs + EVERY_MS - nowMs : Number.POSITIVE_INFINITY);
    return due === Number.POSITIVE_INFINITY ? undefined : Math.max(0, due);
  }

  /**
   * What has changed, which from now on is told; undefined: nothing, or it is too soon.
   * @param present those who are connected; asked only if something may have changed
   * @param isAtOnce it is never too soon: nothing would tell it later
   */
  take(present: () => readonly Person[], count: number, nowMs: number, isAtOnce: boolean): PeopleChange | undefined {
    if (!this.#isStirred && this.#nextLeavingMs > nowMs) return undefined;
    if (!isAtOnce && nowMs - this.#toldAtMs < EVERY_MS) return undefined;
    this.#isStirred = false;
    const people = this.all(present(), nowMs);
    if (count === this.#toldCount && !this.#differs(people)) return undefined;
    const before = this.#told;
    const named = new Map(people.map(({ id, name }) => [id, name]));
    this.#told = named;
    this.#toldCount = count;
    this.#toldAtMs = nowMs;
    // After an eviction nobody knows who was told what.
    if (before === undefined) return { count, joined: people, left: [], isWhole: true };
    const joined = people.filter(({ id, name }) => before.get(id) !== name);
    return { count, joined, left: [...before.keys()].filter((id) => !named.has(id)), isWhole: false };
  }

  /** When the first of those who left counts no more. */
  get #nextLeavingMs(): number {
    const [first] = this.#leaving.values();
    return first?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  #differs(people: readonly Person[]): boolean {
    const told = this.#told ?? new Map();
    return people.length !== told.size || people.some(({ id, name }) => told.get(id) !== name);
  }
}
