import { hasControl } from "../../protocol/characters.ts";
import { type Derivation, MAX_DERIVED, MAX_EXPRESSION } from "../data/derivation.ts";
import type { Range } from "../data/segment.ts";
import { isTime } from "../data/store/series-store.ts";
import { readWindow, type WindowName } from "../viewport/windows.ts";
import { type ArrangementState, MAX_NAMES } from "./arrangement.ts";
import {
  AUTO,
  isRange,
  MAX_THRESHOLDS,
  type PanelState,
  type SeriesStyles,
  type YAxisPlan,
  type YChoices,
  type YMode,
} from "./panels.ts";

/** The state of the view, as the fragment of the page's URL carries it. */
export interface AddressState extends ArrangementState {
  readonly window?: WindowName | undefined;
  /** The range of x. */
  readonly range?: Range;
  readonly paused?: boolean;
  /** Times are in UTC. */
  readonly utc?: boolean;
}

/** A fragment is foreign input: more text is cut off. */
export const MAX_TEXT = 65_536;
const MAX_NAME = 256;
/** Before a name: it is on the right axis. No name as it is written holds it, and browsers leave it in a fragment. */
const RIGHT = ":";

const TITLE = "title=";
/** Of the left axis. */
const EQUAL = "y=x";

/** The fragment with its `#`; "" where there is nothing to say. */
export function formatAddress(state: AddressState): string {
  const { window, range, paused, utc } = state;
  const parts: string[] = [];
  if (window !== undefined) parts.push(`window=${window.replace(" ", "")}`);
  if (range !== undefined) parts.push(`from=${xText(range.min)}`, `to=${xText(range.max)}`);
  if (paused) parts.push("paused=1");
  if (utc) parts.push("tz=utc");
  const text = [...parts, ...arrangementParts(state)].join("&");
  return text === "" ? "" : `#${text}`;
}

