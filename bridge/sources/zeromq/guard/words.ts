import type { GuardedConnection } from "./connection.ts";
import type { Bounded } from "./connections.ts";
import type { FramingFault, FramingLimits } from "./framing.ts";

const HTTP = /^([A-Z]{3,10}) [/*]/;

export interface Refused {
  fault: FramingFault | "too-much-unfinished";
  /** Our own address. */
  address: string;
  /** Whom it came from, an IP address; empty for ipc. */
  from: string;
  /** The first bytes that came, if they were no ZMTP. */
  head: Buffer;
}

/** Why a connection was ended, and what to do, in a sentence for the log. */
export function refusalText({ fault, address, from, head }: Refused, limits: FramingLimits): string {
  const who = from === "" ? "" : ` at ${from}`;
  const cutOff = `A publisher${who} was cut off from ${address}:`;
  switch (fault) {
    case "not-zmtp":
      return notZmtp(address, from, head);
    case "frame-invalid":
    case "command-too-large":
      return `${cutOff} what it sends is not the protocol of ZeroMQ 3 and 4. Check what runs there.`;
    case "too-many-parts":
      return `${cutOff} a message of it has more than ${limits.maxParts.toLocaleString("en")} parts. Send more messages instead.`;
    case "message-too-large":
      return (
        `${cutOff} a message of it has more than ${limits.maxMessageBytes.toLocaleString("en")} bytes, the most that is ` +
        "taken. Send smaller messages, or allow more (max_message)."
      );
    case "too-much-unfinished":
      return `${cutOff} all publishers together have begun more than fits in memory, and its message is the largest. Send smaller messages.`;
    default:
      return fault satisfies never;
  }
}

function notZmtp(address: string, from: string, head: Buffer): string {
  const whence = from === "" ? "" : ` from ${from}`;
  const text = head.toString("latin1");
  const [, method] = HTTP.exec(text) ?? [];
  if (method !== undefined) {
    return (
      `An HTTP request (${method}) came to ${address}${whence} and was refused: nothing of it was taken. If it is no ` +
      "health check of yours, a page in a browser may have tried to publish. Points by HTTP go to the channel's URL."
    );
  }
  return (
    `Something connected to ${address}${whence} that does not speak ZeroMQ as version 3 and later do, and was refused: ` +
    "nothing of it was taken. A publisher with ZeroMQ 2 must be given a newer one."
  );
}

export function leftText(address: string, code: string): string {
  return `Something connected to ${address} and left before it spoke ZeroMQ (${code}): a port scan, a health check, another protocol, or a publisher that closes its socket as soon as it has sent.`;
}

/** What bounds the connections. @param files that the process may have open */
export function mostText(of: Bounded, files: number): string {
  return of === "process"
    ? `the most that are taken while this process may have ${files.toLocaleString("en")} files open (ulimit -n)`
    : "the most that are taken";
}

/** @param most how many are open at once. @param why {@link mostText} */
export function madeRoomText(
  { address, from }: Pick<GuardedConnection, "address" | "from">,
  most: number,
  why: string,
): string {
  return (
    `A connection to ${address}${from === "" ? "" : ` from ${from}`} was ended, because another needed room: ` +
    `there are ${most} at once, ${why}, and no message had come of it for the longest time. ` +
    "A publisher comes back by itself."
  );
}
