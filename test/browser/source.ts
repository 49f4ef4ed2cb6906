/** Points for the page without a bridge: what was published before it opened, and what comes while it is open. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { FrameBuilder, type Row } from "../../protocol/frame/frame-builder.ts";
import { PRESENCE_TYPE } from "../../protocol/limits.ts";
import type { Edge } from "../support/edge.ts";
import { newChannel, post, publishFrames, rowOf } from "../support/publish.ts";

export type Values = (i: number) => Record<string, number>;

interface PublishOptions {
  lost?: number;
  rowsPerFrame?: number;
}

let publishers = 0;

/** A publisher of its own, straight to a channel. */
export class Source {
  readonly channel: string;
  readonly publisher = `a${(++publishers).toString(16).padStart(15, "0")}`;
  readonly #edge: Edge;
  #seq = 0;
  #rows = 0;
  /** Of two POSTs at once the later number could arrive first, and the other would be taken for a repeat. */
  #published: Promise<unknown> = Promise.resolve();

  constructor(edge: Edge, channel = newChannel()) {
    this.#edge = edge;
    this.channel = channel;
  }

  /** Publishes rows in one body; `lost`: points that are missing before them. */
  async publish(rows: readonly Row[], { lost, rowsPerFrame = 100 }: PublishOptions = {}): Promise<void> {
    const frames: Uint8Array[] = [];
    for (let at = 0; at < rows.length; at += rowsPerFrame) {
      const builder = new FrameBuilder();
      if (lost !== undefined && at === 0) {
        builder.addGap({ kind: "gap", reason: "bridge-full", points: lost, fromX: null, toX: null, series: "" });
      }
      for (const row of rows.slice(at, at + rowsPerFrame)) assert.ok(builder.add(row), "these rows are not one frame");
      frames.push(builder.encode(this.publisher, ++this.#seq));
    }
    const send = (): Promise<unknown> => publishFrames(this.#edge, this.channel, ...frames);
    this.#published = this.#published.then(send, send);
    await this.#published;
  }

  /** Publishes rows that end now, as one frame. */
  async past(values: Values, count = 120, everyS = 0.25): Promise<void> {
    const start = Date.now() / 1000 - count * everyS;
    const rows = Array.from({ length: count }, (_, i) => rowOf(start + i * everyS, values(this.#rows + i)));
    this.#rows += count;
    await this.publish(rows, { rowsPerFrame: count });
  }

  /** Publishes a row as of now. */
  async now(values: Values, lost?: number): Promise<void> {
    await this.publish([rowOf(Date.now() / 1000, values(this.#rows++))], lost === undefined ? {} : { lost });
  }

  /** Goes on publishing rows as of now until the test ends, or what this returns is called. */
  goOn(t: TestContext, values: Values, everyMs = 100): () => Promise<void> {
    let isEnded = false;
    const rest = (): Promise<void> => new Promise((done) => setTimeout(done, everyMs));
    const going = (async () => {
      while (!isEnded) {
        await this.now(values);
        await rest();
      }
    })();
    // Who ends it is told what went wrong.
    going.catch(() => {});
    const end = async (): Promise<void> => {
      isEnded = true;
      await going;
    };
    t.after(end);
    return end;
  }

  /** Says that the publisher is here, or gone. */
  async announce(here: boolean): Promise<void> {
    const body = JSON.stringify({ publisher: this.publisher, here });
    const response = await post(this.#edge, this.channel, body, { "Content-Type": PRESENCE_TYPE });
    assert.equal(response.status, 204, await response.text());
  }
}

/** `count` series, in groups of a panel each. */
export function manySeries(count: number, groups: number): Values {
  return (i) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, k) => [
        `group${k % groups}.value${Math.floor(k / groups)}`,
        10 + Math.floor(k / groups) + Math.sin(i / 10 + k),
      ]),
    );
}

/** Three panels; the second has a unit, the third large numbers. */
export const THREE: Values = (i) => ({
  "vib.x": Math.sin(i / 10),
  "temp.motor [°C]": 55 + Math.sin(i / 30),
  "power.total [W]": 1200 + 100 * Math.cos(i / 17),
});
