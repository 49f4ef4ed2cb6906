import type { Capability } from "../../../protocol/access/capability.ts";
import type { ShareAnswer, ShareRequest } from "../../../protocol/messages/named-tokens.ts";
import type { Answer } from "../refusal-text.ts";
import {
  type AccessHeaders,
  type Outcome,
  type Session,
  type SessionRequests,
  sessionHeader,
  tokenHeader,
} from "./session-requests.ts";

/** What is needed of the browser. */
export interface CredentialEnvironment {
  requests: SessionRequests;
  /** What the Worker would answer to a connection; undefined: nothing answers. */
  whyRefused(headers: AccessHeaders): Promise<Answer | undefined>;
  /** What the cookie counts with, as far as this browser keeps it. */
  sessionKey: { get(): string | undefined; set(key: string | undefined): void };
}

/** What came of a token that was to be kept. */
export type Exchange =
  | { kind: "kept" }
  /** @property text why, in a sentence */
  | { kind: "refused"; text: string }
  /** The Worker cannot say now whether it counts. @property retryAfterMs when it can, as far as it says so */
  | { kind: "later"; text: string; retryAfterMs: number | undefined };

export const UNREACHABLE = "The Worker cannot be reached now. Try again.";

/**
 * What the requests of a page come with. A token goes into a cookie that no script can read, and is forgotten here: what is kept is the
 * key that the cookie counts with. Where the browser takes no cookie (a frame of another site) the page keeps the token as long as it is
 * open.
 */
export class PageCredential {
  #token: string | undefined;
  #session: Session | undefined;
  readonly #parts: CredentialEnvironment;

  constructor(parts: CredentialEnvironment) {
    this.#parts = parts;
  }

  /** The token, where the page has to keep it. */
  get token(): string | undefined {
    return this.#token;
  }

  /** The token, or the key of the cookie that the browser sends. */
  get headers(): AccessHeaders {
    if (this.#token !== undefined) return tokenHeader(this.#token);
    const key = this.#parts.sessionKey.get();
    return key === undefined ? {} : sessionHeader(key);
  }

  /** Whether there is either. */
  get isKept(): boolean {
    return this.#token !== undefined || this.#parts.sessionKey.get() !== undefined;
  }

  /** Puts a token into the cookie. */
  async exchange(token: string): Promise<Exchange> {
    const { requests, sessionKey } = this.#parts;
    const kept = await requests.keep(token);
    if (kept.kind !== "done") return notKept(kept);
    const { key, ...session } = kept.value;
    // Nothing says whether a browser took a cookie. An older one may be there still, and has another key.
    const seen = await requests.session(sessionHeader(key));
    if (seen.kind !== "done") {
      const fault = notKept(seen);
      if (fault.kind === "later") return fault;
    }
    const isTaken = seen.kind === "done";
    this.#session = session;
    if (session.capabilities.includes("watch") || !(await this.#mayNotWatch(token))) {
      sessionKey.set(isTaken ? key : undefined);
      this.#token = isTaken && sessionKey.get() === key ? undefined : token;
      return { kind: "kept" };
    }
    await requests.forget();
    this.drop();
    sessionKey.set(undefined);
    return { kind: "refused", text: "This token may not watch this channel. Ask for one that may." };
  }

  async #mayNotWatch(token: string): Promise<boolean> {
    const answer = await this.#parts.whyRefused(tokenHeader(token));
    return answer?.isOurs === true && (answer.code === "not-found" || answer.code === "not-permitted");
  }

  /** What may be done here; none where this browser keeps no access. */
  async capabilities(): Promise<readonly Capability[]> {
    if (!this.isKept) return [];
    if (this.#session === undefined) {
      const { requests, sessionKey } = this.#parts;
      const outcome = await requests.session(this.headers);
      if (outcome.kind === "done") this.#session = outcome.value;
      // Its cookie has gone with its time, or counts no more.
      if (outcome.kind === "refused" && isFinal(outcome.code)) sessionKey.set(undefined);
    }
    return this.#session?.capabilities ?? [];
  }

  /** Until when the cookie counts; undefined: it is not what this page comes with, or counts for nothing. */
  async cookieExpiresAtMs(): Promise<number | undefined> {
    if (this.#token !== undefined) return undefined;
    const outcome = await this.#parts.requests.session(this.headers);
    if (outcome.kind !== "done") return undefined;
    this.#session = outcome.value;
    return outcome.value.expiresAtMs ?? Infinity;
  }

  /** Makes a token that lets others watch. */
  share(request: ShareRequest): Promise<Outcome<ShareAnswer>> {
    return this.#parts.requests.share(request, this.headers);
  }

  /** Takes such a token back. @returns why it was not; undefined: it counts no more */
  async takeBack(name: string): Promise<string | undefined> {
    const outcome = await this.#parts.requests.takeBack(name, this.headers);
    // It has expired, or somebody else was faster.
    if (outcome.kind === "done" || (outcome.kind === "refused" && outcome.code === "not-found")) return undefined;
    return outcome.kind === "refused" ? outcome.text : UNREACHABLE;
  }

  /** What it may do is asked anew. */
  forgetSession(): void {
    this.#session = undefined;
  }

  /** Forgets what this page itself keeps. */
  drop(): void {
    this.#token = this.#session = undefined;
  }

  /** Takes the cookie away from this browser, and its key. @returns why that failed */
  async forget(): Promise<string | undefined> {
    const { requests, sessionKey } = this.#parts;
    const outcome = await requests.forget();
    if (outcome.kind !== "done") return outcome.kind === "refused" ? outcome.text : UNREACHABLE;
    this.drop();
    sessionKey.set(undefined);
    return undefined;
  }
}

function notKept(outcome: Exclude<Outcome<unknown>, { kind: "done" }>): Exclude<Exchange, { kind: "kept" }> {
  if (outcome.kind === "unreachable") return { kind: "later", text: UNREACHABLE, retryAfterMs: undefined };
  const { text, later } = outcome;
  return later === undefined ? { kind: "refused", text } : { kind: "later", text, retryAfterMs: later.retryAfterMs };
}

/** Whether a cookie was refused for what it is, and not because of the moment. */
function isFinal(code: string | undefined): boolean {
  return ["token-missing", "token-wrong", "token-expired", "not-found", "not-permitted"].includes(code ?? "");
}
