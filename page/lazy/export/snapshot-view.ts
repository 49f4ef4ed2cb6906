import { hasControl } from "../../../protocol/characters.ts";
import { viewOf } from "../../../protocol/frame/header.ts";
import { formatAddress } from "../../layout/address.ts";
import type { ArrangementState } from "../../layout/arrangement.ts";
import type { PanelState } from "../../layout/panels.ts";
import { timeZone } from "../../layout/time-zone.ts";
import type { FileRange } from "../../viewport/viewport.ts";

/** How the points of a snapshot were seen. */
export interface SnapshotView {
  /** The channel that they are of. */
  channel: string;
  /** When it was made; undefined: nobody knows. */
  madeMs?: number;
  /** Panels, axes, thresholds and the zone of times, as the fragment of the page's URL has them. */
  fragment: string;
  /** What was seen, and up to which x there were points: held values are drawn as far as that. Undefined: all. */
  seen?: FileRange;
  /** The series whose points are in the order they came in. */
  paths: readonly string[];
  /** Which series its gaps broke: lists of names, and for each gap of the file the number of its list. */
  broke?: BrokenSeries;
}

export interface BrokenSeries {
  lists: readonly (readonly string[])[];
  of: readonly number[];
}

/** `PLCV`, behind the length of what stands before it: a file is read from its end. */
const MAGIC = 0x56434c50;
const END_BYTES = 8;
/** What it takes of a file at most. */
export const MAX_VIEW_BYTES = 1024 * 1024;
const MAX_CHANNEL = 256;
const MAX_TIME_MS = 8.64e15;

/** In which zone times are shown, and the panels that are, as far as their series are in the file: what is derived from others is a series there. */
export function panelsFragment(
  { derived: _, ...state }: ArrangementState,
  panels: readonly PanelState[],
  isHidden: (name: string) => boolean,
): string {
  const shown = panels
    .map((panel) => ({ ...panel, names: panel.names.filter((name) => !isHidden(name)) }))
    .filter(({ names }) => names.length > 0);
  return formatAddress({ ...state, panels: shown, hidden: [], utc: timeZone().isUtc });
}

/** The lists of names, each once. */
export function brokenLists(broken: readonly (readonly string[])[]): BrokenSeries {
  const lists = new Map<string, readonly string[]>();
  for (const names of broken) lists.set(names.join("\n"), names);
  const keys = [...lists.keys()];
  return { lists: [...lists.values()], of: broken.map((names) => keys.indexOf(names.join("\n"))) };
}

/** What stands behind the frames of a snapshot: the view as JSON, its length, and how it is known. */
export function viewBytes(view: SnapshotView): Uint8Array<ArrayBuffer> {
  const whole = new TextEncoder().encode(JSON.stringify(view));
  // With very many names gaps are of all series, and the rest of the view is there.
  const isTooLong = whole.length > MAX_VIEW_BYTES;
  const text = isTooLong ? new TextEncoder().encode(JSON.stringify({ ...view, broke: undefined })) : whole;
  const bytes = new Uint8Array(text.length + END_BYTES);
  bytes.set(text);
  const end = viewOf(bytes);
  end.setUint32(text.length, text.length, true);
  end.setUint32(text.length + 4, MAGIC, true);
  return bytes;
}

/** The frames of a snapshot, and its view; undefined for one without, as older pages made them. */
export function splitView(bytes: Uint8Array): { frames: Uint8Array; view: SnapshotView | undefined } {
  const none = { frames: bytes, view: undefined };
  const endAt = bytes.length - END_BYTES;
  if (endAt < 0) return none;
  const end = viewOf(bytes);
  const length = end.getUint32(endAt, true);
  if (end.getUint32(endAt + 4, true) !== MAGIC || length > Math.min(endAt, MAX_VIEW_BYTES)) return none;
  const view = parsedView(new TextDecoder().decode(bytes.subarray(endAt - length, endAt)));
  return view === undefined ? none : { frames: bytes.subarray(0, endAt - length), view };
}

/** A file is foreign: each field is what it must be, or missing. */
function parsedView(text: string): SnapshotView | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [channel, madeMs, fragment, seen, paths, broke] = [
    "channel",
    "madeMs",
    "fragment",
    "seen",
    "paths",
    "broke",
  ].map((name) => fields.get(name));
  if (typeof channel !== "string" || channel === "" || channel.length > MAX_CHANNEL || hasControl(channel)) {
    return undefined;
  }
  return {
    channel,
    fragment: typeof fragment === "string" ? fragment : "",
    paths: namesIn(paths),
    ...brokenSeriesIn(broke),
    ...(typeof madeMs === "number" && Math.abs(madeMs) <= MAX_TIME_MS ? { madeMs } : {}),
    ...rangeIn(seen),
  };
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

function brokenSeriesIn(value: unknown): Pick<SnapshotView, "broke"> {
  if (typeof value !== "object" || value === null) return {};
  const fields = new Map<string, unknown>(Object.entries(value));
  const [lists, of] = [fields.get("lists"), fields.get("of")];
  if (!Array.isArray(lists) || !Array.isArray(of)) return {};
  return { broke: { lists: lists.map(namesIn), of: of.map((at) => (typeof at === "number" ? at : -1)) } };
}

function rangeIn(value: unknown): Pick<SnapshotView, "seen"> {
  if (typeof value !== "object" || value === null) return {};
  const fields = new Map<string, unknown>(Object.entries(value));
  const [min, max, endX] = ["min", "max", "endX"].map((name) => fields.get(name));
  if (typeof min !== "number" || typeof max !== "number" || !(min < max && Number.isFinite(max - min))) return {};
  return { seen: { min, max, ...(typeof endX === "number" ? { endX } : {}) } };
}
