/** A Worker that follows the channel `?url=…` over `&transport=…`, and answers with a line a report, until its client leaves. */
import { TRANSPORT_NAMES } from "../../../../client/subscribe/transport.ts";
import { follow } from "./follow.ts";

export default {
  fetch(request: Request): Response {
    const query = new URL(request.url).searchParams;
    const transports = TRANSPORT_NAMES.filter((name) => name === query.get("transport"));
    const encoder = new TextEncoder();
    const leaving = new AbortController();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const report = (text: string): void => {
      writer.write(encoder.encode(`${text}\n`)).catch(() => leaving.abort());
    };
    void follow(query.get("url") ?? "", { transports, signal: leaving.signal }, report);
    return new Response(readable);
  },
};
