import type { Log } from "./log.ts";
import { escaped } from "./printable.ts";

const MAX_TOPIC_LENGTH = 80;
/** Publishers whose formats change all the time have no line for each change. */
const MAX_LINES = 20;

/** What the messages of a topic were taken for. */
export interface Decision {
  topic: string;
  /** For --format. */
  format: string;
  /** How it was compressed. */
  wrapping?: string | undefined;
  sure: boolean;
  because: string;
  /** What corrects it; `--format` if it is not there. */
  option?: string;
}

/** Says what messages of a source are taken for: each topic's once, the first few topics. */
export function decisionLog(source: string, log: Pick<Log, "info">): (decision: Decision) => void {
  const said = new Set<string>();
  return (decision) => {
    const key = `${decision.format} ${decision.topic}`;
    if (said.has(key) || said.size >= MAX_LINES) return;
    said.add(key);
    const more = said.size === MAX_LINES ? " Of further topics nothing more is said." : "";
    log.info(`Source ${source}: ${decisionText(decision)}${more}`);
  };
}

/** `messages of the topic "lab" are taken for msgpack in zlib (msgpack, to the last byte).` */
export function decisionText({ topic, format, wrapping, sure, because, option = "--format" }: Decision): string {
  const whose = topic === "" ? "messages" : `messages of the topic "${escaped(topic, MAX_TOPIC_LENGTH)}"`;
  const packed = wrapping === undefined ? "" : ` in ${wrapping}`;
  const doubt = sure ? "" : ` That is a guess: if it is wrong, say ${option}.`;
  return `${whose} are taken for ${format}${packed} (${because}).${doubt}`;
}
