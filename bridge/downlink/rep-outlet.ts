import { Dealer } from "zeromq";
import { isObject, parseJson } from "../../protocol/json/json.ts";
import { isControlValue } from "../../protocol/room/control.ts";
import { commandText, type Delivery, type Outlet, type OutletEvents, type RoomEvent, type Sent } from "./outlet.ts";
import { type ProgramMessage, programMessages } from "./program-message.ts";

const MAX_WAITING = 100;
const DEFAULT_ANSWER_MS = 5_000;
/** The channel shows less of it; a program may answer with all that it printed. */
const MAX_DETAIL_LETTERS = 1_024;

interface Request {
  text: string;
  /** By `performance.now()`: later it is not asked any more. */
  untilMs: number;
  /** undefined: there was no answer in time. */
  answered: (answer: Buffer | undefined) => void;
}

/**
 * Speaks to an existing REP program, one request after the other, as a REQ would: `{"id","set","value","by"}`, and its answer is what
 * came of it. Unlike a REQ it is not locked by an answer that is lost: the line is closed, and the next request has another.
 */
export class RepOutlet implements Outlet {
  readonly address: string;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #events: OutletEvents;
  readonly #answerMs: number;
  readonly #waiting: Request[] = [];
  #isBusy = false;
  #socket: Dealer | undefined;
  #isClosed = false;

  constructor(
    address: string,
    options: Readonly<Record<string, unknown>>,
    events: OutletEvents,
    answerMs: number = DEFAULT_ANSWER_MS,
  ) {
    this.address = address;
    this.#options = options;
    this.#events = events;
    this.#answerMs = answerMs;
  }

  /** Asks the program which controls it has: one that knows nothing of that answers something else, which is passed over. */
  async ask(): Promise<void> {
    const answer = await this.#request(JSON.stringify({ plotcast: "controls" }));
    const messages = answer === undefined ? undefined : messagesIn(answer);
    if (messages !== undefined) this.#events.onMessages(messages);
  }

  async deliver(delivery: Delivery): Promise<Sent> {
    if (this.#waiting.length >= MAX_WAITING) return "full";
    const { expiresInMs } = delivery;
    const untilMs = expiresInMs === null ? Number.POSITIVE_INFINITY : performance.now() + expiresInMs;
    void this.#request(commandText(delivery), untilMs).then((answer) => {
      if (answer !== undefined) this.#events.onMessages([outcomeIn(answer, delivery)]);
    });
    return "sent";
  }

  /** A REP program is asked for what it does; events are for those who listen. */
  async emit(_event: RoomEvent): Promise<Sent> {
    return "nobody-listens";
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { answered } of this.#waiting.splice(0)) answered(undefined);
    this.#socket?.close();
    this.#socket = undefined;
  }

  #request(text: string, untilMs = Number.POSITIVE_INFINITY): Promise<Buffer | undefined> {
    return new Promise((answered) => {
      this.#waiting.push({ text, untilMs, answered });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let request = this.#waiting.shift(); request !== undefined; request = this.#waiting.shift()) {
      const leftMs = request.untilMs - performance.now();
      request.answered(this.#isClosed || leftMs <= 0 ? undefined : await this.#exchange(request.text, leftMs));
    }
    this.#isBusy = false;
  }

  /** @param leftMs what waits on the line for its program is taken back by then */
  async #exchange(text: string, leftMs: number): Promise<Buffer | undefined> {
    const socket = this.#socket ?? this.#connected();
    let isLate = false;
    const timer = setTimeout(
      () => {
        isLate = true;
        this.#leave(socket);
      },
      Math.min(this.#answerMs, leftMs),
    );
    try {
      // The empty frame is what a REQ would put before its request: https://rfc.zeromq.org/spec/28/
      await socket.send(["", text]);
      const frames = await socket.receive();
      return isLate ? undefined : frames.at(-1);
    } catch {
      this.#leave(socket);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #connected(): Dealer {
    const socket = new Dealer({ linger: 0, ...this.#options });
    socket.connect(this.address);
    this.#socket = socket;
    return socket;
  }

  #leave(socket: Dealer): void {
    socket.close();
    if (this.#socket === socket) this.#socket = undefined;
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
