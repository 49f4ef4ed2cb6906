/** What is wrong with a configuration, in one sentence that says where and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Keys, and places in arrays, from the top. */
export type KeyPath = readonly (string | number)[];

/** What is wrong with the value of a key; who knows where the key stands makes a {@link ConfigError} of it. */
export class KeyFault extends Error {
  override readonly name = "KeyFault";
  readonly path: KeyPath;
  constructor(path: KeyPath, message: string) {
    super(message);
    this.path = path;
  }
}

/** `source[1].format` */
export function pathText(path: KeyPath): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part}]` : i === 0 ? part : `.${part}`)).join("");
}

/** As the end of a sentence that a place begins. */
export function sentence(message: string): string {
  return /^[A-Z][a-z ]/.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message;
}

/** `; did you mean json?`, or nothing if none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0];
  return near === undefined ? "" : `; did you mean ${near.name}?`;
}

const MAX_WORD = 64;

/** Letters to add, to leave out or to change, and neighbours to swap. */
function editDistance(from: string, to: string): number {
  const a = from.slice(0, MAX_WORD);
  const b = to.slice(0, MAX_WORD);
  let older: number[] = [];
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (older[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (before[j - 1] ?? 0) + change, swap));
    }
    older = before;
    before = row;
  }
  return before[b.length] ?? 0;
}
