/** What a browser shows that was led to an address where nothing is: a page like the product's, with what to do. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { newPage } from "../support/browser.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const AXE = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

for (const [width, height, colorScheme] of [
  [1280, 800, "light"],
  [390, 844, "dark"],
  [844, 390, "light"],
] as const) {
  test(`[BAD2] [PG16c] nothing here, at ${width} × ${height}, ${colorScheme}: it looks like the page, axe finds nothing, and its link leads on`, async (t) => {
    const { page, errors, close } = await newPage(stage.browser, { width, height, colorScheme });
    t.after(close);
    const answer = await page.goto(new URL("/nowhere", stage.edge.url).href);
    assert.equal(answer?.status(), 404);
    assert.equal(await page.title(), "Nothing here · Plotcast");
    assert.match((await page.locator("main p").first().textContent()) ?? "", /Channels are at \/c\/<name>/);
    const ground = (): Promise<string> => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    assert.equal(await ground(), colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)");
    const box = await page.locator(".button").boundingBox();
    assert.ok(box && box.height >= 44 && box.y + box.height <= height, "there is no need to scroll to it");
    assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth"));
    // The policy lets no script in: axe is run as the debugger does it.
    await page.evaluate(AXE);
    const faults = await page.evaluate<string[]>("axe.run().then(({ violations }) => violations.map(({ id }) => id))");
    assert.deepEqual(faults, []);
    const here = await ground();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/c/main");
    await page.locator("#board").waitFor({ state: "attached" });
    assert.equal(await ground(), here);
    assert.deepEqual(
      errors.filter((error) => !/status of 404/.test(error)),
      [],
    );
  });
}
