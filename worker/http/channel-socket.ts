/** One end of a WebSocket to a channel, as the Worker holds it for a client that has none of its own. */
export interface ChannelSocket {
  /** Once it has ended, nothing is sent any more. */
  send(text: string): void;
  close(): void;
}

export interface ChannelSocketEvents {
  message(data: string | ArrayBuffer): void;
  closed(code: number): void;
}
