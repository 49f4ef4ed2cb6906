import { type Fields, isString, parseObject } from "./guards.ts";

/**
 * How received JSON becomes a message: it is `unknown` until a guard has looked at every field. What comes out has the
 * fields of the message and no others.
 */

/** A message, or which field of the text is missing or wrong; "" if it is no JSON object. */
export type Parsed<M> = { kind: "message"; message: M } | { kind: "malformed"; field: string };

/** The same for messages that have a `type`: a newer sender may send types that are not known here. */
export type ParsedByType<M> = Parsed<M> | { kind: "unknown-type"; type: string };

export type FieldGuard<T> = (value: unknown) => value is T;

/** A guard for each field of a message. That of an optional field takes undefined, too. */
export type FieldGuards<M> = { readonly [Field in keyof M]-?: FieldGuard<M[Field]> };

/** For each type of message the guards of its fields beside `type`. */
export type GuardsByType<M extends { type: string }> = {
  readonly [Type in M["type"]]: FieldGuards<Omit<Extract<M, { type: Type }>, "type">>;
};

type AnyGuards = Readonly<Record<string, FieldGuard<unknown>>>;

/** The message alone, for who passes over everything else. */
export function messageIn<M>(parsed: ParsedByType<M>): M | undefined {
  return parsed.kind === "message" ? parsed.message : undefined;
}

/** Parses a message that has a `type`. */
export function parseByType<M extends { type: string }>(text: string, guards: GuardsByType<M>): ParsedByType<M> {
  const received = parseObject(text);
  const type = received?.type;
  if (received === undefined || !isString(type)) return { kind: "malformed", field: "type" };
  if (!isKeyOf(guards, type)) return { kind: "unknown-type", type };
  return pickFields(received, { type: isString, ...guards[type] });
}

/** Parses a message that is the only one where it comes from, and needs no `type`. */
export function parseFields<M extends object>(text: string, guards: FieldGuards<M>): Parsed<M> {
  const received = parseObject(text);
  return received === undefined ? { kind: "malformed", field: "" } : pickFields(received, guards);
}

/**
 * The fields that have guards, if these take all of them.
 * @param guards those of an `M`
 */
function pickFields<M>(received: Fields, guards: AnyGuards): Parsed<M> {
  const names = Object.keys(guards);
  const picked: Record<string, unknown> = {};
  for (const name of names) if (name in received) picked[name] = received[name];
  let field = "";
  const isTaken = (fields: Fields): fields is Fields & M =>
    names.every((name) => {
      field = name;
      return guards[name]?.(fields[name]);
    });
  return isTaken(picked) ? { kind: "message", message: picked } : { kind: "malformed", field };
}

function isKeyOf<K extends string>(table: Readonly<Record<K, unknown>>, key: string): key is K {
  return Object.hasOwn(table, key);
}
