import type { CommandState } from "../../protocol/room/command.ts";
import type { Sender } from "../../protocol/room/room-contents.ts";
import type { RoomClientMessage, RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { Ask } from "./asks.ts";
import { RoomError } from "./room-error.ts";

/** What an answer says to whoever emitted an event. */
export interface Answer {
  from: Sender;
  data: unknown;
}

/** What became of an event. */
export interface Emitted {
  /** How many got it. */
  count: number;
  /** Of those that answered in time, in the order in which they did. Fewer than `count`: the others did not. */
  answers: Answer[];
}

type Settle<T> = { resolve: (value: T) => void; reject: (error: RoomError) => void };
/** By which the room refuses a name: there is one at a time. */
export const NAME_ID = "name";

/** A `set` or a `call`: it is said again until there is an outcome, and done once. */
export function commandAsk(
  id: string,
  message: Ask["message"],
  timeoutMs: number,
  place: string | undefined,
  { resolve, reject }: Settle<CommandState>,
): Ask {
  return {
    id,
    message,
    isRepeatable: true,
    ...(place !== undefined && { place }),
    timeoutMs,
    answered(answer) {
      if (answer.type !== "command") return refusedWith(answer, reject);
      const { stage, reason = "refused", detail = "" } = answer.command;
      switch (stage) {
        case "accepted":
        case "delivered":
          return false;
        case "confirmed":
          resolve(answer.command);
          return true;
        case "refused":
        case "expired":
          reject(new RoomError({ code: stage === "expired" ? stage : reason, detail }));
          return true;
        default:
          return stage satisfies never;
      }
    },
    failed: reject,
  };
}

/** Something that is said once, and answered once. @param read what it resolves with; undefined: the answer is none */
export function onceAsk<T>(
  id: string,
  message: RoomClientMessage,
  timeoutMs: number,
  read: (answer: RoomServerMessage) => T | undefined,
  { resolve, reject }: Settle<T>,
): Ask {
  return {
    id,
    message: () => message,
    isRepeatable: false,
    timeoutMs,
    answered(answer) {
      const value = read(answer);
      if (value === undefined) return refusedWith(answer, reject);
      resolve(value);
      return true;
    },
    failed: reject,
  };
}

/** An event. With `ack` it ends once everybody has answered who got it; or with those who did. */
export function emitAsk(
  message: Extract<RoomClientMessage, { type: "emit" }>,
  timeoutMs: number,
  { resolve, reject }: Settle<Emitted>,
): Ask {
  const answers = new Map<string, Answer>();
  let count: number | undefined;
  const ended = (): boolean => {
    if (count === undefined) return false;
    resolve({ count, answers: [...answers.values()] });
    return true;
  };
  return {
    id: message.id,
    message: () => message,
    isRepeatable: false,
    timeoutMs,
    answered(answer) {
      if (answer.type === "emitted") count = answer.count;
      else if (answer.type !== "ack") return refusedWith(answer, reject);
      // A second one of the same counts for nothing.
      else if (!answers.has(answer.from.id)) answers.set(answer.from.id, { from: answer.from, data: answer.data });
      const isAll = count !== undefined && (message.ack !== true || answers.size >= count);
      return isAll && ended();
    },
    failed: reject,
    cutShort: ended,
  };
}

/** Something that nobody answers. */
export function tellAsk(id: string, message: RoomClientMessage, timeoutMs: number, place?: string): Ask {
  return {
    id,
    message: () => message,
    isRepeatable: false,
    endsSaid: true,
    ...(place !== undefined && { place }),
    timeoutMs,
    answered: () => false,
    failed: () => undefined,
  };
}

function refusedWith(answer: RoomServerMessage, reject: (error: RoomError) => void): boolean {
  if (answer.type !== "refused") return false;
  reject(new RoomError(answer));
  return true;
}
