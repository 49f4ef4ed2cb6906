import type { Cursor } from "../../protocol/cursor.ts";
import { BatchReader } from "./batch-reader.ts";
import { FlushPace } from "./flush-pace.ts";
import type { FrameLog } from "./frame-log.ts";
import type { JsonEncoder, NumberedText } from "./json-encoder.ts";
import { SendBudget, TURN_UNITS, Turn } from "./send-budget.ts";
import type { SessionState } from "./session-state.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** So long is sent at one alarm, in rounds: a viewer of text cannot ask on, and its socket says nothing when it has drained. */
const MAX_ALARM_MS = 900;
const MIN_ROUND_PAUSE_MS = 50;
/** So many times as long as a round took is the pause after it: publishers have the rest. */
const ROUND_PAUSE_SHARE = 4;

/**
 * Brings on viewers that are behind: each gets what is stored in steps, the next when it has read the one before. They are
 * served when they join or ask on, at each publish, and by alarms, those first that waited longest; how much is bounded for
 * all together, so what one costs the others is bounded, too.
 */
export class CatchUp {
  /** The log of the channel; another one from its first publish on, or once it is deleted. */
  log: FrameLog;
  readonly #reader: BatchReader;
  readonly #budget: SendBudget;
  readonly #pace = new FlushPace();
  /** Who has asked, and gets more once there is room; who waited longest is the first. */
  readonly #waiting = new Set<ViewerSession>();
  readonly #pause: (ms: number) => Promise<void>;

  constructor(log: FrameLog, encoder: JsonEncoder, pause: (ms: number) => Promise<void>, nowMs: number) {
    this.log = log;
    this.#reader = new BatchReader(encoder);
    this.#budget = new SendBudget(nowMs);
    this.#pause = pause;
  }

  /** When an alarm is due for those who wait; undefined if nobody does. */
  get dueInMs(): number | undefined {
    return this.#waiting.size > 0 ? this.#pace.intervalMs : undefined;
  }

  /** A viewer is there again after an eviction. */
  restore(session: ViewerSession): void {
    if (isWaiting(session.state)) this.#waiting.add(session);
  }

  forget(session: ViewerSession): void {
    this.#waiting.delete(session);
  }

  /** A viewer is somewhere else from now on; a batch that is being read for it is dropped. */
  place(session: ViewerSession, state: SessionState): void {
    session.moveTo(state);
    this.#waiting.delete(session);
    if (isWaiting(state)) this.#waiting.add(session);
  }

  /** A viewer could not be sent everything: it has what is numbered up to `seq`. One of frames says when it has read so far. */
  fallBehind(session: ViewerSession, seq: number): void {
    const cursor = { epoch: this.log.position.epoch, seq };
    this.place(session, { kind: "behind", cursor, hasAsked: session.format === "json" });
    session.tell({ type: "behind", ...cursor });
  }

  /** A viewer asks for what comes after a cursor: it gets the next step, or waits if there was much of that lately. */
  async ask(session: ViewerSession, cursor: Cursor, nowMs: number): Promise<void> {
    this.place(session, { kind: "behind", cursor, hasAsked: true });
    const turn = this.#budget.turnAtOnce(TURN_UNITS.join, nowMs);
    if (turn !== undefined) await this.#steps(session, turn);
  }

