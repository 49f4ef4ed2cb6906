import type { CredentialEnvironment } from "./page-credential.ts";
import type { AccessHeaders } from "./session-requests.ts";

/** The page's connection to its channel, as far as its token is concerned. */
export interface PageConnection {
  /** What the next connection brings; undefined: the key of the cookie, which the browser brings. */
  token: string | undefined;
  /** It was live before, in this page. */
  readonly wasLive: boolean;
  /** Every frame comes as it is taken. */
  readonly isLive: boolean;
  /** Gives another token to the open connection. */
  renew(token: string): void;
  /** Connects anew, and goes on where it was. */
  reopen(): void;
  /** Ends it: it would only be refused again. */
  close(): void;
}

/** What a person sees of it. */
export interface AccessView {
  /** Asks for a token: in place of the plot, or over it, if there are points. @param fault what is wrong with the last one */
  ask(why: Refused, fault?: string): void;
  /** Asks for it over the plot at once. */
  open(why: Refused): void;
  /** Says when access ends, and takes another token. @param atMs by this browser's clock */
  warn(atMs: number): void;
  /** Nothing is to be asked or said any more. */
  settle(): void;
  /** Says a thing that is no question. */
  notify(text: string): void;
}

/** Why there is no access: none was brought, its token counts no more, was taken back, or may do other things here, and not watch. */
export type Refused = "private" | "ended" | "revoked" | "not-permitted";

/** What is needed of the browser. */
export interface AccessEnvironment extends CredentialEnvironment {
  channelUrl: URL;
  connection: PageConnection;
  /** Reads what is stored, as `readStored` does. */
  read(query: string, signal: AbortSignal, headers: AccessHeaders): Promise<AsyncIterable<Uint8Array>>;
  view: AccessView;
  /** Tells the other pages of this browser that show the channel. (A key that is kept tells them itself.) */
  tellForgotten(): void;
  /** The browser holds the address that the page was opened with, and the token in it. */
  readonly hasTokenInTiming: boolean;
  /** What was wrong with the token of a link, in a sentence without the token: it outlives {@link reload}. */
  linkFault: { get(): string | undefined; set(text: string | undefined): void };
  pause(ms: number): Promise<unknown>;
  random(): number;
  /** Loads the page anew. */
  reload(): void;
  /** What could not be read before may be read now. */
  readAgain(): void;
}
