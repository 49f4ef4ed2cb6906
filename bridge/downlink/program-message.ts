import { isObject, isShallow, parseJson } from "../../protocol/json/json.ts";
import { MAX_CONTROLS_BYTES } from "../../protocol/limits.ts";
import { isNumber, isString } from "../../protocol/messages/guards.ts";
import { type ControlValue, isControlValue } from "../../protocol/room/control.ts";
import { DecodeError } from "../decode/message.ts";

/** What a program says that is for the room of its channel, and no points. */
export type ProgramMessage =
  /** As its sender wrote it: whoever keeps controls looks at it. */
  | { kind: "declare"; controls: Readonly<Record<string, unknown>>; isAll: boolean }
  /** It did what it was told, and has this value now. */
  | { kind: "confirmed"; id: string; value: ControlValue | undefined }
  | { kind: "refused"; id: string; detail: string }
  | { kind: "report"; values: Readonly<Record<string, ControlValue>> }
  | { kind: "note"; text: string; x: number | undefined }
  | { kind: "announce"; text: string }
  | { kind: "emit"; name: string; data: unknown }
  /** To an event that wanted an answer. */
  | { kind: "answer"; ack: string; data: unknown };

const KEY = "plotcast";
const TOPIC = Buffer.from(KEY);
const [BRACE, BLANK, P, N] = ["{", " ", "p", "n"].map((text) => text.charCodeAt(0));
/** How a message begins that may be one, without blanks and with: nothing else of it is looked at before. */
const BEGINNINGS = [`{"${KEY}"`, `{ "${KEY}"`, `${KEY} {`].map((text) => Buffer.from(text));
const NOTE_BEGINNINGS = ['{"note"', '{ "note"'].map((text) => Buffer.from(text));
/** A room takes twice as much of a publisher, its own words around it included: more would cost the connection. */
const MAX_BYTES = 2 * MAX_CONTROLS_BYTES - 1024;
const NOTE_KEYS = new Set(["note", "x", "t", "time"]);

/**
 * What a message says to the room: `{"plotcast": {…}}`, with any topic or none; `{…}` with the topic `plotcast`; or `{"note": "…"}`.
 * @returns undefined if it is none, as all that have points
 * @throws DecodeError `control-message` if it is one, and cannot be read
 */
export function programMessages(frames: readonly Buffer[]): ProgramMessage[] | undefined {
  const payload = frames.at(-1);
  if (payload === undefined || frames.length > 2) return undefined;
  if (frames.length === 2 && frames[0]?.equals(TOPIC) && firstByte(payload) === BRACE)
    return messagesIn(objectOf(payload), payload);
  if (!mayBegin(payload)) return undefined;
  if (BEGINNINGS.some((beginning) => startsWith(payload, beginning))) {
    const isTopic = payload[0] !== BRACE;
    const whole = objectOf(isTopic ? payload.subarray(TOPIC.length) : payload);
    if (isTopic) return messagesIn(whole, payload);
    // Beside other fields it is one of them.
    if (Object.keys(whole).length > 1) return undefined;
    const inner = whole[KEY];
    if (!isObject(inner)) throw wrong(`"${KEY}" must be an object`);
    return messagesIn(inner, payload);
  }
  return NOTE_BEGINNINGS.some((beginning) => startsWith(payload, beginning)) ? noteIn(payload) : undefined;
}

function noteIn(payload: Buffer): ProgramMessage[] | undefined {
  const whole = tried(payload);
  if (!isObject(whole) || !isString(whole.note) || !Object.keys(whole).every((key) => NOTE_KEYS.has(key)))
    return undefined;
  const x = whole.x ?? whole.t ?? whole.time;
  return x === undefined || isNumber(x) ? [{ kind: "note", text: whole.note, x }] : undefined;
}

function messagesIn(fields: Readonly<Record<string, unknown>>, payload: Buffer): ProgramMessage[] {
  if (payload.length > MAX_BYTES) throw wrong(`it has more than ${MAX_BYTES} bytes`);
  if (!isShallow(fields)) throw wrong("it is nested too deeply");
  const messages: ProgramMessage[] = [];
  const { controls, all, ack, refuse, value, error, values, note, x, announce, emit, data, answer } = fields;
  if (controls !== undefined) {
    if (!isObject(controls)) throw wrong('"controls" must be an object from name to control');
    messages.push({ kind: "declare", controls, isAll: all === true });
  }
  const refused = refuse ?? (error === undefined ? undefined : ack);
  if (refused !== undefined) {
    if (!isString(refused)) throw wrong('"refuse" must be the id of a command');
    messages.push({ kind: "refused", id: refused, detail: isString(error) ? error : "The program refused it." });
  } else if (ack !== undefined) {
    if (!isString(ack)) throw wrong('"ack" must be the id of a command');
    if (value !== undefined && !isControlValue(value)) throw wrong('"value" must be a number, true, false or text');
    messages.push({ kind: "confirmed", id: ack, value });
  }
  if (values !== undefined) {
    if (!isObject(values) || !isValues(values)) throw wrong('"values" must be an object from control to value');
    messages.push({ kind: "report", values });
  }
  if (note !== undefined) {
    if (!isString(note) || !(x === undefined || isNumber(x))) throw wrong('"note" must be text, and "x" a number');
    messages.push({ kind: "note", text: note, x });
  }
  if (announce !== undefined) {
    if (!isString(announce)) throw wrong('"announce" must be text');
    messages.push({ kind: "announce", text: announce });
  }
  if (emit !== undefined) {
    if (!isString(emit)) throw wrong('"emit" must be the name of an event');
    messages.push({ kind: "emit", name: emit, data: data ?? null });
  }
  if (answer !== undefined) {
    if (!isString(answer)) throw wrong('"answer" must be what the event had as "ack"');
    messages.push({ kind: "answer", ack: answer, data: data ?? null });
  }
  if (messages.length === 0)
    throw wrong("it has none of controls, ack, refuse, values, note, announce, emit and answer");
  return messages;
}

function isValues(values: Readonly<Record<string, unknown>>): values is Readonly<Record<string, ControlValue>> {
  return Object.values(values).every(isControlValue);
}

function objectOf(payload: Buffer): Readonly<Record<string, unknown>> {
  const whole = tried(payload);
  if (!isObject(whole)) throw wrong("it must be a JSON object");
  return whole;
}

function tried(payload: Buffer): unknown {
  try {
    return parseJson(payload.toString());
  } catch {
    return undefined;
  }
}

/** By one byte or two nearly every message of points is told apart: each message is looked at. */
function mayBegin(payload: Buffer): boolean {
  if (payload[0] === P) return true;
  if (payload[0] !== BRACE) return false;
  const initial = payload[payload[1] === BLANK ? 3 : 2];
  return initial === P || initial === N;
}

function startsWith(payload: Buffer, beginning: Buffer): boolean {
  return (
    payload.length > beginning.length && payload.compare(beginning, 0, beginning.length, 0, beginning.length) === 0
  );
}

function firstByte(payload: Buffer): number | undefined {
  return payload.find((byte) => byte > 0x20);
}

function wrong(why: string): DecodeError {
  return new DecodeError(
    "control-message",
    `This is for the channel's room, and cannot be read: ${why}. docs/CONTROLS.md has what there is.`,
  );
}
