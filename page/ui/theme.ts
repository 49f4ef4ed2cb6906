import { LINE_COLOURS } from "../layout/colours.ts";

/** The colours of the canvas, which CSS cannot reach: read from custom properties. */
export interface Theme {
  lines: string[];
  text: string;
  grid: string;
  tick: string;
  ground: string;
}

export const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** The custom property with a series' colour. */
export function lineColour(index: number): string {
  return `--line-${index % LINE_COLOURS}`;
}

/** The colour of a series in CSS. */
export function cssColour({ slot, colour }: { slot: number; colour?: string | undefined }): string {
  return colour ?? `var(${lineColour(slot)})`;
}

/** The colours as they are now, where this element is. */
export function readTheme(host: Element): Theme {
  const style = getComputedStyle(host);
  const read = (property: string): string => style.getPropertyValue(property).trim();
  return {
    lines: Array.from({ length: LINE_COLOURS }, (_, index) => read(lineColour(index))),
    text: read("--quiet"),
    grid: read("--grid"),
    tick: read("--tick"),
    ground: read("--ground"),
  };
}

/** Calls back when the system changes between light and dark. */
export function onThemeChange(changed: () => void, options?: AddEventListenerOptions): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed, options);
}
