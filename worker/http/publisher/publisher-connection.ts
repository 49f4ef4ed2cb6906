import {
  CloseCode,
  MAX_BODY_BYTES,
  MAX_PRESENCE_BYTES,
  MAX_UNANSWERED_BODIES,
  MAX_UNANSWERED_BYTES,
  PING,
  PONG,
  PUBLISHER_SILENCE_MS,
} from "../../../protocol/limits.ts";
import type { Announcement, PublishAnswer } from "../../../protocol/messages/publish.ts";
import {
  type PublisherServerMessage,
  parsePublisherClientMessage,
  splitNumberedBody,
} from "../../../protocol/messages/publisher-message.ts";
import { Problem } from "../../../protocol/problem.ts";
import type { StreamCost } from "../live/stream-cost.ts";
import { problemOf, refusalIn } from "../problem-response.ts";

/** A connection goes on with the variables and the version of the Worker that it began with: so it ends after an hour, and up to a tenth more. */
const MAX_AGE_MS = 3_600_000;
/** Who it is is looked at again before a body, but no more often. */
const GUARD_EVERY_MS = 1_000;
/**
 * Each look may ask for the list of tokens, and so be a subrequest, of which a request has a bound
 * (https://developers.cloudflare.com/workers/platform/limits/#subrequests).
 */
const MAX_GUARDS = 900;
/** RFC 6455: come back. */
const TRY_AGAIN_LATER = 1013;

/** The line to the channel is no more, so nobody knows what became of what was sent. */
export class LineLost extends Error {
  override readonly name = "LineLost";
}

/** What a publisher sent, under its number. */
type Received = { n: number; bytes: number } & (
  | { kind: "body"; body: Uint8Array }
  | { kind: "announcement"; announcement: Announcement }
);

/** The same while it waits in memory; or why there is no room for it. */
type Waiting = Received & ({ room: "held"; release: () => void } | { room: "none"; problem: Problem });

/** What a connection needs of the world. */
export interface PublisherPlace {
  client: { send(text: string): void; close(code: number, reason: string): void };
  /** Has a body checked, numbered and stored, as a POST of it does. @throws Problem; LineLost if nobody knows what became of it */
  publish(body: Uint8Array): Promise<PublishAnswer>;
  /** @throws Problem, LineLost */
  announce(announcement: Announcement): Promise<void>;
  /** Looks again whether its token still may. @throws Problem */
  guard(): Promise<void>;
  /** Counts what waits in memory. @returns what ends that. @throws Problem if it is too much in all */
  hold(bytes: number): () => void;
  /** Is told of each refusal. */
  refused(problem: Problem): void;
  cost: StreamCost;
  nowMs(): number;
  random(): number;
}

/**
 * One publisher's WebSocket, as the Worker holds it: what comes is done one after the other, by the same code as a POST, and answered in
 * the same order. A WebSocket cannot be told to wait, so whoever sends much more than is answered is closed.
 */
export class PublisherConnection {
  readonly #place: PublisherPlace;
  readonly #queue: Waiting[] = [];
  readonly #endsAtMs: number;
  #queuedBytes = 0;
  #heardAtMs: number;
  #guardedAtMs: number;
  #guards = 0;
  #isWorking = false;
  #isOver = false;

  constructor(place: PublisherPlace) {
    this.#place = place;
    const nowMs = place.nowMs();
    this.#heardAtMs = nowMs;
    this.#guardedAtMs = nowMs;
    this.#endsAtMs = nowMs + MAX_AGE_MS * (1 + place.random() / 10);
  }

  /** The channel is reached. */
  open(): void {
    this.#tell({ type: "hello", version: 1 });
  }

