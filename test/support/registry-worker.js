/**
 * The Worker, whose registry of tokens and channels fail when a test says so: GET /registry?down=N fails its next N answers and
 * /channels?down=N the next N revocations; /asked tells how often the registry was asked, and begins anew; /later?ms=N sets
 * the clock ahead, and after /stop nothing else does. JavaScript, since it is the Worker's code that it imports, and the
 * tests' types are Node's.
 */
import { Channel as RealChannel } from "../../worker/channel/channel.ts";
import worker from "../../worker/index.ts";
import { TokenRegistry as RealRegistry } from "../../worker/tokens/token-registry.ts";

export { Relay } from "../../worker/relay/relay.ts";

const { now } = Date;
let aheadMs = 0;
let stoppedAtMs;
let asked = 0;
const down = { "/registry": 0, "/channels": 0 };
Date.now = () => (stoppedAtMs ?? now()) + aheadMs;

function mayFail(what) {
  if (down[what] <= 0) return;
  down[what]--;
  throw new Error("it restarts");
}

export class Channel extends RealChannel {
  async revoke(tokenId) {
    mayFail("/channels");
    console.warn(`${this.ctx.id.name} was told that ${tokenId} was revoked`);
    return await super.revoke(tokenId);
  }
}

export class TokenRegistry extends RealRegistry {
  async tokensSince(version) {
    asked++;
    mayFail("/registry");
    return await super.tokensSince(version);
  }

  async note(...use) {
    mayFail("/registry");
    return await super.note(...use);
  }
}

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/asked") {
      const answer = new Response(String(asked));
      asked = 0;
      return answer;
    }
    if (pathname === "/later") aheadMs += Number(searchParams.get("ms"));
    else if (pathname === "/stop") stoppedAtMs = now();
    else if (pathname in down) down[pathname] = Number(searchParams.get("down"));
    else return await worker.fetch(request, env, context);
    return new Response(null, { status: 204 });
  },
};
