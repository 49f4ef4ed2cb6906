import type { Cursor } from "../../protocol/cursor.ts";
import { BatchReader } from "./batch-reader.ts";
import { FlushPace } from "./flush-pace.ts";
import type { FrameBatch, FrameLog } from "./frame-log.ts";
import { beginningOf } from "./join-start.ts";
import { sendPickedStep } from "./picked-frames.ts";
import { SendBudget, TURN_UNITS, Turn } from "./send-budget.ts";
import { sendBatches } from "./send-texts.ts";
import type { SessionState } from "./session-state.ts";
import { isThinned, type ThinnedView } from "./text-view.ts";
import type { ViewEncoder } from "./view-encoder.ts";
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

  constructor(log: FrameLog, encoder: ViewEncoder, pause: (ms: number) => Promise<void>, nowMs: number) {
    this.log = log;
    this.#reader = new BatchReader(encoder);
    this.#budget = new SendBudget(nowMs);
    this.#pause = pause;
  }

  /** What was read of the log may not be what it has now. */
  rewritten(): void {
    this.#reader.forget();
  }

  /** What it may cost to find where a viewer begins; undefined: there was too much of that of late. */
  turnToJoin(nowMs: number): Turn | undefined {
    return this.#budget.turnAtOnce(TURN_UNITS.join, nowMs);
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
    this.place(session, { kind: "behind", cursor, hasAsked: !session.asksOn });
    session.tell({ type: "behind", ...cursor });
  }

  /** AC10e. A viewer may not have all that is stored any more: where it is behind the usual tail, it goes on at that. */
  async keepToTail(session: ViewerSession): Promise<void> {
    if (session.state.kind !== "behind") return;
    const { cursor } = session.state;
    // Until it is known where that is it gets nothing, whatever it asks.
    const state = { kind: "behind", cursor: this.log.position, hasAsked: false } as const;
    this.place(session, state);
    const { from, gap } = await beginningOf(this.log, { kind: "resume", cursor }, session.format, false);
    // It left meanwhile, or the numbering ended and it was told so.
    if (session.isClosed || session.state !== state) return;
    if (gap !== undefined) session.tell({ type: "gap", ...gap, ...from });
    this.fallBehind(session, from.seq);
  }

  /** A viewer asks for what comes after a cursor: it gets the next step, or waits if there was much of that lately. */
  async ask(session: ViewerSession, cursor: Cursor, nowMs: number): Promise<void> {
    this.place(session, { kind: "behind", cursor, hasAsked: true });
    const turn = this.#budget.turnAtOnce(TURN_UNITS.join, nowMs);
    if (turn !== undefined) await this.#steps(session, turn, nowMs);
  }

  /** Something was published: those who wait get more. @returns whether anybody did */
  async flushAtPublish(nowMs: number): Promise<boolean> {
    const turn = this.#waiting.size === 0 ? undefined : this.#budget.turnAtOnce(TURN_UNITS.publish, nowMs);
    const hasSent = turn !== undefined && (await this.#flush(turn, nowMs));
    if (hasSent) this.#pace.published();
    return hasSent;
  }

  /** An alarm came: those who wait get more, round after round as long as they read, for a second at most. */
  async flushByAlarm(nowMs: number): Promise<void> {
    let hasSent = false;
    for (let leftMs = MAX_ALARM_MS; ; ) {
      const beganAtMs = Date.now();
      if (!(await this.#flush(new Turn(TURN_UNITS.alarm), nowMs))) break;
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
  async #flush(turn: Turn, nowMs: number): Promise<boolean> {
    let hasSent = false;
    for (const session of [...this.#waiting]) {
      if (turn.left <= 0) break;
      if (await this.#steps(session, turn, nowMs)) hasSent = true;
    }
    return hasSent;
  }

  /** As many steps as the turn has, and the viewer has room for; one of frames asks for each. @returns whether it got more */
  async #steps(session: ViewerSession, turn: Turn, nowMs: number): Promise<boolean> {
    let hasSent = false;
    while (turn.left > 0 && (await this.#step(session, turn, nowMs))) hasSent = true;
    return hasSent;
  }

  /** Sends a viewer the next step, if it waits for one and has room. @returns whether it got more */
  async #step(session: ViewerSession, turn: Turn, nowMs: number): Promise<boolean> {
    const { state } = session;
    if (!isWaiting(state) || !session.hasStepRoom) return false;
    const send = await this.#nextOf(session, state.cursor, turn, nowMs);
    // It left meanwhile, the numbering ended, or somebody else sent it this.
    if (send === undefined || session.isClosed || session.state !== state) return false;
    const { seq, isAll } = send();
    if (session.isClosed) return false;
    if (isAll || seq >= this.log.position.seq) this.#goLive(session, seq);
    else this.fallBehind(session, seq);
    return true;
  }

  /** Reads what comes next. @returns what sends it; undefined: the cursor is not the log's */
  async #nextOf(session: ViewerSession, cursor: Cursor, turn: Turn, nowMs: number): Promise<SendStep | undefined> {
    const { log } = this;
    if (cursor.epoch === log.position.epoch && cursor.seq === log.position.seq) return () => ({ seq: cursor.seq });
    const { view } = session;
    if (view !== undefined && isThinned(view)) return await this.#nextStretches(session, cursor, view, turn, nowMs);
    if (view !== undefined && view.writing !== "frames") {
      const batch = await this.#reader.texts(log, cursor, view, turn);
      return (
        batch &&
        (() => {
          tellTrimmed(session, cursor, batch);
          return { seq: sendBatches(session, [batch.texts], turn, batch.after) ?? batch.texts.seq };
        })
      );
    }
    const batch = await this.#reader.frames(log, cursor, turn);
    return (
      batch &&
      (() => {
        const { frames, after, seq } = batch;
        tellTrimmed(session, cursor, batch);
        if (view !== undefined) sendPickedStep(session, this.#reader.picked(frames, view, after, turn), after);
        else if (frames.byteLength > 0) session.send(frames);
        return { seq };
      })
    );
  }

  /** VW22. The same for a viewer with `max_rate`: whole stretches. It is live when it has all that have ended. */
  async #nextStretches(
    session: ViewerSession,
    cursor: Cursor,
    view: ThinnedView,
    turn: Turn,
    nowMs: number,
  ): Promise<SendStep | undefined> {
    const kept = view.writing === "frames" ? undefined : this.#reader.keptTexts(cursor, view);
    if (kept !== undefined) return () => ({ seq: sendBatches(session, [kept], turn, cursor.seq) ?? kept.seq });
    const batch = await this.#reader.stretches(this.log, cursor, view, turn, nowMs);
    if (batch === undefined) return undefined;
    const { after, stretches, isAll } = batch;
    return () => {
      tellTrimmed(session, cursor, batch);
      const last = stretches.at(-1)?.seq ?? after;
      const seq =
        view.writing === "frames"
          ? sendPickedStep(session, this.#reader.pickedOf(stretches, view, after, turn), after)
          : (sendBatches(session, this.#reader.textsOf(stretches, view, turn), turn, after) ?? last);
      return { seq, isAll: isAll && seq === last };
    };
  }

  #goLive(session: ViewerSession, seq: number): void {
    const { position } = this.log;
    this.place(session, session.liveAt(seq));
    session.tell({ type: "live", epoch: position.epoch, seq: session.stretchMs === undefined ? position.seq : seq });
  }
}

/** Sends a step that was read. @returns the number up to which the viewer then has everything, and whether it is to have no more for now */
type SendStep = () => { seq: number; isAll?: boolean };

/** What is between a viewer's cursor and the batch that it gets cannot be had any more. */
export function tellTrimmed(
  session: ViewerSession,
  cursor: Cursor,
  { after, lostInTrimmed }: Pick<FrameBatch, "after" | "lostInTrimmed">,
): void {
  const at = { epoch: cursor.epoch, seq: after };
  if (after > cursor.seq) session.tell({ type: "gap", reason: "trimmed", points: after - cursor.seq, ...at });
  if (lostInTrimmed !== 0) session.tell({ type: "gap", reason: "gaps-trimmed", points: lostInTrimmed, ...at });
}

function isWaiting(state: SessionState): state is Extract<SessionState, { kind: "behind" }> {
  return state.kind === "behind" && state.hasAsked;
}
