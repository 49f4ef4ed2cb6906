/*! QR codes by uqr: MIT, (c) Project Nayuki, (c) 2023 Anthony Fu */
import { encode } from "uqr";

const QUIET_MODULES = 4;
const WANTED_PX = 200;
const LEAST_MODULE_PX = 2;
/** More would be modules too small for a camera, and a code larger than a phone's width. */
const MAX_CHARS = 800;
const SVG = "http://www.w3.org/2000/svg";

/** The modules of a text's QR code with the quiet zone around it, dark is true; undefined for a text that is too long. */
export function qrModules(text: string): boolean[][] | undefined {
  if (text.length > MAX_CHARS) return undefined;
  return encode(text, { ecc: "L", boostEcc: true, border: QUIET_MODULES }).data;
}

/** A text's QR code, dark on white in every theme: many cameras read no other. */
export function qrCode(text: string, label: string): SVGSVGElement | undefined {
  const modules = qrModules(text);
  if (modules === undefined) return undefined;
  const size = modules.length;
  const svg = shape("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "shape-rendering": "crispEdges" });
  // Whole pixels for each module, or some would be wider than others.
  const width = size * Math.max(LEAST_MODULE_PX, Math.floor(WANTED_PX / size));
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(width));
  svg.setAttribute("aria-label", label);
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  svg.append(shape("rect", { width: String(size), height: String(size), fill: "#fff" }), shape("path", { d: path }));
  return svg;
}

function shape<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
