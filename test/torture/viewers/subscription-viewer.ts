/** `plotcast-client` as its users have it, which takes whichever transport works; its clock runs faster, so that it tries others often. */
import type { ClientEnvironment } from "../../../client/environment.ts";
import { subscribeIn } from "../../../client/subscribe/subscribe.ts";
import type { SubscriptionEvent } from "../../../client/subscribe/subscription.ts";
import { webEnvironment } from "../../../client/web-environment.ts";
import { parseCursor } from "../../../protocol/cursor.ts";
import type { Line } from "../../support/proxy.ts";
import { itemsOf } from "../../support/transports.ts";
import { Account } from "../account.ts";
import type { Random } from "../random.ts";
import { Numbering } from "./numbering.ts";
import { Timers } from "./timers.ts";
import type { TortureViewer } from "./torture-viewer.ts";

/** 8 s to the first message are 2 s, and a better transport is tried after 7.5 s. */
const TIMES_FASTER = 4;

/** Of these the channel, and the numbers, tell; of others frames. */
const OF_CHANNEL = ["trimmed", "gaps-trimmed", "epoch", "hole"];

export class SubscriptionViewer implements TortureViewer {
  readonly name: string;
  readonly account = new Account();
  readonly series = undefined;
  readonly ways = new Map<string, number>();
  readonly closeCodes = new Map<number, number>();
  readonly #url: URL;
  readonly #line: Line;
  readonly #environment: ClientEnvironment;
  readonly #numbering = new Numbering(this.account);
  readonly #faults: string[] = [];
  readonly #leaving = new AbortController();
  readonly #timers = new Timers();
  /** What it told that the next frame is to report. */
  readonly #told: string[] = [];
  #reading: PromiseWithResolvers<void> | undefined;

  /** @param line leads to the channel, and can be cut */
  constructor(name: string, url: URL, line: Line, random: Random) {
    this.name = name;
    this.#url = url;
    this.#line = line;
    this.#environment = {
      openSocket: webEnvironment.openSocket,
      nowMs: () => TIMES_FASTER * webEnvironment.nowMs(),
      wakeAt: (timeMs, wake) => webEnvironment.wakeAt(timeMs / TIMES_FASTER, wake),
      random: () => random.next(),
    };
    // A connection of the library's may bring what another brought: it is to sort that out itself.
    this.#numbering.connecting({ tellsGaps: true, isFrames: false });
  }

  get connections(): number {
    return [...this.ways.values()].reduce((sum, count) => sum + count, 0);
  }

  get faults(): string[] {
    return [...this.#numbering.faults, ...this.#faults].map((fault) => `${this.name}: ${fault}`);
  }

  start(): void {
    void this.#run().catch((error: unknown) => this.#faults.push(String(error)));
  }

  cut(awayMs: number): void {
    this.#line.cut(awayMs);
  }

  stopReading(forMs: number): void {
    this.#reading ??= Promise.withResolvers();
    this.#timers.after(forMs, () => this.readOn());
  }

  readOn(): void {
    this.#reading?.resolve();
    this.#reading = undefined;
  }

  stop(): void {
    this.#timers.clear();
    this.readOn();
    this.#leaving.abort();
  }

  async #run(): Promise<void> {
    for await (const event of subscribeIn(this.#environment, this.#url, { signal: this.#leaving.signal })) {
      this.#take(event);
      await this.#reading?.promise;
    }
    if (!this.#leaving.signal.aborted) this.#faults.push("it has ended by itself");
  }

  #take(event: SubscriptionEvent): void {
    switch (event.kind) {
      case "state":
        if (event.state === "live") this.ways.set(event.transport, (this.ways.get(event.transport) ?? 0) + 1);
        if (event.state === "refused") this.#faults.push(`refused: ${event.problem.code}`);
        return;
      case "gap": {
        const { reason, points, series = "", cursor } = event;
        if (reason === "hole") this.#faults.push(`a hole of ${points} before ${cursor} that the Channel did not tell`);
        if (OF_CHANNEL.includes(reason)) {
          this.#numbering.take({ kind: "gap", reason, points, series, at: parseCursor(cursor) });
        } else this.#told.push(textOf({ reason, points, series }));
        return;
      }
      case "frame": {
        // It tells of what a frame reports before that frame (CL1c); where it is missing the frame says.
        const items = itemsOf(event.frame);
        const reported = items.filter((item) => item.kind === "gap").map(textOf);
        const told = this.#told.splice(0);
        if (reported.join() !== told.join()) this.#faults.push(`told of ${told}, where the frame reports ${reported}`);
        for (const item of items) this.#numbering.take(item);
      }
    }
  }
}

function textOf({ reason, points, series }: { reason: string; points: number | null; series: string }): string {
  return `${points ?? "?"} ${reason} of ${series || "all"}`;
}
