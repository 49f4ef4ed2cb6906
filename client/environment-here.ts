import { browserEnvironment } from "./browser-environment.ts";
import type { ClientEnvironment } from "./environment.ts";
import { webEnvironment } from "./web-environment.ts";

/** The environment of the runtime that this is in: only pages learn of networks, and of who looks. */
export function environmentHere(): ClientEnvironment {
  return "document" in globalThis ? browserEnvironment : webEnvironment;
}
