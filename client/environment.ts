/** What a viewer needs of the runtime that it is in. `web-environment.ts` is the default; tests bring their own. */

/** One end of a WebSocket, as far as a viewer uses it. */
export interface ClientSocket {
  /** Sends a text. A socket that is not open drops it. */
  send(text: string): void;
  /** Gives the socket up. No event comes after this. */
  close(): void;
}

/** What the Worker answers to who may not come, or not now. */
export interface SocketRefusal {
  /** Of HTTP. */
  status: number;
  code: string;
  detail: string;
  /** null: nothing is said of when to come again. */
  retryAfterMs: number | null;
}

export interface SocketEvents {
  message(data: string | ArrayBuffer): void;
  /** It ended with this close code, or could not be opened; why, where that is known. It is the last event. */
  closed(code: number, why?: SocketRefusal): void;
}

/** What a runtime learns of the world: there is a network again, there is none, somebody looks. */
export type EnvironmentEvent = "online" | "offline" | "visible";

/** One environment serves any number of viewers. */
export interface ClientEnvironment {
  /**
   * Opens a WebSocket. Binary messages are to come as an ArrayBuffer.
   * @param url `ws:` or `wss:`, with the query
   * @param subprotocols to offer: `plotcast.v1`, and one that carries the token or a key if there is one, which must not be logged
   */
  openSocket(url: URL, subprotocols: string[], events: SocketEvents): ClientSocket;
  /** Milliseconds, by a clock that nobody sets. */
  nowMs(): number;
  /**
   * Calls `wake` once, about then; earlier or later does no harm.
   * @param timeMs as {@link nowMs} counts
   * @returns calls it off
   */
  wakeAt(timeMs: number, wake: () => void): () => void;
  /** A number in [0, 1). */
  random(): number;
  /**
   * Reports what happens outside. A runtime that learns of nothing leaves it out.
   * @returns ends the reports
   */
  watch?(notify: (event: EnvironmentEvent) => void): () => void;
}
