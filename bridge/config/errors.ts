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
