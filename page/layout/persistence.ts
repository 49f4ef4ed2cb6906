import type { Range } from "../data/segment.ts";
import type { Viewport } from "../viewport/viewport.ts";
import { formatAddress, parseAddress } from "./address.ts";
import type { Arrangement } from "./arrangement.ts";
import { ArrangementStorage, arrangementIn, effectiveArrangement } from "./arrangement-storage.ts";
import { rememberedUtc, timeZone } from "./time-zone.ts";

/** Browsers refuse more than about a hundred history changes in half a minute. */
const EVERY_MS = 400;

/** A token in the fragment, wherever it stands. */
const TOKENS = /(?<=[#&])token=([^&]*)&?/g;

/** Keeps the state of the view in the URL's fragment, and arrangement and window in this browser's storage. */
export class Persistence {
  /** What the fragment brought, until it is used. It is in no URL any more. */
  token: string | undefined;
  readonly #viewport: Viewport;
  readonly #arrangement: Arrangement;
  readonly #remembered: ArrangementStorage;
  /** The window that a person chose. */
  readonly #chosen: ArrangementStorage;
  #timer: number | undefined;
  #range: () => Range | undefined = () => undefined;
  #version = 0;
  #isOfFile = false;
  #choices = 0;

  constructor(channel: string, viewport: Viewport, arrangement: Arrangement) {
    this.#viewport = viewport;
    this.#arrangement = arrangement;
    this.#remembered = new ArrangementStorage(() => localStorage, channel);
    // No channel has a blank in its name.
    this.#chosen = new ArrangementStorage(() => localStorage, `${channel} window`);
    this.#restore();
    addEventListener("pagehide", () => {
      if (this.#timer !== undefined) this.#write();
    });
  }

  /** Takes what the channel's owner wants everybody to see, as it was stored: a fragment without its `#`. */
  share(text: string): void {
    this.#arrangement.shared = arrangementIn(parseAddress(text));
  }

  /** Calls back when a person navigates to another fragment of this page. */
  onNavigation(changed: () => void): void {
    // This comes at once. `hashchange` is queued: what is written before it would take the new fragment's place.
    addEventListener("popstate", () => {
      // A fragment is one of the channel.
      if (this.#isOfFile) return location.reload();
      this.#restore();
      changed();
    });
  }

  /** A link to the current view. @param range the range of x that it shows; undefined: live */
  link(range: Range | undefined): string {
    const window = this.#viewport.selectedWindow;
    const fragment = formatAddress({
      ...(window === undefined ? {} : { window }),
      ...(range === undefined ? {} : { range }),
      utc: timeZone().isUtc,
      ...this.#arrangement.state,
    });
    return location.origin + location.pathname + location.search + fragment;
  }

  /** A file is shown: from now on nothing is remembered, and the URL stays that of the channel. */
  leaveChannel(): void {
    if (this.#timer !== undefined) this.#write();
    this.#isOfFile = true;
  }

  /** Saves soon: the view or the arrangement changed. */
  scheduleSave(range: () => Range | undefined): void {
    this.#range = range;
    if (this.#isOfFile) return;
    this.#timer ??= setTimeout(() => this.#write(), EVERY_MS);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    history.replaceState(null, "", this.link(this.#range()));
    const { choices, selectedWindow: window } = this.#viewport;
    // What a link brought is not remembered with it.
    if (choices !== this.#choices) this.#chosen.save({ panels: [], hidden: [], window });
    this.#choices = choices;
    if (this.#arrangement.version === this.#version) return;
    this.#version = this.#arrangement.version;
    this.#remembered.save(this.#arrangement.state);
  }

  #restore(): void {
    const rest = location.hash.replace(TOKENS, (_, token: string) => {
      this.token = token;
      return "";
    });
    if (rest !== location.hash) history.replaceState(null, "", rest);
    const address = parseAddress(location.hash);
    this.#arrangement.restore(effectiveArrangement(address, this.#remembered.load()));
    // A link is not what a person chose here: another page may have set it, in a frame.
    this.#version = this.#arrangement.version;
    timeZone().isUtc = address.utc ?? rememberedUtc();
    // A link without a window shows none that was chosen here.
    const window = location.hash.length > 1 ? address.window : this.#chosen.load().window;
    if (window !== undefined) this.#viewport.selectWindow(window);
    if (address.range !== undefined) this.#viewport.showRange(address.range);
    else this.#viewport.goLive();
  }
}
