// The real Worker, with a clock that a test sets: /ahead/<ms> puts it so far ahead of the machine's. (JavaScript: tests
// are checked without the types of the Worker's runtime.)
import worker, { Channel, Relay, TokenRegistry } from "../../../../worker/index.ts";

const { now } = Date;
let aheadMs = 0;
Date.now = () => now() + aheadMs;

export { Channel, Relay, TokenRegistry };
export default {
  ...worker,
  fetch(request, env, context) {
    const ahead = /\/ahead\/(\d+)$/.exec(request.url)?.[1];
    if (ahead === undefined) return worker.fetch(request, env, context);
    aheadMs = Number(ahead);
    return new Response(null, { status: 204 });
  },
};
