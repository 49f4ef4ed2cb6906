/**
 * Holds what one viewer gets, over whichever connections and transports, against the Channel's numbers: each point is the next one, or what
 * was told to be missing is just what lies between. A gap counts once something follows it (VW2f): whoever comes back before that is told again.
 */
import { type Cursor, cursorText } from "../../../protocol/cursor.ts";
import type { Item } from "../../support/transports.ts";
import type { Account } from "../account.ts";

type GapItem = Extract<Item, { kind: "gap" }>;

/** Gaps of points that have numbers. */
const OF_NUMBERS = ["trimmed", "hole"];

export interface NumberingOptions {
  /** It gets some series alone: then numbers are left out that nobody tells of. */
  isPicked?: boolean;
}

export class Numbering {
  readonly faults: string[] = [];
  readonly #account: Account;
  readonly #isPicked: boolean;
  #position: Cursor | undefined;
  #gaps: GapItem[] = [];
  /** What is numbered up to there may come once more: a frame comes whole (VW2e). */
  #repeatableTo = -1;
  #tellsGaps = true;

  constructor(account: Account, { isPicked = false }: NumberingOptions = {}) {
    this.#account = account;
    this.#isPicked = isPicked;
  }

  /** Where the next connection begins; "": nothing came yet. */
  get cursor(): string {
    return this.#position === undefined ? "" : cursorText(this.#position);
  }

  /** Another connection begins there. */
  connecting({ tellsGaps, isFrames }: { tellsGaps: boolean; isFrames: boolean }): void {
    this.#gaps = [];
    this.#tellsGaps = tellsGaps;
    this.#repeatableTo = isFrames ? (this.#position?.seq ?? -1) : -1;
  }

  take(item: Item): void {
    if (item.at === undefined) {
      this.#fault(`a ${item.kind} without a number`);
      return;
    }
    switch (item.kind) {
      case "gap":
        this.#gaps.push(item);
        return;
      case "at":
        this.#takeGaps();
        this.#moveTo(item.at, item.at.seq);
        return;
      case "point": {
        const { epoch, seq } = item.at;
        if (epoch === this.#position?.epoch && seq <= this.#position.seq) {
          if (seq > this.#repeatableTo) this.#fault(`point ${seq} after ${this.#position.seq}`);
          this.#gaps = [];
          return;
        }
        this.#takeGaps();
        this.#moveTo(item.at, seq - 1);
        this.#account.point(item.series, item.y);
      }
    }
  }

  #takeGaps(): void {
    for (const { reason, points, series, at } of this.#gaps.splice(0)) {
      const after = this.#position?.seq ?? 0;
      const upTo = at?.seq ?? after;
      if (this.#position === undefined || upTo < after) {
        if (upTo < after) this.#fault(`gap ${reason} at ${upTo}, after ${after}`);
        this.#account.gap({ reason, points, series });
        continue;
      }
      this.#account.gap({ reason, points, series, numbers: { after, upTo } });
      if (!OF_NUMBERS.includes(reason) || at === undefined) continue;
      if (points !== upTo - after) this.#fault(`${points} points ${reason} between ${after} and ${upTo}`);
      this.#position = at;
    }
  }

  /** Everything came up to `before`, and then up to `at`. */
  #moveTo(at: Cursor, before: number): void {
    const position = this.#position;
    this.#position = at;
    // Before the first publish there is no numbering; what comes then begins at 0.
    const after = position?.epoch === 0 ? 0 : position?.seq;
    if (after === undefined || this.#isPicked) return;
    if (position?.epoch !== at.epoch && position?.epoch !== 0) {
      this.#fault(`numbering ${at.epoch} after ${position?.epoch}`);
    } else if (before < after) this.#fault(`at ${at.seq}, after ${after}`);
    else if (before > after && this.#tellsGaps) {
      this.#fault(`a hole between ${after} and ${before} that the Channel did not tell`);
    } else if (before > after) {
      const numbers = { after, upTo: before };
      this.#account.gap({ reason: "hole", points: before - after, series: "", numbers });
    }
  }

  #fault(what: string): void {
    this.faults.push(what);
  }
}
