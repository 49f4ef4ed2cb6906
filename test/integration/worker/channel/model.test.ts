/** A channel compared with a model of it, in runs of random operations that are the same each time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChannelViewer, type Cursor, type Frame, type MissingPoints } from "../../../../client/viewer.ts";
import { concat } from "../../../../protocol/bytes.ts";
import type { Point } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { ANONYMOUS, readHeader } from "../../../../protocol/frame/header.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { MAX_JSON_TAIL_POINTS } from "../../../../worker/hub/hub.ts";
import { ChannelModel, type SentFrame } from "../../../support/channel-model.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { newChannel, publishFrames, read, rowOf } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";
import { WsEnvironment } from "../../../support/ws-environment.ts";
import { Random } from "../../../torture/random.ts";

const PUBLISHERS = ["00000000000000aa", "00000000000000bb", "00000000000000cc", ANONYMOUS];
const SERIES = ["a", "b", "c", "d", "e"];

/** A viewer as the client library has it, each event checked when it comes. */
class CheckedViewer {
  readonly viewer: ChannelViewer;
  readonly environment = new WsEnvironment({ random: () => 0 });
  /** Up to where it has everything, or was told what is missing. */
  at: Cursor | undefined;
  /** Where it stood before the gap `trimmed` that came last. */
  #beforeTrimmed: Cursor | undefined;
  #isStart = false;
  faults: string[] = [];
  readonly #model: ChannelModel;

  constructor(edge: Edge, channel: string, model: ChannelModel, cursor?: Cursor, points = 0) {
    this.#model = model;
    this.at = cursor;
    this.viewer = new ChannelViewer(
      edge.channelUrl(channel),
      { frame: (frame) => this.#frame(frame), missing: (missing) => this.#missing(missing) },
      { environment: this.environment, ...(cursor ? { cursor } : { tail: { points } }) },
    );
    this.viewer.open();
  }

  /** Whether it has everything. */
  get isThere(): boolean {
    const { epoch, seq } = this.#model;
    const { cursor, state } = this.viewer;
    return state.phase === "live" && cursor?.epoch === epoch && cursor.seq === seq;
  }

  #frame({ header }: Frame): void {
    const { epoch, seq, points } = header;
    const taken = this.#model.taken.get(epoch)?.find((frame) => frame.seq === seq);
    if (taken === undefined || taken.after !== seq - points) return this.#fault(`no such frame: ${epoch} ${seq}`);
    this.#begin(epoch);
    const isNext = this.#isStart ? (this.at?.seq ?? 0) < seq : this.at?.seq === seq - points;
    if (this.at !== undefined && (this.at.epoch !== epoch || !isNext)) {
      this.#fault(`frame (${seq - points}, ${seq}] of ${epoch} after ${this.at.seq} of ${this.at.epoch}`);
    }
    this.#moveTo({ epoch, seq });
  }

  #missing({ reason, points, epoch, seq }: MissingPoints): void {
    if (reason !== "epoch") this.#begin(epoch);
    const before = this.at;
    if (reason === "epoch") {
      if (points !== null || before === undefined) this.#fault("an epoch");
      this.#moveTo({ epoch, seq }, true);
    } else if (reason === "trimmed") {
      if (before?.epoch !== epoch || points !== seq - before.seq || points <= 0) {
        this.#fault(`trimmed ${points} up to ${seq} after ${before?.seq}`);
      }
      this.#moveTo({ epoch, seq });
      this.#beforeTrimmed = before;
    } else if (reason === "gaps-trimmed") {
      const lost = this.#beforeTrimmed && this.#model.lostBetween(this.#beforeTrimmed, seq);
      if (lost === 0 || lost !== points) this.#fault(`gaps-trimmed ${points}, not ${lost}`);
      this.#beforeTrimmed = undefined;
    } else this.#fault(`${reason} of ${points}`);
  }

  /** Before the first publish the epoch is 0, and the next begins at 0. */
  #begin(epoch: number): void {
    if (this.at?.epoch === 0) this.at = { epoch, seq: 0 };
  }

  /** What comes next follows this. What was trimmed before told of no loss, or that was said. */
  #moveTo(at: Cursor, isStart = false): void {
    const before = this.#beforeTrimmed;
    if (before && this.at && this.#model.lostBetween(before, this.at.seq) !== 0) this.#fault("gaps-trimmed is missing");
    this.#beforeTrimmed = undefined;
    this.#isStart = isStart;
    this.at = at;
  }

  #fault(what: string): void {
    this.faults.push(what);
  }
}

