/** How a hand presses: between press and release the page has time to draw what the press changed. */
import type { Locator } from "playwright-core";

/** Presses an element in its middle, and lets go in the same place once the page has drawn twice. */
export async function pressed(target: Locator): Promise<void> {
  const page = target.page();
  const box = await target.boundingBox();
  if (box === null) throw new Error("what is to be pressed cannot be seen");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
  await page.mouse.up();
}
