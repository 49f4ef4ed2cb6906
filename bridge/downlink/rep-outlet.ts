import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, type Observer } from "zeromq";
import { isObject, parseJson } from "../../protocol/json/json.ts";
import { isControlValue } from "../../protocol/room/control.ts";
import { connectSocket } from "../sources/zeromq/attach.ts";
import { KEEPALIVE_OPTIONS } from "../sources/zeromq/socket.ts";
import { commandText, type Delivery, type Outlet, type OutletEvents, type RoomEvent, type Sent } from "./outlet.ts";
import { type ProgramMessage, programMessages } from "./program-message.ts";

const MAX_WAITING = 100;
const DEFAULT_ANSWER_MS = 5_000;
/** A connection that is made is told a moment before it takes messages. */
const SEND_TRIES = 20;
const TRY_AGAIN_MS = 10;
/** The channel shows less of it; a program may answer with all that it printed. */
const MAX_DETAIL_LETTERS = 1_024;

interface Request {
  text: string;
  /** By `performance.now()`: later it is not asked any more. */
  untilMs: number;
  /** It went to the program, or did not. */
  sent: (sent: Sent) => void;
  /** undefined: there was no answer in time. */
  answered: (answer: Buffer | undefined) => void;
}

/** One line to a program that was there, until it ends. */
interface Connection {
  isOpen: boolean;
}

/**
 * Speaks to an existing REP program, one request after the other, as a REQ would: `{"id","set","value","by"}`, and its answer is what
 * came of it. Unlike a REQ it is not locked by an answer that is lost: each request has a number before the empty frame, which a REP
 * gives back, so that what comes too late is not taken for the answer to another (ZMQ_REQ_CORRELATE in zmq_setsockopt(3)).
 */
export class RepOutlet implements Outlet {
  readonly address: string;
  readonly #socket: Dealer;
  readonly #events: OutletEvents;
  readonly #answerMs: number;
  readonly #waiting: Request[] = [];
  readonly #reading: Promise<unknown>;
  #isBusy = false;
  #connection: Connection | undefined;
  #number = 0;
  /** What the program has now been asked. */
  #asked: { key: Buffer; answered: (answer: Buffer | undefined) => void } | undefined;

