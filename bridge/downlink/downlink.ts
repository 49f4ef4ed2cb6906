import { isObject } from "../../protocol/json/json.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { type Control, type ControlValue, parseControls, valueFault } from "../../protocol/room/control.ts";
import type { ReceivedRoomMessage, RoomClientMessage, RoomServerMessage } from "../../protocol/room/room-message.ts";
import { parseRoomClientMessage } from "../../protocol/room/room-message.ts";
import { CommandLedger } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { errorText } from "../observability/printable.ts";
import { type CommandStore, MAX_KNOWN_COMMANDS } from "./command-store.ts";
import type { Delivery, Outlet, RoomEvent, Sent } from "./outlet.ts";
import type { ProgramMessage } from "./program-message.ts";

/** What is said to the room while there is no connection is kept, so many at most; beyond, the oldest go. */
const MAX_UNSAID = 1_000;
const MAX_WAITING = 256;
const WARN_EVERY_MS = 60_000;

type Outcome = Extract<RoomClientMessage, { type: "outcome" }>;

export interface DownlinkOptions {
  /** By which programs are told; none: nobody can be. */
  outlets: () => readonly Outlet[];
  store: CommandStore;
  /** Says something in the room. @returns false if it is not connected */
  say: (message: RoomClientMessage) => boolean;
  log: Log;
  nowMs?: () => number;
}

/**
 * Between a channel's room and the programs of a bridge: what they declare and say goes up, commands and events go down. A command is
 * known by its id, so that it is told to a program once at most, whatever is repeated.
 */
export class Downlink {
  readonly ledger = new CommandLedger();
  readonly #options: DownlinkOptions & { nowMs: () => number };
  /** As programs declared them, with the values that they have now: to be said again to a room that forgot. */
  #declared = new Map<string, unknown>();
  /** What was told to programs in this process, and not answered: as much as is known of commands at all. */
  readonly #pending = new Map<string, Delivery>();
  /** Sets for which nobody listens yet: the newest of each control. */
  readonly #waiting = new Map<string, Delivery>();
  #unsaid: RoomClientMessage[] = [];
  #warnedAtMs = Number.NEGATIVE_INFINITY;
  #number = 0;

  constructor(options: DownlinkOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
  }

  /** The room can be reached, for the first time or again: it learns what it may have missed. */
  welcomed(): void {
    const { say } = this.#options;
    if (this.#declared.size > 0) say({ type: "declare", controls: Object.fromEntries(this.#declared) });
    for (const message of this.#unsaid.splice(0)) say(message);
  }

  /** Programs have said something. */
  take(messages: readonly ProgramMessage[]): void {
    for (const message of messages) this.#takeOne(message);
  }

  /** The room has said something. It never rejects: what cannot be done with it is logged. */
  async heard(message: RoomServerMessage): Promise<void> {
    try {
      await this.#hear(message);
    } catch (error) {
      this.#options.log.warn(`What the room said could not be passed on: ${errorText(error)}`);
    }
  }

  async #hear(message: RoomServerMessage): Promise<void> {
    switch (message.type) {
      case "deliver":
        return await this.#deliver(message);
      case "event":
        return await this.#emit(message);
      case "refused":
        this.#options.log.warn(
          `The channel refused ${message.re === "declare" ? "controls" : message.re}: ${message.detail}`,
        );
        return;
      default:
        return;
    }
  }