/** Reads a fragment, with or without its `#`, as far as it makes sense. */
export function parseAddress(fragment: string): AddressState {
  const parameters = parametersOf(fragment.replace(/^#/, ""));
  const first = (key: string): string | undefined => parameters.find(([name]) => name === key)?.[1];
  const window = readWindow(first("window") ?? "");
  const [min, max] = [numberOf(first("from")), numberOf(first("to"))];
  const known = new Set<string>();
  const derived = derivedOf(parameters);
  const y = yOf(parameters, first("share") ?? "");
  const styles: SeriesStyles = new Map(pairsOf(parameters, "style", MAX_NAMES, (text) => text));
  const removed = namesOf(first("remove") ?? "", new Set());
  const panels = parameters.flatMap(([key, text]) => (key === "panel" ? panelOf(text, known) : []));
  return {
    ...(window === undefined ? {} : { window }),
    // What lies between two x must be a number, too.
    ...(isRange(min, max) && Number.isFinite(max - min) ? { range: { min, max } } : {}),
    ...(first("paused") === "1" ? { paused: true } : {}),
    ...(first("tz") === "utc" ? { utc: true } : {}),
    panels,
    hidden: namesOf(first("hide") ?? "", new Set()),
    ...(derived.length === 0 ? {} : { derived }),
    ...(y && { y }),
    ...(removed.length === 0 ? {} : { removed }),
    ...(styles.size === 0 ? {} : { styles }),
  };
}

/** The part of an address that can be remembered: panels, y axes and styles, and what is hidden, derived or removed. */
export function arrangementParts({
  panels,
  hidden,
  derived = [],
  removed = [],
  y,
  styles,
}: ArrangementState): string[] {
  const parts = panels.map((panel) => `panel=${panelText(panel)}`);
  if (hidden.length > 0) parts.push(`hide=${hidden.map(nameText).join(",")}`);
  if (removed.length > 0) parts.push(`remove=${removed.map(nameText).join(",")}`);
  for (const { name, expression } of derived) parts.push(`calc=${nameText(name)}:${nameText(expression)}`);
  for (const [name, { min, max }] of y?.zooms ?? []) parts.push(`zoom=${nameText(name)}:${min}..${max}`);
  if (y?.sharedUnits.size) parts.push(`share=${[...y.sharedUnits].map(nameText).join(",")}`);
  for (const [name, text] of styles ?? []) parts.push(`style=${nameText(name)}:${text}`);
  return parts;
}

function parametersOf(text: string): [key: string, value: string][] {
  // A parameter that is cut off would be another one.
  const whole = text.length > MAX_TEXT ? text.slice(0, Math.max(0, text.lastIndexOf("&", MAX_TEXT))) : text;
  return whole.split("&").map((part) => {
    const at = part.indexOf("=");
    return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
  });
}

/** A time to the microsecond, which is as fine as it is. */
function xText(x: number): string {
  return String(isTime(x) ? Number(x.toFixed(6)) : x);
}

/** NaN where it is no number. */
function numberOf(text = ""): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function panelText({ names, right, left, rightAxis, title }: PanelState): string {
  const list = names.map((name) => (right.has(name) ? RIGHT : "") + nameText(name)).join(",");
  const titled = title === undefined ? [] : [TITLE + nameText(title)];
  return [list, ...titled, ...axisOptions(left, ""), ...axisOptions(rightAxis, "r")].join(";");
}

function axisOptions({ mode, log, thresholds }: YAxisPlan, prefix: string): string[] {
  const options: string[] = [];
  if ("min" in mode) options.push(`${prefix}${mode.kind === "fixed" ? "y" : "lock"}=${mode.min}..${mode.max}`);
  if (mode.kind === "equal") options.push(EQUAL);
  if (log) options.push(`${prefix}log`);
  if (thresholds !== undefined) options.push(`${prefix}at=${thresholds}`);
  return options;
}

/** A panel, or none where there is no name that is not known yet. */
function panelOf(text: string, known: Set<string>): PanelState[] {
  const [list = "", ...options] = text.split(";");
  const right = new Set<string>();
  const names = namesOf(list, known, (name) => right.add(name));
  if (names.length === 0) return [];
  const left = axisOf(options, "", MAX_THRESHOLDS);
  const rightAxis = axisOf(options, "r", MAX_THRESHOLDS - (left.thresholds?.length ?? 0));
  const title = nameOf(options.find((option) => option.startsWith(TITLE))?.slice(TITLE.length) ?? "");
  return [{ names, right, left, rightAxis, ...(title && { title }) }];
}

function axisOf(options: readonly string[], prefix: string, most: number): YAxisPlan {
  const log = options.includes(`${prefix}log`);
  const mode = options.map((option) => modeOf(option, prefix)).find((one) => one !== undefined) ?? AUTO.mode;
  const at = options.find((option) => option.startsWith(`${prefix}at=`))?.split("=")[1] ?? "";
  const numbers = at.split(",").map(numberOf).filter(Number.isFinite);
  const thresholds = [...new Set(numbers)].slice(0, most);
  return { mode, log, ...(thresholds.length === 0 ? {} : { thresholds }) };
}

function modeOf(option: string, prefix: string): YMode | undefined {
  if (option + prefix === EQUAL) return { kind: "equal" };
  const [key = "", range = ""] = option.split("=");
  if (key !== `${prefix}y` && key !== `${prefix}lock`) return undefined;
  const given = rangeOf(range);
  return given && { kind: key === `${prefix}y` ? "fixed" : "locked", ...given };
}

/** `0..10`; undefined where it is none. */
export function rangeOf(text: string): Range | undefined {
  const [low, high] = text.split("..");
  const [min, max] = [numberOf(low), numberOf(high)];
  return isRange(min, max) ? { min, max } : undefined;
}

/** Whether they can be calculated is seen where they are. */
function derivedOf(parameters: readonly [key: string, value: string][]): Derivation[] {
  return pairsOf(parameters, "calc", MAX_DERIVED, (text) => nameOf(text, MAX_EXPRESSION)).map(([name, expression]) => ({
    name,
    expression,
  }));
}

function yOf(parameters: readonly [key: string, value: string][], share: string): YChoices | undefined {
  const zooms = new Map(pairsOf(parameters, "zoom", MAX_NAMES, rangeOf));
  const sharedUnits = new Set<string>();
  namesOf(share, sharedUnits);
  return zooms.size + sharedUnits.size > 0 ? { zooms, sharedUnits } : undefined;
}

/** What parameters say of names (`name:value`), each once. */
function pairsOf<Value>(
  parameters: readonly [key: string, value: string][],
  key: string,
  most: number,
  read: (text: string) => Value | undefined,
): [name: string, value: Value][] {
  const pairs = new Map<string, Value>();
  for (const [each, text] of parameters) {
    if (each !== key || pairs.size === most) continue;
    const [first = "", second = ""] = text.split(":");
    const [name, value] = [nameOf(first), read(second)];
    if (name !== undefined && value !== undefined && !pairs.has(name)) pairs.set(name, value);
  }
  return [...pairs];
}

/** Names that are not known yet, which then are. */
function namesOf(list: string, known: Set<string>, onRight?: (name: string) => void): string[] {
  const names: string[] = [];
  for (const part of list.split(",")) {
    const isRight = onRight !== undefined && part.startsWith(RIGHT);
    const name = nameOf(isRight ? part.slice(RIGHT.length) : part);
    if (name === undefined || known.has(name) || known.size === MAX_NAMES) continue;
    known.add(name);
    names.push(name);
    if (isRight) onRight(name);
  }
  return names;
}

/** A name, or another text, as in any URL; brackets too, since what makes links of text leaves a last one out. */
export function nameText(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Such a text as it was; undefined where it is none. */
export function nameOf(text: string, most = MAX_NAME): string | undefined {
  try {
    const name = decodeURIComponent(text);
    const isName = name.length > 0 && name.length <= most && !hasControl(name);
    return isName ? name : undefined;
  } catch {
    return undefined;
  }
}
