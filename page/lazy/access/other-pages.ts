import { sessionKeyName } from "../../layout/session-key.ts";

/** The key is this for a moment when access is forgotten: no key has this form. */
const FORGOTTEN = "forgotten";

/** What happens in another page of this browser that shows the same channel. */
export interface OtherPagesHandlers {
  /** It has put a token into the cookie. */
  renewed(): void;
  /** Access was forgotten there, on this browser. */
  forgotten(): void;
}

/**
 * Hears of other pages by the key in localStorage: unlike a message between pages, a `storage` event comes when the new key can be read.
 * A key that only goes (its cookie counts no more) is no event for others: their connections end by themselves.
 */
export function hearOtherPages(channel: string, { renewed, forgotten }: OtherPagesHandlers): void {
  const name = sessionKeyName(channel);
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== name || newValue === null) return;
    if (newValue === FORGOTTEN) forgotten();
    else renewed();
  });
}

/** Keeps the key, which tells the other pages. */
export function keepKey(channel: string, key: string | undefined): void {
  const name = sessionKeyName(channel);
  try {
    if (key === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, key);
  } catch {
    // Then the page keeps its token as long as it is open.
  }
}

/** Tells the other pages that access was forgotten, and keeps nothing. */
export function tellForgotten(channel: string): void {
  keepKey(channel, FORGOTTEN);
  keepKey(channel, undefined);
}
