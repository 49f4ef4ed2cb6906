/** A ZeroMQ address that cannot be used, in a sentence for whoever gave it. */
export class AddressError extends Error {
  readonly address: string;
  constructor(address: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AddressError";
    this.address = address;
  }
}

export type Side = "bind" | "connect";

const EXAMPLES: Record<Side, string> = { bind: "tcp://*:5000", connect: "tcp://192.168.1.20:5000" };

/**
 * What is wrong with an address, undefined if nothing is. libzmq looks at the form only in part: it takes port 99999 for
 * 34463, and connects to port 0 for ever.
 */
export function addressFault(side: Side, address: string): string | undefined {
  const [, transport, rest] = /^([a-z]+):\/\/(.+)$/s.exec(address) ?? [];
  if (transport === undefined || rest === undefined) return `an address looks like ${EXAMPLES[side]}`;
  if (transport === "ipc") return undefined;
  if (transport !== "tcp") return `${transport}:// is not supported: use tcp:// or ipc://`;
  const port = /^.+:(\d{1,5}|\*)$/s.exec(rest)?.[1];
  if (port === undefined) return `a tcp address ends with a port, as in ${EXAMPLES[side]}`;
  if (port === "*" || port === "0") return side === "bind" ? undefined : "to connect, the port must be given";
  if (Number(port) > 65_535) return "a port is at most 65535";
  if (side === "connect" && rest.startsWith("*:"))
    return `to connect, the host must be given, as in ${EXAMPLES.connect}`;
  return undefined;
}
