import * as z from "zod/mini";

/** What people are told of a key of plotcast.toml beside its kind: by its flag, by --help and by the schema for editors. */
export interface KeyNotes {
  summary: string;
  /** As commander has it: `--bind <address>`. */
  flag?: string;
  /** `repeat`: the flag may be given several times; `list`: it has all at once, `topic,payload,time`. */
  flagTakes?: "repeat" | "list";
  /** What a flag without a value stands for. */
  flagMeans?: string;
  /** What the flag's opposite means, `--no-name`, of what is true or false. */
  opposite?: string;
  /** For --help, where the summary says too much. */
  flagSummary?: string;
  /** What it is if it is not given, in words: for what has no default value. */
  otherwise?: string;
}

const NOTES = z.registry<KeyNotes>();

/** A key's kind, with what people are told of it. */
export function key<T extends z.ZodMiniType>(kind: T, notes: KeyNotes): T {
  NOTES.add(kind, notes);
  return kind;
}

/** What {@link key} was given, and the default as it would be written. */
export function notesOf(kind: z.core.$ZodType): KeyNotes | undefined {
  const notes = NOTES.get(kind);
  if (notes === undefined || !(kind instanceof z.ZodMiniPrefault)) return notes;
  return { otherwise: String(kind.def.defaultValue), ...notes };
}

/** A key of a table, as flags see it. */
export interface Key {
  name: string;
  notes: KeyNotes;
  /** Takes what is written, and makes the value of it. */
  kind: z.core.$ZodType;
  /** Whether it is written as a number, and not as text. */
  isNumber: boolean;
  /** Whether it is true or false: its flag takes no value, and has an opposite. */
  isYesOrNo: boolean;
  /** Those of the table that it is, or of each of several. */
  keys: readonly Key[];
}

/** The keys of a table, in the order in which people are told of them. */
export function keysOf(table: z.ZodMiniObject): Key[] {
  return Object.entries(table.def.shape).flatMap(([name, kind]) => {
    const notes = notesOf(kind);
    if (notes === undefined) return [];
    const inner = unwrapped(kind);
    const keys = inner instanceof z.ZodMiniObject ? keysOf(inner) : [];
    const { type } = inner._zod.def;
    return [{ name, notes, kind, isNumber: type === "number", isYesOrNo: type === "boolean", keys }];
  });
}

function unwrapped(kind: z.core.$ZodType): z.core.$ZodType {
  if (kind instanceof z.ZodMiniOptional || kind instanceof z.ZodMiniPrefault) return unwrapped(kind.def.innerType);
  return kind instanceof z.ZodMiniArray ? unwrapped(kind.def.element) : kind;
}
