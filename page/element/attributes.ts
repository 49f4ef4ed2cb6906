import { rangeOf } from "../layout/address.ts";
import { AUTO, MAX_THRESHOLDS, type YAxisPlan } from "../layout/panels.ts";
import { readWindow, type WindowName } from "../viewport/windows.ts";

/** What an attribute says; with a fault it counts as one that is not there. */
export interface Reading<Value> {
  value?: Value;
  /** What is wrong with it, and what is possible. */
  fault?: string;
}

const MAX_NAMES = 256;
const MAX_DIGITS = 15;

/** `src`. @param base the document's, for `/c/lab` */
export function readSource(text: string | null, base: string): Reading<URL> {
  const like = "It is a channel's URL, like https://board.example/c/lab";
  if (!text) return { fault: `There is no src. ${like}` };
  if (!URL.canParse(text, base)) return { fault: `“${text}” is no URL. ${like}` };
  const url = new URL(text, base);
  url.search = url.hash = url.username = url.password = "";
  const isChannel = /^https?:$/.test(url.protocol) && /^\/c\/./.test(url.pathname);
  return isChannel ? { value: url } : { fault: `“${text}” is no channel. ${like}` };
}

/** `window`: seconds, or as the page's addresses have it. */
export function readSpan(text: string | null): Reading<WindowName> {
  if (!text) return {};
  const given = text.trim();
  const value = /^all$/i.test(given) ? "All" : readWindow(/^[\d.]+$/.test(given) ? `${given}s` : given);
  return value === undefined
    ? { fault: `window="${text}" is no window: 60 (seconds), 5m, 2h, 100 pts, all.` }
    : { value };
}

/** `series`: names and patterns; none: all. A comma in a name is `%2C`. */
export function readSeries(text: string | null): string[] {
  const names = (text ?? "").split(",").map((name) => name.trim().replace(/%2c/gi, ","));
  return names.filter((name) => name !== "").slice(0, MAX_NAMES);
}

/** The attribute for names that a program sets. */
export function seriesText(names: readonly string[]): string {
  return names.map((name) => name.replaceAll(",", "%2C")).join(",");
}

/** `y`: the options of a panel's axis in the page's addresses; a range may stand without `y=`. */
export function readY(text: string | null): Reading<YAxisPlan> {
  if (!text) return {};
  let plan = AUTO;
  for (const part of text.split(";").map((each) => each.trim())) {
    const range = rangeOf(part.replace(/^y=/, ""));
    const at = /^at=(.+)$/.exec(part)?.[1]?.split(",").map(Number);
    if (range !== undefined) plan = { ...plan, mode: { kind: "fixed", ...range } };
    else if (at?.every(Number.isFinite)) plan = { ...plan, thresholds: [...new Set(at)].slice(0, MAX_THRESHOLDS) };
    else if (part !== "auto") return { fault: `y="${text}": “${part}” is none of 0..10, at=5,7 or auto.` };
  }
  return { value: plan };
}

/** `digits`. */
export function readDigits(text: string | null): Reading<number> {
  if (!text) return {};
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= MAX_DIGITS) return { value };
  return { fault: `digits="${text}" is no whole number from 0 to ${MAX_DIGITS}.` };
}

/** `theme`. */
export function readThemeName(text: string | null): Reading<"light" | "dark"> {
  if (!text || text === "auto") return {};
  return text === "light" || text === "dark"
    ? { value: text }
    : { fault: `theme="${text}" is none of light, dark, auto.` };
}
