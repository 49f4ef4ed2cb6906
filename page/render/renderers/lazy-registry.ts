import { eventRenderer } from "./event.ts";
import type { LazyRenderers } from "./registry.ts";

/** Renderers of kinds that few pages have: part of the file that is loaded later. */
export const LAZY_RENDERERS: LazyRenderers = { event: eventRenderer };
