import { type Cursor, cursorText } from "../../protocol/cursor.ts";
import type { SeriesFilter } from "../../protocol/series-filter.ts";
import { BASE_DELAY_MS } from "../connection-state.ts";
import type { ClientEnvironment } from "../environment.ts";
import type { TokenSource } from "../token-source.ts";
import { type Choice, type ChoiceEvent, choiceDueAtMs, choose, firstChoice } from "./choice.ts";
import { Follower, type FrameEvent, type GapEvent } from "./follower.ts";
import type { Ended, OpenTransport, Problem, Transport, TransportEvents, TransportName } from "./transport.ts";
import { Unread } from "./unread.ts";

/** How it stands with the connection. */
export type StateEvent =
  /**
   * `waiting` may have a problem: the Worker said what it lacks. `live` may have a note: a sentence that says that the channel never had any
   * of the series that were asked for. `offline`: the browser says that there is no network.
   */
  | {
      kind: "state";
      state: "connecting" | "live" | "waiting" | "offline";
      transport: TransportName;
      problem?: Problem;
      note?: string;
    }
  /** Nothing more comes. */
  | { kind: "state"; state: "refused"; transport: TransportName; problem: Problem };

export type SubscriptionEvent = FrameEvent | GapEvent | StateEvent;

export interface SubscriptionSetup {
  /** Without a query. */
  url: URL;
  tail: Readonly<Record<string, string>>;
  cursor: Cursor | undefined;
  filter: SeriesFilter;
  /** What the Worker is asked to pick, as in a URL's query; and what less an older one may know, to the end with "": nothing. */
  picks: readonly string[];
  token: TokenSource | undefined;
  /** Best first; one at least. */
  transports: readonly Transport[];
  environment: ClientEnvironment;
  /** Gaps that publishers report are left in their frames, and are no events. */
  keepsGaps?: boolean;
}

/** These a new token may end. */
const OF_TOKENS: readonly string[] = ["token-expired", "access-ended"];

/** The shell around the choice of transports: opens, leaves and tries them. What came waits until it is read. */
export class Subscription {
  #choice: Choice;
  #open: OpenTransport | undefined;
  #trial: OpenTransport | undefined;
  /** Of a connection of another turn nothing is heard any more. */
  #turn = 0;
  #trialTurn = 0;
  #follower: Follower;
  readonly #unread = new Unread<SubscriptionEvent>(() => this.#allIsRead());
  /** Too much waits: the connection is left, and another is opened once all is read. */
  #isFull = false;
  /** Which of the picks the Worker is asked for. */
  #pick = 0;
  #note: string | undefined;
  #isEnded = false;
  #problem: Problem | undefined;
  /** Something came since the last refusal that a new token may end. */
  #isTokenGood = true;
  #retryWithinMs = BASE_DELAY_MS;
  #notBeforeMs = 0;
  #said = "";
  #cancelTimer: (() => void) | undefined;
  #timerAtMs: number | undefined;
  #unwatch: (() => void) | undefined;
  readonly #setup: SubscriptionSetup;

