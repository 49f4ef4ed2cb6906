export interface GuardLimits {
  /** Of one message. */
  parts: number;
  /** Of messages that have no end yet, of all connections together. */
  unfinishedBytes: number;
  /** Of the process outside of JavaScript: beyond, publishers wait until all that has come is read. */
  holdAboveBytes: number;
  connections: number;
  connectionsOfAddress: number;
  /** Connections that were ended to make room and are not closed yet; with more, newcomers are turned away. */
  leaving: number;
  /** Connections that have not said yet that they speak ZMTP; the oldest makes room. */
  silent: number;
  /** So long may one say nothing: what libzmq gives a handshake, too (ZMQ_HANDSHAKE_IVL). */
  silentForMs: number;
}

/**
 * The limits of a guard in a process whose libzmq may hold so much: below that a publisher is cut off, or waits, before all
 * are ended.
 */
export function guardLimits(maxNativeBytes: number, maxMessageBytes: number): GuardLimits {
  const { unfinishedBytes, holdAboveBytes } = GUARD_LIMITS;
  return {
    ...GUARD_LIMITS,
    unfinishedBytes: Math.min(Math.max(unfinishedBytes, 2 * maxMessageBytes), maxNativeBytes / 2),
    holdAboveBytes: Math.min(holdAboveBytes, maxNativeBytes / 2),
  };
}

export const GUARD_LIMITS: GuardLimits = {
  parts: 4096,
  unfinishedBytes: 512 * 1024 * 1024,
  holdAboveBytes: 256 * 1024 * 1024,
  connections: 2048,
  connectionsOfAddress: 1024,
  leaving: 256,
  silent: 256,
  silentForMs: 30_000,
};
