/** A series' name without its unit, and the unit; "" where it has none. */
export interface Labelled {
  label: string;
  unit: string;
}

/** Takes the unit off a name that ends in `[unit]` or `(unit)`: `temp.motor [°C]` is `temp.motor` in `°C`. */
export function unitOf(name: string): Labelled {
  const text = name.trimEnd();
  const close = text.at(-1);
  const open = close === "]" ? "[" : close === ")" ? "(" : undefined;
  const none = { label: name, unit: "" };
  if (close === undefined || open === undefined) return none;
  const at = text.lastIndexOf(open);
  const label = text.slice(0, Math.max(0, at)).trim();
  const unit = text.slice(at + 1, -1).trim();
  // `accel[0]` is a place in an array; a bracket inside belongs to something longer than a unit.
  return label === "" || unit === "" || unit.includes(close) || /^\d+$/.test(unit) ? none : { label, unit };
}
