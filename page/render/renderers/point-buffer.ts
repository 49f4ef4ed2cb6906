/** What is painted of one series: at most a few points for each pixel column. Used again from one drawing to the next. */
export class PointBuffer {
  /** Painted with a line of one device pixel last time. */
  isThin = false;
  x = new Float64Array();
  /** NaN is a break. */
  y = new Float64Array();
  length = 0;
  /** The x of what a logarithmic axis has no place for. */
  undrawn: number[] = [];
  /** The range of y; Infinity and -Infinity where there is nothing. */
  minY = Infinity;
  maxY = -Infinity;

  /** Empties the buffer and makes room. */
  begin(capacity: number): void {
    this.length = 0;
    this.undrawn = [];
    this.minY = Infinity;
    this.maxY = -Infinity;
    if (this.x.length >= capacity) return;
    const larger = 2 ** Math.ceil(Math.log2(capacity));
    this.x = new Float64Array(larger);
    this.y = new Float64Array(larger);
  }

  put(x: number, y: number): void {
    this.x[this.length] = x;
    this.y[this.length++] = y;
  }

  /** Makes every y its base-10 logarithm; what is not above 0 has none, and breaks the line. */
  toLog10(): void {
    this.minY = Infinity;
    this.maxY = -Infinity;
    for (let i = 0; i < this.length; i++) {
      const value = this.y[i] ?? 0;
      if (value <= 0) this.undrawn.push(this.x[i] ?? 0);
      const power = value > 0 ? Math.log10(value) : Number.NaN;
      this.y[i] = power;
      if (power < this.minY) this.minY = power;
      if (power > this.maxY) this.maxY = power;
    }
  }
}
