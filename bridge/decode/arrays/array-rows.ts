import { type ArrayHeader, wrongArray } from "./array-header.ts";
import { dtypeBytes } from "./dtype.ts";

/** An array as rows in time, each with a value for each column. */
export interface ArrayRows {
  rows: number;
  /** Of the columns; "" is the topic's own series. */
  names: readonly string[];
  /** Row by row. */
  bytes: Buffer;
}

/** Without names or a rate, what is wider than this is rather a picture or a list of channels than rows. */
const MAX_UNNAMED_COLUMNS = 64;
/** Of rows that are wider than there are rows. */
const MAX_WIDE_COLUMNS = 16;
/** More is rather a matrix than a row of channels, as in a sample format. */
const MAX_COLUMNS = 1024;
const COMPLEX_PARTS = ["re", "im"] as const;

/**
 * The first axis is time, and the second has the columns, unless the header's names fit the first axis only.
 * @throws DecodeError not-samples, if bytes and shape disagree, or if it is no rows in time
 */
export function rowsIn(header: ArrayHeader, data: Buffer): ArrayRows {
  const { dtype, dtypeText, names } = header;
  const width = dtypeBytes(dtype);
  const shape = header.shape ?? [data.length / width];
  const elements = shape.reduce((product, axis) => product * axis, 1);
  if (elements * width !== data.length) {
    throw wrongArray(
      header.shape === undefined
        ? `its ${data.length} bytes are no whole number of ${dtypeText}`
        : `${dtypeText} in the shape ${shapeText(shape)} is ${elements * width} bytes, and there are ${data.length}`,
    );
  }
  if (elements === 0) throw wrongArray("it is empty");
  const [first = 1, second = 1, ...more] = shape.length > 2 ? shape.filter((axis) => axis !== 1) : shape;
  if (more.length > 0) {
    throw wrongArray(
      `the shape ${shapeText(shape)} is a picture or a volume. Send what is measured in it, such as its mean, as JSON; or rows ` +
        "of columns, [samples, channels]",
    );
  }
  if (shape.length < 2 || second === 1) return ofList(header, first, data);
  const hasRowNames = names !== undefined && names.length === first && names.length !== second;
  if (names !== undefined && names.length !== second && !hasRowNames) {
    throw wrongArray(`its header has ${names.length} names, and the shape is ${shapeText(shape)}`);
  }
  const columns = hasRowNames ? first : second;
  if (!hasRowNames && names === undefined) throwIfPicture(header, shape, first, second);
  if (columns > MAX_COLUMNS) throw wrongArray(`it has ${columns} columns, of ${MAX_COLUMNS} at most`);
  const rows = hasRowNames ? second : first;
  const isColumnByColumn = header.isFortran !== hasRowNames;
  return {
    rows,
    names: withParts(header, names ?? numbered(columns)),
    bytes: isColumnByColumn ? transposed(data, rows, columns, width) : data,
  };
}

/** One axis: samples of one series; or, with as many names, one row. */
function ofList(header: ArrayHeader, length: number, data: Buffer): ArrayRows {
  const { names } = header;
  if (names === undefined || names.length === 1)
    return { rows: length, names: withParts(header, names ?? [""]), bytes: data };
  if (names.length !== length) throw wrongArray(`its header has ${names.length} names, and ${length} values`);
  if (length > MAX_COLUMNS) throw wrongArray(`it has ${length} columns, of ${MAX_COLUMNS} at most`);
  return { rows: 1, names: withParts(header, names), bytes: data };
}

/** @throws DecodeError not-samples */
function throwIfPicture({ rate }: ArrayHeader, shape: readonly number[], rows: number, columns: number): void {
  if (rate !== undefined) {
    if (columns <= MAX_UNNAMED_COLUMNS || columns <= rows) return;
  } else if (columns <= MAX_UNNAMED_COLUMNS && (columns <= rows || columns <= MAX_WIDE_COLUMNS)) return;
  throw wrongArray(
    `the shape ${shapeText(shape)} may be a picture, or channels of samples. Send [samples, channels]; or say in the header what ` +
      `the columns are ("columns": ["x", "y", …])${rate === undefined ? ' and how fast samples come ("rate": 1000)' : ""}`,
  );
}

/** The array's own name is before those of its columns. */
function withParts({ name, dtype }: ArrayHeader, columns: readonly string[]): string[] {
  const named = columns.map((column) => (name === "" ? column : column === "" ? name : `${name}.${column}`));
  if (!dtype.isComplex) return named;
  return named.flatMap((column) => COMPLEX_PARTS.map((part) => (column === "" ? part : `${column}.${part}`)));
}

function numbered(columns: number): string[] {
  return Array.from({ length: columns }, (_, i) => String(i));
}

function transposed(data: Buffer, rows: number, columns: number, width: number): Buffer {
  const bytes = Buffer.allocUnsafe(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (column * rows + row) * width;
      data.copy(bytes, (row * columns + column) * width, from, from + width);
    }
  }
  return bytes;
}

export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? "[]" : shape.join("×");
}
