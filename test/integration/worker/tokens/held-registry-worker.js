// The real Worker, with a registry of named tokens that answers when a test says so: /hold makes it keep who asks for the list waiting, /held
// says how many wait, /let-go answers them. (JavaScript: tests are checked without the types of the Worker's runtime.)
import worker, { Channel, TokenRegistry as RealRegistry, Relay } from "../../../../worker/index.ts";

export { Channel, Relay };
export class TokenRegistry extends RealRegistry {
  #isHolding = false;
  #held = [];

  async tokensSince(version) {
    if (this.#isHolding) await new Promise((resolve) => this.#held.push(resolve));
    return await super.tokensSince(version);
  }

  async hold() {
    this.#isHolding = true;
  }

  async held() {
    return this.#held.length;
  }

  async letGo() {
    this.#isHolding = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }
}

export default {
  ...worker,
  async fetch(request, env, context) {
    const registry = env.TOKENS.getByName("tokens");
    switch (new URL(request.url).pathname) {
      case "/hold":
        return Response.json((await registry.hold()) ?? null);
      case "/held":
        return Response.json(await registry.held());
      case "/let-go":
        return Response.json((await registry.letGo()) ?? null);
      default:
        return await worker.fetch(request, env, context);
    }
  },
};