  /** Somebody listens who did not before. */
  async listened(): Promise<void> {
    for (const delivery of [...this.#waiting.values()]) await this.heard(delivery);
  }

  #takeOne(message: ProgramMessage): void {
    switch (message.kind) {
      case "declare":
        return this.#declare(message.controls, message.isAll);
      case "confirmed": {
        const { id, value } = message;
        return this.#answered({ type: "outcome", id, outcome: "confirmed", ...(value !== undefined && { value }) });
      }
      case "refused":
        return this.#answered({ type: "outcome", id: message.id, outcome: "refused", detail: message.detail });
      case "report":
        for (const [name, value] of Object.entries(message.values)) this.#has(name, value);
        return this.#say({ type: "report", values: message.values });
      case "note": {
        const { text, x } = message;
        return this.#say({ type: "note", id: this.#newId(), text, ...(x !== undefined && { x }) });
      }
      case "announce":
        return this.#say({ type: "announce", id: this.#newId(), text: message.text });
      case "emit":
        return this.#say({ type: "emit", id: this.#newId(), to: "viewers", name: message.name, data: message.data });
      case "answer":
        return this.#say({ type: "ack", ack: message.ack, data: message.data });
      default:
        message satisfies never;
    }
  }

  #declare(controls: Readonly<Record<string, unknown>>, isAll: boolean): void {
    const declared = new Map(isAll ? [] : this.#declared);
    for (const [name, control] of Object.entries(controls)) {
      if (control === null) declared.delete(name);
      else declared.set(name, control);
    }
    // They are declared anew together: what the channel refuses would take those of other programs with it.
    const parsed = parseControls(Object.fromEntries(declared));
    if ("controls" in parsed) this.#declared = declared;
    const message: RoomClientMessage = { type: "declare", controls, ...(isAll && { isAll }) };
    // What could not be said is said with everything else once it can.
    if (!this.#options.say(message) && "fault" in parsed)
      this.#options.log.warn(`Controls of a program cannot be declared: ${parsed.fault}`);
    if (this.#options.outlets().length === 0) this.#warnNoOutlet();
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { store, outlets } = this.#options;
    const { id, action, control, expiresInMs } = delivery;
    const known = store.read(id);
    if (known?.kind === "ended") return this.#repeat(known.outcome);
    if (known?.kind === "sent") {
      // Told by this process, it will be answered; by one before, nobody knows whether it was done.
      if (!this.#pending.has(id))
        this.#end(
          id,
          control,
          refusal(id, "in-doubt", "The bridge was restarted after its program was told: it may have been done."),
        );
      return;
    }
    if (outlets().length === 0) {
      this.#warnNoOutlet();
      return this.#end(
        id,
        control,
        refusal(id, "nobody-listens", "The bridge has no --control or --call by which it could tell its program."),
      );
    }
    // It was set before its program declared the range that it has now.
    const fault = action === "set" ? this.#faultOf(control, delivery.value) : undefined;
    if (fault !== undefined) {
      this.#waiting.delete(control);
      return this.#end(id, control, refusal(id, "value-invalid", `${control} ${fault}`));
    }
    // Before it is told: a kill after this leaves it in doubt, and never done twice.
    store.sent(id, control);
    this.#pending.set(id, delivery);
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MAX_KNOWN_COMMANDS && oldest !== undefined) this.#pending.delete(oldest);
    this.#waiting.delete(control);
    const sent = await this.#tell((outlet) => outlet.deliver(delivery));
    if (sent === "sent") this.ledger.delivered++;
    // One program may have answered while another had yet to be told.
    if (store.read(id)?.kind === "ended") return;
    if (sent === "sent") {
      if (expiresInMs !== null) this.#forgetLater(id, expiresInMs);
      return this.#say({ type: "delivered", id });
    }
    this.#pending.delete(id);
    if (action === "set" && sent === "nobody-listens" && this.#waiting.size < MAX_WAITING) {
      // It was told to nobody, and is kept for whoever comes.
      this.#waiting.set(control, delivery);
      store.untold(id);
      return;
    }
    const why =
      sent === "full"
        ? "The program does not read as fast as it is told."
        : "No program listens at the bridge's --control or --call now.";
    this.#end(id, control, refusal(id, "nobody-listens", why));
  }

  async #emit(event: RoomEvent): Promise<void> {
    await this.#tell((outlet) => outlet.emit(event));
  }

