import {
  BASE_DELAY_MS,
  type ConnectionAction,
  type ConnectionEvent,
  type ConnectionState,
  connecting,
  dueAtMs,
  SILENCE_MS,
  transition,
} from "../connection-state.ts";
import type { TransportName } from "./transport.ts";

/** The pure half of a subscription: which transport it uses, and when it tries a better one. */

/** A transport that says nothing for so long, before everything that is stored has come, does not work here. */
export const FIRST_MESSAGE_MS = 8_000;
export const FIRST_TRIAL_MS = 30_000;
export const MAX_TRIAL_MS = 600_000;
/** A connection that ends sooner after it was live is cut by something on the way, or may be. */
export const SHORT_LIFE_MS = 60_000;
/** So many short lives one after the other, and the transport counts as one that does not work here. */
export const MAX_SHORT_LIVES = 3;

/** How long a live transport may be silent once it was asked for a sign of life. Events have one in 15 s, a poll an answer in 25 s. */
const SILENCE_OF: Readonly<Record<TransportName, number>> = { websocket: SILENCE_MS, events: 20_000, poll: 35_000 };

/** The search for a better transport than the one in use. */
export type Trial =
  /** There is no better one, or none is in use. */
  { phase: "none" } | { phase: "waiting"; atMs: number } | { phase: "trying"; index: number; deadlineMs: number };

export interface Choice {
  connection: ConnectionState;
  /** Which of the transports; 0 is the best. */
  index: number;
  liveSinceMs: number | undefined;
  shortLives: number;
  trial: Trial;
  /** How long the next search waits. */
  trialDelayMs: number;
}

export type ChoiceEvent =
  | ConnectionEvent
  /** What came waits unread: no more of it for now. */
  | "full"
  /** The Worker said when to come again: the transport is not at fault. */
  | "come-later"
  /** What is tried has said something. */
  | "trial-worked"
  | "trial-failed";

/** What the shell does beside: try the transport of the trial, or leave off. */
export type TrialAction = "try" | "drop" | "none";

export interface Step {
  choice: Choice;
  action: ConnectionAction;
  trialAction: TrialAction;
}

/** What a step needs to know of the world. */
export interface ChoiceWorld {
  nowMs: number;
  /** A number in [0, 1), for the jitter. */
  random: number;
  /** Best first. */
  transports: readonly TransportName[];
  /** Over how long the channel wants its viewers to spread their coming back. */
  retryWithinMs?: number;
  /** Until then it waits at least, if it waits. */
  notBeforeMs?: number;
}

/** Where everything begins: the best transport is opened. */
export function firstChoice(nowMs: number): Choice {
  return {
    connection: opening(nowMs),
    index: 0,
    liveSinceMs: undefined,
    shortLives: 0,
    trial: { phase: "none" },
    trialDelayMs: FIRST_TRIAL_MS,
  };
}

/** When the choice wants its `due`. */
export function choiceDueAtMs({ connection, trial }: Choice): number {
  return Math.min(dueAtMs(connection), trialDueAtMs(trial));
}

/** What follows of an event. */
export function choose(choice: Choice, event: ChoiceEvent, world: ChoiceWorld): Step {
  const { nowMs } = world;
  switch (event) {
    case "trial-worked":
      // It may fail all the same, as where something on the way lets only the first bytes through: so the next wait is longer, too.
      if (choice.trial.phase !== "trying") return stayed(choice);
      return openedAt({ ...choice, trialDelayMs: longerDelayMs(choice) }, choice.trial.index, nowMs);
    case "trial-failed":
      return afterTrial(choice, nowMs);
    case "due":
      if (dueAtMs(choice.connection) > nowMs && trialDueAtMs(choice.trial) <= nowMs) return trialDue(choice, nowMs);
      return connectionStep(choice, "due", world);
    case "come-later":
    case "full":
      return moved(choice, transitionOf(choice.connection, "closed", world), world);
    default:
      return connectionStep(choice, event, world);
  }
}

function connectionStep(choice: Choice, event: ConnectionEvent, world: ChoiceWorld): Step {
  const { connection, index, liveSinceMs } = choice;
  const { nowMs, transports } = world;
  const step = transitionOf(connection, event, world);
  const isLost = isWaiting(step.state) && !isWaiting(connection) && event !== "offline";
  if (isLost && connection.phase === "connecting") {
    const next = index + 1;
    // One that does not work here: the next at once. After the last, from the beginning.
    if (next < transports.length) return openedAt(choice, next, nowMs, connection.attempt);
    return moved({ ...choice, index: 0 }, step, world);
  }
  if (isLost) {
    const isShort = nowMs - (liveSinceMs ?? nowMs) < SHORT_LIFE_MS;
    const shortLives = isShort ? choice.shortLives + 1 : 0;
    if (shortLives < MAX_SHORT_LIVES) return moved({ ...choice, shortLives }, step, world);
    return moved({ ...choice, shortLives: 0, index: (index + 1) % transports.length }, step, world);
  }
  // Only a WebSocket can ask whether its line is alive. For the others a new one costs nothing.
  const mayBeDead = connection.phase === "live" && (event === "online" || event === "visible");
  if (mayBeDead && transports[index] !== "websocket") return openedAt(choice, index, nowMs);
  return moved(choice, step, world);
}

