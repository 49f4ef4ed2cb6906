import type { Status } from "../ui/status.ts";

const [BLUE, AMBER, GREY, RED] = ["#56b4e9", "#f0b429", "#9aa4b1", "#ff8a80"] as const;
const WAVE = "M3 18h5l4-10 7 17 5-11h5";
const DOTS = "M6 16h0M16 16h0M26 16h0";
const CUT = "M3 16h6M23 16h6M12 23l8-14";

/** A curve, as in favicon.svg: what became of it says the state, by its form and by its colour. */
const CURVES: Record<Status["kind"], readonly [path: string, colour: string]> = {
  live: [WAVE, BLUE],
  stale: ["M3 18h4l4-10 5 8h13", AMBER],
  gone: ["M3 16h26", GREY],
  paused: ["M11 8v16M21 8v16", AMBER],
  waiting: [DOTS, AMBER],
  empty: [DOTS, GREY],
  connecting: [DOTS, GREY],
  reconnecting: [CUT, RED],
  offline: [CUT, RED],
  private: [DOTS, GREY],
  ended: [CUT, AMBER],
  unsupported: [CUT, RED],
  snapshot: [WAVE, GREY],
};

let shown: Status["kind"] | undefined;

/** Shows the state in the icon of the tab. */
export function showIcon(kind: Status["kind"]): void {
  if (kind === shown) return;
  shown = kind;
  const [path, colour] = CURVES[kind];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0d1117"/><path d="${path}" fill="none" stroke="${colour}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  document.querySelector('link[rel="icon"]')?.setAttribute("href", `data:image/svg+xml,${encodeURIComponent(svg)}`);
}
