import type { Refusal } from "../../client/publish/deliver/answer.ts";

/** What to do about an answer that only a person can mend, in brackets. */
export function adviceFor(outcome: Refusal): string {
  if (outcome.kind === "foreign") return foreignAdvice(outcome.status);
  if (outcome.status === 401)
    return "(give the bridge a token that this Worker takes as PUBLISH_TOKEN, and start it again: what it keeps goes out then)";
  if (outcome.code === "not-permitted") return "(give it a token that may publish there, and start it again)";
  return "(check the URL given with --to)";
}

function foreignAdvice(status: number): string {
  switch (status) {
    case 400:
      return "(check the URL given with --to: a port that speaks TLS needs https://)";
    case 401:
    case 403:
    case 407:
    case 511:
      return "(something on the way to the Worker wants a login, or the URL given with --to is another server's)";
    case 413:
      return "(something on the way to the Worker takes no body as large; in nginx, client_max_body_size 2m allows it)";
    case 414:
    case 431:
      return "(something on the way to the Worker takes no URL or no headers as long)";
    default:
      return "(check the URL given with --to, and whether this network wants a login first)";
  }
}
