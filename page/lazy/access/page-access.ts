import { isNotPermitted, ReadRefused } from "../../../client/stored-frames.ts";
import type { Capability } from "../../../protocol/access/capability.ts";
import type { ShareAnswer, ShareRequest } from "../../../protocol/messages/named-tokens.ts";
import { type Answer, mayWatch } from "../refusal-text.ts";
import type { AccessEnvironment, Refused } from "./access-environment.ts";
import { exchangeLinkToken } from "./link-token.ts";
import { PageCredential } from "./page-credential.ts";
import type { AccessHeaders, Outcome } from "./session-requests.ts";
import { readFragmentToken, readTypedToken } from "./token-text.ts";

/** Who this page is to its channel: what it comes with, whether that counts, and what is said and asked of it. */
export class PageAccess {
  /** There is no access, and why: what is asked for would be refused. */
  #refusedAs: Refused | undefined;
  /** A link's token that waits is given up for the next. */
  #tokensTaken = 0;
  #hasSaidHistory = false;
  #hasTriedCookie = false;
  /** It is said, or about to be, that access ends. */
  #isWarned = false;
  readonly #credential: PageCredential;
  readonly #parts: AccessEnvironment;

  constructor(parts: AccessEnvironment) {
    this.#parts = parts;
    this.#credential = new PageCredential(parts);
  }

  /** What requests of this page bring: the token, or the key of the cookie that the browser sends. */
  get headers(): AccessHeaders {
    return this.#credential.headers;
  }

  /** Whether somebody's access is kept here, so that it can be forgotten. */
  get isKept(): boolean {
    return this.#credential.isKept;
  }

  /** Whether there is none, and a token is asked for. */
  get isRefused(): boolean {
    return this.#refusedAs !== undefined;
  }

  /** A person wants to enter a token, and may have dismissed what asked for it. */
  askAgain(): void {
    if (this.#refusedAs !== undefined) this.#parts.view.open(this.#refusedAs);
  }

  /** Takes the token that the page's link has brought, before there is a connection. @param encoded as it stood in the fragment */
  async openLink(encoded: string): Promise<void> {
    // Who opens a link to try it keeps the right to make such links.
    if ((await this.capabilities()).includes("admin")) return this.#open();
    const typed = readFragmentToken(encoded);
    if (typed.kind === "fault") return await this.#linkRefused(typed.text);
    const outcome = await this.#exchangeLink(typed.token);
    if (outcome?.kind === "kept") this.#open(typed.token);
    else if (outcome !== undefined) await this.#linkRefused(outcome.text);
  }

  /** @param fault what is wrong with its token, in a sentence */
  async #linkRefused(fault: string): Promise<void> {
    const { connection, view, whyRefused, linkFault, hasTokenInTiming, reload } = this.#parts;
    if (connection.isLive) return view.notify(`The token in this link was not taken. ${fault}`);
    const answer = await whyRefused(this.headers);
    if (answer?.isOurs === true && hasTokenInTiming) {
      // Where anybody may watch it makes no difference.
      linkFault.set(answer.status === 204 ? undefined : fault);
      return reload();
    }
    if (answer === undefined || !this.refusedWith(answer, fault)) connection.reopen();
  }

