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
  const stemOf = (at: string): string => {
    const isNumber = /\d/.test(at);
    index += isNumber ? Number(at.slice(-6)) : "xyzw".indexOf(at.toLowerCase());
    return isNumber ? "#" : "@";
  };
  return { stem: `${segment.replace(/\d+/g, stemOf)}/${rest.replace(INDEX, stemOf)}`, index };
}

/**
 * Which series share a panel. Siblings have one of their own: those of one parent, else those whose parents are numbered. Of
 * the others of a group, those that would be flat beside another have another. Nothing but the series themselves decides it:
 * not what was decided before, nor the order of their points.
 *
 * @param series in the channel's order, which becomes that of the panels
 */
export function clustersOf(series: readonly Scaled[], keyOf: KeyOf = ({ name }) => groupKey(name)): Cluster[] {
  const homes = new Map<Scaled, readonly Scaled[]>();
  const settle = (cluster: readonly Scaled[]): void => {
    for (const one of cluster) homes.set(one, cluster);
  };
  /** Settles those that have siblings. @returns the others */
  const withoutSiblings = (some: readonly Scaled[], keyOf: KeyOf): Scaled[] =>
    grouped(some, (one) => `${keyOf(one)} ${siblingOf(one.name).stem}`).flatMap((set) => {
      if (set.length === 1) return set;
      settle(set);
      return [];
    });
  // Those whose values have names have a lane each: nothing is flat.
  const isNamed = (group: readonly Scaled[]): boolean => group.length > 1 && Boolean(group[0]?.kind);
  const groups = grouped(series, keyOf);
  for (const group of groups.filter(isNamed)) settle(group);
  const alone = withoutSiblings(groups.filter((group) => !isNamed(group)).flat(), keyOf);
  // Their parents may be numbered.
  const others = withoutSiblings(alone, (one) => keyOf(one).replace(/^[^/]+\//, ""));
  for (const group of grouped(others, keyOf)) for (const cluster of byScale(group)) settle(cluster);
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
