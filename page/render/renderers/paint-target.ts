/** Where the points of a panel are, in CSS pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The part of a Path2D that renderers use. */
export interface Path {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  rect(x: number, y: number, width: number, height: number): void;
}

/** The part of a CanvasRenderingContext2D that renderers use: a test records it. */
export interface DrawingContext {
  fillStyle: string | object;
  strokeStyle: string | object;
  lineWidth: number;
  lineJoin: string;
  globalAlpha: number;
  textAlign: string;
  textBaseline: string;
  setLineDash(dashes: number[]): void;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  stroke(path: Path): void;
  fill(path: Path): void;
  fillText(text: string, x: number, y: number, maxWidth?: number): void;
  measureText(text: string): { width: number };
}

/** What one series is painted on: a context that is clipped to the panel's plot, and how its values lie there. */
export interface PaintTarget {
  /** In CSS pixels, with no dashes, opaque, and with the axes' font; it is left so. */
  context: DrawingContext;
  /** Device pixels of a CSS pixel. */
  ratio: number;
  /** Where the series' points are; where its panel has rows, its row. */
  box: Box;
  colour: string;
  textColour: string;
  /** In CSS pixels: it tells a line from one of the same colour. */
  dashes: readonly number[];
  /** The panel has nothing but rows: there is room for texts. */
  hasTexts: boolean;
  newPath(): Path;
  /** The middle of the device pixel at an x, in CSS pixels. */
  columnOf(x: number): number;
  /** In device pixels from the left of the canvas. */
  xPx(x: number): number;
  /** In device pixels from the top, by the series' axis: on a logarithmic one y is a power of ten. */
  yPx(y: number): number;
}
