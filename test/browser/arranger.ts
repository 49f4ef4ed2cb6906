/** What a person does with the panels of a page: drags from their legends, and their settings. */
import type { Locator } from "playwright-core";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";

/** Where in a panel something is let go. */
export type Place = "middle" | "right edge" | "top edge" | "bottom edge";

const PARTS: Record<Place, [x: number, y: number]> = {
  middle: [0.5, 0.5],
  "right edge": [0.97, 0.5],
  "top edge": [0.5, 0],
  "bottom edge": [0.5, 1],
};
const EDGE_PX = 6;

export class Arranger {
  readonly #tab: ChannelTab;

  constructor(tab: ChannelTab) {
    this.#tab = tab;
  }

  /** The names in each panel, those on the right axis after a bar: `a, b | c`. */
  async names(): Promise<string[]> {
    await this.#tab.drawn();
    return await this.#tab.page.evaluate<string[]>(
      `[...document.querySelectorAll(".panel")].map((panel) => {
        const on = (axis) => [...panel.querySelectorAll(".legend button")]
          .filter((button) => button.querySelector(".swatch").dataset.axis === axis).map(({ title }) => title).join(", ");
        return on("left") + (on("right") === "" ? "" : " | " + on("right"));
      })`,
    );
  }

  /** Resolves once the panels have these names, in the legends and in what is drawn. */
  async shows(expected: readonly string[]): Promise<void> {
    const told = async () =>
      (await this.#tab.panels()).map(({ names, right }) => [[...names].sort(), right !== null] as const);
    const [want, wantPlans] = [
      JSON.stringify(expected),
      JSON.stringify(
        expected.map((text) => [
          text
            .split(/, | \| /)
            .filter((name) => name !== "")
            .sort(),
          text.includes("|"),
        ]),
      ),
    ];
    let last = "";
    await this.#tab.whole();
    await waitFor(`panels ${want}`, async () => {
      last = JSON.stringify(await this.names());
      if (last !== want) throw new Error(`the legends have ${last}`);
      last = JSON.stringify(await told());
      if (last !== wantPlans) throw new Error(`the panels are ${last}`);
      return true;
    });
  }

  entry(name: string): Locator {
    return this.#tab.page.locator(`.legend button[title=${JSON.stringify(name)}]`);
  }

  /** Drags a series from its legend to a place of a panel, and lets go. */
  /** Hides or shows a series by its entry in the legend, and takes the hand away. */
  async toggle(name: string): Promise<void> {
    await this.entry(name).click();
    await this.#tab.page.mouse.move(2, 2);
  }

  async drag(name: string, panel: number, place: Place): Promise<void> {
    const { mouse } = this.#tab.page;
    const from = await this.entry(name).boundingBox();
    const to = await this.#tab.page.locator(".panel").nth(panel).boundingBox();
    if (from === null || to === null) throw new Error(`${name} or panel ${panel} cannot be seen`);
    const [partX, partY] = PARTS[place];
    const inside = (part: number, size: number): number => Math.min(Math.max(part * size, EDGE_PX), size - EDGE_PX);
    await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await mouse.down();
    await mouse.move(from.x + from.width / 2 + 10, from.y + from.height / 2 + 4);
    const [x, y] = [to.x + inside(partX, to.width), to.y + inside(partY, to.height)];
    // As a hand does: it moves on until it is shown where the series would go.
    let aside = 0;
    await waitFor("a panel showing where the series would go", async () => {
      await mouse.move(x + (aside++ % 2), y);
      return (await this.#tab.page.locator(".panel[data-drop]").count()) > 0;
    });
    await mouse.move(x, y);
    await mouse.up();
    await mouse.move(0, 0);
    await this.#tab.drawn();
  }

  /** Opens the settings of a panel, by key. */
  async settings(panel: number): Promise<Locator> {
    await this.#tab.page.locator(".panel-menu").nth(panel).focus();
    await this.#tab.page.keyboard.press("Enter");
    const dialog = this.#tab.page.getByRole("dialog", { name: "Panel" });
    await dialog.waitFor();
    return dialog;
  }

  async close(): Promise<void> {
    await this.#tab.page.keyboard.press("Escape");
    await waitFor("the dialog closing", async () => (await this.#tab.page.locator("dialog").count()) === 0);
    await this.#tab.drawn();
  }
}
