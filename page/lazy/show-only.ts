import type { Arrangement } from "../layout/arrangement.ts";

/** Shows only this series of its panel; if that is so already, all of the panel. */
export function showOnly(arrangement: Arrangement, name: string): void {
  const panel = arrangement.shown.find(({ names }) => names.includes(name));
  if (panel === undefined) return;
  const others = panel.names.filter((other) => other !== name);
  const hidden = new Set(arrangement.hidden);
  const isOnly = !hidden.has(name) && others.every((other) => hidden.has(other));
  for (const other of others) {
    if (isOnly) hidden.delete(other);
    else hidden.add(other);
  }
  hidden.delete(name);
  arrangement.hidden = [...hidden];
}
