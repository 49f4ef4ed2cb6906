/**
 * What a bridge delivers to, without a Worker: an HTTP server that keeps every frame, knows repeats as the Channel
 * does, and answers as a test tells it to.
 */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkFrame } from "../../protocol/frame/check-frame.ts";
import { type Gap, pointsOf } from "../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../protocol/frame/header.ts";
import { hasGrownFrom, isSameFrame } from "../../protocol/frame/same-frame.ts";
import { PLOTCAST_HEADER, PRESENCE_TYPE } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { type Announcement, type PublishAnswer, parseAnnouncement } from "../../protocol/messages/publish.ts";
import { Problem, type ProblemCode } from "../../protocol/problem.ts";
import { problemResponse } from "../../worker/http/problem-response.ts";
import { waitFor } from "./wait.ts";

export interface Post {
  path: string;
  headers: IncomingHttpHeaders;
  frames: Uint8Array[];
  atMs: number;
  /** What it was answered: a status, or "cut" if there was no answer. */
  answered: number | "cut";
}

/** What becomes of a POST. `take`: its frames are kept, whatever the answer. */
export interface Reply {
  take: boolean;
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The connection ends without an answer. */
  cut?: boolean;
  /** The answer waits for this. */
  until?: Promise<unknown>;
}

/** What a bridge said of itself, and how many points were taken before. */
export interface Announced extends Announcement {
  afterPoints: number;
  atMs: number;
}

export type Script = (post: Omit<Post, "answered">, number: number) => Reply | undefined;

export interface FakeWorker {
  url: URL;
  /** Every POST, in order, repeats and refusals included. */
  posts: Post[];
  /** Every announcement, in order; they are no POSTs to a script. */
  announced: Announced[];
  /** What becomes of the next announcements; undefined is the ordinary: 204, with the mark of the Worker. */
  onAnnounced: () => Pick<Reply, "status" | "until" | "headers" | "body"> | undefined;
  /** POSTs without a body; they are no POSTs to a script. */
  checks: number;
  /** What these are answered: the token is right (400), or wrong (401). */
  onChecked: 400 | 401;
  /** What their answers wait for. */
  untilChecked: Promise<unknown> | undefined;
  /** The frames taken, without repeats, in order. */
  frames: Uint8Array[];
  viewers: number;
  /** At most this many POSTs were ever in flight at once. */
  mostAtOnce: number;
  /** Decides each answer; undefined is the ordinary one: taken, 200. */
  script: Script;
  points(): { series: string; x: number; y: number }[];
  gaps(): Gap[];
  /** Resolves when `count` points were taken. */
  waitForPoints(count: number, deadlineMs?: number): Promise<void>;
  waitForPosts(count: number, deadlineMs?: number): Promise<void>;
  close(): Promise<void>;
}

const PROBLEM_TYPE = "application/problem+json";

