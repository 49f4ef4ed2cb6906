import { CONTROLS_SERIES } from "../../protocol/room/channel-itself.ts";
import type { CommandRefusal } from "../../protocol/room/command.ts";
import { parseControls } from "../../protocol/room/control.ts";
import type { ReceivedRoomMessage, RoomServerMessage } from "../../protocol/room/room-message.ts";
import { fittingLabel } from "./channel-frames.ts";
import { type CommandOutcome, isOutcome, type StoredCommand } from "./command.ts";
import type { Controls, Effects } from "./controls.ts";
import { deliveryOf, eventText } from "./deliveries.ts";
import type { Participant } from "./participant.ts";

/** While its program moves with a slider, what was set of a control is an event of the log once in so long. */
const PASSING_EVENT_EVERY_MS = 1_000;
/** A publisher that asks by POST is here for so long after it did. */
const POLLED_FOR_MS = 30_000;

/** What a desk needs of its room. */
export interface DeskParts {
  /** Undefined while nothing is stored. */
  controls(): Controls | undefined;
  /** The same, made if they are not there. */
  controlsNow(): Controls;
  participants: Iterable<Participant>;
  tellAll(message: RoomServerMessage): void;
  /** What happened is an event of the log, now. */
  log(series: string, text: string): void;
}

/** A message of a publisher's about its controls. */
export type PublisherMessage = Extract<ReceivedRoomMessage, { type: "declare" | "delivered" | "outcome" | "report" }>;

/** Between controls and those who set, declare and answer: says what follows to whom it concerns. */
export class ControlDesk {
  readonly #parts: DeskParts;
  /** When an event of a control was last written down; and what was set since that is none yet. */
  readonly #eventAtMs = new Map<string, number>();
  readonly #passing = new Map<string, StoredCommand>();
  /** Publishers that ask by POST, and until when they count as here. */
  readonly #polled = new Map<string, number>();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /**
   * Somebody sets or calls.
   * @param mayWrite takes a place for one more; false if too much was written of late
   */
  submit(
    from: Participant,
    message: Extract<ReceivedRoomMessage, { type: "set" | "call" }>,
    mayWrite: () => boolean,
    nowMs: number,
  ): void {
    const { label, record } = from;
    const value = message.type === "set" ? message.value : null;
    const { id, control } = message;
    const refused = (reason: CommandRefusal, detail: string): void => {
      const asked = { id, action: message.type, control, value, by: label, atMs: nowMs };
      from.tell({ type: "command", command: { ...asked, stage: "refused", reason, detail } });
    };
    const controls = this.#parts.controls();
    if (!from.may("control")) return refused("not-permitted", 'You have no right "control" in this channel.');
    // A repeat writes nothing. Refused it would have two outcomes.
    if (controls?.knows(id) !== true && !mayWrite())
      return refused("too-many-commands", "Too many commands came from you. Send the next one in a second.");
    if (controls === undefined) return refused("unknown-control", "This channel has no controls.");
    const { type: action, ...asked } = message;
    const submission = { ...asked, action, value, sender: record.sender, by: label };
    const { answer, ...effects } = controls.submit(submission, nowMs);
    from.tell({ type: "command", command: answer });
    this.#tell(effects, nowMs);
  }

