/** The part of a WebSocket that is used to close it. */
interface Closable {
  close(code: number, reason: string): void;
}

/** Closing a socket that is closed already throws; there is nothing left to do then. */
export function closeQuietly(socket: Closable, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // Closed already.
  }
}

/**
 * Answers a viewer's close with its own code. What cannot be sent, as 999, 1015 or a reason of more than 123 bytes, throws: then the
 * answer is 1002, or the socket would stay open, and count, until its viewer ends the line.
 */
export function answerClose(socket: Closable, code: number, reason: string): void {
  try {
    // 1005 and 1006 stand for "none given" and may not be sent (RFC 6455, 7.4.1).
    socket.close(code === 1005 || code === 1006 ? 1000 : code, reason);
  } catch {
    closeQuietly(socket, 1002, "That is no close that can be answered.");
  }
}
