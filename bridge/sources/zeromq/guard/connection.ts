import type { Visitor } from "./handshake-slots.ts";
import type { Occupant } from "./room.ts";
import type { Splice } from "./splice.ts";

/** A connection that another has begun, as long as it is open. */
export interface GuardedConnection extends Visitor, Occupant {
  readonly splice: Pick<Splice, "end" | "hold">;
  /** Our own, public address. */
  readonly address: string;
  heardAtMs: number | undefined;
  /** Of its share of all that is unfinished. */
  unfinishedBytes: number;
}