/** The choice with another state of its connection. */
function moved(
  choice: Choice,
  { state, action }: { state: ConnectionState; action: ConnectionAction },
  world: ChoiceWorld,
): Step {
  const connection = withDeadline(state, choice.connection, choice.index, world);
  const wasLive = isLive(choice.connection);
  const liveSinceMs = isLive(connection) ? (choice.liveSinceMs ?? world.nowMs) : undefined;
  const next = { ...choice, connection, liveSinceMs };
  if (isLive(connection) && !wasLive && choice.index > 0) {
    const atMs = world.nowMs + choice.trialDelayMs;
    return { choice: { ...next, trial: { phase: "waiting", atMs } }, action, trialAction: "none" };
  }
  if (isLive(connection)) {
    const hasLived = choice.index === 0 && world.nowMs - (liveSinceMs ?? world.nowMs) >= SHORT_LIFE_MS;
    return { choice: hasLived ? { ...next, trialDelayMs: FIRST_TRIAL_MS } : next, action, trialAction: "none" };
  }
  return { choice: { ...next, trial: { phase: "none" } }, action, trialAction: droppedOf(choice.trial) };
}

/** Another transport is opened, and whatever was is left. */
function openedAt(choice: Choice, index: number, nowMs: number, attempt = 0): Step {
  const shortLives = index === choice.index ? choice.shortLives : 0;
  const next = { ...choice, connection: opening(nowMs, attempt), index, shortLives, liveSinceMs: undefined };
  return { choice: { ...next, trial: { phase: "none" } }, action: "open", trialAction: droppedOf(choice.trial) };
}

function trialDue(choice: Choice, nowMs: number): Step {
  if (choice.trial.phase !== "waiting") return afterTrial(choice, nowMs);
  const trial: Trial = { phase: "trying", index: 0, deadlineMs: nowMs + FIRST_MESSAGE_MS };
  return { choice: { ...choice, trial }, action: "none", trialAction: "try" };
}

/** What was tried does not work: the next that is better than the one in use, or later again. */
function afterTrial(choice: Choice, nowMs: number): Step {
  const { trial, index } = choice;
  if (trial.phase !== "trying") return stayed(choice);
  if (trial.index + 1 < index) {
    const next: Trial = { phase: "trying", index: trial.index + 1, deadlineMs: nowMs + FIRST_MESSAGE_MS };
    return { choice: { ...choice, trial: next }, action: "none", trialAction: "try" };
  }
  const delayMs = longerDelayMs(choice);
  const waiting: Trial = { phase: "waiting", atMs: nowMs + delayMs };
  return { choice: { ...choice, trial: waiting, trialDelayMs: delayMs }, action: "none", trialAction: "drop" };
}

function longerDelayMs({ trialDelayMs }: Choice): number {
  return Math.min(Math.max(2 * trialDelayMs, FIRST_TRIAL_MS), MAX_TRIAL_MS);
}

function transitionOf(state: ConnectionState, event: ConnectionEvent, world: ChoiceWorld) {
  const { nowMs, random, retryWithinMs = BASE_DELAY_MS, notBeforeMs = 0 } = world;
  return transition(state, event, nowMs, random, retryWithinMs, notBeforeMs);
}

function withDeadline(
  state: ConnectionState,
  before: ConnectionState,
  index: number,
  { nowMs, transports }: ChoiceWorld,
): ConnectionState {
  if (state === before) return state;
  if (state.phase === "connecting") return { ...state, deadlineMs: nowMs + FIRST_MESSAGE_MS };
  if (state.phase !== "probing") return state;
  return { ...state, deadlineMs: nowMs + SILENCE_OF[transports[index] ?? "websocket"] };
}

function opening(nowMs: number, attempt = 0): ConnectionState {
  const { ...state } = connecting(nowMs, attempt);
  return state.phase === "connecting" ? { ...state, deadlineMs: nowMs + FIRST_MESSAGE_MS } : state;
}

/** When the search wants to go on. */
export function trialDueAtMs(trial: Trial): number {
  switch (trial.phase) {
    case "none":
      return Number.POSITIVE_INFINITY;
    case "waiting":
      return trial.atMs;
    case "trying":
      return trial.deadlineMs;
  }
}

function droppedOf({ phase }: Trial): TrialAction {
  return phase === "trying" ? "drop" : "none";
}

function isWaiting({ phase }: ConnectionState): boolean {
  return phase === "waiting" || phase === "offline";
}

function isLive({ phase }: ConnectionState): boolean {
  return phase === "live" || phase === "probing";
}

function stayed(choice: Choice): Step {
  return { choice, action: "none", trialAction: "none" };
}
