/**
 * The Worker, whose objects a test can reset as the platform does it, at /reset?binding=CHANNEL&name=…: what they have in memory is gone,
 * and all their sockets are cut. JavaScript, since it is the Worker's code that it imports, and the tests' types are Node's.
 */
import worker, { Channel as WorkerChannel, Relay as WorkerRelay } from "../../worker/index.ts";

export { TokenRegistry } from "../../worker/index.ts";

export class Channel extends WorkerChannel {
  reset() {
    this.ctx.abort("A test resets it.");
  }
}

export class Relay extends WorkerRelay {
  reset() {
    this.ctx.abort("A test resets it.");
  }
}

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/reset") return await worker.fetch(request, env, context);
    await env[searchParams.get("binding")]
      .getByName(searchParams.get("name"))
      .reset()
      .catch(() => undefined);
    return new Response(null, { status: 204 });
  },
};
