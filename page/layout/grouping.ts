import { unitOf } from "./unit.ts";

/** A series, and how large its values are. */
export interface Scaled {
  readonly name: string;
  /** The scale that the channel keeps: the largest |y| of its first points; 0 while that is unknown. */
  readonly magnitude: number;
  /** Set if its values have names; it then shares no panel with what is only numbers. */
  readonly kind?: string;
  /** Nothing of it is in view. It has its place all the same, for when it comes back. */
  readonly isAbsent?: boolean;
}

/** The names of series that share a panel. */
export type Cluster = readonly string[];

/** In one scale with a series so many times larger, a line is nearly flat. */
const SPLIT = 30;
/** What tells siblings apart: a number, or x, y, z (w of a quaternion) at the end of a word. */
const INDEX = /\d+|[W-Zw-z](?!\p{Ll})/gu;
/** Not that of the browser's language: everybody has the same order. */
const { compare } = new Intl.Collator("en", { numeric: true });

/** What series of one group have in common: the first segment of their path, "" if there is only one, and their unit. */
export function groupKey(name: string): string {
  const { label, unit } = unitOf(name);
  return `${pathOf(label).segment}/${unit}`;
}

/** What the series of one group have in common. */
export type KeyOf = (series: Scaled) => string;

/** The same, and whether their values have names; of some kinds only that. */
export function keyOf({ name, kind = "" }: Scaled, sharesOnePanel: (kind: string) => boolean): string {
  return sharesOnePanel(kind) ? kind : groupKey(name) + kind;
}

/** What siblings have in common, which are numbered or x, y and z; and which of them it is, as a number. */
export function siblingOf(name: string): { stem: string; index: number } {
  const { segment, rest } = pathOf(unitOf(name).label);
  let index = 0;
  const stem = rest.replace(INDEX, (at) => {
    const isNumber = /\d/.test(at);
    index += isNumber ? Number(at.slice(-6)) : "xyzw".indexOf(at.toLowerCase());
    return isNumber ? "#" : "@";
  });
  return { stem: `${segment}/${stem}`, index };
}

/**
 * Which series share a panel. Siblings have one of their own. Of the others of a group, those that would be flat beside
 * another have another. Nothing but the series themselves decides it: not what was decided before, nor the order of
 * their points.
 *
 * @param series in the channel's order, which becomes that of the panels
 */
export function clustersOf(series: readonly Scaled[], keyOf: KeyOf = ({ name }) => groupKey(name)): Cluster[] {
  const homes = new Map<Scaled, readonly Scaled[]>();
  for (const group of grouped(series, keyOf)) {
    for (const cluster of splitGroup(group)) for (const one of cluster) homes.set(one, cluster);
  }
  return grouped(series, (one) => homes.get(one)).map((cluster) => {
    const names = cluster.map(({ name }) => name);
    const isOneStem = new Set(names.map((name) => siblingOf(name).stem)).size === 1;
    return isOneStem ? names.sort(compare) : names;
  });
}

function pathOf(label: string): { segment: string; rest: string } {
  // Topics such as `/arm/joint` begin with a separator.
  const [, segment = "", rest = label] = /^[./]*([^./]+)[./]+([^./].*)$/s.exec(label) ?? [];
  return { segment, rest };
}

/** Those of one key together, everything in the order of first appearance. */
function grouped(series: readonly Scaled[], keyOf: (series: Scaled) => unknown): Scaled[][] {
  const groups = new Map<unknown, Scaled[]>();
  for (const one of series) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function splitGroup(group: readonly Scaled[]): Scaled[][] {
  // Those whose values have names have a lane each: nothing is flat.
  if (group[0]?.kind) return [[...group]];
  const sets = grouped(group, ({ name }) => siblingOf(name).stem);
  return [...sets.filter((set) => set.length > 1), ...byScale(sets.flatMap((set) => (set.length > 1 ? [] : set)))];
}

/** From the largest down; what is not known yet stands with the largest. */
function byScale(series: readonly Scaled[]): Scaled[][] {
  const clusters: Scaled[][] = [[]];
  let high = 0;
  for (const one of [...series].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    const size = sizeOf(one);
    if (high === 0) high = size;
    if (size > 0 && size < high / SPLIT) {
      clusters.push([one]);
      high = size;
    } else {
      clusters[size === 0 ? 0 : clusters.length - 1]?.push(one);
    }
  }
  return clusters;
}

/** A magnitude that cannot be compared is taken for an unknown one. */
function sizeOf({ magnitude }: Scaled): number {
  return magnitude > 0 && magnitude < Infinity ? magnitude : 0;
}