  /** Tells programs by every outlet. @returns `sent` if any did */
  async #tell(by: (outlet: Outlet) => Promise<Sent>): Promise<Sent> {
    const all = await Promise.all(this.#options.outlets().map(by));
    return all.find((sent) => sent === "sent") ?? all.find((sent) => sent === "full") ?? "nobody-listens";
  }

  /** A program answers a command. */
  #answered(outcome: Outcome): void {
    const known = this.#options.store.read(outcome.id);
    // Without a value it has what was asked for.
    const value = outcome.outcome === "confirmed" ? (outcome.value ?? this.#pending.get(outcome.id)?.value) : undefined;
    if (known !== undefined && value !== undefined && value !== null) this.#has(known.control, value);
    if (known?.kind === "sent") return this.#end(outcome.id, known.control, outcome);
    this.ledger.strayAnswers++;
    // It was in doubt, or is answered late: that is its outcome. What the program has is told all the same.
    if (known !== undefined && outcome.outcome === "confirmed" && outcome.value !== undefined)
      this.#say({ type: "report", values: { [known.control]: outcome.value } });
  }

  #faultOf(name: string, value: ControlValue | null): string | undefined {
    const control = controlIn(name, this.#declared.get(name));
    return control && valueFault(control, value);
  }

  /** A program said what it has since it declared that control. */
  #has(name: string, value: ControlValue): void {
    const declared = this.#declared.get(name);
    if (declared === undefined) return;
    const fields = isObject(declared) ? declared : undefined;
    const kind = controlIn(name, declared)?.kind;
    const next = fields === undefined ? value : { ...fields, value };
    // A value of another kind would make another control of it, or a wrong one: what the program has the channel was told.
    const fitting = controlIn(name, next)?.kind === kind ? next : { ...fields, kind, value: null };
    this.#declared.set(name, fitting);
  }

  #end(id: string, control: string, outcome: Outcome): void {
    this.#pending.delete(id);
    this.#options.store.ended(id, control, JSON.stringify(outcome));
    this.ledger[outcome.outcome]++;
    this.#say(outcome);
  }

  #repeat(outcome: string): void {
    const message = messageIn(parseRoomClientMessage(outcome));
    if (message?.type === "outcome") this.#say(outcomeOf(message));
  }

  #forgetLater(id: string, afterMs: number): void {
    setTimeout(() => this.#pending.delete(id), afterMs + 1_000).unref();
  }

  #say(message: RoomClientMessage): void {
    if (this.#options.say(message)) return;
    this.#unsaid.push(message);
    if (this.#unsaid.length <= MAX_UNSAID) return;
    this.#unsaid.shift();
    this.ledger.dropped++;
  }

  #warnNoOutlet(): void {
    const { log, nowMs } = this.#options;
    if (nowMs() - this.#warnedAtMs < WARN_EVERY_MS) return;
    this.#warnedAtMs = nowMs();
    log.warn(
      "A program has controls, and nothing is there to tell it what they are set to: give --control tcp://127.0.0.1:5001 (docs/CONTROLS.md).",
    );
  }

  #newId(): string {
    return `p${Date.now().toString(36)}-${(this.#number++).toString(36)}`;
  }
}

function controlIn(name: string, declared: unknown): Control | undefined {
  const parsed = parseControls(declared === undefined ? {} : { [name]: declared });
  return "controls" in parsed ? parsed.controls[0] : undefined;
}

function refusal(id: string, reason: "in-doubt" | "nobody-listens" | "value-invalid", detail: string): Outcome {
  return { type: "outcome", id, outcome: "refused", reason, detail };
}

function outcomeOf(message: Extract<ReceivedRoomMessage, { type: "outcome" }>): Outcome {
  const { id, outcome, value, reason, detail } = message;
  if (outcome === "confirmed") return { type: "outcome", id, outcome, ...(value !== undefined && { value }) };
  return { type: "outcome", id, outcome, ...(reason && { reason }), ...(detail !== undefined && { detail }) };
}
