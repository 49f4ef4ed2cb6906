/** A channel's log in the SQLite of a Durable Object does what every log does, in memory and read anew for each question. */
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { concat } from "../../../../protocol/bytes.ts";
import type { Cursor } from "../../../../protocol/cursor.ts";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import type { BatchBounds, FrameBatch, FrameLog, Taken } from "../../../../worker/hub/frame-log.ts";
import { startEdge } from "../../../support/edge.ts";
import { frameLogSuite, type LogUnderTest } from "../../../support/frame-log-suite.ts";
import { newChannel } from "../../../support/publish.ts";

const main = fileURLToPath(new URL("../../../support/log-worker.js", import.meta.url));
const edge = await startEdge({ main });
after(() => edge.close());

/** A log in a Worker. What it says at once is what it said with the last frames, as it is for a relay. */
class RemoteLog implements FrameLog {
  position: Cursor = { epoch: 0, seq: 0 };
  series: string[] = [];
  scales: number[] = [];
  arrangement = "";
  takenAtMs: number | null = null;
  takenEveryMs: number | null = null;
  onFrames: (frames: readonly Uint8Array[]) => void = () => undefined;
  readonly #name = newChannel().replaceAll("/", "-");
  readonly #storeBytes: number;
  readonly #isEvicted: boolean;
  #lastAnswer: Promise<unknown> = Promise.resolve();

  constructor(storeBytes: number, isEvicted: boolean) {
    this.#storeBytes = storeBytes;
    this.#isEvicted = isEvicted;
  }

  async tailStart(points: number, seconds: number): Promise<Cursor> {
    return JSON.parse(await (await this.#ask("tail-start", { points, seconds })).text());
  }

  async framesAfter(cursor: Cursor, { bytes, values }: BatchBounds): Promise<FrameBatch | undefined> {
    const answer = await this.#ask("frames-after", { ...cursor, bytes, values });
    if (answer.status === 204) return undefined;
    const batch: Omit<FrameBatch, "frames"> = JSON.parse(answer.headers.get("batch") ?? "");
    const frames = splitFrames(new Uint8Array(await answer.arrayBuffer()));
    // The log may be further than is known here.
    const known = frames.filter((frame) => readHeader(frame).seq <= this.position.seq);
    return { ...batch, frames: concat(known), seq: Math.min(batch.seq, this.position.seq) };
  }

  async framesBefore(seq: number, { bytes, values }: BatchBounds): Promise<{ frames: Uint8Array; after: number }> {
    const answer = await this.#ask("frames-before", { seq, bytes, values });
    const { after }: { after: number } = JSON.parse(answer.headers.get("batch") ?? "");
    return { frames: new Uint8Array(await answer.arrayBuffer()), after };
  }

  async takings(after: number, through: number): Promise<Taken[]> {
    return JSON.parse(await (await this.#ask("takings", { after, through })).text());
  }

  async takenSince(ms: number): Promise<number> {
    return JSON.parse(await (await this.#ask("taken-since", { ms })).text());
  }

  /** Does something with the log that changes what it says. @returns the frames of the answer */
  async change(what: string, query: Record<string, number>, series: readonly string[] = [], body?: Uint8Array) {
    const answer = await this.#ask(what, query, series, body);
    const frames = splitFrames(new Uint8Array(await answer.arrayBuffer()));
    Object.assign(this, JSON.parse(answer.headers.get("state") ?? ""));
    this.onFrames(frames);
    return frames;
  }

  #ask(
    what: string,
    query: Record<string, number>,
    series: readonly string[] = [],
    body?: Uint8Array,
  ): Promise<Response> {
    const url = new URL(`/${this.#name}/${what}`, edge.url);
    const parameters = Object.entries({ ...query, storeBytes: this.#storeBytes });
    for (const [key, value] of parameters) url.searchParams.set(key, `${value}`);
    for (const name of series) url.searchParams.append("series", name);
    const ask = () => fetch(url, body === undefined ? {} : { method: "POST", body: new Uint8Array(body) });
    if (!this.#isEvicted) return ask();
    // One after the other: what is evicted must not be busy.
    const answer = this.#lastAnswer.then(async () => {
      if (this.position.epoch > 0) await edge.evict(this.#name);
      return await ask();
    });
    this.#lastAnswer = answer.then((response) => response.clone().arrayBuffer());
    return answer;
  }
}

async function open(storeBytes: number, isEvicted: boolean): Promise<LogUnderTest> {
  const log = new RemoteLog(storeBytes, isEvicted);
  await log.change("open", {});
  return {
    log,
    get onFrames() {
      return log.onFrames;
    },
    set onFrames(listen) {
      log.onFrames = listen;
    },
    append: (frames, atMs = 1000, series = []) => log.change("append", { atMs }, series, concat([...frames])),
    resetEpoch: async () => void (await log.change("clear", { atMs: 1000 })),
  };
}

frameLogSuite("SQLite", (storeBytes) => open(storeBytes, false));
frameLogSuite("SQLite, evicted before each question", (storeBytes) => open(storeBytes, true));