function textOf({ series, x, y }: Point): string {
  return JSON.stringify({ series, x, y });
}

/** One run. */
class Run {
  readonly #edge: Edge;
  readonly #channel = newChannel();
  readonly #random: Random;
  readonly #model: ChannelModel;
  readonly #maxRows: number;
  readonly #viewers: CheckedViewer[] = [];
  /** The frames that were sent, by publisher, each once. */
  readonly #sent = new Map<string, SentFrame[]>();
  #points = 0;

  constructor(edge: Edge, storeBytes: number, maxRows: number, seed: number) {
    this.#edge = edge;
    this.#random = new Random(seed);
    this.#model = new ChannelModel(storeBytes);
    this.#maxRows = maxRows;
  }

  async go(steps: number): Promise<void> {
    // The first publish makes an epoch that nobody can know before.
    await publishFrames(this.#edge, this.#channel, this.#frame(ANONYMOUS, 1).bytes);
    await this.#empty();
    this.#viewers.push(new CheckedViewer(this.#edge, this.#channel, this.#model, { epoch: 0, seq: 0 }));
    try {
      for (let i = 0; i < steps; i++) await this.#step();
      await this.#settle();
      await this.#readAll();
    } finally {
      for (const { viewer } of this.#viewers) viewer.close();
    }
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const publisher = PUBLISHERS[random.integer(0, 3)] ?? ANONYMOUS;
    await random.weighted<() => Promise<void>>([
      [30, () => this.#publish(this.#newBody(publisher))],
      [10, () => this.#publish(this.#repeatedBody(publisher))],
      [5, () => this.#evict()],
      [1, () => this.#empty()],
      [3, () => this.#readAll()],
      [6, () => this.#readSome()],
      [3, () => this.#readLastFrames()],
      [5, () => this.#join()],
      [3, () => this.#joinText()],
      [3, async () => this.#viewers[random.integer(0, this.#viewers.length - 1)]?.environment.cut()],
      [2, () => this.#settle()],
    ])();
  }

  #newBody(publisher: string): SentFrame[] {
    const random = this.#random;
    let number =
      this.#sent
        .get(publisher)
        ?.map(({ bytes }) => readHeader(bytes).publisherSeq)
        .at(-1) ?? 0;
    return Array.from(
      {
        length: random.weighted([
          [6, 1],
          [2, 3],
          [1, 12],
        ]),
      },
      () => {
        number += random.weighted([
          [8, 1],
          [1, 3],
        ]);
        return this.#frame(publisher, number);
      },
    );
  }

  #frame(publisher: string, number: number): SentFrame {
    const random = this.#random;
    const builder = new FrameBuilder();
    const lost = random.weighted<number | null>([
      [12, 0],
      [2, random.integer(1, 9)],
      [0.2, null],
    ]);
    const gap = { kind: "gap", reason: "bridge-full", points: lost, fromX: null, toX: null, series: "" } as const;
    if (lost !== 0) assert.ok(builder.addGap(gap));
    const firstX = random.weighted([
      [3, this.#points],
      [1, random.integer(-50, 50)],
    ]);
    const names = SERIES.filter(() => random.next() < 0.3);
    if (names.length === 0) names.push(SERIES[random.integer(0, SERIES.length - 1)] ?? "a");
    const rows = random.weighted([
      [5, 1],
      [3, random.integer(2, 9)],
      [1, random.integer(1, this.#maxRows)],
    ]);
    for (let i = 0; i < rows; i++) {
      const ys = names.map(() => ++this.#points + random.next());
      assert.ok(
        builder.add(rowOf(firstX + i + random.next(), Object.fromEntries(names.map((name, j) => [name, ys[j] ?? 0])))),
      );
    }
    return { bytes: builder.encode(publisher, number), lost };
  }

  /** Some frames that were sent before, perhaps with another in the place of one, perhaps with new ones behind them. */
  #repeatedBody(publisher: string): SentFrame[] {
    const random = this.#random;
    const sent = this.#sent.get(publisher) ?? [];
    if (sent.length === 0 || publisher === ANONYMOUS) return this.#newBody(publisher);
    const back = random.weighted([
      [3, 1],
      [3, random.integer(1, 12)],
      [2, random.integer(1, sent.length)],
    ]);
    const first = Math.max(0, sent.length - back);
    const isNew = random.next() < 0.3;
    const some = sent.slice(first, isNew ? undefined : first + random.integer(1, 20)).slice(-60);
    const i = random.integer(0, some.length - 1);
    const other = some[i];
    if (other !== undefined && random.next() < 0.2)
      some[i] = this.#frame(publisher, readHeader(other.bytes).publisherSeq);
    return isNew ? [...some, ...this.#newBody(publisher)] : some;
  }

  async #publish(body: SentFrame[]): Promise<void> {
    const model = this.#model;
    const { publisher } = readHeader(body[0]?.bytes ?? new Uint8Array());
    const expected = model.publish(body);
    const frames = body.map(({ bytes }) => bytes);
    const { viewers: _, ...answer } = await publishFrames(this.#edge, this.#channel, ...frames);
    assert.deepEqual({ repeats: undefined, ...answer }, expected);
    const sent = this.#sent.get(publisher) ?? [];
    const last = sent.map(({ bytes }) => readHeader(bytes).publisherSeq).at(-1) ?? 0;
    this.#sent.set(publisher, [...sent, ...body.filter(({ bytes }) => readHeader(bytes).publisherSeq > last)]);
  }

  async #empty(): Promise<void> {
    const headers = { Authorization: `Bearer ${this.#edge.token}` };
    const answer = await fetch(this.#edge.channelUrl(this.#channel), { method: "DELETE", headers });
    assert.equal(answer.status, 204);
    const epoch = Number((await read(this.#edge, this.#channel, FRAME_TYPE)).headers.get("Plotcast-Epoch"));
    assert.ok(epoch > this.#model.epoch);
    this.#model.clear(epoch);
  }

  async #evict(): Promise<void> {
    // Only what is in memory can be evicted.
    await (await read(this.#edge, this.#channel, FRAME_TYPE, "?points=0")).arrayBuffer();
    await this.#edge.evict(this.#channel);
  }

  async #readAll(): Promise<void> {
    await this.#readFrames("", this.#model.kept);
  }

  /** Frames that hold some of the last points, or that reach into a range. */
  async #readLastFrames(): Promise<void> {
    const { kept, seq } = this.#model;
    const [points, [from, to]] = [this.#random.integer(1, 60), this.#range()];
    const isIn = ({ points: all, ...frame }: (typeof kept)[number]) =>
      frame.seq > seq - points &&
      Math.max(...all.map(({ x }) => x)) >= from &&
      Math.min(...all.map(({ x }) => x)) <= to;
    await this.#readFrames(`?points=${points}&from=${from}&to=${to}`, kept.filter(isIn));
  }

  async #readFrames(query: string, frames: readonly { bytes: Uint8Array }[]): Promise<void> {
    const answer = await read(this.#edge, this.#channel, FRAME_TYPE, query);
    assert.equal(Number(answer.headers.get("Plotcast-Epoch")), this.#model.epoch);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.ok(bytes.equals(concat(frames.map((frame) => frame.bytes))), `frames read with "${query}"`);
  }

  /** Points by range, series and number. */
  async #readSome(): Promise<void> {
    const random = this.#random;
    const [from, to] = this.#range();
    const series = [...SERIES, "never"].filter(() => random.next() < 0.25);
    const points = random.weighted([
      [1, undefined],
      [1, random.integer(0, 20)],
      [1, random.integer(0, 2000)],
    ]);
    const isRanged = random.next() < 0.6;
    const query = new URLSearchParams(isRanged ? { from: `${from}`, to: `${to}` } : {});
    for (const name of series) query.append("series", name);
    if (points !== undefined) query.append("points", `${points}`);
    const isChosen = ({ x, series: name }: Point) =>
      (!isRanged || (x >= from && x <= to)) && (series.length === 0 || series.includes(name));
    const chosen = this.#model.kept.flatMap((frame) => frame.points).filter(isChosen);
    const expected = chosen.slice(points === undefined ? 0 : chosen.length - Math.min(points, chosen.length));
    const answer = await read(this.#edge, this.#channel, "application/json", `?${query}`);
    const all: unknown = await answer.json();
    assert.deepEqual(
      all,
      expected.map(({ series, x, y }) => ({ series, x, y })),
      `points read with "${query}"`,
    );
  }

  #range(): [number, number] {
    const middle = this.#points - this.#random.integer(-20, 400);
    return [middle, middle + this.#random.integer(0, 100)];
  }

  async #join(): Promise<void> {
    if (this.#viewers.length > 8) {
      await this.#settle();
      for (const { viewer } of this.#viewers.splice(1, 4)) viewer.close();
    }
    const cursor = this.#randomCursor();
    const points = this.#random.integer(0, 100);
    this.#viewers.push(new CheckedViewer(this.#edge, this.#channel, this.#model, cursor, points));
    if (this.#random.next() < 0.5) await this.#settle();
  }

  /** That of a frame, of this numbering or another; undefined for a tail. */
  #randomCursor(): Cursor | undefined {
    const random = this.#random;
    const { epoch, seq } = this.#model;
    const numberings = [...this.#model.taken.keys()];
    const [epochOf, frames] = [...this.#model.taken][random.integer(0, numberings.length - 1)] ?? [epoch, []];
    const own = this.#model.taken.get(epoch) ?? [];
    return random.weighted<Cursor | undefined>([
      [2, undefined],
      [1, { epoch: 0, seq: 0 }],
      [1, { epoch, seq: 0 }],
      [1, { epoch, seq }],
      // Beyond all that comes while it joins.
      [1, { epoch, seq: seq + 1_000_000 }],
      [6, { epoch, seq: own[random.integer(0, own.length - 1)]?.seq ?? 0 }],
      [1, { epoch: epochOf, seq: frames[random.integer(0, frames.length - 1)]?.seq ?? 0 }],
    ]);
  }

  /** A viewer of text goes on after any number: the points after it that the log has. Before them come those that are at hand still (VW4g). */
  async #joinText(): Promise<void> {
    const { epoch, seq, keptAfter } = this.#model;
    const after = this.#random.integer(Math.max(0, seq - MAX_JSON_TAIL_POINTS), seq);
    const url = new URL(`?epoch=${epoch}&seq=${after}`, this.#edge.channelUrl(this.#channel));
    const all = this.#model
      .framesBetween({ epoch, seq: 0 }, seq)
      .flatMap(({ points }) => points.map(textOf))
      .slice(after);
    const viewer = await openViewer(url);
    const texts = () => viewer.messages.map(String);
    const least = all.slice(Math.max(0, keptAfter - after));
    await waitFor("the last text", () => viewer.messages.at(-1) === all.at(-1));
    await viewer.close();
    assert.deepEqual(texts().slice(-least.length || viewer.messages.length), least);
    assert.ok(texts().every((text) => all.includes(text)));
  }

  /** Everybody has everything, and nothing came that should not have. */
  async #settle(): Promise<void> {
    for (const viewer of this.#viewers) {
      await waitFor("a viewer that has everything", () => viewer.faults.length > 0 || viewer.isThere, { everyMs: 2 });
      assert.deepEqual(viewer.faults, []);
    }
  }
}

const RUNS = [
  { storeBytes: 700, maxRows: 20, steps: 250 },
  { storeBytes: 6000, maxRows: 40, steps: 250 },
  { storeBytes: 40_000, maxRows: 100, steps: 120 },
  // Steps of a viewer are of 128 KiB: these are several steps behind.
  { storeBytes: 400_000, maxRows: 2000, steps: 50 },
];
/** Other runs, to look for faults: `MODEL_SEED=7 node --test …`. */
const base = Number(process.env.MODEL_SEED ?? 1);

for (const [i, { storeBytes, maxRows, steps }] of RUNS.entries()) {
  test(`[CH2] [CH3] [CH4] [CH5] [CH6] [CH8] [VW1] [VW2] [RD1] a channel of ${storeBytes} bytes is as its model`, async () => {
    await using edge = await startEdge({ vars: { STORE_BYTES: `${storeBytes}`, STORE_SECONDS: "86400" } });
    await new Run(edge, storeBytes, maxRows, base * 100 + i).go(steps);
  });
}
