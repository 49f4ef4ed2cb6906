/** What language a viewer speaks: `plotcast.v1`, or JSON text, a message a point. */
export type Dialect = "frames" | "points";

/**
 * One viewer. `live`: it has been sent everything, and gets each frame as it is taken. `behind`: it has been sent
 * everything up to `seq`; the rest comes from the store, when it has `asked` and its socket has drained. This is
 * also the socket's attachment, by which the viewer outlives eviction.
 */
export interface Viewer {
  id: string;
  dialect: Dialect;
  state: { kind: "live" } | { kind: "behind"; seq: number; asked: boolean };
}

/** A viewer from a socket's attachment; undefined if another version of this code wrote it. */
export function readAttachment(attachment: unknown): Viewer | undefined {
  if (!isRecord(attachment)) return undefined;
  const { id, dialect, state } = attachment;
  if (typeof id !== "string" || (dialect !== "frames" && dialect !== "points") || !isRecord(state)) return undefined;
  const { kind, seq, asked } = state;
  if (kind === "live") return { id, dialect, state: { kind } };
  if (kind === "behind" && typeof seq === "number" && typeof asked === "boolean") {
    return { id, dialect, state: { kind, seq, asked } };
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
