/** The order of goods, message by message: no value that was not sent, and nothing that ends in silence. */
import { isValueFormat } from "../../bridge/decode/formats/formats.ts";
import { bearsNumbers } from "../../bridge/presets/reader.ts";
import { inventedValues, messagesInSilence } from "../corpus/order-of-goods.ts";
import { SentNumbers } from "../corpus/sent-numbers.ts";
import type { Random } from "../torture/random.ts";
import { Target, type TargetConfig } from "./target.ts";

/** More than `auto` holds a message back. */
const MAX_HELD_SECONDS = 4;
const READER_TICK_SECONDS = 1;
/** As many as `auto` holds back of a topic, and some more. */
const MAX_GROUP = 12;
const SECONDS_APART = 0.05;

interface Held {
  sent: SentNumbers;
  at: number;
}

/** Looks after one target. */
export class OrderOfGoods {
  readonly #target: Target;
  readonly #now: () => number;
  #evidence = 0;
  /** What may be held back. */
  #held: Held[] = [];
  #tickedAt = Number.NEGATIVE_INFINITY;
  readonly #recent: (readonly Buffer[])[] = [];

  constructor(target: Target, now: () => number) {
    this.#target = target;
    this.#now = now;
  }

  /** After a message. @returns what is wrong, if anything is */
  took(frames: readonly Buffer[]): string | undefined {
    this.#recent.push(frames);
    if (this.#recent.length > MAX_GROUP) this.#recent.shift();
    const isSeen = this.#isNews();
    const sent = this.#sentIn(frames);
    const fault = this.#inventedFault(sent);
    const { showsEach } = this.#target.config;
    // It may be held back though something is seen: another payload of it, or what it released.
    this.#held.push({ sent, at: this.#now() });
    if (isSeen || showsEach !== true) return fault;
    return (
      fault ?? (isSeenAlone(this.#target.config, frames) ? undefined : "nothing can be seen of a message by itself")
    );
  }

  /** After a tick, or the end. @returns what is wrong, if anything is */
  ticked(): string | undefined {
    this.#isNews();
    const fault = this.#inventedFault(new SentNumbers([]));
    // As the pipeline has it: where the clock is set to about that of the last tick, the reader hears of none.
    const now = this.#now();
    if (!(Math.abs(now - this.#tickedAt) < READER_TICK_SECONDS)) {
      this.#tickedAt = now;
      this.#held = this.#held.filter(({ at }) => Math.abs(now - at) < MAX_HELD_SECONDS);
    }
    return fault;
  }

  /**
   * Some of the last messages, taken again by themselves: without any of them, something else comes out.
   * Where they have numbers, that is the business of the tests of numbers: a repeat is one of what came before.
   */
  group(random: Random): { fault: string; frames: readonly Buffer[] } | undefined {
    const { config } = this.#target;
    const isNumbered = config.sequenceField !== undefined || bearsNumbers(config.decode);
    if (config.showsEach !== true || isNumbered) return undefined;
    const group = this.#recent.slice(-random.integer(2, MAX_GROUP));
    const keys = group.map(keyOf);
    const [index] = messagesInSilence(keys, (without) => outcomeOf(config, group, without));
    const frames = index === undefined ? undefined : group[index];
    if (frames === undefined) return undefined;
    const shown = group.map((each) => JSON.stringify(each.map((frame) => frame.toString("latin1").slice(0, 200))));
    return { fault: `nothing changes without message ${index} of these:\n${shown.join("\n")}`, frames };
  }

  #sentIn(frames: readonly Buffer[]): SentNumbers {
    const { skipBytes, format } = this.#target.config.decode;
    const skipped = skipBytes === 0 ? [] : frames.map((frame) => frame.subarray(skipBytes));
    return new SentNumbers([...frames, ...skipped], format !== "auto" && !isValueFormat(format));
  }

  #isNews(): boolean {
    const before = this.#evidence;
    this.#evidence = this.#target.evidence;
    return this.#evidence > before;
  }

  #inventedFault(sent: SentNumbers): string | undefined {
    const { config, rows } = this.#target;
    if (!config.keepsValues || rows.length === 0) return undefined;
    const invented = inventedValues(sent, rows).filter((value) => !this.#held.some((held) => held.sent.has(value)));
    return invented.length === 0
      ? undefined
      : `values are drawn that were not sent: ${invented.slice(0, 5).join(", ")}`;
  }
}

/** The same for messages that say the same: what follows an empty topic is as it is without one. */
export function keyOf(frames: readonly Buffer[]): string {
  const said = frames.filter(({ length }) => length > 0);
  return (said.length > 0 ? said : frames).map((frame) => frame.toString("latin1")).join("\u0000|");
}

/** Whether something is seen of a message that is the only one. */
function isSeenAlone(config: TargetConfig, frames: readonly Buffer[]): boolean {
  const target = new Target(config, () => 1_763_648_912.5);
  target.take(frames);
  target.end();
  return target.evidence > 0;
}

function outcomeOf(config: TargetConfig, group: readonly (readonly Buffer[])[], without: number | undefined): string {
  const clock = { now: 1_763_648_912.5 };
  const target = new Target(config, () => clock.now);
  const rows: unknown[] = [];
  const keep = (): void => {
    for (const { x, names, values } of target.rows) rows.push([x, names, values.map(String)]);
  };
  for (const [index, frames] of group.entries()) {
    clock.now += SECONDS_APART;
    if (index === without) continue;
    target.take(frames);
    keep();
  }
  target.end();
  keep();
  const { refused, leftOut, repeats } = target.ledger;
  return JSON.stringify([rows, [...refused].sort(), [...leftOut].sort(), repeats]);
}
