/**
 * The web-standard globals that a viewer needs, and that browsers, Workers and Node all have; compiled only with this
 * folder.
 */
declare class URL {
  constructor(url: string | URL);
  protocol: string;
  search: string;
}
declare class WebSocket {
  static readonly OPEN: number;
  constructor(url: URL, subprotocol: string);
  binaryType: "arraybuffer" | "blob";
  readonly readyState: number;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: () => void): void;
  send(text: string): void;
  close(): void;
}
declare class AbortSignal {
  readonly aborted: boolean;
}
declare class ReadableStream<T> {
  getReader(): { read(): Promise<{ value?: T | undefined }>; cancel(): Promise<void> };
}
declare function fetch(
  url: URL,
  options: { headers: Record<string, string>; signal: AbortSignal },
): Promise<{ ok: boolean; status: number; body: ReadableStream<Uint8Array> | null }>;
declare const performance: { now(): number };
declare function setTimeout(wake: () => void, delayMs: number): number;
declare function clearTimeout(timer: number): void;
