import type { Ended, OpenRequest, Transport, TransportEvents, TransportName } from "./transport.ts";

/**
 * A transport of requests, which end with the signal.
 * @param follow says how it ended; to throw is a line that broke
 */
export function fetchTransport(
  name: TransportName,
  follow: (request: OpenRequest, events: TransportEvents, signal: AbortSignal) => Promise<Ended>,
): Transport {
  return {
    name,
    open(request, events) {
      const leaving = new AbortController();
      void follow(request, events, leaving.signal)
        .catch((): Ended => ({ kind: "closed" }))
        .then((how) => {
          if (!leaving.signal.aborted) events.ended(how);
          // What is not read is not to be sent.
          leaving.abort();
        });
      return { ping: () => undefined, close: () => leaving.abort() };
    },
  };
}
