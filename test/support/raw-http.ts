/** HTTP by hand: bytes as they are written, which no client library would send, and every answer that comes back. */
import { connect } from "node:net";
import { DEFAULT_DEADLINE_MS, withDeadline } from "./wait.ts";

export interface RawAnswer {
  status: number;
  /** Names in small letters; of several headers of one name the last. */
  headers: Record<string, string>;
  body: string;
}

export interface Exchange {
  answers: RawAnswer[];
  /** What came after the last whole answer. */
  rest: string;
}

export interface ExchangeOptions {
  /** Say that nothing more comes (TCP FIN) after the bytes. Where the server keeps the connection, this ends it. */
  end?: boolean;
  /** Stop once so many answers have come, though the connection is open. */
  answers?: number;
  deadlineMs?: number;
}

/**
 * Writes bytes to a new connection and reads until the server ends it (or until so many answers have come). A text is
 * written as Latin-1, a byte a character. A reset counts as an end: what came before it is given.
 */
export async function exchange(
  url: URL,
  bytes: string | Uint8Array,
  { end = false, answers = Number.POSITIVE_INFINITY, deadlineMs = DEFAULT_DEADLINE_MS }: ExchangeOptions = {},
): Promise<Exchange> {
  const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
  let received = Buffer.alloc(0);
  const done = new Promise<void>((resolve) => {
    socket.on("data", (data) => {
      received = Buffer.concat([received, data]);
      if (readAnswers(received.toString("latin1")).answers.length >= answers) resolve();
    });
    socket.once("end", resolve);
    socket.once("close", () => resolve());
    socket.on("error", () => resolve());
  });
  const written = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
  if (end) socket.end(written);
  else socket.write(written);
  try {
    await withDeadline("the end of a connection", done, deadlineMs);
  } finally {
    socket.destroy();
  }
  return readAnswers(received.toString("latin1"));
}

/** Reads whole answers, one after the other: by Content-Length, in chunks, or without a body. */
export function readAnswers(text: string): Exchange {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const headEnd = rest.indexOf("\r\n\r\n");
    const [statusLine = "", ...lines] = rest.slice(0, Math.max(0, headEnd)).split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
    if (headEnd < 0 || Number.isNaN(status)) return { answers, rest };
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const after = rest.slice(headEnd + 4);
    const body = bodyOf(status, headers, after);
    if (body === undefined) return { answers, rest };
    answers.push({ status, headers, body: body.text });
    rest = after.slice(body.length);
  }
}

function bodyOf(
  status: number,
  headers: Record<string, string>,
  after: string,
): { text: string; length: number } | undefined {
  if (status < 200 || status === 204 || status === 304) return { text: "", length: 0 };
  if (headers["transfer-encoding"] === undefined) {
    const length = Number(headers["content-length"] ?? 0);
    return after.length < length ? undefined : { text: after.slice(0, length), length };
  }
  let text = "";
  for (let at = 0; ; ) {
    const lineEnd = after.indexOf("\r\n", at);
    const size = Number.parseInt(after.slice(at, lineEnd), 16);
    if (lineEnd < 0 || Number.isNaN(size) || after.length < lineEnd + 2 + size + 2) return undefined;
    text += after.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
    if (size === 0) return { text, length: at };
  }
}

/** The `code` of a problem; undefined if the answer is none of ours. */
export function codeOf({ headers, body }: RawAnswer): string | undefined {
  if (headers["content-type"] !== "application/problem+json") return undefined;
  const problem: unknown = JSON.parse(body);
  return typeof problem === "object" && problem !== null && "code" in problem ? String(problem.code) : undefined;
}