  /** The publisher sent something. */
  heard(data: unknown): void {
    if (this.#isOver) return;
    this.#heardAtMs = this.#place.nowMs();
    if (data === PING) {
      this.#place.cost.spend(0);
      this.#place.client.send(PONG);
      if (!this.#isWorking) this.#endIfDone();
      return;
    }
    const received = this.#read(data);
    if (received === "unknown-type") return;
    if (received === undefined) {
      return this.#end(CloseCode.badMessage, "Not a message of plotcast.publish.v1: SPEC.md, “Publishing over one”.");
    }
    const { bytes } = received;
    if (this.#queue.length >= MAX_UNANSWERED_BODIES || this.#queuedBytes + bytes > MAX_UNANSWERED_BYTES) {
      return this.#end(CloseCode.tooManyMessages, "Wait for the answer before you send the next.");
    }
    this.#queue.push(this.#hold(received));
    this.#queuedBytes += bytes;
    void this.#work();
  }

  /** Its client, or its channel, is gone. */
  closed(): void {
    this.#isOver = true;
    for (const waiting of this.#queue.splice(0)) release(waiting);
  }

  /** The line to the channel ended. What it says of the token is passed on; else the publisher comes back. */
  lost(code: number): void {
    if (code === CloseCode.notPermitted) this.#end(code, "Your token was revoked; ask for another.");
    else if (code === CloseCode.tokenExpired) this.#end(code, "Your token has expired; come back with another.");
    else this.#end(TRY_AGAIN_LATER, "The channel was restarted; come back.");
  }

  /** To be called now and then: ends a connection of which nothing is heard, that is old, or whose token counts no more. */
  async look(): Promise<void> {
    if (this.#isOver || this.#isWorking) return;
    const nowMs = this.#place.nowMs();
    if (nowMs - this.#heardAtMs >= PUBLISHER_SILENCE_MS) return this.#end(CloseCode.gone, "Nothing was heard of you.");
    this.#endIfDone();
    if (this.#isOver) return;
    try {
      await this.#guard();
    } catch (error) {
      this.#endFor(problemOf(error));
    }
  }

  /** @returns undefined if it is no message; "unknown-type": of a newer publisher, to be passed over */
  #read(data: unknown): Received | "unknown-type" | undefined {
    if (data instanceof ArrayBuffer) {
      const numbered = splitNumberedBody(data);
      return numbered && { kind: "body", ...numbered, bytes: data.byteLength };
    }
    if (typeof data !== "string" || data.length > MAX_PRESENCE_BYTES) return undefined;
    const parsed = parsePublisherClientMessage(data);
    if (parsed.kind === "unknown-type") return "unknown-type";
    if (parsed.kind === "malformed") return undefined;
    const { n, publisher, here } = parsed.message;
    return { kind: "announcement", n, announcement: { publisher, here }, bytes: data.length };
  }

  #hold(received: Received): Waiting {
    try {
      return { ...received, room: "held", release: this.#place.hold(received.bytes) };
    } catch (error) {
      return { ...received, room: "none", problem: problemOf(error) };
    }
  }

  /** Does what waits, one after the other. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let next = this.#queue[0]; next !== undefined && !this.#isOver; next = this.#queue[0]) {
      await this.#do(next);
      // Once it is over nothing waits.
      if (this.#queue.shift() !== next) continue;
      release(next);
      this.#queuedBytes -= next.bytes;
      this.#endIfDone();
    }
    this.#isWorking = false;
  }

  async #do(waiting: Waiting): Promise<void> {
    const { n, bytes } = waiting;
    this.#place.cost.spend(bytes);
    try {
      this.#tell({ type: "taken", n, answer: await this.#taken(waiting) });
    } catch (error) {
      if (error instanceof LineLost) return this.#end(TRY_AGAIN_LATER, "The channel does not answer; come back.");
      const problem = problemOf(error);
      this.#place.refused(problem);
      this.#tell({ type: "refused", n, ...refusalIn(problem) });
      this.#endFor(problem);
    }
  }

  /** @throws Problem, LineLost */
  async #taken(waiting: Waiting): Promise<PublishAnswer | null> {
    if (waiting.room === "none") throw waiting.problem;
    if (Math.abs(this.#place.nowMs() - this.#guardedAtMs) >= GUARD_EVERY_MS) await this.#guard();
    switch (waiting.kind) {
      case "body":
        if (waiting.body.byteLength > MAX_BODY_BYTES) throw tooLarge();
        return await this.#place.publish(waiting.body);
      case "announcement":
        await this.#place.announce(waiting.announcement);
        return null;
      default:
        return waiting satisfies never;
    }
  }

  /** @throws Problem */
  async #guard(): Promise<void> {
    this.#guards++;
    this.#place.cost.spend(0);
    const nowMs = this.#place.nowMs();
    await this.#place.guard();
    this.#guardedAtMs = nowMs;
  }

  /** Between two bodies: what was not answered was not given to the channel. */
  #endIfDone(): void {
    const isOld = this.#place.nowMs() >= this.#endsAtMs;
    if (!this.#place.cost.isOver && !isOld && this.#guards < MAX_GUARDS) return;
    this.#end(CloseCode.comeBack, "This connection has done enough; come back.");
  }

  /** A token that counts no more ends the connection. */
  #endFor({ code }: Problem): void {
    if (code === "token-expired") this.#end(CloseCode.tokenExpired, "Your token has expired; come back with another.");
    if (code === "token-wrong" || code === "token-missing" || code === "not-permitted")
      this.#end(CloseCode.notPermitted, "Your token was revoked, or may not publish here any more.");
  }

  #tell(message: PublisherServerMessage): void {
    if (!this.#isOver) this.#place.client.send(JSON.stringify(message));
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.closed();
    this.#place.client.close(code, reason);
  }
}

function tooLarge(): Problem {
  return new Problem("body-too-large", `This body has ${MAX_BODY_BYTES} bytes at most. Publish it in several.`);
}

function release(waiting: Waiting): void {
  if (waiting.room === "held") waiting.release();
}
