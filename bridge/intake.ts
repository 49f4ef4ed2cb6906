import { crc32 } from "node:zlib";
import type { Row } from "../worker/protocol/builder.ts";
import type { Collector } from "./collect/collect.ts";
import { gapOf, type Loss } from "./collect/gaps.ts";
import type { SequenceTracker, Verdict } from "./collect/sequence.ts";
import { type Decoded, Decoder } from "./decode/decode.ts";
import type { Ledger } from "./tell/ledger.ts";
import type { Log } from "./tell/log.ts";
import { escaped } from "./tell/text.ts";
import type { UndecodableWarnings } from "./tell/warnings.ts";

export interface IntakeOptions {
  collector: Pick<Collector, "add" | "addGap">;
  ledger: Ledger;
  warnings: UndecodableWarnings;
  unixSeconds: () => number;
  /** The field with the publishers' own numbers, and what checks them. */
  sequence?: { field: string; tracker: SequenceTracker; log: Log };
}

const MAX_TOPIC_LENGTH = 80;

/** Message → points, with a gap before them where the publisher's own numbers tell of one. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #decoder: Decoder;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#decoder = new Decoder(options.sequence?.field);
  }

  take(frames: readonly Buffer[]): void {
    const { collector, ledger, warnings, unixSeconds } = this.#options;
    ledger.received++;
    const decoded = this.#decoder.decode(frames, unixSeconds());
    if (!this.#isNew(decoded, frames)) return;
    if (decoded.ok) {
      ledger.decoded += collector.add(decoded.rows);
    } else {
      ledger.countRefused(decoded.reason);
      warnings.warn(decoded.reason, decoded.detail, frames);
    }
  }

  /** Adds the gap that this message's number tells of. @returns false if it is a repeat */
  #isNew(decoded: Decoded, frames: readonly Buffer[]): boolean {
    const { sequence, ledger } = this.#options;
    if (sequence === undefined) return true;
    if (decoded.numbered === undefined) {
      ledger.unnumbered++;
      return true;
    }
    const rows = decoded.ok ? decoded.rows : [];
    const crc = crc32(frames.at(-1) ?? "");
    const verdict = sequence.tracker.observe({ ...decoded.numbered, crc, x: rows.at(-1)?.x ?? null });
    const gap = gapFrom(verdict, rows);
    if (gap !== undefined) {
      this.#options.collector.addGap(gap);
      ledger.countGap(gap);
    }
    if (verdict.kind === "repeat") ledger.repeats++;
    if (verdict.kind === "shared") {
      ledger.sharedTopics++;
      sequence.log.warn(sharedText(decoded.numbered.topic));
    }
    return verdict.kind !== "repeat";
  }
}

function gapFrom(verdict: Verdict, rows: readonly Row[]): Loss | undefined {
  if (verdict.kind !== "jump" && verdict.kind !== "restart") return undefined;
  const names = new Set(rows.flatMap((row) => row.names));
  const [only = ""] = names;
  const where = { fromX: verdict.fromX, toX: rows[0]?.x ?? null, series: names.size === 1 ? only : "" };
  if (verdict.kind === "restart") return { ...gapOf("publisher-restarted", null), ...where };
  return { ...gapOf("publisher-dropped", missingPoints(verdict.missing, rows)), ...where };
}

/** A message that did not come is taken to have had as many points as the one that did. */
function missingPoints(messages: number | null, rows: readonly Row[]): number | null {
  if (messages === null) return null;
  const each = rows.reduce((sum, { values }) => sum + values.filter((value) => !Number.isNaN(value)).length, 0);
  const points = messages * each;
  return points > 0 && Number.isSafeInteger(points) ? points : null;
}

function sharedText(topic: string): string {
  const where = topic === "" ? "without a topic" : `of the topic "${escaped(topic, MAX_TOPIC_LENGTH)}"`;
  return (
    `Several publishers number the messages ${where}, each by itself: these are not checked any more, so what is lost ` +
    "of them is not told. Give each publisher a topic of its own."
  );
}
