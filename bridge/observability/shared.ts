import { LineRate } from "./line-rate.ts";
import type { Log } from "./log.ts";
import { counted } from "./printable.ts";
import { ofTopic } from "./repeats.ts";

/** Says of each topic that several publishers number it. Anybody may make topics up: the lines have a limited rate. */
export class SharedWarnings {
  readonly #log: Pick<Log, "warn">;
  readonly #rate: LineRate;

  constructor(log: Pick<Log, "warn">, nowMs?: () => number) {
    this.#log = log;
    this.#rate = new LineRate(nowMs);
  }

  warn(topic: string): void {
    const unsaid = this.#rate.take();
    if (unsaid === undefined) return;
    const more = unsaid === 0 ? "" : ` (And of ${counted(unsaid, "other topic")} before.)`;
    this.#log.warn(
      `Several publishers number the messages ${ofTopic(topic)}, each by itself: these are not checked any more, so what is ` +
        `lost of them is not told. Give each publisher a topic of its own.${more}`,
    );
  }
}
