import {
  DEFAULT_CALL_EXPIRES_MS,
  MAX_CALL_EXPIRES_MS,
  MAX_CONTROLS,
  MAX_CONTROLS_BYTES,
  SET_ANSWER_MS,
} from "../../protocol/limits.ts";
import type { CommandRefusal, CommandState } from "../../protocol/room/command.ts";
import { type Control, type ControlValue, valueFault } from "../../protocol/room/control.ts";
import type { ControlState } from "../../protocol/room/room-contents.ts";
import { suggestion } from "../../protocol/suggestion.ts";
import { type CommandOutcome, isOutcome, type StoredCommand, withOutcome } from "./command.ts";
import type { ControlRows, StoredControl } from "./control-rows.ts";

/** Commands that are kept so that a repeat of one is known. Of those that have an outcome the oldest go first. */
export const MAX_COMMANDS = 1_000;
/** Of these, such as have no outcome yet: no more are taken. */
export const MAX_OPEN_COMMANDS = 500;
/** A `set` that waits for its publisher is an open one; so there is one for each control at most, and calls beside. */

const encoder = new TextEncoder();
const UNDELIVERED = "It could not be delivered in time, and will not be.";

/** A command that somebody sends. */
export interface Submission {
  id: string;
  action: "set" | "call";
  control: string;
  value: ControlValue | null;
  baseRevision?: number | undefined;
  expiresInMs?: number | undefined;
  isPassing?: boolean | undefined;
  sender: string;
  by: string;
}

/** What is to be done because of something: told to the sender, to everybody, and written down. */
export interface Effects {
  /** Commands whose stage has changed. */
  commands: StoredCommand[];
  /** Controls that are another than before. */
  controls: string[];
  gone: string[];
}

/** What the controls of a channel are, and how far each command has come. It is pure but for its rows: others send what follows. */
export class Controls {
  readonly #rows: ControlRows;
  readonly #controls = new Map<string, StoredControl>();
  /** In the order of their numbers. */
  readonly #commands = new Map<string, StoredCommand>();
  /** Of these, such as have no outcome yet. */
  readonly #open = new Map<string, StoredCommand>();
  /** The newest `set` of each control. */
  readonly #desired = new Map<string, StoredCommand>();
  readonly #here = new Set<string>();
  #number = 0;
  #nextPlace = 0;

  constructor(rows: ControlRows) {
    this.#rows = rows;
    const { controls, commands } = rows.read();
    for (const stored of controls) {
      this.#controls.set(stored.control.name, stored);
      this.#nextPlace = Math.max(this.#nextPlace, stored.place + 1);
    }
    for (const command of commands) this.#remember(command);
  }

