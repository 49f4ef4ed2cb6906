import { setTimeout as sleep } from "node:timers/promises";
import { Router } from "zeromq";
import { SocketError } from "./address.ts";
import type { PasswordBrake } from "./brake.ts";
import { networkOf } from "./network.ts";

/** Who asks to be let in: https://rfc.zeromq.org/spec/27/ */
export interface Applicant {
  /** Of the other side, an IP address; empty for ipc. */
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

/** By ZAP domain: each source with a server's mechanism has one of its own. */
const guards = new Map<string, { admit: Admit; brake: PasswordBrake | undefined }>();
/** libzmq asks one handler for the whole process. */
let handler: Promise<Router> | undefined;

/**
 * From now on `admit` decides who is let in to sockets of this domain. Must be there before they bind or connect.
 * @param brake slows those down who guess
 * @returns what ends that; to be called after they are closed
 * @throws SocketError if another part of this process is the handler already
 */
export async function guardDomain(domain: string, admit: Admit, brake?: PasswordBrake): Promise<() => void> {
  guards.set(domain, { admit, brake });
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
        throw new SocketError(`ZeroMQ's authentication (${ENDPOINT}) is in use in this process.`, { cause: error });
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
    for await (const request of router) {
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

/** Not now: libzmq ends the connection without a word, and the other side's begins another by itself. */
function laterAnswerTo([routingId, , , requestId]: readonly Buffer[]): (Buffer | string)[] | undefined {
  if (routingId === undefined || requestId === undefined) return undefined;
  return [routingId, "", VERSION, requestId, "300", "Too many wrong passwords", "", ""];
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
