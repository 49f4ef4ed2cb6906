import { splitFrames } from "../../protocol/frame/header.ts";
import type { Hub, HubSocket } from "../hub/hub.ts";
import { decodeFeedFrames, type FeedMessage, type FeedStatus, parseFeedMessage, statusIn } from "./feed-message.ts";
import type { FeedWait } from "./feed-wait.ts";
import type { RelayLog } from "./relay-log.ts";

/** What a feed is for, in a relay. */
export interface FedParts {
  log: RelayLog;
  hub: Pick<
    Hub<HubSocket>,
    "broadcast" | "flushPending" | "rewritten" | "tellLayout" | "beginFirst" | "resetEpoch" | "skippedAfter"
  >;
  wait: FeedWait;
  /** The channel's time has come so far. */
  passed(ms: number): void;
  nowMs(): number;
  /** By this clock the channel's is ahead. */
  wallMs(): number;
  /** The log has moved, or the channel's status is another: what an eviction must not forget is kept. */
  keep(status?: FeedStatus): void;
}

/** Reads what a channel says by its feed, and passes it on to the relay's log and viewers, in one turn. */
export class FeedReader {
  /** What the ring and series are from is here; an eviction forgets it. */
  isWhole = false;
  /** How many frames the channel had rewritten, as far as it said. */
  rewrites = 0;
  readonly #parts: FedParts;

  constructor(parts: FedParts) {
    this.#parts = parts;
  }

  /** @returns what came: "broken" is what cannot follow what came before */
  async read(data: string | ArrayBuffer): Promise<"opened" | "read" | "broken"> {
    if (typeof data !== "string") return await this.#framesCame(data);
    const parsed = parseFeedMessage(data);
    if (parsed.kind !== "message") return "broken";
    await this.#told(parsed.message);
    return parsed.message.type === "open" ? "opened" : "read";
  }

  async #framesCame(data: ArrayBuffer): Promise<"read" | "broken"> {
    const { log, hub, wait, passed, keep, nowMs } = this.#parts;
    const came = decodeFeedFrames(data);
    if (came === undefined) return "broken";
    const frames = splitFrames(came.frames);
    switch (came.kind) {
      case "rewritten":
        for (const frame of frames) log.replace(frame);
        this.rewrites = came.rewrites;
        hub.rewritten();
        return "read";
      case "taken": {
        let fresh: Uint8Array[];
        try {
          fresh = log.append(frames, came.atMs);
        } catch {
          // There is a hole before it.
          return "broken";
        }
        passed(came.atMs);
        hub.broadcast(fresh);
        keep();
        wait.reached(log.filledTo);
        await hub.flushPending(nowMs());
        return "read";
      }
      default:
        return came satisfies never;
    }
  }

  async #told(message: FeedMessage): Promise<void> {
    const { log, hub, wait, keep } = this.#parts;
    switch (message.type) {
      case "open":
        return await this.#opened(message);
      case "series":
        return log.addSeries(message.series);
      case "layout":
        log.addSeries(message.series);
        log.decide(message.series, message.scales);
        log.arrangement = message.arrangement;
        return hub.tellLayout(new Map(message.series.map((name, i) => [name, message.scales[i] ?? 0])));
      case "status":
        this.#statusIs(message);
        return;
      case "epoch":
        log.resetEpoch(message);
        keep();
        if (message.isFirst) hub.beginFirst(log, log.position);
        else hub.resetEpoch();
        return wait.reached(log.filledTo);
      default:
        message satisfies never;
    }
  }

  async #opened(message: Extract<FeedMessage, { type: "open" }>): Promise<void> {
    const { log, hub, wait, nowMs } = this.#parts;
    const before = { arrangement: log.arrangement, scales: decidedIn(log) };
    const opened = log.open(message, message);
    const wasWhole = this.isWhole;
    this.isWhole = true;
    this.rewrites = message.rewrites;
    this.#statusIs(message);
    wait.opened({ epoch: message.epoch, seq: message.throughSeq });
    switch (opened.kind) {
      case "continued":
        break;
      case "skipped":
        hub.skippedAfter(opened.after);
        break;
      case "epoch":
        if (opened.isFirst) hub.beginFirst(log, log.position);
        else hub.resetEpoch();
        break;
      default:
        opened satisfies never;
    }
    // It may have changed while there was no feed. After an eviction nobody knows.
    const decided = new Map([...decidedIn(log)].filter(([name]) => !before.scales.has(name)));
    if (wasWhole && (decided.size > 0 || log.arrangement !== before.arrangement)) hub.tellLayout(decided);
    wait.reached(log.filledTo);
    await hub.flushPending(nowMs());
  }

  #statusIs(message: FeedStatus): void {
    const { passed, wallMs, keep } = this.#parts;
    passed(wallMs() + message.aheadMs);
    keep(statusIn(message));
  }
}

function decidedIn({ series, scales }: RelayLog): Map<string, number> {
  const decided = new Map<string, number>();
  for (const [i, name] of series.entries()) {
    const scale = scales[i];
    if (typeof scale === "number") decided.set(name, scale);
  }
  return decided;
}
