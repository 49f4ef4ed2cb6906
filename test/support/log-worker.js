/**
 * A Worker that is nothing but a channel's log, each question one request: what the shared suite of logs asks of the real one,
 * on the real storage. JavaScript, since it is the Worker's code that it imports, and the tests' types are Node's.
 */
import { DurableObject } from "cloudflare:workers";
import { ChannelLog } from "../../worker/channel/log/channel-log.ts";

export class Channel extends DurableObject {
  #log;

  #open(bytes) {
    this.#log ??= new ChannelLog(this.ctx.storage, { seconds: 1e9, bytes }, 1000);
    return this.#log;
  }

  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name) => Number(searchParams.get(name));
    const log = this.#open(number("storeBytes"));
    switch (pathname.split("/").at(-1)) {
      case "append": {
        const taken = log.append(
          new Uint8Array(await request.arrayBuffer()),
          searchParams.getAll("series"),
          number("atMs"),
        );
        return this.#answer(log, taken.fresh);
      }
      case "clear":
        log.clear(number("atMs"));
        return this.#answer(log, []);
      case "tail-start":
        return Response.json(await log.tailStart(number("points"), number("seconds")));
      case "frames-after": {
        const cursor = { epoch: number("epoch"), seq: number("seq") };
        const batch = await log.framesAfter(cursor, { bytes: number("bytes"), values: number("values") });
        if (batch === undefined) return new Response(null, { status: 204 });
        const { frames, ...rest } = batch;
        return new Response(frames, { headers: { batch: JSON.stringify(rest) } });
      }
      case "frames-before": {
        const bounds = { bytes: number("bytes"), values: number("values") };
        const { frames, ...rest } = await log.framesBefore(number("seq"), bounds);
        return new Response(frames, { headers: { batch: JSON.stringify(rest) } });
      }
      case "takings":
        return Response.json(await log.takings(number("after"), number("through")));
      case "taken-since":
        return Response.json(await log.takenSince(number("ms")));
      default:
        return this.#answer(log, []);
    }
  }

  /** What a log says without being waited for, and frames. */
  #answer({ position, series, takenAtMs, takenEveryMs }, frames) {
    const state = JSON.stringify({ position, series, takenAtMs, takenEveryMs });
    return new Response(new Blob(frames), { headers: { state } });
  }
}

/** What wrangler.toml names, too. */
export class TokenRegistry extends DurableObject {}

export class Relay extends DurableObject {}

export default {
  fetch(request, env) {
    return env.CHANNEL.getByName(new URL(request.url).pathname.split("/")[1]).fetch(request);
  },
};
