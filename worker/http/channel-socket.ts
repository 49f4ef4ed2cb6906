/** One end of a WebSocket to a channel, as the Worker holds it for a client that has none of its own. */
export interface ChannelSocket {
  /** Once it has ended, nothing is sent any more. */
  send(text: string): void;
  close(): void;
}

/** The same for a publisher, which sends bytes, too. */
export interface PublisherSocket extends ChannelSocket {
  send(data: string | Uint8Array): void;
}

export interface ChannelSocketEvents {
  message(data: string | ArrayBuffer): void;
  closed(code: number): void;
}