  /** Something was published: those who wait get more. @returns whether anybody did */
  async flushAtPublish(nowMs: number): Promise<boolean> {
    const turn = this.#waiting.size === 0 ? undefined : this.#budget.turnAtOnce(TURN_UNITS.publish, nowMs);
    const hasSent = turn !== undefined && (await this.#flush(turn));
    if (hasSent) this.#pace.published();
    return hasSent;
  }

  /** An alarm came: those who wait get more, round after round as long as they read, for a second at most. */
  async flushByAlarm(): Promise<void> {
    let hasSent = false;
    for (let leftMs = MAX_ALARM_MS; ; ) {
      const beganAtMs = Date.now();
      if (!(await this.#flush(new Turn(TURN_UNITS.alarm)))) break;
      hasSent = true;
      // 0 where clocks stand still while code runs.
      const tookMs = Date.now() - beganAtMs;
      const pauseMs = Math.max(MIN_ROUND_PAUSE_MS, ROUND_PAUSE_SHARE * tookMs);
      leftMs -= tookMs + pauseMs;
      if (this.#waiting.size === 0 || leftMs < 0) break;
      await this.#pause(pauseMs);
    }
    this.#pace.alarmed(hasSent);
  }

  /** @returns whether anybody got more */
  async #flush(turn: Turn): Promise<boolean> {
    let hasSent = false;
    for (const session of [...this.#waiting]) {
      if (turn.left <= 0) break;
      if (await this.#steps(session, turn)) hasSent = true;
    }
    return hasSent;
  }

  /** As many steps as the turn has, and the viewer has room for; one of frames asks for each. @returns whether it got more */
  async #steps(session: ViewerSession, turn: Turn): Promise<boolean> {
    let hasSent = false;
    while (turn.left > 0 && (await this.#step(session, turn))) hasSent = true;
    return hasSent;
  }

  /** Sends a viewer the next step, if it waits for one and has room. @returns whether it got more */
  async #step(session: ViewerSession, turn: Turn): Promise<boolean> {
    const { state } = session;
    if (!isWaiting(state) || !session.hasStepRoom) return false;
    const send = await this.#nextOf(session, state.cursor, turn);
    // It left meanwhile, the numbering ended, or somebody else sent it this.
    if (send === undefined || session.isClosed || session.state !== state) return false;
    const seq = send();
    if (session.isClosed) return false;
    const { position } = this.log;
    if (seq < position.seq) this.fallBehind(session, seq);
    else this.#goLive(session);
    return true;
  }

  /** Reads what comes next. @returns what sends it, and says how far that reached; undefined: the cursor is not the log's */
  async #nextOf(session: ViewerSession, cursor: Cursor, turn: Turn): Promise<(() => number) | undefined> {
    const { log } = this;
    if (cursor.epoch === log.position.epoch && cursor.seq === log.position.seq) return () => cursor.seq;
    if (session.format === "json") {
      const batch = await this.#reader.texts(log, cursor, turn);
      return batch && (() => sendTexts(session, batch.texts.textsAfter(batch.after), turn) ?? batch.texts.seq);
    }
    const batch = await this.#reader.frames(log, cursor, turn);
    return (
      batch &&
      (() => {
        const { after, frames, seq, lostInTrimmed } = batch;
        const at = { epoch: cursor.epoch, seq: after };
        if (after > cursor.seq) session.tell({ type: "gap", reason: "trimmed", points: after - cursor.seq, ...at });
        if (lostInTrimmed !== 0) session.tell({ type: "gap", reason: "gaps-trimmed", points: lostInTrimmed, ...at });
        if (frames.byteLength > 0) session.send(frames);
        return seq;
      })
    );
  }

  #goLive(session: ViewerSession): void {
    this.place(session, { kind: "live" });
    session.tell({ type: "live", ...this.log.position });
  }
}

/**
 * Sends texts as far as there is room, and as the turn goes.
 * @returns the number of the last point sent; undefined if that is all of them
 */
export function sendTexts(session: ViewerSession, texts: Iterable<NumberedText>, turn: Turn): number | undefined {
  let isFirst = true;
  for (const { seq, text, bytes } of texts) {
    if (bytes > session.room || (turn.left <= 0 && !isFirst)) return seq - 1;
    session.send(text);
    // The first costs nothing: a publish has at least one for each viewer.
    if (!isFirst) turn.sentText();
    isFirst = false;
  }
  return undefined;
}

function isWaiting(state: SessionState): state is Extract<SessionState, { kind: "behind" }> {
  return state.kind === "behind" && state.hasAsked;
}
