/**
 * A viewer that accounts for what the client library hands over. It believes no number of the library's: where each
 * frame stands, and how large each hole is, is counted here once more.
 */
import { ChannelViewer, type Cursor, type Frame, type MissingPoints } from "../../../client/viewer.ts";
import { WsEnvironment } from "../../support/ws-environment.ts";
import { Account } from "../account.ts";
import type { Random } from "../random.ts";
import { Timers } from "./timers.ts";
import type { TortureViewer } from "./torture-viewer.ts";

export class ChannelTortureViewer implements TortureViewer {
  readonly name: string;
  readonly account = new Account();
  readonly series = undefined;
  /** Up to where everything came, or was said to be missing. */
  #position: Cursor | undefined;
  /** What neither the Channel nor the library may do. */
  readonly #faults: string[] = [];
  readonly #viewer: ChannelViewer;
  readonly #environment: WsEnvironment;
  readonly #timers = new Timers();

  constructor(name: string, url: URL, random: Random) {
    this.name = name;
    this.#environment = new WsEnvironment({ random: () => random.next() });
    this.#viewer = new ChannelViewer(
      url,
      {
        frame: (frame) => this.#takeFrame(frame),
        missing: (missing) => this.#takeMissing(missing),
        stateChanged: ({ phase }) => {
          if (phase === "live") this.#comparePosition();
        },
      },
      { environment: this.#environment },
    );
  }

  get connections(): number {
    return this.#environment.connections;
  }

  get ways(): ReadonlyMap<string, number> {
    return new Map([["its own", this.connections]]);
  }

  get closeCodes(): ReadonlyMap<number, number> {
    return this.#environment.closeCodes;
  }

  get faults(): string[] {
    const { badFrames, repeatedFrames, unknownMessages } = this.#viewer;
    const counts = Object.entries({ badFrames, repeatedFrames, unknownMessages }).filter(([, count]) => count > 0);
    return [...this.#faults, ...counts.map(([what, count]) => `${what}: ${count}`)].map(
      (fault) => `${this.name}: ${fault}`,
    );
  }

  start(): void {
    this.#viewer.open();
  }

  /** Loses its connection without a word, and comes back after a while. */
  cut(awayMs: number): void {
    this.#environment.cut(awayMs);
    this.#timers.after(awayMs, () => this.#viewer.retry());
  }

  stopReading(forMs: number): void {
    this.#environment.pause();
    this.#timers.after(forMs, () => this.readOn());
  }

  readOn(): void {
    this.#environment.resume();
  }

  stop(): void {
    this.#timers.clear();
    this.#viewer.close();
  }

  #takeFrame(frame: Frame): void {
    const { epoch, seq, points } = frame.header;
    const begins = { epoch, seq: seq - points };
    // Before the first publish there is no numbering; what comes then begins at 0.
    const expected = this.#position?.epoch === 0 ? { epoch, seq: 0 } : (this.#position ?? begins);
    if (!isSame(begins, expected)) this.#faults.push(`after ${textOf(expected)} came a frame after ${textOf(begins)}`);
    this.#position = { epoch, seq };
    for (const block of frame.blocks) {
      if (block.kind === "gap") {
        const { reason, points: missing, series } = block;
        this.account.gap({ reason, points: missing, series });
        continue;
      }
      for (let row = 0; row < block.x.length; row++) {
        for (const { name, y } of block.columns) {
          const value = y[row];
          if (value !== undefined && !Number.isNaN(value)) this.account.point(name, value);
        }
      }
    }
  }

  /** It has everything that is stored: where does the library think that is? */
  #comparePosition(): void {
    const { cursor } = this.#viewer;
    this.#position ??= cursor;
    if (cursor === undefined || this.#position === undefined) this.#faults.push("live without a cursor");
    else if (!isSame(cursor, this.#position)) {
      this.#faults.push(`live at ${textOf(cursor)}, though what came ended at ${textOf(this.#position)}`);
    }
  }

  #takeMissing({ reason, points, epoch, seq }: MissingPoints): void {
    const after = this.#position?.seq ?? 0;
    this.account.gap({ reason, points, series: "", numbers: { after, upTo: seq } });
    if (reason === "trimmed" && points !== seq - after) {
      this.#faults.push(`${points} points trimmed between ${after} and ${seq}`);
    }
    if (reason === "hole") this.#faults.push(`a hole between ${after} and ${seq} that the Channel did not tell`);
    this.#position = { epoch, seq };
  }
}

function isSame(a: Cursor, b: Cursor): boolean {
  return a.epoch === b.epoch && a.seq === b.seq;
}

function textOf({ epoch, seq }: Cursor): string {
  return `point ${seq} of ${epoch}`;
}
