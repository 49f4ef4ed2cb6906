/** Somebody who sets and calls at random, with the client library, over a line that can be cut. It sees what goes over the line, too. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClientEnvironment } from "../../../client/environment.ts";
import { openRoomIn } from "../../../client/room/open-room.ts";
import type { Room } from "../../../client/room/room.ts";
import { RoomError } from "../../../client/room/room-error.ts";
import { webEnvironment } from "../../../client/web-environment.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import type { CommandState } from "../../../protocol/room/command.ts";
import { parseRoomClientMessage, parseRoomServerMessage } from "../../../protocol/room/room-message.ts";
import type { Random } from "../random.ts";
import type { Said } from "./check.ts";
import { BUTTON, KNOBS } from "./done.ts";

/** The commands themselves end sooner: calls expire, and sets are superseded at last. */
const TIMEOUT_MS = 120_000;

interface Command extends Said {
  outcomes: Set<string>;
}

export class Talker {
  readonly room: Room;
  readonly #commands: Map<string, Command>;
  readonly #random: Random;
  /** By value, which no other command has; a call is known by when it was said. */
  readonly #told = new Map<number, string>();
  readonly #number: number;
  #count = 0;
  #asked: Promise<void>[] = [];

  static async enter(url: URL, number: number, random: Random): Promise<Talker> {
    const commands = new Map<string, Command>();
    const place = { environment: watching(commands), whyNot: async () => ({ kind: "closed" }) as const };
    return new Talker(await openRoomIn(place, url, { name: `viewer ${number}` }), commands, number, random);
  }

  private constructor(room: Room, commands: Map<string, Command>, number: number, random: Random) {
    this.room = room;
    this.#commands = commands;
    this.#number = number;
    this.#random = random;
  }

  /** Sets and calls until the time is over. */
  async run(seconds: number): Promise<void> {
    const untilMs = performance.now() + 1000 * seconds;
    while (performance.now() < untilMs) {
      if (this.#random.integer(0, 4) === 0) this.#call();
      else this.set(KNOBS[this.#random.integer(0, KNOBS.length - 1)] ?? "k0");
      await sleep(this.#random.integer(50, 400));
    }
  }

  set(control: string): void {
    const value = 10 * ++this.#count + this.#number;
    const note = (outcome: string): void => void this.#told.set(value, outcome);
    this.#asked.push(this.room.set(control, value, { timeoutMs: TIMEOUT_MS }).then(outcomeOf, codeOf).then(note));
  }

  #call(): void {
    const asked = this.room.call(BUTTON, { timeoutMs: TIMEOUT_MS, expiresInMs: 2_000 });
    // Of a call its id alone tells which it was, and only one that is confirmed has it.
    this.#asked.push(asked.then(() => undefined, codeOf).then(() => undefined));
  }

  /** Resolves once everything that was asked has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#asked);
  }

  /** Everything that went over the line. */
  get said(): Said[] {
    return [...this.#commands.values()].map((command) => {
      const { value, outcomes } = command;
      // Whoever calls is told by a promise that has no name: that it has one end is what ended() waits for.
      const told = value === null ? [...outcomes][0] : this.#told.get(value);
      return { ...command, told };
    });
  }
}

function outcomeOf({ stage, effective, reason }: CommandState): string {
  if (stage === "confirmed") return effective === undefined ? stage : `${stage} ${effective}`;
  return stage === "refused" ? `${stage} ${reason}` : stage;
}

function codeOf(error: unknown): string {
  if (!(error instanceof RoomError)) throw error;
  return error.code === "expired" ? error.code : `refused ${error.code}`;
}

/** The real environment, with an ear at the line. */
function watching(commands: Map<string, Command>): ClientEnvironment {
  return {
    ...webEnvironment,
    openSocket(url, subprotocols, events) {
      const socket = webEnvironment.openSocket(url, subprotocols, {
        closed: (code) => events.closed(code),
        message(data) {
          const message = typeof data === "string" ? messageIn(parseRoomServerMessage(data)) : undefined;
          if (message?.type === "command") {
            const { id, stage } = message.command;
            const isOutcome = stage !== "accepted" && stage !== "delivered";
            if (isOutcome) commands.get(id)?.outcomes.add(outcomeOf(message.command));
          }
          events.message(data);
        },
      });
      return {
        close: () => socket.close(),
        send(text) {
          const message = messageIn(parseRoomClientMessage(text));
          if ((message?.type === "set" || message?.type === "call") && !commands.has(message.id)) {
            const value = message.type === "set" ? Number(message.value) : null;
            const { id, control } = message;
            commands.set(id, { id, control, value, outcomes: new Set(), told: undefined });
          }
          socket.send(text);
        },
      };
    },
  };
}
