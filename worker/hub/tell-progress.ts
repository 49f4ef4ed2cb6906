import type { Cursor } from "../../protocol/cursor.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** So many points may be taken of which a viewer picks none, before it is told where it is: its cursor does not become too old. */
const UNTOLD_POINTS = 1000;

/** Of what was taken nothing is for this viewer: now and again it is told up to where it has everything. */
export function tellProgress(session: ViewerSession, { seq }: Pick<Cursor, "seq">, tell: () => void): void {
  if (Math.abs(seq - session.toldSeq) < UNTOLD_POINTS || session.room <= 0) return;
  session.toldSeq = seq;
  tell();
}
