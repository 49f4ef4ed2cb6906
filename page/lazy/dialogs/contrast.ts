/** What lines need at least, to be told from their ground (WCAG 2.2, 1.4.11). */
const LEAST = 3;

/** Whether a line of a colour can be seen on a ground; both as `#rrggbb`. */
export function hasContrast(colour: string, ground: string): boolean {
  const [light = 0, dark = 0] = [luminanceOf(colour), luminanceOf(ground)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05) >= LEAST;
}

/** The relative luminance (WCAG 2.2) of `#rrggbb`. */
function luminanceOf(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
