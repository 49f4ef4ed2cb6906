/** A token, or what gives one: it is asked before each connection, and each POST. */
export type TokenSource = string | (() => string | Promise<string>);
