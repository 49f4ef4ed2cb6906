/** What this browser remembers; "" where it remembers nothing, or refuses to. */
export function remembered(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then it holds until the page is left.
  }
}

const PERSON = "plotcast-person";
/** Of the characters that a query takes as they are. */
const KEY = /^[\w-]{16,64}$/;

/** By which this browser is one person in every room, also after a reload. */
export function personKey(): string {
  const known = remembered(PERSON);
  if (KEY.test(known)) return known;
  const made = crypto.getRandomValues(new Uint8Array(16)).reduce((text, byte) => text + byte.toString(36), "p");
  const key = made.padEnd(17, "0").slice(0, 64);
  remember(PERSON, key);
  return key;
}

const NAME = "plotcast-name";

/** The name that a person gave; "" gave none. */
export function ownName(): string {
  return remembered(NAME);
}

export function keepName(name: string): void {
  remember(NAME, name);
}
