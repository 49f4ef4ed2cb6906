/**
 * The web-standard globals that a viewer needs, and that browsers, Workers and Node all have; compiled only with this
 * folder.
 */
declare class URL {
  constructor(url: string | URL, base?: string | URL);
  readonly origin: string;
  readonly pathname: string;
  protocol: string;
  search: string;
  hash: string;
  readonly href: string;
}
declare class WebSocket {
  static readonly OPEN: number;
  constructor(url: URL, subprotocols: string[]);
  binaryType: "arraybuffer" | "blob";
  readonly readyState: number;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number }) => void): void;
  send(text: string): void;
  close(): void;
}
declare class AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(): void;
}
declare class ReadableStream<T> {
  getReader(): { read(): Promise<{ value?: T | undefined }>; cancel(): Promise<void> };
  cancel(): Promise<void>;
}
declare class Response {
  readonly ok: boolean;
  readonly status: number;
  readonly type: string;
  readonly headers: { get(name: string): string | null; forEach(each: (value: string, name: string) => void): void };
  readonly body: ReadableStream<Uint8Array> | null;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}
interface FetchOptions {
  method?: "POST";
  headers: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  signal?: AbortSignal;
  keepalive?: boolean;
  cache?: "no-store";
  redirect?: "manual";
}
declare function fetch(url: URL, options: FetchOptions): Promise<Response>;
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare function btoa(binary: string): string;
declare function atob(base64: string): string;
declare const performance: { now(): number };
declare function setTimeout(wake: () => void, delayMs: number): number;
declare function clearTimeout(timer: number | undefined): void;
declare const crypto: { getRandomValues<Bytes extends Uint8Array>(bytes: Bytes): Bytes };
