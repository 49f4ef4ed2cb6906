/** The vectors of a file, as any implementation reads them. */
import { readFileSync } from "node:fs";
import type { Hex } from "./layout.ts";

export interface FrameVector {
  name: string;
  rule: string;
  hex: Hex;
  header: Record<string, string | number>;
  blocks: BlockVector[];
  points?: [string, number, number, string?][];
}

export interface ColumnVector {
  name?: string;
  encoding: number;
  values: (number | null)[] | { start: number; step: number; rows: number };
}

export type BlockVector =
  | { kind: "table"; arrival: boolean; x: ColumnVector; series: ColumnVector[] }
  | { kind: "gap"; reason: string; points: number | null; fromX: number | null; toX: number | null; series: string }
  | { kind: "labels"; series: string; style: "step" | "event"; labels: [number, string][] };

export interface RefusedFrameVector {
  name: string;
  code: string;
  hex: Hex;
}

export interface BodyVector {
  name: string;
  rule: string;
  lastNumber: number | null;
  frames?: number;
  code?: string;
  hex: Hex;
}

export interface PointsVector {
  name: string;
  rule: string;
  text: string;
  topic?: string;
  points?: [string, number | null, number | null][];
  leftOut?: Record<string, number>;
  code?: string;
}

/** The text of a file of vectors. */
export function vectorText(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

export function frameVectors(): FrameVector[] {
  return JSON.parse(vectorText("frames.json"));
}

export function refusedFrameVectors(): RefusedFrameVector[] {
  return JSON.parse(vectorText("refused-frames.json"));
}

export function bodyVectors(): BodyVector[] {
  return JSON.parse(vectorText("bodies.json"));
}

export interface MessageVector {
  name: string;
  rule: string;
  from: string;
  to: string;
  examples: string[];
  malformed: { text: string; field: string }[];
  unknownTypes?: string[];
}

export function pointsVectors(): PointsVector[] {
  return JSON.parse(vectorText("points.json"));
}

export function messageVectors(): MessageVector[] {
  return JSON.parse(vectorText("messages.json"));
}
