/** Why a part of a message is left out, while the rest is taken. The codes are stable; SPEC.md lists them. */
export type PartFault =
  /** A number in quotes, where none are taken as numbers. */
  | "quoted-number"
  /** Words and booleans, where no mapping takes them. */
  | "text"
  | "boolean"
  /** A time that is none: its values are taken at their arrival. */
  | "time-unreadable"
  /** A field whose name cannot name a series. */
  | "name-invalid"
  /** A number beyond the range of a float64. */
  | "not-finite"
  /** Nested deeper than fields may be. */
  | "too-deep"
  /** One of several records, lines or rows, which cannot be read. */
  | "record-unreadable"
  /** A column that has not as many values as there are times. */
  | "columns-differ";
