/** Colours as the browser computes them, and how well they are told from their ground. */

export type Rgb = [number, number, number];

export interface Coloured {
  what: string;
  ink: Rgb;
  ground: Rgb;
}

/** What is written or drawn, with its ground; text that is switched off (`aria-disabled`, hidden series) is left out. */
export const READ_COLOURS = `(() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const rgb = (colour) => rgba(colour).slice(0, 3);
  const groundOf = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return rgba(backgroundColor)[3] === 255 || element.parentElement === null ? rgb(backgroundColor) : groundOf(element.parentElement);
  };
  const root = getComputedStyle(document.documentElement);
  const ground = groundOf(document.body);
  const texts = [...document.querySelectorAll("body *")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .map((element) => ({ what: (element.id || element.className || element.tagName) + ": " + element.textContent.slice(0, 40),
      ink: rgb(getComputedStyle(element).color), ground: groundOf(element) }));
  const words = ["--live", "--warn", "--bad", "--quiet"].map((what) => ({ what, ink: rgb(root.getPropertyValue(what)), ground }));
  const lines = Array.from({ length: 8 }, (_, i) => ({ what: "--line-" + i, ink: rgb(root.getPropertyValue("--line-" + i)), ground }));
  return { ground, texts: [...texts, ...words], lines };
})()`;

/** WCAG 2.2's contrast ratio. */
export function contrast({ ink, ground }: Coloured): number {
  const [light = 0, dark = 0] = [ink, ground].map(luminance).sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

export function luminance(colour: Rgb): number {
  const [r = 0, g = 0, b = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
