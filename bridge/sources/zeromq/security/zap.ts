import { setTimeout as sleep } from "node:timers/promises";
import { Router } from "zeromq";
import { SourceError } from "../../errors.ts";
import { networkOf } from "../network.ts";
import type { PasswordBrake } from "./brake.ts";

/** Who asks to be let in: https://rfc.zeromq.org/spec/27/ */
export interface Applicant {
  /** Of the other side, an IP address; empty for ipc behind the guard. */
  address: string;
  mechanism: string;
  /** CURVE: the public key, 32 bytes; PLAIN: user and password. */
  credentials: readonly Buffer[];
}

/** @returns a name for who is let in; undefined: refused */
export type Admit = (applicant: Applicant) => string | undefined;

const ENDPOINT = "inproc://zeromq.zap.01";
const VERSION = "1.0";
/** The handler before may not have gone quite yet. */
const BIND_WITHIN_MS = 3000;

export interface DomainOptions {
  /** Slows those down who guess. */
  brake?: PasswordBrake;
  /**
   * Who is asked about in `<domain>/<way>`: a publisher behind the guard, of which libzmq sees no address.
   * @returns undefined if nobody has come that way
   */
  addressOf?: (way: string) => string | undefined;
}

/** By ZAP domain: each source with a server's mechanism has one of its own. */
const guards = new Map<string, DomainOptions & { admit: Admit }>();
/** libzmq asks one handler for the whole process. */
let handler: Promise<Router> | undefined;

/**
 * From now on `admit` decides who is let in to sockets of this domain. Must be there before they bind or connect.
 * @returns what ends that; to be called after they are closed
 * @throws SourceError if another part of this process is the handler already
 */
export async function guardDomain(
  domain: string,
  admit: Admit,
  { brake, addressOf }: DomainOptions = {},
): Promise<() => void> {
  guards.set(domain, { admit, ...(brake && { brake }), ...(addressOf && { addressOf }) });
  const release = (): void => {
    guards.delete(domain);
    if (guards.size > 0) return;
    const ending = handler;
    handler = undefined;
    ending?.then((router) => router.close()).catch(() => undefined);
  };
  try {
    handler ??= openHandler();
    await handler;
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

async function openHandler(): Promise<Router> {
  // What waits here is one request of each connection in its handshake.
  const router = new Router({ linger: 0, sendHighWaterMark: 0, receiveHighWaterMark: 0 });
  const end = performance.now() + BIND_WITHIN_MS;
  for (;;) {
    try {
      await router.bind(ENDPOINT);
      break;
    } catch (error) {
      if (performance.now() >= end) {
        router.close();
        throw new SourceError(`ZeroMQ's authentication (${ENDPOINT}) is in use in this process.`, { cause: error });
      }
    }
    await sleep(20);
  }
  void answerAll(router);
  return router;
}

/** If this should fail, nobody more is let in: sockets have `zapEnforceDomain`. */
async function answerAll(router: Router): Promise<void> {
  // A socket of zeromq.js takes one message at a time.
  let sending: Promise<void> = Promise.resolve();
  const send = (answer: (Buffer | string)[] | undefined): void => {
    // It is closed when nobody is guarded any more.
    if (answer !== undefined) sending = sending.then(() => router.send(answer)).catch(() => undefined);
  };
  try {
    for await (const asked of router) {
      const request = withAddress(asked, (domain) => guards.get(domain)?.addressOf);
      // It has come past the guard, or has gone meanwhile.
      if (request === undefined) {
        send(laterAnswerTo(asked));
        continue;
      }
      const answer = (): void => send(answerTo(request, (domain) => guards.get(domain)?.admit));
      const brake = guards.get(String(request[4]))?.brake;
      // Who is slowed down must not keep others waiting.
      if (brake === undefined) answer();
      else if (!brake.turn(networkOf(String(request[5])), answer)) send(laterAnswerTo(request));
    }
  } catch (error) {
    if (!router.closed) throw error;
  }
}

/**
 * A request about a publisher behind the guard as libzmq would make it without: with the socket's domain and
 * the publisher's address. Undefined if nobody has come that way.
 */
export function withAddress(
  request: readonly Buffer[],
  addressesOf: (domain: string) => DomainOptions["addressOf"],
): readonly Buffer[] | undefined {
  const [domain = "", way] = String(request[4]).split("/");
  if (way === undefined) return request;
  const address = addressesOf(domain)?.(way);
  if (address === undefined) return undefined;
  return request.with(4, Buffer.from(domain)).with(5, Buffer.from(address));
}

/** Not now: libzmq ends the connection without a word, and the other side's begins another by itself. */
function laterAnswerTo([routingId, , , requestId]: readonly Buffer[]): (Buffer | string)[] | undefined {
  if (routingId === undefined || requestId === undefined) return undefined;
  return [routingId, "", VERSION, requestId, "300", "Come again later", "", ""];
}

/**
 * The answer to a request as a ROUTER gets it: routing id, empty frame, version, request id, domain, address, identity,
 * mechanism, credentials. Undefined if there is no answering it.
 */
export function answerTo(
  request: readonly Buffer[],
  guardOf: (domain: string) => Admit | undefined,
): (Buffer | string)[] | undefined {
  const [routingId, empty, version, requestId, domain, address, , mechanism, ...credentials] = request;
  if (routingId === undefined || empty?.length !== 0 || requestId === undefined) return undefined;
  const head = [routingId, "", VERSION, requestId];
  if (version?.toString() !== VERSION || domain === undefined || address === undefined || mechanism === undefined) {
    return [...head, "500", "Not a request of ZAP 1.0", "", ""];
  }
  const admit = guardOf(domain.toString());
  const user = admit?.({ address: address.toString(), mechanism: mechanism.toString(), credentials });
  return user === undefined ? [...head, "400", "Refused", "", ""] : [...head, "200", "OK", user, ""];
}
