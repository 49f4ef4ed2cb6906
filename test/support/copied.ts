/** How many numbers are copied from one array to another meanwhile. */
export function copiedBy(work: () => void): number {
  const { slice, set } = Float64Array.prototype;
  let copied = 0;
  Float64Array.prototype.slice = function (...range) {
    const copy = slice.apply(this, range);
    copied += copy.length;
    return copy;
  };
  Float64Array.prototype.set = function (from, at) {
    copied += from.length;
    set.call(this, from, at);
  };
  try {
    work();
  } finally {
    Float64Array.prototype.slice = slice;
    Float64Array.prototype.set = set;
  }
  return copied;
}