  /** Every control, as its publisher declared it. */
  get states(): ControlState[] {
    return [...this.#controls.keys()].flatMap((name) => this.state(name) ?? []);
  }

  state(name: string): ControlState | undefined {
    const stored = this.#controls.get(name);
    if (stored === undefined) return undefined;
    const { control, publisher, revision } = stored;
    const desired = this.#desired.get(name)?.state ?? null;
    return { ...control, revision, isHere: this.#here.has(publisher), desired };
  }

  /** Whether a command of that id was sent before. */
  knows(id: string): boolean {
    return this.#commands.has(id);
  }

  /** Who declared a control. */
  publisherOf(name: string): string | undefined {
    return this.#controls.get(name)?.publisher;
  }

  /** A publisher can be reached, or cannot any more. */
  reach(publisher: string, isHere: boolean): Effects {
    if (this.#here.has(publisher) === isHere) return none();
    if (isHere) this.#here.add(publisher);
    else this.#here.delete(publisher);
    return { ...none(), controls: this.namesOf(publisher) };
  }

  /** Why a channel has no room for these, beside those that it has; undefined: it has. */
  roomFault(controls: readonly Control[]): string | undefined {
    const known = [...this.#controls.values()].map(({ control }) => control);
    const all = new Map([...known, ...controls].map((control) => [control.name, control]));
    if (all.size > MAX_CONTROLS)
      return `There would be ${all.size} controls; a channel has ${MAX_CONTROLS} at most. Take some away: {"name": null}.`;
    // What they hold is no declaration: it may grow, and is bounded for each.
    const declared = Object.fromEntries(
      [...all].map(([name, control]) => [name, { ...control, name: undefined, kind: undefined, value: undefined }]),
    );
    return encoder.encode(JSON.stringify(declared)).byteLength <= MAX_CONTROLS_BYTES
      ? undefined
      : `With these the controls of the channel would have more than ${MAX_CONTROLS_BYTES / 1024} KiB, all together. Take some away: {"name": null}.`;
  }

  /**
   * A publisher says which controls it has. One that another publisher has is its own from now on. What was set stays set: it
   * is delivered if it was not yet.
   * @param gone names of its controls that are there no more, unless they are declared
   */
  declare(publisher: string, controls: readonly Control[], gone: readonly string[] = []): Effects {
    const declared = new Set(controls.map(({ name }) => name));
    const effects = none();
    for (const name of gone) {
      if (declared.has(name) || this.publisherOf(name) !== publisher) continue;
      this.#controls.delete(name);
      this.#rows.deleteControl(name);
      effects.gone.push(name);
      for (const command of [...this.#open.values()]) {
        if (command.state.control !== name) continue;
        effects.commands.push(
          this.#end(command, {
            kind: "refused",
            reason: "control-gone",
            detail: "The program has this control no more.",
          }),
        );
      }
      this.#desired.delete(name);
    }
    for (const control of controls) {
      const known = this.#controls.get(control.name);
      // A program that does not say what it has does not unsay it.
      const value = control.value ?? known?.control.value ?? null;
      const place = known?.place ?? this.#nextPlace++;
      const stored = { control: { ...control, value }, publisher, revision: known?.revision ?? 0, place };
      if (known !== undefined && JSON.stringify(known) === JSON.stringify(stored)) continue;
      this.#controls.set(control.name, stored);
      this.#rows.writeControl(stored);
      effects.controls.push(control.name);
      const desired = this.#desired.get(control.name);
      if (desired === undefined) continue;
      // It was kept for a program that takes it no more.
      const isKept = desired.state.stage === "accepted" || desired.publisher !== publisher;
      const fault = isKept && !isOutcome(desired.state.stage) ? valueFault(control, desired.state.value) : undefined;
      if (fault !== undefined) {
        const refused = { kind: "refused", reason: "value-invalid", detail: `${control.name} ${fault}` } as const;
        effects.commands.push(this.#end(desired, refused));
      } else if (desired.publisher !== publisher) {
        // What was set at another publisher is for whoever has the control now.
        this.#keep({ ...desired, publisher });
      }
    }
    return effects;
  }

  /** The program says what it has, by itself. Names that are no controls of this publisher's are passed over. */
  report(publisher: string, values: Readonly<Record<string, ControlValue>>): Effects {
    const effects = none();
    for (const [name, value] of Object.entries(values)) {
      const stored = this.#controls.get(name);
      if (stored?.publisher !== publisher || stored.control.value === value) continue;
      this.#store({ ...stored, control: { ...stored.control, value } });
      effects.controls.push(name);
    }
    return effects;
  }

  /**
   * Somebody sends a command. A repeat of one is answered with how far that has come, and nothing is done anew.
   * @returns the command, refused or accepted; what was set before and is superseded comes with it
   */
  submit(submission: Submission, nowMs: number): Effects & { answer: CommandState } {
    const { id, action, control: name, value, sender, by } = submission;
    const known = this.#commands.get(id);
    const asked: CommandState = { id, action, control: name, value, stage: "accepted", by, atMs: nowMs };
    if (known !== undefined) {
      const isRepeat =
        known.sender === sender &&
        known.state.action === action &&
        known.state.control === name &&
        Object.is(known.state.value, value);
      return isRepeat
        ? { ...none(), answer: known.state }
        : refusal(asked, "id-taken", "This id is another command's. Give each command an id of its own.");
    }
    // It asks for what came of a call, of which nothing is known here.
    if (action === "call" && submission.expiresInMs === 0)
      return { ...none(), answer: { ...asked, stage: "expired", detail: UNDELIVERED } };
    const fault = this.#faultOf(submission);
    if (fault !== undefined) return refusal(asked, fault.reason, fault.detail);
    const stored = this.#controls.get(name);
    if (stored === undefined) return refusal(asked, "unknown-control", "There is no such control.");
    const { publisher } = stored;
    const expiresAtMs =
      action === "call"
        ? nowMs + Math.min(submission.expiresInMs ?? DEFAULT_CALL_EXPIRES_MS, MAX_CALL_EXPIRES_MS)
        : null;
    const effects = none();
    if (action === "set") {
      const before = this.#desired.get(name);
      if (before !== undefined && !isOutcome(before.state.stage)) {
        const detail = `${by} has set it to ${JSON.stringify(value)} since.`;
        effects.commands.push(this.#end(before, { kind: "refused", reason: "superseded", detail }));
      }
      this.#store({ ...stored, revision: stored.revision + 1 });
      effects.controls.push(name);
    }
    const isPassing = submission.isPassing === true;
    const command = { state: asked, publisher, sender, expiresAtMs, isPassing, number: ++this.#number };
    this.#keep(command);
    effects.commands.push(command);
    return { ...effects, answer: asked };
  }

  /** What its publisher is to be told of, in the order in which it was sent: what it did not say that it has. */
  undelivered(publisher: string, nowMs: number): StoredCommand[] {
    return [...this.#open.values()].filter(
      (command) =>
        command.publisher === publisher &&
        // Whether a set that was delivered was done nobody knows: the bridge knows it by its id.
        (command.state.stage === "accepted" || command.state.action === "set") &&
        (command.state.action === "set" || (command.expiresAtMs ?? 0) > nowMs),
    );
  }

  /**
   * The command is with the program. Of a call that is not written down: when it expires is known, and its publisher knows its id. Of a
   * set nothing else says when its time is over, once the channel was evicted from memory.
   */
  delivered(publisher: string, id: string, nowMs: number): Effects {
    const command = this.#openOf(publisher, id);
    if (command === undefined || command.state.stage === "delivered") return none();
    const isSet = command.state.action === "set";
    const next: StoredCommand = {
      ...command,
      state: { ...command.state, stage: "delivered" },
      expiresAtMs: isSet ? nowMs + SET_ANSWER_MS : command.expiresAtMs,
    };
    if (isSet) this.#keep(next);
    else this.#remember(next);
    return { ...none(), commands: [next], controls: isSet ? [next.state.control] : [] };
  }

  /** What became of it. A second outcome, and one of another publisher's, counts for nothing. */
  outcome(publisher: string, id: string, outcome: CommandOutcome): Effects {
    const command = this.#openOf(publisher, id);
    if (command === undefined) return none();
    const ended = this.#end(command, outcome);
    const { control, action, effective } = ended.state;
    const stored = this.#controls.get(control);
    if (effective !== undefined && stored !== undefined && stored.control.value !== effective)
      this.#store({ ...stored, control: { ...stored.control, value: effective } });
    return { ...none(), commands: [ended], controls: action === "set" ? [control] : [] };
  }

  /** Ends what has expired. */
  expire(nowMs: number): Effects {
    const effects = none();
    for (const command of [...this.#open.values()]) {
      const { expiresAtMs, state } = command;
      if (expiresAtMs === null || expiresAtMs > nowMs) continue;
      const detail = state.stage === "delivered" ? "The program has it, and did not answer in time." : UNDELIVERED;
      effects.commands.push(this.#end(command, { kind: "expired", detail }));
      if (state.action === "set") effects.controls.push(state.control);
    }
    return effects;
  }

  /** In how long the next one expires; undefined: none does. */
  dueInMs(nowMs: number): number | undefined {
    const due = [...this.#open.values()].flatMap(({ expiresAtMs }) => expiresAtMs ?? []);
    return due.length === 0 ? undefined : Math.max(0, Math.min(...due) - nowMs);
  }

  #faultOf(submission: Submission): { reason: CommandRefusal; detail: string } | undefined {
    const { action, control: name, value, baseRevision } = submission;
    const stored = this.#controls.get(name);
    if (stored === undefined) {
      const near = suggestion(name, [...this.#controls.keys()]);
      return { reason: "unknown-control", detail: `This channel has no control of that name${near || "."}` };
    }
    const { control, revision, publisher } = stored;
    if (action === "call" && control.kind !== "button")
      return { reason: "not-settable", detail: `${name} is no button: it is set to a value.` };
    if (action === "call" && !this.#here.has(publisher))
      return {
        reason: "publisher-away",
        detail: "Its program cannot be reached now, and an action is not kept for later.",
      };
    const fault = action === "set" ? valueFault(control, value) : undefined;
    if (fault !== undefined)
      return { reason: control.kind === "button" ? "not-settable" : "value-invalid", detail: `${name} ${fault}` };
    if (action === "set" && baseRevision !== undefined && baseRevision !== revision)
      return { reason: "stale-revision", detail: `Somebody has set it since: its revision is ${revision} now.` };
    if (this.#open.size >= MAX_OPEN_COMMANDS)
      return {
        reason: "too-many-commands",
        detail: "Too many commands wait for their programs here. Try again later.",
      };
    return undefined;
  }

  #openOf(publisher: string, id: string): StoredCommand | undefined {
    const command = this.#open.get(id);
    return command?.publisher === publisher ? command : undefined;
  }

  /** The controls of a publisher. */
  namesOf(publisher: string): string[] {
    return [...this.#controls].flatMap(([name, stored]) => (stored.publisher === publisher ? [name] : []));
  }

  #end(command: StoredCommand, outcome: CommandOutcome): StoredCommand {
    const ended = withOutcome(command, outcome);
    this.#keep(ended);
    return ended;
  }

  #store(stored: StoredControl): void {
    this.#controls.set(stored.control.name, stored);
    this.#rows.writeControl(stored);
  }

  #keep(command: StoredCommand): void {
    this.#rows.writeCommand(command);
    this.#remember(command);
    if (this.#commands.size <= MAX_COMMANDS) return;
    const oldest = [...this.#commands.values()].find(({ state }) => isOutcome(state.stage));
    if (oldest === undefined) return;
    this.#commands.delete(oldest.state.id);
    this.#rows.deleteCommand(oldest.state.id);
  }

  #remember(command: StoredCommand): void {
    this.#commands.set(command.state.id, command);
    if (isOutcome(command.state.stage)) this.#open.delete(command.state.id);
    else this.#open.set(command.state.id, command);
    this.#number = Math.max(this.#number, command.number);
    if (command.state.action !== "set") return;
    const newest = this.#desired.get(command.state.control);
    if (newest === undefined || newest.number <= command.number) this.#desired.set(command.state.control, command);
  }
}

function none(): Effects {
  return { commands: [], controls: [], gone: [] };
}

function refusal(asked: CommandState, reason: CommandRefusal, detail: string): Effects & { answer: CommandState } {
  return { ...none(), answer: { ...asked, stage: "refused", reason, detail } };
}
