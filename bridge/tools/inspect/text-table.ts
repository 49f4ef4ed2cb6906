export interface TextColumn {
  title: string;
  align?: "right";
  /** Where there is no room, the columns with the highest numbers go first; 0 stays. */
  dispensable: number;
}

const GAP = 2;
const INDENT = 2;
/** The last column may be cut down to this. */
const MIN_LAST = 8;

/**
 * Rows of text as lines, columns under each other. Columns without text are left out; what does not fit is left out column by column, and the last
 * column is cut.
 * @param width what a line may have at most, in characters
 */
export function tableLines(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => lengthOf(row[i] ?? ""))));
  const shown = columns.map((_, i) => i).filter((i) => rows.some((row) => (row[i] ?? "") !== ""));
  const least = (): number => {
    const last = shown.at(-1) ?? 0;
    const others = shown.slice(0, -1).reduce((sum, i) => sum + (widths[i] ?? 0) + GAP, INDENT);
    return others + Math.min(MIN_LAST, widths[last] ?? 0);
  };
  while (least() > width) {
    const dispensable = shown.reduce((most, i) => {
      return (columns[i]?.dispensable ?? 0) > (columns[most]?.dispensable ?? 0) ? i : most;
    }, shown[0] ?? 0);
    if ((columns[dispensable]?.dispensable ?? 0) === 0) break;
    shown.splice(shown.indexOf(dispensable), 1);
  }
  return all.map((row) => {
    const cells = shown.map((i) => padded(row[i] ?? "", widths[i] ?? 0, columns[i]?.align));
    return cut(" ".repeat(INDENT) + cells.join(" ".repeat(GAP)), width).trimEnd();
  });
}

/** At most so many characters, an ellipsis for what is left out. */
export function cut(text: string, width: number): string {
  if (lengthOf(text) <= width) return text;
  return `${[...text].slice(0, Math.max(0, width - 1)).join("")}…`;
}

/** A sentence on lines of at most `width` characters, all but the first indented. */
export function wrapped(text: string, width: number, first: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line);
      line = " ".repeat(lengthOf(first));
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((each) => cut(each, width));
}

function padded(text: string, width: number, align: "right" | undefined): string {
  const space = " ".repeat(Math.max(0, width - lengthOf(text)));
  return align === "right" ? space + text : text + space;
}

/** In code points; a wide character may still take two cells, which lines are not wrapped for. */
function lengthOf(text: string): number {
  return text.length < 2 ? text.length : [...text].length;
}
