import type { ClientEnvironment } from "./environment.ts";
import { webEnvironment } from "./web-environment.ts";

// Only browsers have these. (This folder is compiled without the DOM.)
declare class AbortController {
  readonly signal: unknown;
  abort(): void;
}
declare const addEventListener: Listen;
declare const document: { readonly visibilityState: string; addEventListener: Listen };
type Listen = (type: string, listener: () => void, options: { signal: unknown }) => void;

/** The default, with what a browser knows of its network and of whether somebody looks. */
export const browserEnvironment: ClientEnvironment = {
  ...webEnvironment,
  watch(notify) {
    const watching = new AbortController();
    addEventListener("online", () => notify("online"), watching);
    addEventListener("offline", () => notify("offline"), watching);
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.visibilityState === "visible") notify("visible");
      },
      watching,
    );
    return () => watching.abort();
  },
};
