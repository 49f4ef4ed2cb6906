import type { NumberType } from "../layout.ts";
import type { FrameLook } from "./look.ts";

/** Which of several frames are what. */
export interface Roles {
  /** Undefined: none is. */
  topic: number | undefined;
  payload: number;
  /** Neither topic nor payload: a time, a counter, or what nobody knows. */
  stamps: readonly number[];
}

/** Which frame is the topic, and which of the others may be the payload, the likeliest first: of several there is no telling. */
export interface Candidates {
  topic: number | undefined;
  payloads: readonly number[];
}

type Looks = readonly FrameLook[];

/** @param looks of frames of which two at least are not empty */
export function candidatesOf(looks: Looks): Candidates {
  const topic = topicOf(looks);
  const only = onlyData(looks, topic);
  if (only !== undefined) return { topic, payloads: [only] };
  const rest: number[] = [];
  for (let i = 0; i < looks.length; i++) if (i !== topic && looks[i]?.kind !== "empty") rest.push(i);
  const ofKinds = (...kinds: FrameLook["kind"][]): number[] =>
    rest.filter((i) => kinds.some((kind) => looks[i]?.kind === kind));
  const data = ofKinds("data");
  // Where the topic stands, it may be a header, of whatever follows.
  if (data.length === 1 && data[0] === 0) return { topic, payloads: rest.filter((i) => looks[i]?.kind !== "time") };
  if (data.length === 1) return { topic, payloads: data };
  // A header comes before what it describes.
  if (data.length > 1) return { topic, payloads: data.toReversed() };
  const others = rest.filter((i) => looks[i]?.kind !== "time");
  if (others.length === 1) return { topic, payloads: others };
  if (others.length === 0) return { topic, payloads: rest };
  const values = ofKinds("number", "text", "bytes");
  if (values.length === 1) return { topic, payloads: values };
  return { topic, payloads: others };
}

/** The one frame beside the topic that can be nothing but the payload; not where the topic stands. */
function onlyData(looks: Looks, topic: number | undefined): number | undefined {
  let found: number | undefined;
  for (let i = 0; i < looks.length; i++) {
    if (i === topic || looks[i]?.kind !== "data") continue;
    if (found !== undefined || i === 0) return undefined;
    found = i;
  }
  return found;
}

export function rolesOf(looks: Looks, topic: number | undefined, payload: number): Roles {
  const stamps = [...looks.keys()].filter((i) => i !== topic && i !== payload && looks[i]?.kind !== "empty");
  return { topic, payload, stamps };
}

/** For --frames: what each frame is, where these are topic and payload. @param stamps where more is known than a look tells */
export function layoutAdvice(
  looks: Looks,
  topic: number | undefined,
  payload: number,
  stamps: ReadonlyMap<number, string> = new Map(),
): string {
  const isUsed = { time: false, counter: false };
  const words = looks.map((look, i) => {
    if (i === topic) return "topic";
    if (i === payload) return "payload";
    const word = stamps.get(i) ?? wordOf(look);
    const kind = word.startsWith("time") ? "time" : word.startsWith("counter") ? "counter" : undefined;
    if (kind === undefined || isUsed[kind]) return "skip";
    isUsed[kind] = true;
    return word;
  });
  return `--frames ${words.join(",")}`;
}

function wordOf(look: FrameLook): string {
  switch (look.kind) {
    case "time":
    case "date":
      return typed("time", look.type);
    case "count":
      return typed("counter", look.type);
    default:
      return "skip";
  }
}

/** What --frames finds out by itself needs no type. */
export function typed(kind: "time" | "counter", type: NumberType): string {
  return type === "text" ? kind : `${kind}:${type}`;
}

/** The first that can name something; numbers, times and what is no text cannot, but a whole number before all others. */
function topicOf(looks: Looks): number | undefined {
  const [first] = looks;
  if (first?.kind === "word" || first?.kind === "text") return 0;
  if (first?.kind === "count" && first.type === "text" && looks[1]?.kind !== "word") return 0;
  const words = [...looks.keys()].filter((i) => looks[i]?.kind === "word");
  const [only] = words;
  return words.length === 1 && only !== undefined && only < looks.length - 1 ? only : undefined;
}
