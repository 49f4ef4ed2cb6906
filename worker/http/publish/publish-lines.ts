import { PointError } from "../../../protocol/json/point-error.ts";
import { MAX_BODY_BYTES } from "../../../protocol/limits.ts";
import type { PublishAnswer } from "../../../protocol/messages/publish.ts";
import { Problem } from "../../../protocol/problem.ts";
import { mustStillCount } from "../access/guard.ts";
import { HttpProblem } from "../problem-response.ts";
import { decodeText, emptyBody, typeOf } from "./body.ts";
import type { Publication } from "./published-frames.ts";
import { type LeftOut, readLines, readPoints } from "./published-points.ts";
import { senderOf } from "./read-body.ts";
import { type Part, partsOf } from "./streamed-lines.ts";

const LINE_TYPES: ReadonlySet<string> = new Set(["application/x-ndjson", "application/ndjson", "application/jsonl"]);

/**
 * RT12: whether a body is taken as it comes: lines of JSON that do not say that they are few. What has a length that a body may have is
 * taken whole or not at all, as ever; and so is what is compressed, of which little may become much.
 */
export function isStreamed(request: Request): boolean {
  const length = request.headers.get("Content-Length");
  const isPlain = (request.headers.get("Content-Encoding") ?? "identity").trim().toLowerCase() === "identity";
  return LINE_TYPES.has(typeOf(request)) && isPlain && (length === null || Number(length) > MAX_BODY_BYTES);
}

/**
 * Publishes the lines of a body as they come.
 * @param publish what stores a part; it throws a Problem if that may not be
 * @returns the last answer, with what holds of all parts
 * @throws Problem of the first part that is at fault; its detail says what was taken before
 */
export async function publishLines(
  request: Request,
  publish: (part: Publication) => Promise<PublishAnswer>,
): Promise<PublishAnswer> {
  const leftOut: LeftOut = {};
  let answer: PublishAnswer | undefined;
  let nothing: PointError | undefined;
  let [points, line] = [0, 1];
  try {
    if (request.body === null) throw emptyBody();
    for await (const part of partsOf(request.body, { sender: senderOf(request) })) {
      line = part.firstLine;
      await mustStillCount(request);
      const read = publicationOf(part, leftOut);
      if (read instanceof PointError) nothing = read;
      else if (read !== undefined) {
        answer = await publish(read);
        points += answer.points;
      }
      line = part.nextLine;
    }
    if (answer === undefined) throw nothing ?? emptyBody();
  } catch (error) {
    const problem = error instanceof PointError ? new Problem(error.code, error.message) : error;
    if (!(problem instanceof Problem) || points === 0) throw problem;
    const detail = `${problem.message} Before line ${line}, ${points} points were taken: send only the rest again.`;
    throw new HttpProblem(problem.code, detail, problem instanceof HttpProblem ? problem.headers : {});
  }
  return { ...answer, points, ...(Object.keys(leftOut).length > 0 && { leftOut }) };
}

/** What is published of a part; undefined: there is nothing in it; else why nothing can be. */
function publicationOf({ bytes, firstLine, isWhole }: Part, leftOut: LeftOut): Publication | PointError | undefined {
  const text = decodeText(bytes);
  if (text.trim() === "") return undefined;
  const arrivedAt = Date.now() / 1000;
  if (!isWhole) return readLines(text, firstLine, arrivedAt, leftOut);
  const { leftOut: added, ...publication } = readPoints(text, arrivedAt);
  Object.assign(leftOut, added);
  return publication;
}
