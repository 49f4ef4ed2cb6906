import { DEFAULT_CALL_EXPIRES_MS, SET_ANSWER_MS } from "../../../protocol/limits.ts";
import { COMMAND_STAGES, type CommandState } from "../../../protocol/room/command.ts";
import type { ControlValue } from "../../../protocol/room/control.ts";
import type { RoomClientMessage } from "../../../protocol/room/room-message.ts";

type CommandMessage = Extract<RoomClientMessage, { type: "set" | "call" }>;

/** A command of this page, the newest of its control. */
export interface SentCommand {
  readonly message: CommandMessage;
  readonly atMs: number;
  /** It went out; else it waits for the connection. */
  isOut: boolean;
  /** As the room told it last; undefined: it did not answer yet. */
  command: CommandState | undefined;
  /** There was no connection, and now it is too late. */
  isLost: boolean;
}

export interface SentCommandsParts {
  /** @returns false: there is no connection */
  say(message: RoomClientMessage): boolean;
  newId(): string;
  nowMs(): number;
}

/** The commands of this page: each is said until it is answered, by one id, so that it is never done twice. */
export class SentCommands {
  readonly #parts: SentCommandsParts;
  readonly #byControl = new Map<string, SentCommand>();

  constructor(parts: SentCommandsParts) {
    this.#parts = parts;
  }

  /** The newest of a control. */
  of(control: string): SentCommand | undefined {
    return this.#byControl.get(control);
  }

  /** @param isPassing another follows soon */
  set(control: string, value: ControlValue, isPassing: boolean): void {
    this.#send({ type: "set", id: this.#parts.newId(), control, value, ...(isPassing && { isPassing }) });
  }

  call(control: string): void {
    this.#send({ type: "call", id: this.#parts.newId(), control, expiresInMs: DEFAULT_CALL_EXPIRES_MS });
  }

  /** The room says how far one has come. @returns the newest of its control, if it is that */
  told(command: CommandState): SentCommand | undefined {
    const sent = this.#byControl.get(command.control);
    if (sent?.message.id !== command.id) return undefined;
    sent.command = sent.command === undefined ? command : further(sent.command, command);
    return sent;
  }

  /** There is a connection again: what has no outcome is said once more. What is too old by now is given up. */
  sayAgain(): void {
    for (const sent of this.#byControl.values()) {
      if (sent.isLost || isEnded(sent.command)) continue;
      const keptMs = sent.message.type === "call" ? DEFAULT_CALL_EXPIRES_MS : SET_ANSWER_MS;
      const isOld = this.#parts.nowMs() - sent.atMs > keptMs;
      // Of one that was accepted nothing is done again: it is asked how far it has come.
      if (isOld && sent.command === undefined) sent.isLost = true;
      else sent.isOut = this.#parts.say(sent.message);
    }
  }

  #send(message: CommandMessage): void {
    const isOut = this.#parts.say(message);
    const atMs = this.#parts.nowMs();
    this.#byControl.set(message.control, { message, atMs, isOut, command: undefined, isLost: false });
  }
}

/** Nothing follows. */
export function isEnded(command: CommandState | undefined): boolean {
  return command !== undefined && COMMAND_STAGES.indexOf(command.stage) > COMMAND_STAGES.indexOf("delivered");
}

/** Of two that were told of one command, the one that has come further. */
export function further(a: CommandState, b: CommandState): CommandState {
  return COMMAND_STAGES.indexOf(b.stage) >= COMMAND_STAGES.indexOf(a.stage) ? b : a;
}
