import { type AddressState, arrangementParts, formatAddress, parseAddress } from "./address.ts";
import type { ArrangementState } from "./arrangement.ts";

/** What we need of localStorage. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

/** What the URL says of panels, of hidden and of derived series; if it says nothing, what is remembered. */
export function effectiveArrangement(address: ArrangementState, remembered: ArrangementState): ArrangementState {
  return arrangementParts(address).length > 0 ? arrangementIn(address) : arrangementIn(remembered);
}

/** The arrangement alone, without the view. */
export function arrangementIn({ panels, hidden, derived, removed, y, styles }: ArrangementState): ArrangementState {
  return {
    panels,
    hidden,
    ...(derived && { derived }),
    ...(removed && { removed }),
    ...(y && { y }),
    ...(styles && { styles }),
  };
}

/** Remembers the arrangement of a channel and the window that was chosen there, as far as this browser lets us: it may refuse at any time. */
export class ArrangementStorage {
  readonly #open: () => TextStorage;
  readonly #key: string;

  /** @param open gets the storage, which some browsers do not even let us do */
  constructor(open: () => TextStorage, channel: string) {
    this.#open = open;
    this.#key = `plotcast:${channel}`;
  }

  load(): AddressState {
    return parseAddress(this.#text());
  }

  save(state: AddressState): void {
    const text = formatAddress(state).slice(1);
    try {
      if (text === "") this.#open().removeItem(this.#key);
      else this.#open().setItem(this.#key, text);
    } catch {
      // Then it is forgotten with the page.
    }
  }

  #text(): string {
    try {
      return this.#open().getItem(this.#key) ?? "";
    } catch {
      return "";
    }
  }
}
