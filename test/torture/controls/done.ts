/** What programs did, as their file has it. */
import { isObject, parseJson } from "../../../protocol/json/json.ts";

export const KNOBS = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"] as const;
export const BUTTON = "press";

export interface Done {
  id: string;
  control: string;
  /** null: the button. */
  value: number | null;
}

/** The lines of the file. The last of a program that was killed may be half. */
export function readDone(text: string): Done[] {
  return text.split("\n").flatMap((line) => {
    if (!line.endsWith("}")) return [];
    const done = parseJson(line);
    if (!isObject(done)) return [];
    const { id, control, value } = done;
    return [{ id: String(id), control: String(control), value: typeof value === "number" ? value : null }];
  });
}
