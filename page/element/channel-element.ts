import { make, setText } from "../ui/dom.ts";
import type { ElementState, ElementToken } from "./api.ts";
import { readSource, seriesText } from "./attributes.ts";
import { type ChannelFeed, type FeedListener, TAIL_SECONDS } from "./feed.ts";
import { joinFeed, leaveFeed } from "./feeds.ts";
import { type ElementStatus, type Words, wordsOf } from "./words.ts";

/** A server that renders pages may import this: it has no elements. */
const Base: typeof HTMLElement = "HTMLElement" in globalThis ? HTMLElement : (class {} as typeof HTMLElement);

const TOKEN_ATTRIBUTE =
  "A token in HTML is read by whoever sees the page's source: remove the attribute, and set the property token.";

/** What is common to elements that show a channel: from `src` to a feed, and its state in words. */
export abstract class ChannelElement extends Base implements FeedListener {
  declare src: string;
  declare series: string | readonly string[];
  /** It is on the screen, or nearly. */
  protected isSeen = false;
  protected readonly line = makePart("p", "state");
  protected readonly internals = this.attachInternals();
  readonly #word = make("span", "word");
  readonly #rest = make("span", "rest");
  readonly #note = makePart("span", "note");
  #feed: ChannelFeed | undefined;
  #token: ElementToken | undefined;
  #state: ElementState = "connecting";
  #isSettling = false;
  #seen: IntersectionObserver | undefined;

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this.#word.role = "status";
    this.line.append(this.#word, this.#rest, this.#note);
    this.internals.role = "group";
  }

  /** Seconds that what is shown reaches back. */
  protected get reach(): number {
    return TAIL_SECONDS;
  }

  protected get feed(): ChannelFeed | undefined {
    return this.#feed;
  }

  /** What is wrong with attributes, and what is missing. */
  protected abstract get notes(): string[];
  /** It is on the page, and its attributes are as they are. */
  protected abstract settle(): void;
  /** It is on the page no more. */
  protected abstract close(): void;
  /** Brings what it shows up to date: it is seen again, or points came. */
  abstract pointsCame(): void;

  get state(): ElementState {
    return this.#state;
  }

  get token(): ElementToken | undefined {
    return this.#token;
  }

  set token(token: ElementToken | undefined | null) {
    this.#token = token ?? undefined;
    this.#settleSoon();
  }

  connectedCallback(): void {
    takeEarlyProperties(this);
    this.#seen ??= new IntersectionObserver((entries) => {
      this.isSeen = entries.at(-1)?.isIntersecting ?? false;
      if (this.isSeen) this.pointsCame();
    });
    this.#seen.observe(this);
    this.#settleSoon();
  }

  disconnectedCallback(): void {
    this.#settleSoon();
  }

  attributeChangedCallback(): void {
    this.#settleSoon();
  }

  statusMayHaveChanged(): void {
    const nowMs = Date.now();
    this.showWords(wordsOf(this.statusAt(nowMs), nowMs));
  }

  /** How it stands. */
  protected statusAt(nowMs: number): ElementStatus {
    const { fault = "" } = readSource(this.getAttribute("src"), document.baseURI);
    return this.#feed?.status(nowMs) ?? { kind: "invalid", fault };
  }

  protected showWords({ state, word, rest, advice }: Words): void {
    const notes = [advice, ...this.notes, this.hasAttribute("token") ? TOKEN_ATTRIBUTE : ""];
    setText(this.#word, word);
    setText(this.#rest, rest);
    setText(this.#note, notes.flatMap((note) => (note === "" ? [] : ` · ${note}`)).join(""));
    this.line.dataset.state = state;
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event("statechange"));
  }

  /** What is set together, as frameworks do, counts together; and an element that is moved is not closed. */
  #settleSoon(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    queueMicrotask(() => {
      this.#isSettling = false;
      this.#settleNow();
    });
  }

  #settleNow(): void {
    const url = this.isConnected ? readSource(this.getAttribute("src"), document.baseURI).value : undefined;
    const feed = this.#feed;
    if (feed !== undefined && !(feed.url.href === url?.href && feed.exchange(this.#token))) {
      leaveFeed(feed, this);
      this.#feed = undefined;
    }
    if (!this.isConnected) {
      this.#seen?.disconnect();
      this.isSeen = false;
      return this.close();
    }
    if (this.#feed !== undefined) this.#feed.reach(this.reach);
    else if (url !== undefined) this.#feed = joinFeed(url, this.#token, this, this.reach);
    this.settle();
    this.statusMayHaveChanged();
  }
}

/** An element that the page around may style (`plot-cast::part(state)`). */
export function makePart(tag: keyof HTMLElementTagNameMap, name: string): HTMLElement {
  const element = make(tag, name);
  element.part.add(name);
  return element;
}

/** Properties that are the attributes of their names. */
export function reflect(of: { prototype: HTMLElement }, names: readonly string[]): void {
  for (const name of names) {
    Object.defineProperty(of.prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: HTMLElement) {
        return this.getAttribute(name) ?? "";
      },
      set(this: HTMLElement, value: unknown) {
        if (value === undefined || value === null) this.removeAttribute(name);
        else this.setAttribute(name, Array.isArray(value) ? seriesText(value.map(String)) : String(value));
      },
    });
  }
}

/** What was set before the browser knew the element is a property of its own, and hides that of its class. */
function takeEarlyProperties(element: HTMLElement): void {
  for (const name of Object.keys(element)) {
    if (!(name in Object.getPrototypeOf(element))) continue;
    const value: unknown = Reflect.get(element, name);
    Reflect.deleteProperty(element, name);
    Reflect.set(element, name, value);
  }
}