  #exchangeLink(token: string): ReturnType<typeof exchangeLinkToken> {
    const { pause, random, view } = this.#parts;
    const number = ++this.#tokensTaken;
    return exchangeLinkToken(token, {
      exchange: (token) => this.#credential.exchange(token),
      pause,
      random,
      say: (text) => view.notify(text),
      isWanted: () => this.#tokensTaken === number,
    });
  }

  /** Begins with a link that was good. @param token that it has brought, if that is used */
  #open(token?: string): void {
    const { connection, reload, hasTokenInTiming } = this.#parts;
    // Only another document has another address in `performance.getEntries()`.
    if (this.#credential.token === undefined && !connection.isLive && hasTokenInTiming) return reload();
    if (token !== undefined) this.#admit(token);
    else if (!connection.isLive) connection.reopen();
  }

  /** Takes a token, or a link with one, that a person typed or pasted. @returns what is wrong with it, in a sentence */
  async enter(text: string): Promise<string | undefined> {
    const typed = readTypedToken(text, this.#parts.channelUrl);
    if (typed.kind === "fault") return typed.text;
    const outcome = await this.#credential.exchange(typed.token);
    if (outcome.kind !== "kept") return outcome.text;
    this.#tokensTaken++;
    this.#admit(typed.token);
    return undefined;
  }

  /** The Worker refused a connection. @param fault what was wrong with the last token @returns false if that is not for lack of access */
  refusedWith(answer: Answer, fault = this.#takeLinkFault()): boolean {
    if (!isForLackOfAccess(answer)) return false;
    this.refused(this.#whyWithout(answer, fault), fault);
    if (answer.code === "not-found") this.#parts.sessionKey.set(undefined);
    return true;
  }

  #whyWithout({ code }: Answer, fault: string | undefined): Refused {
    if (code === "not-permitted") return "not-permitted";
    if (fault !== undefined) return "private";
    // A key without its cookie is no ended access: the cookie may have gone with the browser, or be kept from a frame.
    const hadAccess = this.#credential.token !== undefined || this.#parts.connection.wasLive;
    return code !== "not-found" || hadAccess ? "ended" : "private";
  }

  /** There is no access, or none any more: nothing is tried until there is another token. */
  refused(why: Refused, fault?: string): void {
    const { connection, view } = this.#parts;
    this.#refusedAs = why;
    this.#isWarned = false;
    this.#credential.forgetSession();
    connection.close();
    view.ask(why, fault);
  }

  /**
   * The Channel ended the connection: its token counts no more. Another page of this browser may have put a new one into the cookie; that is
   * tried once.
   */
  async expired(): Promise<void> {
    const { connection, whyRefused } = this.#parts;
    const answer = this.#hasTriedCookie ? undefined : await whyRefused(this.headers);
    if (answer === undefined || !mayWatch(answer)) return this.refused("ended");
    this.#hasTriedCookie = true;
    this.#isWarned = false;
    this.#credential.forgetSession();
    this.#parts.view.settle();
    connection.reopen();
  }

  /** The token of the open connection expires soon. Where the cookie has a later one already, the page goes on with that by itself. */
  async expiring(inMs: number): Promise<void> {
    const endsAtMs = Date.now() + inMs;
    this.#hasTriedCookie = false;
    this.#isWarned = true;
    const expiresAtMs = await this.#credential.cookieExpiresAtMs();
    if (expiresAtMs !== undefined && expiresAtMs > endsAtMs + MAX_CLOCK_ERROR_MS) this.#isWarned = false;
    if (this.#isWarned) this.#parts.view.warn(endsAtMs);
  }

  /**
   * Another page of this browser has put a token into the cookie: what is said of the old one's end is not true any more. Where there was
   * no access, or none any more, this page goes on with it, too.
   */
  async renewedElsewhere(): Promise<void> {
    const { view, whyRefused } = this.#parts;
    if (this.#refusedAs === undefined) {
      if (!this.#isWarned || (await this.#credential.cookieExpiresAtMs()) === undefined) return;
      this.#isWarned = false;
      return view.settle();
    }
    // Its own token counts no more.
    this.#credential.drop();
    const answer = await whyRefused(this.headers);
    // One that was entered here meanwhile has settled it.
    if (this.isRefused && (answer === undefined || !isForLackOfAccess(answer))) this.#goOn();
  }

  /** Reads what is stored. That there is no right to is said once. @throws ReadRefused, TypeError */
  async read(query: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    if (this.isRefused) throw new ReadRefused(403, "not-permitted");
    try {
      return await this.#parts.read(query, signal, this.headers);
    } catch (error) {
      if (isNotPermitted(error) && !this.#hasSaidHistory) {
        this.#hasSaidHistory = true;
        this.#parts.view.notify("Older points are not shown: this token may watch, and not read what is stored.");
      }
      throw error;
    }
  }

  /** What may be done here; none where this browser keeps no access. */
  capabilities(): Promise<readonly Capability[]> {
    return this.#credential.capabilities();
  }

  /** Makes a token that lets others watch. */
  share(request: ShareRequest): Promise<Outcome<ShareAnswer>> {
    return this.#credential.share(request);
  }

  /** Takes such a token back. @returns why it was not; undefined: it counts no more */
  takeBack(name: string): Promise<string | undefined> {
    return this.#credential.takeBack(name);
  }

  /** Takes access away from this browser, and what is seen with it. */
  async forget(): Promise<void> {
    const { reload, view, tellForgotten } = this.#parts;
    const fault = await this.#credential.forget();
    if (fault !== undefined) return view.notify(`Your access was not forgotten. ${fault}`);
    tellForgotten();
    reload();
  }

  /** Another page of this browser did so: what this one keeps and shows goes as well. */
  forgottenElsewhere(): void {
    this.#credential.drop();
    this.#parts.reload();
  }

  /** What was wrong with the link before the page was loaded anew; it is said once. */
  #takeLinkFault(): string | undefined {
    const { linkFault } = this.#parts;
    const fault = linkFault.get();
    linkFault.set(undefined);
    return fault;
  }

  #admit(token: string): void {
    const { connection } = this.#parts;
    if (connection.isLive) connection.renew(token);
    this.#goOn();
  }

  /** There is access, by what this page comes with now. */
  #goOn(): void {
    const { connection, view, readAgain } = this.#parts;
    connection.token = this.#credential.token;
    if (!connection.isLive) connection.reopen();
    this.#refusedAs = undefined;
    this.#isWarned = false;
    this.#hasSaidHistory = false;
    readAgain();
    view.settle();
  }
}

/** The Worker's clock and this browser's may differ; a token that replaces another counts for longer than that. */
const MAX_CLOCK_ERROR_MS = 300_000;

/** Whether a token, or another one, would do better. */
function isForLackOfAccess({ isOurs, status, code, wantsToken }: Answer): boolean {
  // With 429 its token is wrong, as many of this address were before.
  const isWrong = status === 401 || (status === 429 && wantsToken === true);
  return isOurs && (isWrong || code === "not-found" || code === "not-permitted");
}
