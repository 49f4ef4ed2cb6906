/** What publishers send in the bench: messages as libraries of others make them, values that move. */
import { deflateSync } from "node:zlib";
import { pack } from "msgpackr";

export interface Case {
  name: string;
  pointsPerMessage: number;
  /** As a user would give it. */
  format: string;
  message(n: number): Buffer;
}

const PERIOD = 64;
/** As publishers send them, of now: times of long ago are looked at twice. */
const START = Math.floor(Date.now() / 1000);
const x = (n: number) => START + n / 1000;
const y = (n: number) => Math.sin((n / PERIOD) * 2 * Math.PI);
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const hundred = (n: number) => Array.from({ length: 100 }, (_, i) => ({ x: x(n * 100 + i), y: y(i) }));
const thousand = (n: number) => Float32Array.from({ length: 1000 }, (_, i) => y(n + i));

export const CASES: readonly Case[] = [
  { name: "JSON, 1 point", pointsPerMessage: 1, format: "auto", message: (n) => json({ x: x(n), y: y(n) }) },
  { name: "JSON, 100 points", pointsPerMessage: 100, format: "auto", message: (n) => json(hundred(n)) },
  {
    name: "msgpack, 3 points",
    pointsPerMessage: 3,
    format: "auto",
    message: (n) => pack({ t: x(n), temp: y(n), hum: y(n + 7), rpm: 3 * y(n) }),
  },
  {
    name: "f32, 1,000 samples",
    pointsPerMessage: 1000,
    format: "f32@1M",
    message: (n) => Buffer.from(thousand(n).buffer),
  },
  {
    name: "zlib JSON, 100 points",
    pointsPerMessage: 100,
    format: "auto",
    message: (n) => deflateSync(json(hundred(n))),
  },
];

export function caseNamed(name: string): Case {
  const found = CASES.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no case "${name}".`);
  return found;
}
