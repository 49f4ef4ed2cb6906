/** A series at the cursor. */
export interface ReadoutRow {
  name: string;
  /** Where its marker is, in CSS pixels of the screen; NaN where it has none. */
  y: number;
}

/**
 * Which series a readout has: all in their order, or where they are more than there is room for, the nearest to the pointer
 * first. Those without a value at the cursor are the last.
 * @param pointerY undefined: nothing points, and all are as near
 */
export function readoutRows<Row extends ReadoutRow>(
  series: readonly Row[],
  pointerY: number | undefined,
  most: number,
): { rows: Row[]; more: number; nearest: Row | undefined } {
  const distance = ({ y }: Row): number => {
    if (Number.isNaN(y)) return Infinity;
    return pointerY === undefined ? 0 : Math.abs(y - pointerY);
  };
  // A sort that leaves what is as near in its order.
  const sorted = [...series].sort((a, b) => {
    const [one, other] = [distance(a), distance(b)];
    return one === other ? 0 : one - other;
  });
  const [first] = sorted;
  const nearest = pointerY !== undefined && first !== undefined && distance(first) < Infinity ? first : undefined;
  if (series.length <= most) return { rows: [...series], more: 0, nearest };
  return { rows: sorted.slice(0, most), more: series.length - most, nearest };
}
