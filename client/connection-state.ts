import { fullJitterMs } from "../protocol/backoff.ts";

/** The pure half of the connection: which state follows from which event, and what is to be done about it. */

export const BASE_DELAY_MS = 500;
export const MAX_DELAY_MS = 3_000;
export const PING_EVERY_MS = 20_000;
/** How long a ping, or a connection being made, may stay without any sign of life. */
export const SILENCE_MS = 10_000;

export type ConnectionState =
  /** A socket is being opened, or is open and has not yet sent everything that is stored. */
  | { phase: "connecting"; attempt: number; online: boolean; deadlineMs: number }
  /** Every frame comes as it is taken. */
  | { phase: "live"; pingAtMs: number }
  /** Live as far as we know; a ping is on its way. */
  | { phase: "probing"; deadlineMs: number }
  | { phase: "waiting"; attempt: number; retryAtMs: number }
  /** The browser says that there is no network. Retried all the same: it can be wrong, and localhost needs none. */
  | { phase: "offline"; attempt: number; retryAtMs: number }
  /** The Channel ended it for good: only a new token, or the user, opens another. */
  | { phase: "refused"; reason: RefusedReason };

/** Why a Channel ends a connection for good: its token counts no more, or has no right here any more. */
export type RefusedReason = "token" | "right";

export type ConnectionEvent =
  /** Anything came in. */
  | "heard"
  /** The Channel said `live`. */
  | "caught-up"
  | "closed"
  /** The Channel closed it for good. */
  | RefusedReason
  /** The state's own time is up. */
  | "due"
  /** The Worker said when to come again. */
  | "held"
  /** The user asked for it. */
  | "retry"
  | "online"
  | "offline"
  | "visible";

/** What the shell does on a transition: open a new socket (leaving any old one), leave the socket, or send a ping. */
export type ConnectionAction = "open" | "leave" | "ping" | "none";

export interface Transition {
  state: ConnectionState;
  action: ConnectionAction;
}

/** Where everything begins: a first attempt. */
export function connecting(nowMs: number, attempt = 0, online = true): ConnectionState {
  return { phase: "connecting", attempt, online, deadlineMs: nowMs + SILENCE_MS };
}

/** When the state wants its `due`. */
export function dueAtMs(state: ConnectionState): number {
  switch (state.phase) {
    case "connecting":
    case "probing":
      return state.deadlineMs;
    case "live":
      return state.pingAtMs;
    case "waiting":
    case "offline":
      return state.retryAtMs;
    case "refused":
      return Infinity;
  }
}

/**
 * @param random a number in [0, 1), for the jitter
 * @param baseDelayMs over how long the Channel wants its viewers to spread their coming back
 * @param notBeforeMs until then it waits at least, if it waits
 */
export function transition(
  state: ConnectionState,
  event: ConnectionEvent,
  nowMs: number,
  random: number,
  baseDelayMs = BASE_DELAY_MS,
  notBeforeMs = 0,
): Transition {
  const stay: Transition = { state, action: "none" };
  const open = (attempt: number, online = true): Transition => ({
    state: connecting(nowMs, attempt, online),
    action: "open",
  });
  const back = (phase: "waiting" | "offline", attempt: number, action: ConnectionAction): Transition => {
    const retryAtMs =
      Math.max(nowMs, notBeforeMs) + fullJitterMs(attempt, baseDelayMs, Math.max(baseDelayMs, MAX_DELAY_MS), random);
    return { state: { phase, attempt: attempt + 1, retryAtMs }, action };
  };
  const probe: Transition = { state: { phase: "probing", deadlineMs: nowMs + SILENCE_MS }, action: "ping" };
  const live: Transition = { state: { phase: "live", pingAtMs: nowMs + PING_EVERY_MS }, action: "none" };

  if (event === "token" || event === "right") return { state: { phase: "refused", reason: event }, action: "none" };
  if (state.phase === "refused") return event === "retry" ? open(0) : stay;
  // A wait that has begun begins anew.
  if (event === "held") return "retryAtMs" in state ? back(state.phase, state.attempt - 1, "none") : stay;
  if (event === "offline") {
    if (state.phase === "offline") return stay;
    return back("offline", 0, state.phase === "waiting" ? "none" : "leave");
  }
  switch (state.phase) {
    case "connecting":
      switch (event) {
        case "heard":
          return { state: connecting(nowMs, state.attempt, state.online), action: "none" };
        case "caught-up":
          return live;
        case "closed":
        case "due":
          return back(state.online ? "waiting" : "offline", state.attempt, event === "due" ? "leave" : "none");
        case "online":
          return open(0);
        case "retry":
        case "visible":
          return stay;
      }
      break;
    case "live":
      switch (event) {
        case "closed":
          return back("waiting", 0, "none");
        // After a change of network, or a sleep, a socket can be dead though no event said so.
        case "due":
        case "online":
        case "visible":
          return probe;
        case "heard":
        case "caught-up":
        case "retry":
          return stay;
      }
      break;
    case "probing":
      switch (event) {
        case "heard":
        case "caught-up":
          return live;
        case "closed":
        case "due":
          return back("waiting", 0, event === "due" ? "leave" : "none");
        case "online":
        case "visible":
        case "retry":
          return stay;
      }
      break;
    case "waiting":
    case "offline":
      switch (event) {
        case "due":
        case "retry":
        case "visible":
          return open(state.attempt, state.phase === "waiting");
        case "online":
          return open(0);
        case "heard":
        case "caught-up":
        case "closed":
          return stay;
      }
  }
}
