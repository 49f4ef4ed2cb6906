/** Beneath this a hand that draws sideways only trembles. */
const MIN_PX = 24;
/** A part that is so much longer than wide is meant along one axis. */
const SLIM = 12;

/** So little up or down is a shaky click. */
const SHAKY_PX = 12;

/** Along which axes somebody draws over a part, by how far the hand is from where it began. */
export function dragKind(acrossPx: number, upPx: number): "x" | "y" | "box" | "none" {
  const [wide, high] = [Math.abs(acrossPx), Math.abs(upPx)];
  if (wide < high && high < SHAKY_PX) return "none";
  if (high < Math.max(MIN_PX, wide / SLIM)) return wide >= high ? "x" : "y";
  return wide < Math.max(MIN_PX, high / SLIM) ? "y" : "box";
}
