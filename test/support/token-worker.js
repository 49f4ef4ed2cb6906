/**
 * The Worker, and what tests of tokens need beside it: to let a viewer in with a grant of their own, to revoke, to have another WATCH, as
 * after a deploy that drops no socket, and a clock that is ahead. JavaScript, since it is the Worker's code that it imports, and the tests' types are Node's.
 */
import { Channel as RealChannel } from "../../worker/channel/channel.ts";
import { GRANT_HEADER } from "../../worker/hub/join-request.ts";
import worker from "../../worker/index.ts";

export { Relay } from "../../worker/relay/relay.ts";
export { TokenRegistry } from "../../worker/tokens/token-registry.ts";

const now = Date.now;
let watch;

const deployed = (env) => (watch === undefined ? env : { ...env, WATCH: watch });

export class Channel extends RealChannel {
  constructor(ctx, env) {
    super(ctx, deployed(env));
  }

  /** As a deploy, or a limit, ends it. */
  async reset() {
    this.ctx.abort("reset by a test");
  }
}

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    const grant = request.headers.get("Test-Grant");
    const channel = env.CHANNEL.getByName(searchParams.get("channel") ?? pathname.slice("/c/".length));
    if (pathname === "/revoke") {
      await channel.revoke(searchParams.get("id"));
      return new Response();
    }
    if (pathname === "/reset") {
      await channel.reset().catch(() => undefined);
      return new Response();
    }
    if (pathname === "/watch") {
      watch = searchParams.get("is");
      return new Response();
    }
    if (pathname === "/ahead") {
      const aheadMs = Number(searchParams.get("ms"));
      Date.now = () => now() + aheadMs;
      return new Response();
    }
    if (grant === null) return await worker.fetch(request, deployed(env), context);
    const headers = new Headers(request.headers);
    headers.set(GRANT_HEADER, grant);
    return await channel.fetch(new Request(request, { headers }));
  },
};
