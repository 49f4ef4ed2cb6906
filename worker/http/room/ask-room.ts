import { parseJson } from "../../../protocol/json/json.ts";
import { DEFAULT_CALL_EXPIRES_MS, MAX_ROOM_MESSAGE_BYTES } from "../../../protocol/limits.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import { Problem, type ProblemCode } from "../../../protocol/problem.ts";
import type { CommandState } from "../../../protocol/room/command.ts";
import { isControlValue } from "../../../protocol/room/control.ts";
import {
  parseRoomServerMessage,
  type RoomClientMessage,
  type RoomServerMessage,
} from "../../../protocol/room/room-message.ts";
import { invalidQuery } from "../../hub/query.ts";
import { isOutcome } from "../../room/command.ts";
import { whoAsked } from "../access/guard.ts";
import { askerOf, spendOnRead } from "../access/quotas.ts";
import { type Asked, PLAIN_HEADERS } from "../asked.ts";
import { decodeText } from "../publish/body.ts";
import { readBody } from "../publish/read-body.ts";
import { timeout } from "../timeout.ts";
import { enter } from "./join-room.ts";
import { roomRequestOf } from "./room-access.ts";

/** Who asks once, as with curl, is in the room for as long as the answer takes. */

const ACTIONS = ["set", "call", "note", "announce"] as const;
type Action = (typeof ACTIONS)[number];
const MAX_WAIT_SECONDS = 30;
/** What comes at once comes within this. */
const ANSWER_MS = 10_000;

/** What a POST is to do in the room; undefined: it publishes. */
export function actionIn(query: URLSearchParams): Action | undefined {
  return ACTIONS.find((action) => query.has(action));
}

/** A control is set or called, a note is left, or something is announced. @throws Problem */
export async function act(asked: Asked, action: Action): Promise<Response> {
  const { request } = asked;
  const query = new URL(request.url).searchParams;
  const waitMs = waitMsIn(query);
  const roomRequest = await roomRequestOf(asked);
  const text = decodeText(await readBody(request, MAX_ROOM_MESSAGE_BYTES / 2)).trim();
  await spendOnVisit(asked);
  const said = messageOf(action, query, text);
  const visit = await Visit.begin(asked, roomRequest);
  try {
    return answerTo(await visit.ask(said, waitMs));
  } finally {
    visit.end();
  }
}

/** What there is in the room: controls, notes and who is here. @throws Problem */
export async function look(asked: Asked): Promise<Response> {
  const roomRequest = await roomRequestOf(asked);
  // As of any read, HEAD joins nothing (RD5).
  if (asked.request.method === "HEAD") return new Response(null, { headers: PLAIN_HEADERS });
  await spendOnVisit(asked);
  const visit = await Visit.begin(asked, roomRequest);
  visit.end();
  const { nowMs, may, controls, notes, people, count } = visit.welcome;
  // The one who asks is not there any more.
  return Response.json({ nowMs, may, controls, notes, people, count: count - 1 }, { headers: PLAIN_HEADERS });
}

/** Each comes in anew, so what a connection may say bounds nobody: to ask once is a read (AC13f). @throws Problem `quota-exceeded` */
async function spendOnVisit({ request, env, access }: Asked): Promise<void> {
  const principal = whoAsked(request);
  const asker = askerOf(request, principal.kind === "anonymous" ? undefined : principal);
  await spendOnRead(access, env, asker, Date.now());
}

function messageOf(action: Action, query: URLSearchParams, text: string): RoomClientMessage & { id: string } {
  const id = query.get("id") ?? crypto.randomUUID();
  const named = query.get(action) ?? "";
  switch (action) {
    case "set": {
      const value = settingOf(text);
      const baseRevision = query.has("revision") ? Number(query.get("revision")) : undefined;
      return { type: "set", id, control: named, value, ...(baseRevision !== undefined && { baseRevision }) };
    }
    case "call":
      return { type: "call", id, control: named, expiresInMs: DEFAULT_CALL_EXPIRES_MS };
    case "note": {
      const x = query.has("x") ? Number(query.get("x")) : undefined;
      if (x !== undefined && !Number.isFinite(x)) throw invalidQuery("x", "must be a number");
      return { type: "note", id, text: named === "" || named === "1" ? text : named, ...(x !== undefined && { x }) };
    }
    case "announce":
      return { type: "announce", id, text: named === "" || named === "1" ? text : named };
    default:
      return action satisfies never;
  }
}

/** A value as it is sent: JSON; or else text, which needs no quotes. */
function settingOf(text: string): string | number | boolean {
  try {
    const value: unknown = parseJson(text);
    if (isControlValue(value)) return value;
  } catch {
    // It is text.
  }
  return text;
}

