import { MAX_ARRANGEMENT_BYTES } from "../../../protocol/limits.ts";
import { Problem } from "../../../protocol/problem.ts";
import { decodeText } from "./body.ts";
import { readBody } from "./read-body.ts";

/** What a fragment says of the view. Everybody has a view of their own. */
const OF_THE_VIEW = new Set(["window", "from", "to", "paused"]);

/** @throws Problem if the body is none */
export async function readArrangement(request: Request): Promise<string> {
  const text = arrangementIn(decodeText(await readBody(request, MAX_ARRANGEMENT_BYTES)));
  if (text !== undefined) return text;
  throw new Problem(
    "arrangement-invalid",
    "An arrangement is what a page's URL has after its #, such as panel=temp.motor,temp.drive&panel=load. An empty body takes it away.",
  );
}

/** The part of a fragment that is no view, `#` or not; undefined if it is no fragment of the page's. */
export function arrangementIn(fragment: string): string | undefined {
  const text = fragment.trim().replace(/^#/, "");
  if (text === "") return "";
  const parts = text.split("&");
  const isWhole = parts.every((part) => /^[a-z]+=[!-~]*$/.test(part) && isDecodable(part));
  if (!isWhole) return undefined;
  const kept = parts.filter((part) => !OF_THE_VIEW.has(part.slice(0, part.indexOf("="))));
  return kept.length === 0 ? undefined : kept.join("&");
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
