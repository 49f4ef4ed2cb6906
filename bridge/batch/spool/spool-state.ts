import { gapOf, isPublisherGap, type PublisherGap } from "../../../client/publish/collect/gaps.ts";
import type { KeptState } from "../../../client/publish/collect/held-frame.ts";
import type { FrameChanges } from "../../../client/publish/collect/keeper.ts";
import type { LastNumber } from "../sequence/sequence.ts";

/** What a spool holds when it is opened. */
export interface SpoolState extends KeptState {
  numbers: LastNumber[];
}

/** What changed since the last write. */
export interface SpoolChanges extends FrameChanges {
  numbers: Iterable<LastNumber>;
  /** Null: all that were written before. */
  numbersGone: Iterable<string> | null;
}

/** What is sure of a spool that lacks what was last done: any of its frames may have been sent, any loss told. */
export function unsure(state: SpoolState): SpoolState {
  return {
    ...state,
    sentSeq: Math.max(state.sentSeq, state.frames.at(-1)?.seq ?? 0),
    gaps: [...state.gaps.filter(({ points }) => points === null), gapOf("bridge-restarted", null)],
    numbers: state.numbers.map((last) => ({ ...last, crc: null })),
  };
}

/** https://www.sqlite.org/rescode.html */
export const SqliteCode = { busy: 5, locked: 6, corrupt: 11, notADatabase: 26 } as const;

/** SQLite's primary result code; undefined if the error is not of SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined;
}

/** Whether an error says that a file is damaged, or is no database at all. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SqliteCode.corrupt || code === SqliteCode.notADatabase;
}

/** What SQLite would say of a file whose content cannot be ours. */
export function damaged(message: string): Error {
  return Object.assign(new Error(message), { errcode: SqliteCode.corrupt });
}

/** A whole number, 0 or more, as it stands in a file; undefined if it is none. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function lossesFrom(json: unknown): PublisherGap[] {
  if (typeof json !== "string") return [];
  try {
    const losses: unknown = JSON.parse(json);
    // Written by write(); the check is for a file that somebody else changed.
    return Array.isArray(losses)
      ? losses.filter((loss) => typeof loss === "object" && loss !== null && isPublisherGap(loss))
      : [];
  } catch {
    throw damaged("its losses cannot be read");
  }
}
