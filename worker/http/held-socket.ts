/** What becomes of a WebSocket of a client that the Worker holds itself. */
export interface HeldSocketEvents {
  /** Something came: text or bytes. */
  heard(data: string | ArrayBuffer | Blob): unknown;
  /** So long has passed again. */
  look(): unknown;
  /** It has ended; said once. */
  gone(): void;
}

/**
 * Listens to a WebSocket from now on.
 * @param lookEveryMs how often its holder looks after it
 * @returns ends the listening, for one whose client may never answer a close
 */
export function holdSocket(
  socket: WebSocket,
  lookEveryMs: number,
  { heard, look, gone }: HeldSocketEvents,
): () => void {
  const timer = setInterval(() => void look(), lookEveryMs);
  let isGone = false;
  const end = (): void => {
    if (isGone) return;
    isGone = true;
    clearInterval(timer);
    gone();
  };
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => void heard(data));
  socket.addEventListener("close", end);
  socket.addEventListener("error", end);
  socket.accept();
  return end;
}
