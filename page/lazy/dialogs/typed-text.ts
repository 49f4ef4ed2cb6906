import { replaceControl } from "../../../protocol/characters.ts";

/** What was typed or pasted, as a name can be: without what cannot be seen. */
export function tidyText(text: string): string {
  return replaceControl(text, () => "").trim();
}

/** A number as people write it: with a point, or with a comma. NaN where it is none. */
export function numberIn(text: string): number {
  const plain = text.trim().replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
  return plain === "" ? Number.NaN : Number(plain);
}
