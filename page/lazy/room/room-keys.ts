import { isTaken } from "../../input/keyboard.ts";
import type { Context } from "../module.ts";

/** Runs what the menu offers of the room by its keys, too. */
export function hearKeys({ keys }: Context, items: () => readonly { key: string; run(): void }[]): void {
  document.addEventListener("keydown", (event) => {
    const { ctrlKey, metaKey, altKey, defaultPrevented, repeat } = event;
    if (ctrlKey || metaKey || altKey || defaultPrevented || repeat || !keys.enabled) return;
    if (isTaken(event, new WeakSet())) return;
    const item = items().find(({ key }) => key !== "" && key.toLowerCase() === event.key.toLowerCase());
    if (item === undefined) return;
    event.preventDefault();
    item.run();
  });
}