  /** A publisher declares, answers or reports. @returns what is wrong with its declaration */
  take(from: Participant, message: PublisherMessage, nowMs: number): string | undefined {
    const { publisher } = from;
    switch (message.type) {
      case "declare": {
        const parsed = parseControls(message.controls);
        if ("fault" in parsed) return parsed.fault;
        if (parsed.controls.length === 0 && this.#parts.controls() === undefined) return undefined;
        const controls = this.#parts.controlsNow();
        const fault = controls.roomFault(parsed.controls);
        if (fault !== undefined) return fault;
        controls.reach(publisher, true);
        const gone = message.isAll === true ? controls.namesOf(publisher) : parsed.gone;
        this.#tell(controls.declare(publisher, parsed.controls, gone), nowMs);
        this.deliverAll(from, nowMs);
        return undefined;
      }
      case "delivered":
        this.#tell(this.#parts.controls()?.delivered(publisher, message.id, nowMs), nowMs);
        return undefined;
      case "outcome":
        this.#tell(this.#parts.controls()?.outcome(publisher, message.id, outcomeOf(message)), nowMs);
        return undefined;
      case "report":
        this.#tell(this.#parts.controls()?.report(publisher, message.values), nowMs);
        return undefined;
      default:
        return message satisfies never;
    }
  }

  /** A publisher came by a connection, or asked by POST. */
  reached({ publisher }: Participant, nowMs: number, isByPost = false): void {
    if (isByPost) this.#polled.set(publisher, nowMs + POLLED_FOR_MS);
    this.#tell(this.#parts.controls()?.reach(publisher, true), nowMs);
  }

  /** Somebody left. Where that was the last connection of a publisher it cannot be reached. */
  left({ publisher, record }: Participant, nowMs: number): void {
    if (publisher !== "") this.#mayBeAway(publisher, nowMs);
    // Whoever moved a slider left: what it was moved to last is no passing value.
    for (const command of [...this.#passing.values()])
      if (command.sender === record.sender) this.#write(command, nowMs);
  }

  /** Delivers what a publisher has not said that it has. */
  deliverAll(to: Participant, nowMs: number): void {
    for (const command of this.#parts.controls()?.undelivered(to.publisher, nowMs) ?? [])
      to.tell(deliveryOf(command, nowMs));
  }

  alarm(nowMs: number): void {
    for (const [publisher, untilMs] of this.#polled) {
      if (untilMs > nowMs) continue;
      this.#polled.delete(publisher);
      this.#mayBeAway(publisher, nowMs);
    }
    this.#tell(this.#parts.controls()?.expire(nowMs), nowMs);
  }

  /** In how long an {@link alarm} is due; undefined: none is. */
  dueInMs(nowMs: number): number | undefined {
    const polled = [...this.#polled.values()].map((untilMs) => Math.max(0, untilMs - nowMs));
    const due = [this.#parts.controls()?.dueInMs(nowMs), ...polled].filter((ms) => ms !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  #mayBeAway(publisher: string, nowMs: number): void {
    if ((this.#polled.get(publisher) ?? 0) > nowMs) return;
    for (const other of this.#parts.participants) if (other.listensFor(publisher)) return;
    this.#tell(this.#parts.controls()?.reach(publisher, false), nowMs);
  }

  /** Says what has changed to whom it concerns, and writes down what took effect. */
  #tell(effects: Effects | undefined, nowMs: number): void {
    if (effects === undefined) return;
    for (const command of effects.commands) {
      const { stage } = command.state;
      if (stage === "accepted") this.#deliver(command, nowMs);
      // That it is accepted was the answer.
      else this.#tellSender(command);
      if (isOutcome(stage)) this.#noteOutcome(command, nowMs);
    }
    const known = this.#parts.controls();
    if (known === undefined || (effects.controls.length === 0 && effects.gone.length === 0)) return;
    const controls = [...new Set(effects.controls)].flatMap((name) => known.state(name) ?? []);
    this.#parts.tellAll({ type: "controls", controls, gone: effects.gone });
  }

  #tellSender({ state, sender }: StoredCommand): void {
    for (const participant of this.#parts.participants)
      if (participant.record.sender === sender) participant.tell({ type: "command", command: state });
  }

  #deliver(command: StoredCommand, nowMs: number): void {
    // The newest connection of a publisher is the one that is alive.
    const to = [...this.#parts.participants].findLast((each) => each.listensFor(command.publisher));
    to?.tell(deliveryOf(command, nowMs));
  }

  /** What took effect, or was to and did not, is an event of the log. */
  #noteOutcome(command: StoredCommand, nowMs: number): void {
    const { state, isPassing } = command;
    if (state.reason === "superseded") return;
    const lastAtMs = this.#eventAtMs.get(state.control) ?? Number.NEGATIVE_INFINITY;
    const isOne = isPassing && state.stage === "confirmed" && nowMs - lastAtMs < PASSING_EVENT_EVERY_MS;
    if (isOne) this.#passing.set(state.control, command);
    else this.#write(command, nowMs);
  }

  #write({ state }: StoredCommand, nowMs: number): void {
    this.#passing.delete(state.control);
    this.#eventAtMs.set(state.control, nowMs);
    this.#parts.log(CONTROLS_SERIES, eventText(state, this.#parts.controls()?.state(state.control)));
  }
}

function outcomeOf(message: Extract<ReceivedRoomMessage, { type: "outcome" }>): CommandOutcome {
  if (message.outcome === "confirmed") return { kind: "confirmed", value: message.value };
  const detail = fittingLabel(message.detail ?? "The program refused it.");
  return { kind: "refused", reason: message.reason ?? "program-refused", detail };
}
