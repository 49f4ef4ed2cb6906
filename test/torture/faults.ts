/** Does to the stage what a plan says. */
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../support/wait.ts";
import type { Fault } from "./plan.ts";
import type { PublisherProcess } from "./publishers.ts";
import type { Stage } from "./stage.ts";
import { watches } from "./viewers/torture-viewer.ts";

const CHANNEL = "torture";
/** Ended by SIGTERM: everything delivered, or what is left in the spool. */
const ENDED_IN_ORDER: readonly unknown[] = [0, 3];

/** Points of the steady publisher after which nothing of one that is gone can come any more. */
const READ_OUT_POINTS = 200;
const READ_OUT_WITHIN_MS = 90_000;

/** A Worker that nobody tells where a request comes from takes this region. */
const relayOf = (number: number): string => `${CHANNEL}#enam-${number}`;

export class Injector {
  /** How often each was done. */
  readonly done = new Map<string, number>();
  /** Those that could not be, such as evicting what was not in memory. */
  readonly failed = new Map<string, number>();
  /** What should never have come of one. */
  readonly faults: string[] = [];
  readonly #stage: Stage;
  /** One thing at a time happens to each. */
  readonly #turns = new Map<string, Promise<void>>();
  #isOver = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  inject(fault: Fault): void {
    const { edge, bridge, publishers, viewers, lines, proxy, meddler, disk } = this.#stage;
    switch (fault.kind) {
      case "bridge killed":
        return this.#inTurn("bridge", fault, async () => {
          await bridge.kill();
          await this.#pause(fault.awayMs);
          await bridge.start();
        });
      case "bridge ended":
        return this.#inTurn("bridge", fault, async () => {
          const code = await bridge.stop();
          if (code !== undefined && !ENDED_IN_ORDER.includes(code)) this.faults.push(`a bridge ended with ${code}`);
          await this.#pause(fault.awayMs);
          await bridge.start();
        });
      case "worker killed":
        return this.#inTurn("worker", fault, async () => {
          await edge.kill();
          await this.#pause(fault.awayMs);
          await edge.restart();
        });
      case "channel evicted":
        // Waits for viewers that do not read; nothing waits for it.
        void edge.evict(CHANNEL).then(
          () => this.#count(this.done, fault),
          () => this.#count(this.failed, fault),
        );
        return;
      case "relay evicted":
        void edge.evictObject("RELAY", relayOf(fault.relay)).then(
          () => this.#count(this.done, fault),
          () => this.#count(this.failed, fault),
        );
        return;
      case "relay reset":
        return void this.#reset("RELAY", relayOf(fault.relay), fault);
      case "channel reset":
        return void this.#reset("CHANNEL", CHANNEL, fault);
      case "viewer cut": {
        this.#count(this.done, fault);
        const line = lines[fault.viewer];
        if (line !== undefined && fault.awayMs === 0) line.cut();
        else viewers[fault.viewer]?.cut(fault.awayMs);
        return;
      }
      case "viewer stopped reading":
        this.#count(this.done, fault);
        return viewers[fault.viewer]?.stopReading(fault.forMs);
      case "uplink cut":
        return this.#inTurn("uplink", fault, async () => {
          proxy.cut();
          await this.#pause(fault.awayMs);
          proxy.mend();
        });
      case "disk full":
        return this.#inTurn("disk", fault, async () => {
          const isFull = disk.fill();
          await this.#pause(fault.forMs);
          disk.free();
          return isFull;
        });
      case "publisher killed":
      case "publisher counts anew":
        return this.#inTurn(`publisher ${fault.publisher}`, fault, async () => {
          const publisher = publishers[fault.publisher];
          await publisher?.kill();
          await this.#pause(fault.awayMs);
          if (publisher !== undefined) await this.#readOut(publisher);
          publisher?.start(fault.kind === "publisher counts anew");
        });
      case "publisher halted":
        return this.#inTurn(`publisher ${fault.publisher}`, fault, async () => {
          publishers[fault.publisher]?.halt();
          await this.#pause(fault.forMs);
          publishers[fault.publisher]?.goOn();
        });
      case "flood":
        this.#count(this.done, fault);
        return publishers[fault.publisher]?.flood(fault.points);
      case "flood unread":
      case "flood unseen":
        this.#count(this.done, fault);
        for (let i = 0; i < 3; i++) {
          const viewer = viewers[(fault.viewer + i) % viewers.length];
          if (fault.kind === "flood unread") viewer?.stopReading(fault.forMs);
          else viewer?.cut(fault.forMs);
        }
        return publishers[fault.publisher]?.flood(fault.points);
      case "flood in an outage":
        return this.#inTurn("uplink", fault, async () => {
          proxy.cut();
          for (const publisher of publishers.slice(0, -1)) publisher.flood(fault.points);
          await this.#pause(fault.forMs);
          proxy.mend();
        });
      case "proxy cuts WebSockets":
        this.#count(this.done, fault);
        return meddler.cutUpgraded();
      case "proxy refuses WebSockets":
        return this.#inTurn("meddler's upgrades", fault, async () => {
          meddler.rules.upgrades = fault.upgrades;
          meddler.cutUpgraded();
          await this.#pause(fault.forMs);
          meddler.rules.upgrades = "passes";
        });
      case "proxy buffers answers":
        return this.#inTurn("meddler's answers", fault, async () => {
          meddler.rules.events = "held";
          meddler.rules.others = "held";
          await this.#pause(fault.forMs);
          meddler.rules.events = "passes";
          meddler.rules.others = "passes";
        });
      case "proxy refuses events":
        return this.#inTurn("meddler's answers", fault, async () => {
          meddler.rules.events = fault.events;
          await this.#pause(fault.forMs);
          meddler.rules.events = "passes";
        });
      case "proxy cuts idle lines":
        return this.#inTurn("meddler's idle lines", fault, async () => {
          meddler.setIdleMs(fault.idleMs);
          await this.#pause(fault.forMs);
          meddler.setIdleMs(undefined);
        });
      default:
        for (let i = 0; i < fault.times; i++) proxy.tricks.push(fault.trick);
    }
  }

  /** Ends every fault, and waits until all is as it should be. */
  async heal(): Promise<void> {
    this.#isOver = true;
    const { proxy, viewers } = this.#stage;
    proxy.tricks.length = 0;
    for (const viewer of viewers) viewer.readOn();
    for (const [kind, count] of proxy.played) this.done.set(`uplink: ${kind}`, count);
    await Promise.all(this.#turns.values());
    proxy.tricks.length = 0;
  }

  /**
   * ZeroMQ takes turns between connections: what the bridge has not read yet of one that is gone would mix with what
   * the next one sends, and no order holds between two. But by turns means, too: once the steady publisher's points
   * come without those of the one that is gone, nothing of it is left.
   */
  async #readOut({ topic }: PublisherProcess): Promise<void> {
    const { publishers, viewers } = this.#stage;
    const steady = publishers.at(-1);
    if (steady === undefined) return;
    const begin = steady.reserved;
    const both = viewers.filter((viewer) => watches(viewer, topic) && watches(viewer, steady.topic));
    const seen = both.map(() => ({ last: -1, at: begin }));
    const isOver = (): boolean => {
      const without = both.filter(({ account }, i) => {
        const [last, at] = [account.last(topic) ?? -1, account.last(steady.topic) ?? -1];
        const before = seen[i];
        if (before === undefined || at < begin) return false;
        if (before.last !== last) seen[i] = { last, at };
        return before.last === last && at - before.at > READ_OUT_POINTS;
      });
      // One alone may have missed those that were trimmed.
      return without.length > 1;
    };
    await waitFor(`the last that came of ${topic}`, isOver, { deadlineMs: READ_OUT_WITHIN_MS });
  }

  /** @param action returns false if it could not be done */
  #inTurn(who: string, fault: Fault, action: () => Promise<unknown>): void {
    const turn = (this.#turns.get(who) ?? Promise.resolve()).then(async () => {
      if (this.#isOver) return;
      try {
        this.#count((await action()) === false ? this.failed : this.done, fault);
      } catch (error) {
        this.faults.push(`${fault.kind}: ${error}`);
      }
    });
    this.#turns.set(who, turn);
  }

  /** A Worker that is killed at that moment cannot do it. */
  async #reset(binding: string, name: string, fault: Fault): Promise<void> {
    const url = new URL(`/reset?${new URLSearchParams({ binding, name })}`, this.#stage.edge.url);
    const isDone = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    this.#count(isDone ? this.done : this.failed, fault);
  }

  async #pause(ms: number): Promise<void> {
    if (!this.#isOver) await sleep(ms);
  }

  #count(counts: Map<string, number>, { kind }: Fault): void {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
}