function waitMsIn(query: URLSearchParams): number {
  const text = query.get("wait");
  if (text === null) return DEFAULT_CALL_EXPIRES_MS;
  const seconds = text.trim() === "" ? Number.NaN : Number(text);
  if (!(seconds >= 0 && seconds <= MAX_WAIT_SECONDS))
    throw invalidQuery("wait", `is how many seconds to wait for the outcome: 0 to ${MAX_WAIT_SECONDS}`);
  return 1000 * seconds;
}

const REFUSED_AS: Readonly<Record<string, ProblemCode>> = {
  "not-permitted": "not-permitted",
  "unknown-control": "control-unknown",
  "value-invalid": "control-value-invalid",
  "not-settable": "control-value-invalid",
};

/** 200 with what came of it; 202 while that is not known. @throws Problem what was refused, or expired */
function answerTo(said: RoomServerMessage | undefined): Response {
  if (said === undefined)
    throw new Problem("channel-unavailable", "The channel did not answer. Try again in a second, with the same id.");
  switch (said.type) {
    case "command":
      return commandAnswer(said.command);
    case "refused":
      throw new Problem(said.code === "not-permitted" ? "not-permitted" : "command-refused", said.detail);
    case "note":
      return Response.json(said.note, { status: 201, headers: PLAIN_HEADERS });
    default:
      return Response.json(said, { headers: PLAIN_HEADERS });
  }
}

function commandAnswer(command: CommandState): Response {
  const { stage, reason, detail = "" } = command;
  if (stage === "refused") throw new Problem(REFUSED_AS[reason ?? ""] ?? "command-refused", detail);
  if (stage === "expired") throw new Problem("command-expired", detail);
  return Response.json(command, { status: stage === "confirmed" ? 200 : 202, headers: PLAIN_HEADERS });
}

/** Somebody who is in the room for one question. */
class Visit {
  readonly welcome: Extract<RoomServerMessage, { type: "welcome" }>;
  readonly #socket: WebSocket;
  readonly #heard: RoomServerMessage[];
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket, heard: RoomServerMessage[], welcome: Visit["welcome"]) {
    this.#socket = socket;
    this.#heard = heard;
    this.welcome = welcome;
  }

  static async begin(asked: Asked, roomRequest: Parameters<typeof enter>[1]): Promise<Visit> {
    const { webSocket } = await enter(asked, { ...roomRequest, isVisit: true });
    if (webSocket === null) throw new Problem("channel-unavailable", "The channel did not answer. Try again.");
    const heard: RoomServerMessage[] = [];
    let visit: Visit | undefined;
    let greeted: (welcome: Visit["welcome"]) => void = () => undefined;
    const greeting = new Promise<Visit["welcome"]>((resolve) => {
      greeted = resolve;
    });
    webSocket.addEventListener("message", ({ data }) => {
      const message = typeof data === "string" ? messageIn(parseRoomServerMessage(data)) : undefined;
      if (message?.type === "welcome") greeted(message);
      else if (message !== undefined) heard.push(message);
      if (visit !== undefined) visit.#wake();
    });
    webSocket.accept();
    const late = timeout(ANSWER_MS);
    const welcome = await Promise.race([greeting, late.passed]);
    late.cancel();
    if (welcome === "late") throw new Problem("channel-unavailable", "The channel did not answer. Try again.");
    visit = new Visit(webSocket, heard, welcome);
    return visit;
  }

  /** Says something. @returns the answer, or of a command what is known of it once its outcome is there or the wait is over */
  async ask(said: RoomClientMessage & { id: string }, waitMs: number): Promise<RoomServerMessage | undefined> {
    this.#socket.send(JSON.stringify(said satisfies RoomClientMessage));
    const untilMs = Date.now() + waitMs;
    const answerByMs = Date.now() + ANSWER_MS;
    let last: RoomServerMessage | undefined;
    for (;;) {
      for (const message of this.#heard.splice(0)) {
        if (!isAbout(message, said)) continue;
        last = message;
        if (message.type !== "command" || isOutcome(message.command.stage)) return last;
      }
      const leftMs = (last === undefined ? answerByMs : untilMs) - Date.now();
      if (leftMs <= 0) return last;
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const late = timeout(leftMs);
      await Promise.race([woken, late.passed]);
      late.cancel();
    }
  }

  end(): void {
    this.#socket.close(1000);
  }
}

function isAbout(message: RoomServerMessage, said: RoomClientMessage & { id: string }): boolean {
  switch (message.type) {
    case "command":
      return message.command.id === said.id;
    case "refused":
      return message.re === said.id;
    case "note":
    case "announcement":
      return message.re === said.id;
    default:
      return false;
  }
}
