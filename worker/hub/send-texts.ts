import type { Turn } from "./send-budget.ts";
import { tellProgress } from "./tell-progress.ts";
import { type EncodedBatch, emptyChunk, type NumberedText } from "./view-encoder.ts";
import type { ViewerSession } from "./viewer-session.ts";

/**
 * Sends a viewer the texts of batches that follow each other, as far as it has room, and as the turn goes. The first message costs nothing:
 * a publish has at least one for each viewer.
 * @param after only the points numbered above it
 * @returns the number up to which it has everything; undefined if that is all of them
 */
export function sendBatches(
  session: ViewerSession,
  batches: readonly EncodedBatch[],
  turn: Turn,
  after = 0,
): number | undefined {
  return session.format === "stream"
    ? sendChunks(session, batches, turn, after)
    : sendTexts(session, textsOf(batches, after), turn);
}

function sendTexts(session: ViewerSession, numbered: Iterable<NumberedText>, turn: Turn): number | undefined {
  let isFirst = true;
  for (const { seq, gaps, text, bytes } of numbered) {
    if (bytes > session.room || (turn.left <= 0 && !isFirst)) return seq - 1;
    for (const gap of gaps) session.send(gap);
    if (text !== "") session.send(text);
    if (!isFirst) turn.sentText();
    isFirst = false;
  }
  return undefined;
}

function* textsOf(batches: readonly EncodedBatch[], after: number): Generator<NumberedText> {
  for (const batch of batches) yield* batch.textsAfter(Math.max(after, batch.after));
}

function sendChunks(
  session: ViewerSession,
  batches: readonly EncodedBatch[],
  turn: Turn,
  after: number,
): number | undefined {
  let isFirst = true;
  let sent = Math.max(after, batches[0]?.after ?? 0);
  for (const batch of batches) {
    for (const { seq, bytes } of batch.chunksAfter(Math.max(after, batch.after))) {
      if (bytes.byteLength > session.room || (turn.left <= 0 && !isFirst)) return sent;
      session.send(bytes);
      if (!isFirst) turn.sentText();
      isFirst = false;
      session.toldSeq = seq;
      sent = seq;
    }
  }
  const last = batches.at(-1);
  if (isFirst && last !== undefined) tellProgress(session, last, () => session.send(emptyChunk(last)));
  return undefined;
}
