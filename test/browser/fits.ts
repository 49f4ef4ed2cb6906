/** Whether everything that the page shows can be seen whole, and hit. */
import assert from "node:assert/strict";
import type { ChannelTab } from "./channel-tab.ts";

interface Box {
  what: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** It goes on below, within something that scrolls. */
  scrolls: boolean;
  /** What is in it is wider than itself, and cannot be swiped. */
  cut: boolean;
}

/** Everything that holds text of its own or can be pressed. What may be swiped sideways is left out: legends, the table. */
const READ_BOXES = `(() => {
  const scope = document.querySelector("dialog[open]") ?? document.body;
  return [...scope.querySelectorAll("*:not(.legend *, .lazy-table *, noscript, .heard)")].filter((element) => {
    const speaks = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    return element.matches(".plot, .legend, canvas") || element.textContent !== "" && (speaks || element.matches("button"));
  }).map((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const what = (element.id || element.className || element.tagName) + ": " + element.textContent.slice(0, 60);
    const { display, overflowX } = getComputedStyle(element);
    const cut = element.scrollWidth > element.clientWidth + 1 && display !== "inline" && overflowX !== "auto";
    const host = element.closest("#board, #empty, #access, dialog");
    const scrolls = host !== null && host.scrollHeight > host.clientHeight;
    return { what, left, right, top, bottom, scrolls, cut };
  });
})()`;

/** What lies over something else in the header. */
const READ_OVERLAPS = `{
  const parts = [...document.querySelectorAll("h1, #state, #figures, header button")].filter((part) => part.checkVisibility());
  const boxes = parts.map((part) => ({ what: part.id || part.textContent, box: part.getBoundingClientRect() }));
  boxes.flatMap(({ what, box: a }, i) => boxes.slice(i + 1)
    .filter(({ box: b }) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5)
    .map((other) => what + " and " + other.what))
}`;

/** What scrolls sideways and should not. */
const READ_SIDEWAYS = `["#board", "#empty", "#access", "dialog[open]", "dialog[open] .lazy-body"].filter((selector) => {
  const element = document.querySelector(selector);
  return element !== null && element.scrollWidth > element.clientWidth;
})`;

/** Nothing is cut off, reaches out of the screen, lies over another thing or scrolls sideways. */
export async function assertFits(tab: ChannelTab, when = ""): Promise<void> {
  const { page } = tab;
  // What is drawn takes a new size with the frame after.
  await tab.drawn();
  const embedded = page.url().includes("embed");
  const [width = 0, height = 0, ...scrolled] = await page.evaluate<number[]>(
    "[innerWidth, innerHeight, document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]",
  );
  assert.deepEqual(scrolled, [width, height], `${when} nothing to scroll, neither way`);
  assert.deepEqual(await page.evaluate<string[]>(READ_SIDEWAYS), [], `${when} scrolls sideways`);
  for (const { what, left, right, top, bottom, scrolls, cut } of await page.evaluate<Box[]>(READ_BOXES)) {
    const box = `${when} ${what} at ${left},${top} to ${right},${bottom}`;
    assert.ok(left >= -0.5 && right <= width + 0.5, `${box} reaches out sideways`);
    assert.ok(scrolls || (top >= -0.5 && bottom <= height + 0.5), `${box} reaches out`);
    assert.ok(!cut || what.startsWith("channel:") || (embedded && what.startsWith("figures:")), `${box} is cut off`);
  }
  assert.deepEqual(await page.evaluate<string[]>(READ_OVERLAPS), [], when);
}

/** Everything that can be pressed is so large (WCAG 2.2, 2.5.8; on a touch screen 44). */
export async function assertTargets({ page }: ChannelTab, least: number): Promise<void> {
  const targets = await page.evaluate<[string, number, number][]>(`(() => {
    const scope = document.querySelector("dialog[open]") ?? document.body;
    return [...scope.querySelectorAll("button, select, label:has(input), input, textarea, [tabindex]")]
      .filter((target) => target.checkVisibility() && !(target.matches("input") && target.closest("label")))
      .map((target) => [target.textContent || target.name, target.offsetWidth, target.offsetHeight]);
  })()`);
  assert.ok(targets.length > 0, "there is nothing to press");
  for (const [label, wide, high] of targets) {
    assert.ok(wide >= least && high >= least, `${label} is ${wide} × ${high}`);
  }
}
