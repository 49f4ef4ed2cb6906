import { Router } from "zeromq";
import { boundAt, SEND_HIGH_WATER_MARK } from "./bound-socket.ts";
import {
  commandText,
  type Delivery,
  eventText,
  type Outlet,
  type OutletEvents,
  type RoomEvent,
  type Sent,
} from "./outlet.ts";
import { programMessages } from "./program-message.ts";

/** Programs that have said something; beyond, the one that did so longest ago is forgotten. */
const MAX_PROGRAMS = 64;

/**
 * Programs connect a DEALER, say something (an empty message does), and are told every command from then on, by `mandatory` routing:
 * one that is gone is noticed. They answer on the same socket.
 */
export class RouterOutlet implements Outlet {
  readonly address: string;
  readonly #socket: Router;
  readonly #events: OutletEvents;
  readonly #programs = new Map<string, Buffer>();
  readonly #reading: Promise<void>;
  /** One send at a time: zeromq.js refuses a second (EBUSY). */
  #sending: Promise<unknown> = Promise.resolve();

  /** @throws AddressError */
  static async open(
    address: string,
    options: Readonly<Record<string, unknown>>,
    events: OutletEvents,
  ): Promise<RouterOutlet> {
    const socket = new Router({ linger: 0, mandatory: true, sendHighWaterMark: SEND_HIGH_WATER_MARK, ...options });
    return new RouterOutlet(socket, await boundAt(socket, address), events);
  }

  private constructor(socket: Router, address: string, events: OutletEvents) {
    this.#socket = socket;
    this.address = address;
    this.#events = events;
    this.#reading = this.#read();
  }

  async deliver(delivery: Delivery): Promise<Sent> {
    return await this.#sendAll(`${delivery.action}/${delivery.control}`, commandText(delivery));
  }

  async emit(event: RoomEvent): Promise<Sent> {
    return await this.#sendAll(`event/${event.name}`, eventText(event));
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#reading;
  }

  async #sendAll(topic: string, text: string): Promise<Sent> {
    const sent = this.#sending.then(async () => {
      let count = 0;
      for (const [key, identity] of this.#programs) {
        try {
          await this.#socket.send([identity, topic, text]);
          count++;
        } catch {
          // EHOSTUNREACH: it is gone.
          this.#programs.delete(key);
        }
      }
      return count > 0 ? "sent" : "nobody-listens";
    });
    this.#sending = sent;
    return await sent;
  }

  async #read(): Promise<void> {
    try {
      for await (const [identity, ...frames] of this.#socket) {
        if (identity === undefined) continue;
        this.#remember(identity);
        const payload = frames.filter((frame) => frame.length > 0);
        if (payload.length > 0) this.#take(payload);
      }
    } catch {
      // It was closed.
    }
  }

  #remember(identity: Buffer): void {
    const key = identity.toString("hex");
    const isNew = !this.#programs.delete(key);
    this.#programs.set(key, identity);
    const [first] = this.#programs.keys();
    if (this.#programs.size > MAX_PROGRAMS && first !== undefined) this.#programs.delete(first);
    if (isNew) this.#events.onListener();
  }

  #take(frames: readonly Buffer[]): void {
    try {
      const messages = programMessages(frames) ?? programMessages([Buffer.from("plotcast"), ...frames.slice(-1)]);
      if (messages !== undefined) this.#events.onMessages(messages);
    } catch {
      // What it says is not known: its commands expire, and say so.
    }
  }
}