  /** @throws AddressError */
  constructor(
    address: string,
    options: Readonly<Record<string, unknown>>,
    outletEvents: OutletEvents,
    answerMs: number = DEFAULT_ANSWER_MS,
  ) {
    this.address = address;
    this.#events = outletEvents;
    this.#answerMs = answerMs;
    // Without `immediate` ZeroMQ keeps what is sent to a program that is not there; without the timeout `send` would.
    this.#socket = new Dealer({ linger: 0, immediate: true, sendTimeout: 0, ...KEEPALIVE_OPTIONS, ...options });
    const events = this.#socket.events;
    try {
      connectSocket(this.#socket, address, address, "call");
    } catch (error) {
      this.#socket.close();
      throw error;
    }
    this.#reading = Promise.all([this.#watch(events), this.#read()]);
  }

  async deliver(delivery: Delivery): Promise<Sent> {
    if (this.#connection === undefined) return "nobody-listens";
    if (this.#waiting.length >= MAX_WAITING) return "full";
    const { expiresInMs } = delivery;
    const untilMs = expiresInMs === null ? Number.POSITIVE_INFINITY : performance.now() + expiresInMs;
    const { sent, answer } = this.#request(commandText(delivery), untilMs);
    void answer.then((frame) => {
      if (frame !== undefined) this.#events.onMessages([outcomeIn(frame, delivery)]);
    });
    return await sent;
  }

  /** A REP program is asked for what it does; events are for those who listen. */
  async emit(_event: RoomEvent): Promise<Sent> {
    return "nobody-listens";
  }

  async close(): Promise<void> {
    this.#gone();
    this.#socket.close();
    await this.#reading;
  }

  async #watch(events: Observer): Promise<void> {
    try {
      for await (const { type } of events) {
        if (type === "handshake") void this.#came();
        else if (type === "disconnect") this.#gone();
      }
    } catch {
      // It was closed.
    }
  }

  /** A program is there. Before it is told what waited it says which controls it has: what they take may be another by now. */
  async #came(): Promise<void> {
    this.#gone();
    const connection = { isOpen: true };
    this.#connection = connection;
    // One that knows nothing of that answers something else, which is passed over.
    const answer = await this.#request(JSON.stringify({ plotcast: "controls" })).answer;
    const messages = answer === undefined ? undefined : messagesIn(answer);
    if (messages !== undefined) this.#events.onMessages(messages);
    if (connection.isOpen) this.#events.onListener();
  }

  /** What the program was asked it does not answer any more; what it was not asked yet is told to nobody. */
  #gone(): void {
    if (this.#connection === undefined) return;
    this.#connection.isOpen = false;
    this.#connection = undefined;
    this.#asked?.answered(undefined);
    for (const { sent, answered } of this.#waiting.splice(0)) {
      sent("nobody-listens");
      answered(undefined);
    }
  }

  #request(
    text: string,
    untilMs = Number.POSITIVE_INFINITY,
  ): { sent: Promise<Sent>; answer: Promise<Buffer | undefined> } {
    const sent = Promise.withResolvers<Sent>();
    const answer = Promise.withResolvers<Buffer | undefined>();
    this.#waiting.push({ text, untilMs, sent: sent.resolve, answered: answer.resolve });
    void this.#work();
    return { sent: sent.promise, answer: answer.promise };
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let request = this.#waiting.shift(); request !== undefined; request = this.#waiting.shift())
      request.answered(await this.#exchange(request));
    this.#isBusy = false;
  }

  async #exchange({ text, untilMs, sent }: Request): Promise<Buffer | undefined> {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) {
      sent("full");
      return undefined;
    }
    const key = Buffer.alloc(4);
    key.writeUInt32BE(this.#number++ >>> 0);
    const answer = Promise.withResolvers<Buffer | undefined>();
    this.#asked = { key, answered: answer.resolve };
    const timer = setTimeout(() => answer.resolve(undefined), Math.min(this.#answerMs, leftMs));
    try {
      const became = await this.#send([key, "", text]);
      sent(became);
      return became === "sent" ? await answer.promise : undefined;
    } finally {
      clearTimeout(timer);
      this.#asked = undefined;
    }
  }

  async #send(frames: (Buffer | string)[]): Promise<Sent> {
    const connection = this.#connection;
    for (let tries = 0; connection?.isOpen && tries < SEND_TRIES; tries++) {
      try {
        // The empty frame is what a REQ would put before its request: https://rfc.zeromq.org/spec/28/
        await this.#socket.send(frames);
        return "sent";
      } catch {
        await sleep(TRY_AGAIN_MS);
      }
    }
    return connection?.isOpen ? "full" : "nobody-listens";
  }

  async #read(): Promise<void> {
    try {
      for await (const [key, ...frames] of this.#socket) {
        const asked = this.#asked;
        if (key !== undefined && asked?.key.equals(key)) asked.answered(frames.at(-1));
      }
    } catch {
      // It was closed.
    }
  }
}

function messagesIn(answer: Buffer): ProgramMessage[] | undefined {
  try {
    return programMessages([answer]) ?? programMessages([Buffer.from("plotcast"), answer]);
  } catch {
    return undefined;
  }
}

/**
 * What an answer says of its request: `{"error": "…"}` refuses; `{"value": …}`, or a value alone, is what the program has now; anything
 * else is a yes.
 */
export function outcomeIn(answer: Buffer, { id, action }: Pick<Delivery, "id" | "action">): ProgramMessage {
  let read: unknown;
  try {
    read = parseJson(answer.toString());
  } catch {
    read = undefined;
  }
  if (isObject(read) && typeof read.error === "string")
    return { kind: "refused", id, detail: read.error.slice(0, MAX_DETAIL_LETTERS) };
  const value = isObject(read) ? read.value : read;
  return { kind: "confirmed", id, value: action === "set" && isControlValue(value) ? value : undefined };
}
