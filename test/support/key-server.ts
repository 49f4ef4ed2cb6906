/** A local server of a JWKS, which answers as a test tells it to while it runs. */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { waitFor } from "./wait.ts";

/** What it answers with: JSON, a text as it is, or whatever is done with the answer. */
export type KeyAnswer = object | string | ((response: ServerResponse) => void);

export class KeyServer {
  /** What the next requests get. */
  answer: KeyAnswer;
  /** How many came. */
  requests = 0;
  readonly #server: Server;
  #port = 0;

  constructor(answer: KeyAnswer) {
    this.answer = answer;
    this.#server = createServer((_request, response) => {
      this.requests++;
      const answer = this.answer;
      if (typeof answer === "function") answer(response);
      else response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `${this.origin}/jwks.json`;
  }

  /** Begins to listen (it must be closed, or the test process stays): on the same port as before, if it did. */
  async open(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends it at once, with every connection. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async untilRequests(count: number): Promise<void> {
    await waitFor(`request ${count} for keys`, () => this.requests >= count);
  }
}

export async function startKeyServer(answer: KeyAnswer): Promise<KeyServer> {
  const server = new KeyServer(answer);
  await server.open();
  return server;
}
