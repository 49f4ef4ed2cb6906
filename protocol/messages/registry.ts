/**
 * Every message that goes over the wire as text, in the order of SPEC.md. What is not here: frames (`protocol/frame`), and
 * the points that a publisher POSTs as JSON (`protocol/json`).
 *
 * To add a message: its type and its guards in the file of its direction, its rule here, an example and a broken one in
 * test/vectors/messages.json. The compiler then asks for a rule, and for a case where the message is received.
 */
import { PING, PONG } from "../limits.ts";
import { type ParsedByType, parseByType } from "./parsed.ts";
import { parseAnnouncement, parseProblem, parsePublishAnswer } from "./publish.ts";
import { parsePointMessage, parseReadCut } from "./read-message.ts";
import { parseServerMessage, type ServerMessage } from "./server-message.ts";
import { parseViewerMessage, type ViewerMessage } from "./viewer-message.ts";

export interface RegisteredMessage {
  /** Its `type`, or what it is called where it has none. */
  name: string;
  from: Party;
  to: Party;
  /** The rule of SPEC.md that says what it means. */
  rule: string;
  /** What `parse` is given: text, of which it looks at every field. */
  parse(text: string): ParsedByType<unknown>;
}

/** Who speaks. A text viewer is one without a subprotocol, a reader whoever GETs points. */
export type Party = "Channel" | "viewer" | "text viewer" | "publisher" | "reader" | "Worker";

const SERVER_RULES: Record<ServerMessage["type"], string> = {
  hello: "VW1",
  gap: "VW2",
  earlier: "VW1",
  note: "TR5",
  lost: "VW21",
  live: "VW1",
  behind: "VW3",
  status: "VW11",
  layout: "VW20",
  expiring: "AC10",
  renewed: "AC10",
};

const VIEWER_RULES: Record<ViewerMessage["type"], string> = {
  continue: "VW3",
  ping: "VW6",
  renew: "AC10",
};

export const MESSAGES: readonly RegisteredMessage[] = [
  ...Object.entries(SERVER_RULES).map(([name, rule]) => fromTo("Channel", "viewer", name, rule, parseServerMessage)),
  ...Object.entries(VIEWER_RULES).map(([name, rule]) => fromTo("viewer", "Channel", name, rule, parseViewerMessage)),
  fromTo("viewer", "Channel", "ping as a word", "VW6", (text) => only(PING, text)),
  fromTo("Channel", "viewer", "pong as a word", "VW6", (text) => only(PONG, text)),
  fromTo("Channel", "viewer", "pong", "VW6", (text) => parseByType<{ type: "pong" }>(text, { pong: {} })),
  fromTo("Channel", "text viewer", "point", "VW5", parsePointMessage),
  fromTo("publisher", "Channel", "announcement", "CH9", parseAnnouncement),
  fromTo("Channel", "publisher", "publish answer", "RT4", parsePublishAnswer),
  fromTo("Worker", "reader", "stored point", "RT5", parsePointMessage),
  fromTo("Worker", "reader", "read-cut", "RD2", parseReadCut),
  fromTo("Worker", "publisher", "problem", "BAD1", parseProblem),
];

function fromTo(
  from: Party,
  to: Party,
  name: string,
  rule: string,
  parse: RegisteredMessage["parse"],
): RegisteredMessage {
  return { name, from, to, rule, parse };
}

/** A message that is a word, and no JSON. */
function only(word: string, text: string): ParsedByType<string> {
  return text === word ? { kind: "message", message: word } : { kind: "malformed", field: "" };
}
