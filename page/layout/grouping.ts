import { unitOf } from "./unit.ts";

/** A series and the largest |y| it has had; 0 while that is unknown. */
export interface Scaled {
  readonly name: string;
  readonly magnitude: number;
  /** Set if its values have names; it then shares no panel with what is only numbers. */
  readonly kind?: string;
}

/** The names of series that share a panel. */
export type Cluster = readonly string[];

/** In one scale with a series so many times larger, a line is nearly flat: a new series is not put there. */
const SPLIT = 30;
/** Nor is it left there. Between the two nothing changes, so that panels stay while magnitudes grow. */
const TOO_FAR = 100;
/** Clusters that lie this close need not be two. */
const TOGETHER = 10;

/** What series of one group have in common: the first segment of their path, "" if there is only one, and their unit. */
export function groupKey(name: string): string {
  const { label, unit } = unitOf(name);
  // Topics such as `/arm/joint` begin with a separator.
  const segment = /^[./]*([^./]+)[./]+[^./]/.exec(label)?.[1] ?? "";
  return `${segment}/${unit}`;
}

/** What the series of one group have in common. */
export type KeyOf = (series: Scaled) => string;

/** The same, and whether their values have names; of some kinds only that. */
export function keyOf({ name, kind = "" }: Scaled, sharesOnePanel: (kind: string) => boolean): string {
  return sharesOnePanel(kind) ? kind : groupKey(name) + kind;
}

/**
 * Which series share a panel: those of one group, unless one would be flat beside the other.
 * @param previous what it was before, which is kept, and returned itself, as long as it is good
 * @param series in the order of first appearance, which becomes that of the panels and of the names in them
 */
export function regroup(
  previous: readonly Cluster[],
  series: readonly Scaled[],
  keyOf: KeyOf = ({ name }) => groupKey(name),
): readonly Cluster[] {
  const before = new Map(previous.flatMap((cluster) => cluster.map((name) => [name, cluster] as const)));
  const homes = new Map<string, readonly Scaled[]>();
  for (const group of grouped(series, keyOf)) {
    for (const cluster of clustersOf(group, before)) for (const { name } of cluster) homes.set(name, cluster);
  }
  const next = grouped(series, ({ name }) => homes.get(name)).map((cluster) => cluster.map(({ name }) => name));
  const isSame = next.length === previous.length && next.every((cluster, i) => sameNames(cluster, previous[i] ?? []));
  return isSame ? previous : next;
}

/** Whether both hold the same names in the same order. */
export function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, i) => name === other[i]);
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

function clustersOf(group: readonly Scaled[], before: ReadonlyMap<string, Cluster>): readonly Scaled[][] {
  const known = group.filter(({ name }) => before.has(name));
  if (known.length === 0) return recluster(group);
  const clusters = grouped(known, ({ name }) => before.get(name)).sort((a, b) => extent(b).high - extent(a).high);
  for (const one of group) {
    if (before.has(one.name)) continue;
    const home = clusters.find((cluster) => fits(cluster, sizeOf(one)));
    if (home === undefined) clusters.push([one]);
    else home.push(one);
  }
  return isBad(clusters) ? recluster(group) : clusters;
}

function recluster(group: readonly Scaled[]): Scaled[][] {
  const clusters: Scaled[][] = [[]];
  let high = 0;
  for (const one of [...group].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    const size = sizeOf(one);
    if (high === 0) high = size;
    if (size === 0 || size >= high / SPLIT) {
      clusters[size === 0 ? 0 : clusters.length - 1]?.push(one);
    } else {
      clusters.push([one]);
      high = size;
    }
  }
  return clusters;
}

function fits(cluster: readonly Scaled[], size: number): boolean {
  const { high, low } = extent(cluster);
  return size === 0 || (size >= high / SPLIT && size <= Math.max(high, low * SPLIT));
}

function isBad(clusters: readonly (readonly Scaled[])[]): boolean {
  const extents = clusters.map(extent).sort((a, b) => b.high - a.high);
  return extents.some(({ high, low }, i) => {
    const next = extents[i + 1];
    return high > low * TOO_FAR || (next !== undefined && high <= Math.min(low, next.low) * TOGETHER);
  });
}

/** The largest and the smallest that is known; `low` is infinite where none is. */
function extent(cluster: readonly Scaled[]): { high: number; low: number } {
  let high = 0;
  let low = Infinity;
  for (const one of cluster) {
    const size = sizeOf(one);
    if (size === 0) continue;
    high = Math.max(high, size);
    low = Math.min(low, size);
  }
  return { high, low };
}

/** A magnitude that cannot be compared is taken for an unknown one. */
function sizeOf({ magnitude }: Scaled): number {
  return magnitude > 0 && magnitude < Infinity ? magnitude : 0;
}
