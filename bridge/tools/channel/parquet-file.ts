import { renameSync, rmSync } from "node:fs";
import type { SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";

/** A column of a Parquet file, and what it may have. */
export type ParquetColumn =
  | { name: string; kind: "number"; isNullable: boolean }
  | { name: string; kind: "text" }
  /** Microseconds of unix time. */
  | { name: string; kind: "time" };

/** The values of one column in some rows. */
export type ParquetValues = (number | null)[] | string[] | (bigint | null)[];

/** A Parquet file that is being written, row group after row group. Under its own name it is only once it is whole. */
export class ParquetFile {
  readonly #file: string;
  readonly #partFile: string;
  readonly #columns: readonly ParquetColumn[];
  readonly #writer: ParquetWriter;

  /** @throws Error the system's, if the file cannot be made */
  constructor(file: string, columns: readonly ParquetColumn[]) {
    this.#file = file;
    this.#partFile = `${file}.part`;
    this.#columns = columns;
    const root: SchemaElement = { name: "root", num_children: columns.length };
    this.#writer = new ParquetWriter({
      writer: fileWriter(this.#partFile),
      schema: [root, ...columns.map(elementOf)],
      createdBy: "plotcast",
    });
  }

  /** Writes a row group. @param values as many columns as the file has, as long as each other */
  writeRows(values: readonly ParquetValues[]): void {
    const columnData = this.#columns.map(({ name, kind }, i) => ({
      name,
      data: values[i] ?? [],
      // A dictionary would take 0 and -0 for one value.
      ...(kind === "number" && { encoding: "PLAIN" as const }),
    }));
    this.#writer.write({ columnData, rowGroupSize: values[0]?.length ?? 0 });
  }

  /** It is whole, and replaces what had its name. */
  finish(): void {
    this.#writer.finish();
    renameSync(this.#partFile, this.#file);
  }

  /** It will not be whole. */
  abandon(): void {
    rmSync(this.#partFile, { force: true });
  }
}

function elementOf(column: ParquetColumn): SchemaElement {
  const { name } = column;
  switch (column.kind) {
    case "number":
      return { name, type: "DOUBLE", repetition_type: column.isNullable ? "OPTIONAL" : "REQUIRED" };
    case "text":
      return { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" };
    case "time":
      return {
        ...{ name, type: "INT64", converted_type: "TIMESTAMP_MICROS", repetition_type: "OPTIONAL" },
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
      };
    default:
      return column satisfies never;
  }
}
