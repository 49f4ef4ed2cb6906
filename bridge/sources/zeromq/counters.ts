/** What befell one socket's connections since the start, as libzmq tells it. */
export class SocketCounters {
  /** Connections that others began, and those that this socket began. */
  accepts = 0;
  connects = 0;
  /** Connections that came to messages. */
  handshakes = 0;
  /** Of those, how many have ended; ending them ourselves is not counted. */
  disconnects = 0;
  /** Of those, publishers that came, sent what they had, and left. */
  visits = 0;
  connectRetries = 0;
  /** Times that libzmq had given an address up, and this socket began again. */
  beganAnew = 0;
  /** Peers that were refused, or that refused us, for what they or we know. */
  authFailures = 0;
  /** Peers with another mechanism or key. */
  protocolFailures = 0;
  /** Handshakes that were broken off: by a wrong server key, or by who speaks no ZeroMQ. */
  otherFailures = 0;
  /** Connections that were closed because what came was no ZMTP 2.0 or 3.x. */
  notZmtp = 0;
  /** Publishers that were cut off for a message that may not be. */
  cutOff = 0;
  /** Connections beyond the most that are taken at once. */
  turnedAway = 0;
  /** Connections that were ended because another needed room, and they did not deliver. */
  madeRoom = 0;
  /** Times that publishers were not read from until what had come was read. */
  heldBack = 0;
  /** Times that the socket was closed and opened anew, because ZeroMQ held too much. */
  renewals = 0;
  acceptFailures = 0;
  bindFailures = 0;
}

/** What each count is, for whoever shows them. */
export const SOCKET_COUNTS: Readonly<Record<keyof SocketCounters, string>> = {
  accepts: "Connections that others began.",
  connects: "Connections that this bridge began.",
  handshakes: "Connections that came to messages.",
  disconnects: "Connections that had come to messages and were ended by the other side or the network.",
  visits: "Publishers that came just to send something and leave.",
  connectRetries: "Attempts to connect that failed and are made again.",
  beganAnew: "Addresses that ZeroMQ had given up, and that this bridge connected to again.",
  authFailures: "Handshakes that failed because a key, a user or a password was refused.",
  protocolFailures: "Handshakes that failed because the two sides differ in mechanism or key.",
  otherFailures: "Handshakes that were broken off.",
  notZmtp: "Connections that were closed because they do not speak ZeroMQ 3 or later, such as HTTP.",
  cutOff: "Publishers that were cut off for a message with too many parts or bytes, or one that is none.",
  turnedAway: "Connections beyond the most that are taken at once.",
  madeRoom: "Connections without a message for long that were ended because another needed room.",
  heldBack: "Times that publishers had to wait, because messages held too much memory.",
  renewals: "Times that the socket was closed and opened anew, because ZeroMQ held too much memory.",
  acceptFailures: "Connections that could not be accepted.",
  bindFailures: "Attempts to bind that failed.",
};
