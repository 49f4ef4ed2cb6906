import { make, setText } from "../ui/dom.ts";
import { splitNames } from "./name-parts.ts";
import { shortNames } from "./short-names.ts";

/** What an entry is seen of to count as seen. */
const SEEN = 0.5;
/** Of a name this much is always seen. */
const LEAST_LETTERS = 3;
const fitted = new WeakSet<Element>();

/**
 * Where the names of a legend have no room, all of them are shortened alike. Where the legend itself has none, it says how many
 * more there are.
 * @param showAll shows all values elsewhere; undefined: there is no such place
 */
export function fitLegend(list: HTMLElement, showAll: ((opener: HTMLElement) => void) | undefined): void {
  if (fitted.has(list)) return;
  fitted.add(list);
  new LegendFit(list, showAll);
}

class LegendFit {
  readonly #list: HTMLElement;
  readonly #more: HTMLElement;
  readonly #unseen = new Set<Element>();
  readonly #entries = new Set<Element>();
  readonly #seen: IntersectionObserver;
  readonly #sizes: ResizeObserver;
  readonly #renamed: MutationObserver;
  /** All names as they were split last. */
  #key = "";
  /** What is each one's own, and the element that shows it. */
  #own: { text: string; element: HTMLElement }[] = [];
  /** How many letters of these are shown. */
  #most = Infinity;

  constructor(list: HTMLElement, showAll: ((opener: HTMLElement) => void) | undefined) {
    this.#list = list;
    this.#more = make(showAll === undefined ? "span" : "button", "legend-more");
    this.#more.hidden = true;
    this.#more.addEventListener("click", () => showAll?.(this.#more));
    list.after(this.#more);
    this.#seen = new IntersectionObserver(
      (changes) => {
        for (const { target, intersectionRatio } of changes) {
          if (intersectionRatio < SEEN) this.#unseen.add(target);
          else this.#unseen.delete(target);
        }
        this.#count();
      },
      { root: list, threshold: SEEN },
    );
    this.#sizes = new ResizeObserver(() => this.#shorten());
    this.#sizes.observe(list);
    this.#renamed = new MutationObserver(() => this.#split());
    new MutationObserver(() => this.#follow()).observe(list, { childList: true });
    this.#follow();
  }

  /** Tells what names have in common from what is their own. */
  #split(): void {
    const names = this.#names;
    const all = names.map(({ textContent }) => textContent ?? "");
    const key = all.join("\n");
    if (key === this.#key) return;
    this.#key = key;
    this.#most = Infinity;
    this.#own = splitNames(all).map(([start, text, end], i) => {
      const element = make("span", "", text);
      names[i]?.replaceChildren(make("span", "common", start), element, make("span", "common", end));
      return { text, element };
    });
    this.#shorten();
  }

  get #names(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>(".name bdi")];
  }

  /** There are other entries. */
  #follow(): void {
    const now = new Set(this.#list.children);
    for (const entry of now) {
      if (this.#entries.has(entry)) continue;
      this.#entries.add(entry);
      this.#seen.observe(entry);
      const name = entry.querySelector(".name");
      if (name === null) continue;
      this.#sizes.observe(name);
      this.#renamed.observe(name, { childList: true, subtree: true });
    }
    for (const entry of this.#entries) {
      if (now.has(entry)) continue;
      this.#entries.delete(entry);
      this.#unseen.delete(entry);
      this.#seen.unobserve(entry);
    }
    this.#split();
    this.#count();
  }

  #shorten(): void {
    this.#list.removeAttribute("data-short");
    this.#cut(Infinity);
    if (this.#rooms().length === 0) return;
    this.#list.toggleAttribute("data-short", true);
    // Letters are not alike: where some are wide, one fewer fits.
    for (let rooms = this.#rooms(); rooms.length > 0 && this.#most > LEAST_LETTERS; rooms = this.#rooms()) {
      const fit = Math.min(...rooms);
      this.#cut(Math.max(LEAST_LETTERS, Math.floor(Math.min(fit, this.#most - 1))));
    }
  }

  /** Of names that have no room, how many letters do. */
  #rooms(): number[] {
    return this.#own.flatMap(({ text, element }) => {
      const { scrollWidth = 0, clientWidth = 0 } = element.parentElement?.parentElement ?? {};
      const letters = Math.min([...text].length, this.#most);
      return scrollWidth > clientWidth ? (letters * clientWidth) / scrollWidth : [];
    });
  }

  /** Leaves out letters of what is each name's own, where they still differ. Who hears them, or searches the page, has them whole. */
  #cut(most: number): void {
    if (most === this.#most) return;
    this.#most = most;
    const short = shortNames(
      this.#own.map(({ text }) => text),
      most,
    );
    for (const [i, { text, element }] of this.#own.entries()) {
      const [start, cut, end] = partsOf([...text], [...(short[i] ?? text)]);
      element.replaceChildren(...(cut === "" ? [text] : [start, make("span", "cut", cut), end]));
    }
  }

  #count(): void {
    const { size } = this.#unseen;
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.#list;
    this.#more.hidden = size === 0 || (scrollWidth <= clientWidth && scrollHeight <= clientHeight);
    setText(this.#more, `+${size}`);
    this.#more.ariaLabel = `+${size} series: show all values`;
  }
}

/** Of a name that was shortened, what stands before the ellipsis, what that is in place of, and what stands behind it. */
function partsOf(letters: readonly string[], short: readonly string[]): [start: string, cut: string, end: string] {
  const at = letters.findIndex((letter, i) => letter !== short[i]);
  if (at < 0) return [letters.join(""), "", ""];
  const behind = letters.length - (short.length - 1 - at);
  return [letters.slice(0, at).join(""), letters.slice(at, behind).join(""), letters.slice(behind).join("")];
}
