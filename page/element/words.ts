import type { Problem } from "../../client/subscribe/transport.ts";
import { statusText } from "../ui/status.ts";

/** How it stands with an element. */
export type ElementStatus =
  | { kind: "connecting" | "live" | "empty" | "waiting" }
  | { kind: "stale" | "offline"; sinceMs: number }
  | { kind: "gone"; sinceMs: number }
  | { kind: "reconnecting"; advice: string | undefined }
  | { kind: "refused"; problem: Problem }
  | { kind: "invalid"; fault: string };

/** The same in words. */
export interface Words {
  state: Exclude<ElementStatus["kind"], "gone">;
  /** It is announced when it changes. */
  word: string;
  /** The rest of the sentence. */
  rest: string;
  /** What to do; "": nothing. */
  advice: string;
}

const TOKEN_ADVICE = "If it is private, set the property token of this element to a token that may watch it.";
/** Refusals that another token may end. */
const OF_ACCESS = ["token-missing", "token-wrong", "token-expired", "access-ended", "not-permitted"];

export function wordsOf(status: ElementStatus, nowMs: number): Words {
  switch (status.kind) {
    case "invalid":
      return { state: "invalid", word: "Nothing to show", rest: "", advice: status.fault };
    case "refused":
      return { state: "refused", rest: "", ...refusalWords(status.problem) };
    case "reconnecting":
      return { state: "reconnecting", word: "Reconnecting", rest: "…", advice: status.advice ?? "" };
    default: {
      const [word, rest] = statusText(status, nowMs);
      return { state: status.kind === "gone" ? "stale" : status.kind, word, rest, advice: "" };
    }
  }
}

function refusalWords({ code, detail }: Problem): { word: string; advice: string } {
  if (code === "not-found") return { word: "No such channel", advice: TOKEN_ADVICE };
  return { word: OF_ACCESS.includes(code) ? "No access" : "Refused", advice: detail };
}
