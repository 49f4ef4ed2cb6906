import { decodeFrame, type Gap, type Table } from "./frame.ts";

/** The header's numbers that the Channel writes: `seq` and `epoch`. */
const NUMBERED = { from: 24, to: 40 };

/** Whether a stored frame is, byte for byte, the one that was sent, but for the numbers that the Channel wrote into it. */
export function isSameFrame(stored: Uint8Array, sent: Uint8Array): boolean {
  if (stored.byteLength !== sent.byteLength) return false;
  for (let i = 0; i < sent.byteLength; i++) {
    if (sent[i] !== stored[i] && (i < NUMBERED.from || i >= NUMBERED.to)) return false;
  }
  return true;
}

/**
 * Whether a stored frame is a later state of the one that was sent: it has the same rows at the beginning of its tables, bit
 * for bit, calls their values the same, and tells of no fewer lost points. That is so where a spool has the draft of a frame
 * and its bridge sent more: the spool was copied in between, or the disk failed.
 *
 * @param stored was checked when it was taken
 * @throws FrameError if one of them is no frame
 */
export function hasGrownFrom(stored: Uint8Array, sent: Uint8Array): boolean {
  const [later, earlier] = [decodeFrame(stored), decodeFrame(sent)];
  if (later.header.publisher !== earlier.header.publisher) return false;
  if (later.header.publisherSeq !== earlier.header.publisherSeq) return false;
  const tables = later.blocks.filter((block) => block.kind === "table");
  const isInLater = (table: Table, i: number): boolean => begins(tables[i], table);
  if (!earlier.blocks.filter((block) => block.kind === "table").every(isInLater)) return false;
  const lost = lostPoints(later.blocks.filter((block) => block.kind === "gap"));
  for (const [key, points] of lostPoints(earlier.blocks.filter((block) => block.kind === "gap"))) {
    if ((lost.get(key) ?? -1) < points) return false;
  }
  for (const [series, { style, texts }] of earlier.labels) {
    const labels = later.labels.get(series);
    if (labels?.style !== style) return false;
    for (const [value, text] of texts) if (labels.texts.get(value) !== text) return false;
  }
  return true;
}

function begins(later: Table | undefined, earlier: Table): boolean {
  if (later === undefined || later.arrival !== earlier.arrival || !isPrefix(earlier.x, later.x)) return false;
  const columns = new Map(later.columns.map(({ name, y }) => [name, y]));
  return earlier.columns.every(({ name, y }) => isPrefix(y, columns.get(name) ?? []));
}

function isPrefix(prefix: ArrayLike<number>, whole: ArrayLike<number>): boolean {
  if (prefix.length > whole.length) return false;
  for (let i = 0; i < prefix.length; i++) if (!Object.is(prefix[i], whole[i])) return false;
  return true;
}

/** By reason, series, and whether the number is known: how many points. */
function lostPoints(gaps: readonly Gap[]): Map<string, number> {
  const lost = new Map<string, number>();
  for (const { reason, series, points } of gaps) {
    const key = `${reason} ${points === null} ${series}`;
    lost.set(key, (lost.get(key) ?? 0) + (points ?? 0));
  }
  return lost;
}