  constructor(setup: SubscriptionSetup) {
    this.#setup = setup;
    this.#choice = firstChoice(setup.environment.nowMs());
    this.#follower = new Follower(
      setup.cursor,
      setup.filter,
      (event, bytes) => this.#unread.push(event, bytes),
      setup.keepsGaps,
    );
  }

  /** Begins. */
  open(): void {
    this.#unwatch = this.#setup.environment.watch?.((event) => this.#on(event));
    this.#say();
    this.#openTransport();
    this.#wakeWhenDue();
  }

  /** Ends it: nothing more comes, not what waits either. */
  close(): void {
    this.#unread.clear();
    this.#end();
  }

  /** What comes next; undefined: nothing more does. */
  next(): Promise<SubscriptionEvent | undefined> {
    return this.#unread.next();
  }

  #allIsRead(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#on("retry");
  }

  #on(event: ChoiceEvent): void {
    if (this.#isEnded) return;
    const { environment, transports } = this.#setup;
    const { choice, action, trialAction } = choose(this.#choice, event, {
      nowMs: environment.nowMs(),
      random: environment.random(),
      transports: transports.map(({ name }) => name),
      retryWithinMs: this.#retryWithinMs,
      notBeforeMs: this.#notBeforeMs,
    });
    this.#choice = choice;
    this.#say();
    switch (action) {
      case "open":
        this.#openTransport();
        break;
      case "leave":
        this.#leave();
        break;
      case "ping":
        this.#open?.ping();
        break;
      case "none":
    }
    if (trialAction !== "none") this.#leaveTrial();
    if (trialAction === "try" && choice.trial.phase === "trying") this.#openTrial(choice.trial.index);
    this.#wakeWhenDue();
  }

  /** Says how it stands, if that is another than before. */
  #say(): void {
    const { phase } = this.#choice.connection;
    const transport = this.#transportAt(this.#choice.index).name;
    const state = phase === "probing" ? "live" : phase;
    const said = `${state} ${transport}`;
    if (said === this.#said) return;
    this.#said = said;
    const problem = this.#problem;
    if (state !== "refused") {
      const isWhy = state === "waiting" && problem !== undefined;
      const note = state === "live" ? this.#note : undefined;
      const told = { ...(isWhy && { problem }), ...(note !== undefined && { note }) };
      this.#unread.push({ kind: "state", state, transport, ...told });
      // A poll says it again and again.
      if (state === "live") this.#note = undefined;
    } else if (problem !== undefined) {
      this.#unread.push({ kind: "state", state, transport, problem });
      this.#end();
    }
  }

  #wakeWhenDue(): void {
    // What is full waits until it is read.
    const dueAtMs = this.#isEnded || this.#isFull ? undefined : choiceDueAtMs(this.#choice);
    // Most events change nothing of it.
    if (dueAtMs === this.#timerAtMs) return;
    this.#cancelTimer?.();
    this.#timerAtMs = dueAtMs;
    if (dueAtMs === undefined) return;
    this.#cancelTimer = this.#setup.environment.wakeAt(dueAtMs, () => {
      this.#timerAtMs = undefined;
      // Timers may fire early.
      if (this.#setup.environment.nowMs() >= choiceDueAtMs(this.#choice)) this.#on(this.#dueEvent());
      else this.#wakeWhenDue();
    });
  }

  /** A transport that is not read, because what came is not read, cannot be blamed for its silence. */
  #dueEvent(): ChoiceEvent {
    const { connection } = this.#choice;
    const isSilent = connection.phase === "connecting" || connection.phase === "probing";
    return isSilent && this.#unread.isAwaited ? "heard" : "due";
  }

  #openTransport(): void {
    this.#leave();
    this.#follower.connecting(this.#picks !== "");
    const turn = this.#turn;
    const ifMine = (act: () => void): void => {
      if (turn === this.#turn && !this.#isEnded) act();
    };
    const events: TransportEvents = {
      heard: () => ifMine(() => this.#on("heard")),
      frames: (bytes) =>
        ifMine(() => {
          this.#isTokenGood = true;
          this.#follower.frames(bytes);
          if (this.#unread.isTooMuch) this.#full();
        }),
      gap: (missing) => ifMine(() => this.#follower.gap(missing)),
      lost: (lost) => ifMine(() => this.#follower.lost(lost)),
      note: (detail) =>
        ifMine(() => {
          this.#note = detail;
        }),
      live: (at) =>
        ifMine(() => {
          this.#isTokenGood = true;
          this.#problem = undefined;
          this.#notBeforeMs = 0;
          this.#follower.live(at);
          this.#on("caught-up");
        }),
      retryWithin: (ms) => {
        this.#retryWithinMs = ms;
      },
      ended: (how) =>
        ifMine(() => {
          this.#leave();
          this.#ended(how);
        }),
    };
    void this.#start(this.#choice.index, events, () => turn === this.#turn).then((opened) => {
      if (opened === undefined) return;
      if (turn === this.#turn && !this.#isEnded) this.#open = opened;
      else opened.close();
    });
  }

  /** Opens one, as soon as there is a token. */
  async #start(index: number, events: TransportEvents, isWanted: () => boolean): Promise<OpenTransport | undefined> {
    const { url, tail, token: source } = this.#setup;
    try {
      const token = typeof source === "function" ? await source() : source;
      if (!isWanted() || this.#isEnded) return undefined;
      const { cursor } = this.#follower;
      const query = cursor === undefined ? tail : { cursor: cursorText(cursor) };
      const nextToken = async (): Promise<string | undefined> => {
        const next = typeof source === "function" ? await source() : token;
        return next === token ? undefined : next;
      };
      const request = { url, query, picks: this.#picks, token, nextToken, room: () => this.#unread.room() };
      return this.#transportAt(index).open(request, events);
    } catch {
      // No token is to be had just now, or the runtime does not let this transport be used here.
      events.ended({ kind: "closed" });
      return undefined;
    }
  }

  get #picks(): string {
    return this.#setup.picks[this.#pick] ?? "";
  }

  #full(): void {
    this.#isFull = true;
    this.#leave();
    this.#on("full");
  }

  #ended(how: Ended): void {
    switch (how.kind) {
      case "closed":
        this.#on("closed");
        return;
      case "come-later":
        this.#problem = how.problem;
        this.#notBeforeMs = this.#setup.environment.nowMs() + how.afterMs;
        this.#on("come-later");
        return;
      case "refused": {
        if (how.problem.code === "query-invalid" && this.#picks !== "") return this.#askForLess();
        this.#problem = how.problem;
        const mayRenew = typeof this.#setup.token === "function" && OF_TOKENS.includes(how.problem.code);
        if (mayRenew && this.#isTokenGood) {
          this.#isTokenGood = false;
          this.#on("come-later");
        } else this.#on("right");
        return;
      }
      default:
        how satisfies never;
    }
  }

  /** The Worker is older, and does not know how to pick all of this: it is asked for less, the best transport first. */
  #askForLess(): void {
    this.#pick++;
    this.#choice = firstChoice(this.#setup.environment.nowMs());
    this.#say();
    this.#openTransport();
    this.#wakeWhenDue();
  }

  #openTrial(index: number): void {
    const turn = this.#trialTurn;
    const after = (event: ChoiceEvent) => (): void => {
      if (turn !== this.#trialTurn) return;
      this.#leaveTrial();
      this.#on(event);
    };
    const worked = after("trial-worked");
    const events: TransportEvents = {
      heard: worked,
      frames: worked,
      gap: worked,
      lost: worked,
      note: () => undefined,
      live: worked,
      retryWithin: () => undefined,
      ended: after("trial-failed"),
    };
    void this.#start(index, events, () => turn === this.#trialTurn).then((opened) => {
      if (turn === this.#trialTurn) this.#trial = opened;
      else opened?.close();
    });
  }

  #leave(): void {
    this.#turn++;
    this.#open?.close();
    this.#open = undefined;
    this.#unread.letMoreCome();
  }

  #leaveTrial(): void {
    this.#trialTurn++;
    this.#trial?.close();
    this.#trial = undefined;
  }

  #end(): void {
    this.#isEnded = true;
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#cancelTimer?.();
    this.#leave();
    this.#leaveTrial();
    this.#unread.end();
  }

  #transportAt(index: number): Transport {
    const transport = this.#setup.transports[index];
    if (transport === undefined) throw new RangeError(`There is no transport ${index}.`);
    return transport;
  }
}
