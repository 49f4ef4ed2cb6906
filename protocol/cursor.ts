/** A viewer's place in a channel's log: it has every point up to number `seq` of numbering `epoch`. */
export interface Cursor {
  epoch: number;
  seq: number;
}

const TEXT = /^(\d{1,16}):(\d{1,16})$/;

/** As URLs, headers and ids have it: `<epoch>:<seq>`. */
export function cursorText({ epoch, seq }: Cursor): string {
  return `${epoch}:${seq}`;
}

/** The cursor of such a text; undefined if it is none. */
export function parseCursor(text: string): Cursor | undefined {
  const [, epoch, seq] = (TEXT.exec(text) ?? []).map(Number);
  if (epoch === undefined || seq === undefined) return undefined;
  return Number.isSafeInteger(epoch) && Number.isSafeInteger(seq) ? { epoch, seq } : undefined;
}