export async function startFakeWorker({ port = 0, path = "/c/main" } = {}): Promise<FakeWorker> {
  const lastSeq = new Map<string, number>();
  let taken = 0;
  let atOnce = 0;
  /** @returns what the Worker says of repeats */
  const take = (frames: readonly Uint8Array[]): Pick<PublishAnswer, "duplicates" | "repeats"> => {
    const headers = frames.map((frame) => readHeader(frame));
    const { publisher } = headers[0] ?? { publisher: "" };
    const last = lastSeq.get(publisher) ?? 0;
    const repeats = headers.filter(({ publisherSeq }) => publisherSeq <= last);
    const stored = worker.frames.filter((frame) => readHeader(frame).publisher === publisher);
    const letters = frames.slice(0, repeats.length).map((sent) => {
      const { publisherSeq } = readHeader(sent);
      const known = stored.find((frame) => readHeader(frame).publisherSeq === publisherSeq);
      if (known !== undefined) return isSameFrame(known, sent) || hasGrownFrom(known, sent) ? "s" : "d";
      return stored.some((frame) => readHeader(frame).publisherSeq < publisherSeq) ? "d" : "-";
    });
    for (const frame of frames.slice(repeats.length)) {
      lastSeq.set(publisher, readHeader(frame).publisherSeq);
      worker.frames.push(frame);
      taken += readHeader(frame).points;
    }
    const duplicates = repeats.reduce((sum, { points }) => sum + points, 0);
    return { duplicates, ...(repeats.length > 0 && { repeats: { last, frames: letters.join("") } }) };
  };
  const announce = async (text: string, response: ServerResponse): Promise<void> => {
    const announcement = messageIn(parseAnnouncement(text));
    if (announcement === undefined) throw new Error(`no announcement: ${text}`);
    const { status = 204, until, headers, body } = worker.onAnnounced() ?? {};
    worker.announced.push({ ...announcement, afterPoints: taken, atMs: performance.now() });
    await until;
    response
      .writeHead(status, headers ?? { [PLOTCAST_HEADER.name]: PLOTCAST_HEADER.value, "content-type": PROBLEM_TYPE })
      .end(body);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    if (request.headers["content-type"] === PRESENCE_TYPE) {
      return await announce(Buffer.from(body).toString(), response);
    }
    // A bridge asks at its start whether its token is right.
    if (body.byteLength === 0) {
      worker.checks++;
      await worker.untilChecked;
      response.writeHead(worker.onChecked, {
        [PLOTCAST_HEADER.name]: PLOTCAST_HEADER.value,
        "content-type": PROBLEM_TYPE,
      });
      response.end(problem(worker.onChecked === 400 ? "body-empty" : "token-wrong"));
      return;
    }
    const frames = splitFrames(body);
    const got = { path: request.url ?? "", headers: request.headers, frames, atMs: performance.now() };
    const reply = worker.script(got, worker.posts.length + 1) ?? { take: true };
    const post: Post = { ...got, answered: reply.cut ? "cut" : (reply.status ?? 200) };
    worker.posts.push(post);
    const told = reply.take ? take(frames) : {};
    await reply.until;
    if (reply.cut) {
      request.socket.destroy();
      return;
    }
    const points = frames.reduce((sum, frame) => sum + readHeader(frame).points, 0);
    const type = (reply.status ?? 200) < 400 ? "application/json" : PROBLEM_TYPE;
    response.writeHead(reply.status ?? 200, { "content-type": type, ...reply.headers });
    response.end(reply.body ?? JSON.stringify({ seq: taken, points, viewers: worker.viewers, ...told }));
  };
  const server = createServer((request, response) => {
    worker.mostAtOnce = Math.max(worker.mostAtOnce, ++atOnce);
    response.on("close", () => atOnce--);
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const worker: FakeWorker = {
    url: new URL(`http://127.0.0.1:${portOf(server.address())}${path}`),
    posts: [],
    announced: [],
    onAnnounced: () => undefined,
    checks: 0,
    onChecked: 400,
    untilChecked: undefined,
    frames: [],
    viewers: 1,
    mostAtOnce: 0,
    script: () => undefined,
    points: () => worker.frames.flatMap((frame) => [...pointsOf(checkFrame(frame))]),
    gaps: () => worker.frames.flatMap((frame) => checkFrame(frame).blocks.filter((block) => block.kind === "gap")),
    waitForPoints: async (count, deadlineMs) => {
      await waitFor(`the Worker taking ${count} points`, () => (taken >= count ? true : undefined), limit(deadlineMs));
    },
    waitForPosts: async (count, deadlineMs) => {
      await waitFor(`POST number ${count}`, () => worker.posts.length >= count, limit(deadlineMs));
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return worker;
}

/** A refusal's body, with the status that the Worker gives this code. */
export function problem(code: ProblemCode, detail = "Says the test."): string {
  const { status } = problemResponse(new Problem(code, detail));
  return JSON.stringify({ type: "about:blank", title: code, status, detail, code });
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const segments: Uint8Array[] = [];
  for await (const segment of request) if (segment instanceof Uint8Array) segments.push(segment);
  return new Uint8Array(Buffer.concat(segments));
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}

function limit(deadlineMs: number | undefined): { deadlineMs?: number } {
  return deadlineMs === undefined ? {} : { deadlineMs };
}
