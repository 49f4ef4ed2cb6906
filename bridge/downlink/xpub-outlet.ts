import { XPublisher } from "zeromq";
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

const SUBSCRIBED = 1;

/**
 * Programs subscribe: `set/<control>`, `call/<control>`, `event/<name>`, or any beginning of these. By what they subscribed to it is
 * known whether anybody listens. They answer on the sockets that they publish with.
 */
export class XpubOutlet implements Outlet {
  readonly address: string;
  readonly #socket: XPublisher;
  readonly #topics = new Set<string>();
  readonly #events: OutletEvents;
  readonly #reading: Promise<void>;

  /** @throws AddressError */
  static async open(
    address: string,
    options: Readonly<Record<string, unknown>>,
    events: OutletEvents,
  ): Promise<XpubOutlet> {
    const socket = new XPublisher({ linger: 0, sendHighWaterMark: SEND_HIGH_WATER_MARK, ...options });
    return new XpubOutlet(socket, await boundAt(socket, address), events);
  }

  private constructor(socket: XPublisher, address: string, events: OutletEvents) {
    this.#socket = socket;
    this.address = address;
    this.#events = events;
    this.#reading = this.#read();
  }

  async deliver(delivery: Delivery): Promise<Sent> {
    return await this.#send(`${delivery.action}/${delivery.control}`, commandText(delivery));
  }

  async emit(event: RoomEvent): Promise<Sent> {
    return await this.#send(`event/${event.name}`, eventText(event));
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#reading;
  }

  #isHeard(topic: string): boolean {
    for (const beginning of this.#topics) if (topic.startsWith(beginning)) return true;
    return false;
  }

  async #send(topic: string, text: string): Promise<Sent> {
    if (!this.#isHeard(topic)) return "nobody-listens";
    try {
      await this.#socket.send([topic, text]);
      return "sent";
    } catch {
      return "full";
    }
  }

  /** Of several that subscribe to the same only the first is told, and the last that leaves: zmq_socket(3), ZMQ_XPUB. */
  async #read(): Promise<void> {
    try {
      for await (const [message] of this.#socket) {
        if (message === undefined || message.length === 0) continue;
        const topic = message.subarray(1).toString();
        if (message[0] === SUBSCRIBED) {
          this.#topics.add(topic);
          this.#events.onListener();
        } else this.#topics.delete(topic);
      }
    } catch {
      // It was closed.
    }
  }
}
