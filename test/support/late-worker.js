/**
 * The Worker with a clock that tests set ahead: GET /later?ms=N. JavaScript, since it is the Worker's code that it imports,
 * and the tests' types are Node's.
 */
import worker from "../../worker/index.ts";

export { Channel } from "../../worker/channel/channel.ts";
export { Relay } from "../../worker/relay/relay.ts";
export { TokenRegistry } from "../../worker/tokens/token-registry.ts";

const { now } = Date;
let aheadMs = 0;
Date.now = () => now() + aheadMs;

export default {
  fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/later") return worker.fetch(request, env, context);
    aheadMs += Number(searchParams.get("ms"));
    return new Response(null, { status: 204 });
  },
};
