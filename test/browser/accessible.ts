/** What axe-core finds in a page as it is now. */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { ChannelTab } from "./channel-tab.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// The page's policy lets no other script in: this one comes by the devtools.
const RUN = `(async () => {
  const { violations, passes } = await axe.run(document, { runOnly: { type: "tag", values: ${JSON.stringify(TAGS)} } });
  const found = violations.map(({ id, impact, nodes }) =>
    impact + " " + id + ": " + nodes.map(({ html, failureSummary }) => html + " " + failureSummary).join("; "));
  return { found, passed: passes.map(({ id }) => id) };
})()`;

/** Whether axe finds nothing, and could look. */
export async function assertAccessible({ page }: Pick<ChannelTab, "page">, what: string): Promise<void> {
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(axe.source);
  const { found, passed } = await page.evaluate<{ found: string[]; passed: string[] }>(RUN);
  assert.deepEqual(found, [], what);
  assert.ok(passed.length > 15 && passed.includes("color-contrast"), `${what}: only ${passed} could be looked at`);
}
